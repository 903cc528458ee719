public import WebAPI

/// A made-up market: the words come from a file in `data/demo/`, everything else from a seed, so that every machine has the same one.
public struct DemoMarket: Sendable {
  public struct NamedPlace: Sendable {
    let id: String
    let name: Localized
    let lat: Double
    let lon: Double
    let radiusMetres: Int
    let weight: Int
  }

  public struct ServiceTemplate: Sendable {
    let name: Localized
    let priceMinor: Int
    let durationMinutes: Int
  }

  public struct MadeService: Sendable, Equatable {
    public let name: Localized
    public let priceMinor: Int
    public let durationMinutes: Int
  }

  public struct MadeProvider: Sendable, Equatable {
    public let id: Identifier
    public let category: String
    public let area: String
    public let name: Localized
    public let lat: Double
    public let lon: Double
    public let tier: String
    public let isVerified: Bool
    public let ratingSum: Int
    public let ratingCount: Int
    public let tags: [String]
    public let homeVisitRadiusMetres: Int?
    public let services: [MadeService]
  }

  let market: Market
  let areas: [NamedPlace]
  let categories: [Category]
  let names: [(name: Localized, categories: Set<String>)]
  let forms: [String: [Localized]]
  let services: [String: [ServiceTemplate]]
  let tags: [String]

  /// The same seed gives the same providers, ids included.
  public func providers(count: Int, seed: UInt64) -> [MadeProvider] {
    var random = SplitMix(state: seed)
    let weights = areas.map(\.weight)
    return (0..<count).map { makeProvider($0, weights, &random) }
  }

  private func makeProvider(_ number: Int, _ weights: [Int], _ random: inout SplitMix) -> MadeProvider {
    let category = categories[random.weighted([32, 30, 12, 12, 14], of: categories.count)].id
    let area = areas[random.weighted(weights, of: areas.count)]
    let fitting = names.filter { $0.categories.contains(category) }
    let name = random.element(fitting).name
    let form = random.element(forms[category] ?? [])
    let ratingCount = Int(random.squared() * 400)
    let mean = 3.2 + 1.7 * random.unit()
    let bookings = random.unit()
    let (lat, lon) = random.place(around: area)
    return MadeProvider(
      // A fixed day, so that the ids are the same wherever the market is made.
      id: Identifier(unixMilliseconds: 1_767_225_600_000 + UInt64(number), random: (random.next(), random.next())),
      category: category, area: area.id,
      name: Localized(
        en: form.en.replacing("{name}", with: name.en), ar: form.ar.replacing("{name}", with: name.ar)),
      lat: lat, lon: lon, tier: bookings > 0.95 ? "diamond" : bookings > 0.75 ? "gold" : "silver",
      isVerified: random.unit() < 0.7, ratingSum: max(ratingCount, Int((mean * Double(ratingCount)).rounded())),
      ratingCount: ratingCount, tags: tags.filter { _ in random.unit() < 0.22 },
      homeVisitRadiusMetres: category == "cleaning" || random.unit() < 0.08 ? 3_000 + Int(random.unit() * 12) * 1_000 : nil,
      services: makeServices(category, &random))
  }

  private func makeServices(_ category: String, _ random: inout SplitMix) -> [MadeService] {
    // A provider is cheap or dear in all it does.
    let level = 0.75 + 0.7 * random.unit()
    let all = services[category] ?? []
    let kept = all.filter { _ in random.unit() < 0.75 }
    return (kept.isEmpty ? Array(all.prefix(1)) : kept).map { template in
      // Prices people quote: halves of a dinar.
      let price = max(1, Int((Double(template.priceMinor) * level / 500).rounded())) * 500
      return MadeService(name: template.name, priceMinor: price, durationMinutes: template.durationMinutes)
    }
  }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014): the same on every machine.
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// In 0..<1.
  mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }

  /// In 0..<1, small ones more often.
  mutating func squared() -> Double {
    let value = unit()
    return value * value
  }

  mutating func element<T>(_ list: [T]) -> T { list[Int(next() % UInt64(list.count))] }

  /// An index below `count`, as often as its weight says; missing weights are 1.
  mutating func weighted(_ weights: [Int], of count: Int) -> Int {
    let all = (0..<count).map { $0 < weights.count ? weights[$0] : 1 }
    var rest = Int(next() % UInt64(all.reduce(0, +)))
    for (index, weight) in all.enumerated() {
      if rest < weight { return index }
      rest -= weight
    }
    return count - 1
  }

  /// Round the middle of an area, denser towards it, with six decimals: about 10 cm.
  mutating func place(around area: DemoMarket.NamedPlace) -> (Double, Double) {
    let metresPerDegree = 111_195.0
    func spread(_ random: inout SplitMix) -> Double {
      // The sum of three is near enough to a bell, and bounded.
      (random.unit() + random.unit() + random.unit() - 1.5) / 1.5 * Double(area.radiusMetres)
    }
    let north = spread(&self) / metresPerDegree
    // Amman's latitude is near enough for every demo market to keep the shape round.
    let east = spread(&self) / (metresPerDegree * 0.848)
    return (rounded(area.lat + north), rounded(area.lon + east))
  }

  private func rounded(_ degrees: Double) -> Double { (degrees * 1e6).rounded() / 1e6 }
}
