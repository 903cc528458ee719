import AvailabilityIndex
import Geometry
import ProviderIndex
import Ranking
import TextIndex

/// The definition of a search: every provider looked at, plain sets, a plain sort. Scores are equal to the engine's to the bit, since both
/// use `RankingRules.features`; that this function is right is `ScoringTests`' and the independent oracle's to prove.
struct LinearScan {
  struct Hit: Equatable {
    let id: String
    let key: Double
    let score: Double
    let distance: Double
  }

  let records: [ProviderRecord]
  let calendar: AvailabilityCalendar?
  private let words: [Set<String>]
  private let impacts: [TermImpacts]
  /// How many providers have each word.
  private let frequencies: [String: Int]

  /// The impacts of a provider's terms, from an index that holds it alone: impacts depend on the provider only.
  private typealias TermImpacts = TermIndex

  init(_ records: [ProviderRecord], calendar: AvailabilityCalendar? = nil) {
    self.records = records
    self.calendar = calendar
    words = records.map { record in
      Set(record.texts.flatMap { text in Self.split(text.text) })
    }
    frequencies = words.joined().reduce(into: [:]) { $0[$1, default: 0] += 1 }
    impacts = records.map { record in
      var builder = TermIndexBuilder()
      for text in record.texts {
        var tokens = TokenBuffer()
        CaseFoldingSplitter().analyze(text.text, into: &tokens)
        builder.add(provider: 0, field: text.field, tokens: tokens)
      }
      return builder.finish(providerCount: 1)
    }
  }

  static func split(_ text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }

  func search(_ query: ProviderQuery) -> (hits: [Hit], total: Int, facets: SearchFacets) {
    let asked = query.words.alternatives.indices.map { String(decoding: query.words.key(of: $0).dropFirst(), as: UTF8.self) }
    var hits: [Hit] = []
    var matches: [ProviderRecord] = []
    for (number, record) in records.enumerated() where passes(record, query) && hasWords(number, asked, query) {
      let distance = UnitVector(record.place).distanceMetres(to: query.circle.vector)
      guard distance <= query.circle.radiusMetres else { continue }
      var facts = facts(record)
      var soonest = 0
      if let when = query.when {
        let staff = Int(record.staff.lowerBound)..<Int(record.staff.upperBound)
        guard let calendar, let start = calendar.nextFreeStart(staff: staff, from: when.window.from, slots: when.slots),
          start < when.window.to
        else { continue }
        soonest = start
        facts.availability = calendar.shareFree(staff: staff, window: when.window)
      }
      let values = query.rules.features(
        facts, distanceMetres: distance, radiusMetres: query.circle.radiusMetres, textScore: textScore(number, asked, query))
      let score = query.rules.weights.weighted(values)
      let key: Double =
        switch query.order {
        case .relevance: score
        case .distance: -distance
        case .rating: record.rating
        case .price: facts.lowestPrice.map { -Double($0) } ?? -.greatestFiniteMagnitude
        case .soonest: -Double(soonest)
        }
      matches.append(record)
      hits.append(Hit(id: record.id, key: key, score: score, distance: distance))
    }
    let total = hits.count
    hits.sort { $0.key != $1.key ? $0.key > $1.key : $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    if let after = query.after {
      hits.removeAll { $0.key > after.key || ($0.key == after.key && !after.id.utf8.lexicographicallyPrecedes($0.id.utf8)) }
    }
    return (Array(hits.prefix(query.limit)), total, facets(matches, query))
  }

  private func facets(_ matches: [ProviderRecord], _ query: ProviderQuery) -> SearchFacets {
    var facets = SearchFacets()
    if query.facets.contains(.category) {
      let counts = matches.reduce(into: [String: Int]()) { $0[$1.category, default: 0] += 1 }
      facets.categories = counts.map { SearchFacets.Category(name: $0.key, count: $0.value) }
        .sorted { $0.count != $1.count ? $0.count > $1.count : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
    if query.facets.contains(.tier) { facets.tiers = Tier.allCases.map { tier in matches.count { $0.tier == tier } } }
    func counts<Value: Comparable>(_ values: [Value], from bounds: [Value]) -> [Int] {
      bounds.map { bound in values.count { value in bounds.last { $0 <= value } == bound } }
    }
    if query.facets.contains(.rating) { facets.ratings = counts(matches.map(\.rating), from: query.ratingBounds) }
    if query.facets.contains(.price) {
      let prices = matches.map { $0.services.compactMap(\.price).min() }
      facets.prices = counts(prices.compactMap { $0 }, from: query.priceBounds)
      facets.withoutPrice = prices.count { $0 == nil }
    }
    return facets
  }

  private func facts(_ record: ProviderRecord) -> ProviderFacts {
    ProviderFacts(
      rating: record.rating, ratingCount: record.ratingCount, availability: record.availability, verified: record.verified,
      tier: record.tier.rawValue, popularity: Share.roundedUp(record.popularity), newness: Share.roundedUp(record.newness),
      hasHotSlot: record.flags.contains(.hotSlot), lowestPrice: record.services.compactMap(\.price).min())
  }

  private func passes(_ record: ProviderRecord, _ query: ProviderQuery) -> Bool {
    if !query.categories.isEmpty, !query.categories.contains(record.category) { return false }
    if !query.tags.allSatisfy({ record.tags.contains($0) }) { return false }
    if !query.tiers.isEmpty, !query.tiers.contains(record.tier) { return false }
    if let lowest = query.lowestRating, record.rating < lowest { return false }
    if query.verifiedOnly, !record.verified { return false }
    if !record.flags.isSuperset(of: query.flags) { return false }
    if query.servesCentre, !record.serviceAreas.contains(where: { $0.contains(query.circle.centre) }) { return false }
    if let ids = query.ids, !ids.contains(record.id) { return false }
    guard query.lowestPrice != nil || query.highestPrice != nil else { return true }
    let (lowest, highest) = (query.lowestPrice ?? 0, query.highestPrice ?? .max)
    return record.services.contains { $0.price.map { $0 >= lowest && $0 <= highest } ?? false }
  }

  private func hasWords(_ number: Int, _ asked: [String], _ query: ProviderQuery) -> Bool {
    asked.enumerated().allSatisfy { index, word in
      query.lastWordIsPrefix && index == asked.count - 1
        ? words[number].contains { $0.hasPrefix(word) } : words[number].contains(word)
    }
  }

  /// Word by word in single precision: the greatest of weight · idf / 255 · impact.
  private func textScore(_ number: Int, _ asked: [String], _ query: ProviderQuery) -> Float {
    guard query.rules.weights.text > 0 else { return 0 }
    var sum: Float = 0
    for (index, word) in asked.enumerated() {
      let isPrefix = query.lastWordIsPrefix && index == asked.count - 1
      let found = frequencies.filter { isPrefix ? $0.key.hasPrefix(word) : $0.key == word }
      let frequency = found.values.reduce(0, +)
      let rarity = TermRarity.inverseDocumentFrequency(frequency, of: records.count)
      var greatest: Float = 0
      for term in found.keys {
        guard let number32 = impacts[number].term(.surface, term),
          let impact = impacts[number].impact(term: number32, provider: 0)
        else { continue }
        greatest = max(greatest, 1 * rarity / 255 * Float(impact))
      }
      sum += greatest
    }
    return sum
  }
}
