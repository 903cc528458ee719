/// What a query asks for beside its place, one letter a class as the results name them. Every class is (a) plus one thing.
public enum QueryClass: String, CaseIterable, Sendable {
  /// Place and ranking alone.
  case a
  /// Filters: category, price, rating; one to three of them.
  case b
  /// One or two words, common and rare, in either language.
  case c
  /// The first one to four letters of a word, at times behind a whole one.
  case d
  /// Free for so long, starting within a window.
  case e
  /// (c) and (a) by turns, while availability changes.
  case f
}

public struct GeneratedQuery: Sendable {
  /// Starts of `durationMinutes` free minutes within `slots` of a day; slots are quarters of an hour, days count from the horizon's
  /// first.
  public struct Window: Sendable {
    public let day: Int
    public let slots: Range<Int>
    public let durationMinutes: Int
  }

  public let id: String
  public let queryClass: QueryClass
  public let latitudeMicrodegrees: Int32
  public let longitudeMicrodegrees: Int32
  public let radiusMetres: Int
  public internal(set) var text: String?
  /// Whether the last word is one that is still being typed.
  public internal(set) var endsInPrefix = false
  public internal(set) var categories: [Int] = []
  /// In thousandths of a dinar; some service costs no more.
  public internal(set) var priceMaximum: Int?
  public internal(set) var ratingMinimumTenths: Int?
  public internal(set) var window: Window?

  public static let limit = 20

  public var latitude: Double { Double(latitudeMicrodegrees) / 1_000_000 }
  public var longitude: Double { Double(longitudeMicrodegrees) / 1_000_000 }
}

/// A provider whose availability is now another.
public struct AvailabilityUpdate: Sendable {
  public let providerIndex: Int
  public let availabilityThousandths: Int

  public var availability: Double { Double(availabilityThousandths) / 1_000 }
}

extension Market {
  private static let radiiMetres = [1_000, 2_000, 5_000, 10_000, 20_000]

  /// A query by somebody near a provider drawn by lot, hence in a place as likely as it is large, scattered as providers are; its
  /// words, trade and price are that provider's, so that most queries find something.
  public func query(_ queryClass: QueryClass, _ index: Int) -> GeneratedQuery {
    let classNumber = QueryClass.allCases.firstIndex(of: queryClass) ?? 0
    var random = SplitMix64(seed: seed, stream: .query, index: index * QueryClass.allCases.count + classNumber)
    let sought = random.below(providerCount)
    let opening = opening(of: sought)
    let point = places.scatter(around: opening.place, &random)
    var query = GeneratedQuery(
      id: "\(queryClass.rawValue)\(Market.digits(index, 6))", queryClass: queryClass, latitudeMicrodegrees: point.latitude,
      longitudeMicrodegrees: point.longitude, radiusMetres: Market.radiiMetres[random.below(Market.radiiMetres.count)])
    switch queryClass {
    case .a: break
    case .b: addFilters(to: &query, provider(at: sought), &random)
    case .c: query.text = words(opening, &random)
    case .d: addPrefix(to: &query, opening, &random)
    case .e: query.window = Market.window(&random)
    case .f: if !index.isMultiple(of: 2) { query.text = words(opening, &random) }
    }
    return query
  }

  public func availabilityUpdate(_ index: Int) -> AvailabilityUpdate {
    var random = SplitMix64(seed: seed, stream: .update, index: index)
    return AvailabilityUpdate(providerIndex: random.below(providerCount), availabilityThousandths: random.below(1_001))
  }

  private func addFilters(to query: inout GeneratedQuery, _ sought: GeneratedProvider, _ random: inout SplitMix64) {
    // Any but none of the three.
    let chosen = 1 + random.below(7)
    if chosen & 1 != 0 {
      query.categories = [sought.category]
      let second = trades.draw(&random)
      if second != sought.category, random.chance(percent: 20) { query.categories.append(second) }
    }
    if chosen & 2 != 0 {
      let cheapest = sought.services.map(\.price).min() ?? 0
      query.priceMaximum = (cheapest / 1_000 + 1) * 1_000
    }
    if chosen & 4 != 0 { query.ratingMinimumTenths = [35, 40, 45][random.below(3)] }
  }

  private func words(_ opening: Opening, _ random: inout SplitMix64) -> String {
    let isArabic = random.chance(percent: 50)
    let first = random.chance(percent: 50) ? commonWord(opening, isArabic, &random) : rareWord(opening, isArabic)
    guard random.chance(percent: 40) else { return first }
    let second = random.chance(percent: 50) ? commonWord(opening, isArabic, &random) : rareWord(opening, isArabic)
    return second == first ? first : "\(first) \(second)"
  }

  /// Of what the business calls itself or sells first.
  private func commonWord(_ opening: Opening, _ isArabic: Bool, _ random: inout SplitMix64) -> String {
    let trade = Trade.all[opening.category]
    let text = random.chance(percent: 50) ? trade.nouns[opening.noun] : trade.services[opening.service].name
    let words = (isArabic ? text.arabic : text.english.lowercased()).split(separator: " ")
    return String(words[random.below(words.count)])
  }

  private func rareWord(_ opening: Opening, _ isArabic: Bool) -> String {
    let word = lexicon.words[opening.brand]
    return isArabic ? word.arabic : word.english.lowercased()
  }

  private func addPrefix(to query: inout GeneratedQuery, _ opening: Opening, _ random: inout SplitMix64) {
    let isArabic = random.chance(percent: 50)
    let typed = random.chance(percent: 50) ? commonWord(opening, isArabic, &random) : rareWord(opening, isArabic)
    let prefix = String(typed.prefix(1 + random.below(4)))
    let whole = random.chance(percent: 40) ? commonWord(opening, isArabic, &random) + " " : ""
    query.text = whole + prefix
    query.endsInPrefix = true
  }

  /// Sooner days more often; in the hours when businesses are open.
  private static func window(_ random: inout SplitMix64) -> GeneratedQuery.Window {
    let day = random.below(1 + random.below(Market.horizonDays))
    let start = 36 + random.below(40)
    let length = 4 << random.below(4)
    return GeneratedQuery.Window(
      day: day, slots: start..<min(Market.slotsPerDay, start + length), durationMinutes: [30, 45, 60, 90][random.below(4)])
  }
}
