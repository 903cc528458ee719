import WebAPI

extension DemoMarket {
  /// What `make run`, the labelled queries and the benchmark use.
  public static let standardSeed: UInt64 = 2026
  public static let standardCount = 2_400

  /// The same seed gives the same providers, ids included; more of them do not change the first ones.
  public func providers(count: Int, seed: UInt64) -> [MadeProvider] {
    var random = SplitMix(state: seed)
    let areaWeights = areas.map(\.weight)
    let categoryWeights = categories.map(\.weight)
    return (0..<count).compactMap { number in
      let category = categories[random.weighted(categoryWeights)].id
      let area = areas[random.weighted(areaWeights)]
      // `checkReferences` has seen to it that every category has words for a name.
      return makeName(category, area, &random).map { makeProvider(number, category, area, $0, &random) }
    }
  }

  private func makeProvider(
    _ number: Int, _ category: String, _ area: NamedPlace, _ name: MadeName, _ random: inout SplitMix
  ) -> MadeProvider {
    let ratingCount = Int(random.squared() * 400)
    let mean = 3.2 + 1.7 * random.unit()
    let bookings = random.unit()
    let (lat, lon) = random.place(around: area)
    return MadeProvider(
      number: number,
      // A fixed day, so that the ids are the same wherever the market is made.
      id: Identifier(unixMilliseconds: 1_767_225_600_000 + UInt64(number), random: (random.next(), random.next())),
      category: category, area: area.id, name: name.text, nameWords: name.words, nameSpellings: name.spellings, form: name.form,
      lat: lat,
      lon: lon,
      tier: bookings > 0.95 ? "diamond" : bookings > 0.75 ? "gold" : "silver",
      isVerified: random.chance(70),
      ratingSum: max(ratingCount, Int((mean * Double(ratingCount)).rounded())), ratingCount: ratingCount,
      tags: tags[category, default: []].filter { _ in random.chance(22) },
      homeVisitRadiusMetres: category == "cleaning" || random.chance(8) ? 3_000 + Int(random.unit() * 12) * 1_000 : nil,
      services: makeServices(category, name, &random), hours: makeHours(category, &random),
      freeHundredths: Int(random.unit() * 101))
  }

  private func makeServices(_ category: String, _ name: MadeName, _ random: inout SplitMix) -> [MadeProvider.Service] {
    // A provider is cheap or dear in all it does.
    let level = 0.75 + 0.7 * random.unit()
    let all = services[category, default: []]
    let kept = all.filter { random.chance($0.share) || name.sells.contains($0.id) }
    func service(_ template: ServiceTemplate, called name: Localized) -> MadeProvider.Service {
      // Prices people quote: halves of a dinar.
      let price = max(1, Int((Double(template.priceMinor) * level / 500).rounded())) * 500
      return MadeProvider.Service(
        kind: template.id, name: name, priceMinor: price, durationMinutes: template.durationMinutes)
    }
    let made = (kept.isEmpty ? Array(all.prefix(1)) : kept).map { service($0, called: random.early($0.names)) }
    let owed = all.filter { template in name.brandSells.contains(template.id) && !made.contains { $0.kind == template.id } }
    return made + owed.map { service($0, called: $0.names[0]) }
  }

  private func makeHours(_ category: String, _ random: inout SplitMix) -> MadeProvider.Hours {
    guard let template = hours[category] else { return MadeProvider.Hours(opens: "10:00", closes: "20:00", closedDays: [5]) }
    // Every fourth never closes.
    let closed = random.chance(25) ? [] : [random.element(template.closedDays)]
    return MadeProvider.Hours(opens: random.element(template.opens), closes: random.element(template.closes), closedDays: closed)
  }
}
