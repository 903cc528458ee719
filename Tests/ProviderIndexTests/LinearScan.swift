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

  struct Term: Hashable {
    let kind: TermKind
    let text: String
  }

  let records: [ProviderRecord]
  let calendar: AvailabilityCalendar?
  let hours: AvailabilityCalendar?
  /// How well each of a provider's terms describes it, from an index that holds it alone: impacts depend on the provider only.
  private let impacts: [[Term: UInt8]]
  /// How many providers have each term.
  private let frequencies: [Term: Int]

  init(
    _ records: [ProviderRecord], calendar: AvailabilityCalendar? = nil, hours: AvailabilityCalendar? = nil,
    analyzer: some TextAnalyzer = TieredAnalyzer()
  ) {
    self.records = records
    self.calendar = calendar
    self.hours = hours
    impacts = records.map { record in
      var builder = TermIndexBuilder()
      var terms: Set<Term> = []
      for text in record.texts {
        var tokens = TokenBuffer()
        analyzer.analyze(text.text, into: &tokens)
        builder.add(provider: 0, field: text.field, tokens: tokens)
        terms.formUnion(tokens.alternatives.indices.map { Self.term(tokens, $0) })
      }
      let index = builder.finish(providerCount: 1)
      return terms.reduce(into: [:]) { impacts, term in
        impacts[term] = index.term(term.kind, term.text).flatMap { index.impact(term: $0, provider: 0) }
      }
    }
    frequencies = impacts.reduce(into: [:]) { counts, terms in for term in terms.keys { counts[term, default: 0] += 1 } }
  }

  private static func term(_ tokens: TokenBuffer, _ alternative: Int) -> Term {
    Term(
      kind: tokens.alternatives[alternative].kind, text: String(decoding: tokens.key(of: alternative).dropFirst(), as: UTF8.self))
  }

  struct Answer {
    var hits: [Hit]
    let total: Int
    let facets: SearchFacets
    /// Nil without words.
    let level: MatchTier?
  }

  /// The answer of the strongest level that has enough matches; where none has, of the strongest of those that have the most.
  func search(_ query: ProviderQuery) -> Answer {
    guard !query.words.isEmpty else { return page(of: matches(query, [], level: nil), query) }
    let answers = levels(of: query).map { level in
      matches(query, query.words.tokens.indices.map { wanted($0, query, level: level) }, level: level)
    }
    let most = answers.map(\.total).max() ?? 0
    let enough = min(query.rules.matching.enough, most)
    return page(of: answers.first { $0.total >= enough } ?? answers[0], query)
  }

  private func page(of answer: Answer, _ query: ProviderQuery) -> Answer {
    var answer = answer
    if let after = query.after {
      answer.hits.removeAll {
        $0.key > after.key || ($0.key == after.key && !after.id.utf8.lexicographicallyPrecedes($0.id.utf8))
      }
    }
    answer.hits = Array(answer.hits.prefix(query.limit))
    return answer
  }

  private func tiers(of query: ProviderQuery) -> [MatchTier] {
    MatchTier.allCases.filter { tier in
      switch tier {
      case .typo: query.allowsTypos ?? (query.rules.matching.last >= .typo)
      case .partial: query.rules.matching.last == .partial && query.words.count > 1 && query.order == .relevance
      default: tier <= query.rules.matching.last
      }
    }
  }

  /// The levels that may answer, the strongest first; a cursor's level alone, where it is one of them.
  private func levels(of query: ProviderQuery) -> [MatchTier] {
    let tiers = tiers(of: query)
    let weakest = tiers.last ?? .exact
    let first = min(query.rules.matching.first, weakest)
    if let level = query.after?.level { return [min(max(level, first), weakest)] }
    return [first] + tiers.filter { $0 > first }
  }

  // MARK: words

  /// What finds a word at a level.
  private struct Wanted {
    /// What each term that finds it counts.
    var weights: [Term: Float] = [:]
    /// Of all of them the same.
    var rarity: Float = 0

    mutating func add(_ term: Term, _ weight: Float) { weights[term] = max(weights[term] ?? 0, weight) }
  }

  private func wanted(_ word: Int, _ query: ProviderQuery, level: MatchTier) -> Wanted {
    var wanted = Wanted()
    var frequency = 0
    let rules = query.rules.matching
    let isPrefix = query.lastWordIsPrefix && word == query.words.count - 1
    let tiers = tiers(of: query).filter { $0 <= level }
    let alternatives = query.words.alternatives(of: word).map {
      (Self.term(query.words, $0), query.words.alternatives[$0].weight)
    }
    for (asked, weight) in alternatives where tiers.contains(MatchTier(of: asked.kind)) {
      let found = frequencies.filter { term, _ in
        term.kind == asked.kind
          && (isPrefix && asked.kind == .surface
            ? term.text.utf8.starts(with: asked.text.utf8) : term.text.utf8.elementsEqual(asked.text.utf8))
      }
      for term in found.keys {
        let isWhole = term.text.utf8.elementsEqual(asked.text.utf8)
        wanted.add(term, Float(isWhole ? rules.weight(of: MatchTier(of: asked.kind)) : rules.prefix) * weight)
      }
      frequency = max(frequency, found.values.reduce(0, +))
    }
    let isExact = wanted.weights.keys.contains { $0.kind == .surface }
    for (asked, weight) in alternatives where asked.kind == .surface && tiers.contains(.typo) {
      let letters = asked.text.unicodeScalars.count
      guard letters > 3 || (letters == 3 && !isExact) else { continue }
      let slips = slips(asked.text, edits: letters < 8 ? 1 : 2, isPrefix: isPrefix)
      for (term, distance) in slips where distance > 0 {
        wanted.add(term, Float(rules.typo) * weight * (distance > 1 ? 0.5 : 1))
      }
      frequency = max(frequency, slips.keys.reduce(0) { $0 + (frequencies[$1] ?? 0) })
    }
    wanted.rarity = TermRarity.inverseDocumentFrequency(frequency, of: records.count)
    return wanted
  }

  /// Words within so many edits of another, or of which some beginning is.
  private func slips(_ word: String, edits: Int, isPrefix: Bool) -> [Term: Int] {
    var slips: [Term: Int] = [:]
    for term in frequencies.keys where term.kind == .surface {
      let distances = EditTable.distances(word, toBeginningsOf: term.text)
      let distance = isPrefix ? distances.min() : distances.last
      if let distance, distance <= edits { slips[term] = distance }
    }
    return slips
  }

  private func missingWords(_ number: Int, _ wanted: [Wanted]) -> Int {
    wanted.count { word in !impacts[number].keys.contains { word.weights[$0] != nil } }
  }

  /// Word by word in single precision: the greatest of weight · idf / 255 · impact.
  /// Where a word may be missing, those who have all of them fill the upper half of the feature.
  private func textScore(_ number: Int, _ wanted: [Wanted], _ query: ProviderQuery, level: MatchTier?) -> Float {
    guard query.rules.weights.text > 0 else { return 0 }
    var sum: Float = 0
    for word in wanted {
      var greatest: Float = 0
      for (term, impact) in impacts[number] {
        guard let weight = word.weights[term] else { continue }
        greatest = max(greatest, weight * word.rarity / 255 * Float(impact))
      }
      sum += greatest
    }
    guard level == .partial else { return sum }
    return query.rules.partialTextScore(sum, hasAllWords: missingWords(number, wanted) == 0)
  }

  // MARK: matches

  /// Everyone who matches at a level, in order.
  private func matches(_ query: ProviderQuery, _ wanted: [Wanted], level: MatchTier?) -> Answer {
    var hits: [Hit] = []
    var matches: [ProviderRecord] = []
    for (number, record) in records.enumerated() where passes(record, query) {
      guard missingWords(number, wanted) <= (level == .partial ? 1 : 0) else { continue }
      let distance = UnitVector(record.place).distanceMetres(to: query.circle.vector)
      guard distance <= query.circle.radiusMetres else { continue }
      var facts = facts(record)
      var soonest = 0
      let staff = Int(record.staff.lowerBound)..<Int(record.staff.upperBound)
      if let slot = query.openAt {
        let (day, place) = (Int32(slot / 96), slot % 96)
        guard let hours, staff.contains(where: { hours.slots(staff: $0, day: day).contains(place) }) else { continue }
      }
      if let when = query.when {
        guard let calendar, let start = calendar.nextFreeStart(staff: staff, from: when.window.from, slots: when.slots),
          start < when.window.to
        else { continue }
        soonest = start
        facts.availability = calendar.shareFree(staff: staff, window: when.window)
      }
      let values = query.rules.features(
        facts, distanceMetres: distance, radiusMetres: query.circle.radiusMetres,
        textScore: textScore(number, wanted, query, level: level))
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
    hits.sort { $0.key != $1.key ? $0.key > $1.key : $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }
    return Answer(hits: hits, total: hits.count, facets: facets(matches, query), level: level)
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
    if let box = query.box, !box.contains(record.place) { return false }
    if !record.flags.isSuperset(of: query.flags) { return false }
    if query.servesCentre, !record.serviceAreas.contains(where: { $0.contains(query.circle.centre) }) { return false }
    if let ids = query.ids, !ids.contains(record.id) { return false }
    guard query.lowestPrice != nil || query.highestPrice != nil else { return true }
    let (lowest, highest) = (query.lowestPrice ?? 0, query.highestPrice ?? .max)
    return record.services.contains { $0.price.map { $0 >= lowest && $0 <= highest } ?? false }
  }
}

extension MatchTier {
  /// By the kind of what finds it.
  fileprivate init(of kind: TermKind) {
    switch kind {
    case .stem: self = .stem
    case .synonym: self = .synonym
    case .phonetic: self = .phonetic
    default: self = .exact
    }
  }
}
