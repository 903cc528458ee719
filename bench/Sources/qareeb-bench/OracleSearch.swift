import Foundation
import MarketWorkload
import Synchronization

/// What every class means, without an index: each provider is looked at for each query. The others' answers are checked against it.
final class OracleSearch: SearchContestant {
  fileprivate struct Listing {
    let provider: GeneratedProvider
    /// Of name, services and category, as the peers split them.
    let words: Set<Substring>
    let lowestPrice: Int
  }

  let engine = "oracle"
  let classes = QueryClass.allCases
  let figures: BuildFigures
  fileprivate let market: Market
  fileprivate let listings: [Listing]
  /// In thousandths, by provider; updates come from another thread.
  fileprivate let availabilities: Mutex<[Int]>

  init(_ market: Market) {
    let start = ContinuousClock.now
    self.market = market
    let listings = (0..<market.providerCount).map { OracleSearch.listing(market.provider(at: $0)) }
    self.listings = listings
    availabilities = Mutex(listings.map(\.provider.availabilityThousandths))
    figures = BuildFigures(seconds: (ContinuousClock.now - start) / .seconds(1), bytesPerProvider: 0)
  }

  private static func listing(_ provider: GeneratedProvider) -> Listing {
    let texts = ([provider.name] + provider.services.map(\.name)).flatMap { [$0.english, $0.arabic] }
    let words = (texts + [Market.categories[provider.category]]).flatMap { $0.lowercased().split(separator: " ") }
    return Listing(provider: provider, words: Set(words), lowestPrice: provider.services.map(\.price).min() ?? .max)
  }

  func makeReader() -> any SearchReader { OracleReader(self) }

  func apply(_ update: AvailabilityUpdate) {
    availabilities.withLock { $0[update.providerIndex] = update.availabilityThousandths }
  }
}

private final class OracleReader: SearchReader {
  private let oracle: OracleSearch
  private var queries: [GeneratedQuery] = []

  init(_ oracle: OracleSearch) { self.oracle = oracle }

  func prepare(_ queries: [GeneratedQuery]) { self.queries = queries }

  func answer(_ index: Int, into answer: inout SearchAnswer) {
    let query = queries[index]
    let words = query.text?.split(separator: " ") ?? []
    for listing in oracle.listings {
      let distance = OracleReader.metres(query, listing.provider)
      guard distance <= Double(query.radiusMetres), passes(query, listing), matches(words, query.endsInPrefix, listing),
        query.window.map({ isFree(listing.provider.index, $0) }) ?? true
      else { continue }
      answer.total += 1
      let score = score(listing.provider, nearness: 1 - distance / Double(query.radiusMetres), query.window)
      answer.hits.append(SearchAnswer.Hit(providerIndex: listing.provider.index, score: score))
    }
    answer.hits.sort { $0.score != $1.score ? $0.score > $1.score : $0.providerIndex < $1.providerIndex }
    answer.hits.removeLast(max(0, answer.hits.count - GeneratedQuery.limit))
  }

  private func score(_ provider: GeneratedProvider, nearness: Double, _ window: GeneratedQuery.Window?) -> Double {
    let availability =
      window.map { shareFree(provider.index, $0) }
      ?? oracle.availabilities.withLock { Double($0[provider.index]) / 1_000 }
    return 0.30 * max(0, nearness) + 0.25 * (provider.rating / 5) + 0.25 * availability + 0.20 * (provider.isVerified ? 1 : 0.7)
  }

  private func passes(_ query: GeneratedQuery, _ listing: OracleSearch.Listing) -> Bool {
    (query.categories.isEmpty || query.categories.contains(listing.provider.category))
      && listing.lowestPrice <= query.priceMaximum ?? .max
      && listing.provider.ratingTenths >= query.ratingMinimumTenths ?? 0
  }

  private func matches(_ words: [Substring], _ endsInPrefix: Bool, _ listing: OracleSearch.Listing) -> Bool {
    words.enumerated().allSatisfy { position, word in
      endsInPrefix && position == words.count - 1
        ? listing.words.contains { $0.hasPrefix(word) } : listing.words.contains(word)
    }
  }

  /// Whether one member of staff is free for the whole duration from a start within the window, on the same day.
  private func isFree(_ index: Int, _ window: GeneratedQuery.Window) -> Bool {
    let slots = (window.durationMinutes + 14) / 15
    return (0..<oracle.market.staffCount(ofProvider: index)).contains { staff in
      let day = oracle.market.freeSlots(ofProvider: index, staff: staff, day: window.day)
      let free = UInt128(day.high) << 64 | UInt128(day.low)
      let wanted = UInt128(1) << UInt128(slots) - 1
      return window.slots.contains { $0 + slots <= Market.slotsPerDay && free >> UInt128($0) & wanted == wanted }
    }
  }

  /// The share of the window's slots in which someone is free.
  private func shareFree(_ index: Int, _ window: GeneratedQuery.Window) -> Double {
    let free = (0..<oracle.market.staffCount(ofProvider: index)).reduce(UInt128(0)) { free, staff in
      let day = oracle.market.freeSlots(ofProvider: index, staff: staff, day: window.day)
      return free | UInt128(day.high) << 64 | UInt128(day.low)
    }
    return Double(window.slots.count { free >> UInt128($0) & 1 == 1 }) / Double(window.slots.count)
  }

  /// The haversine on a sphere of 6,371,008.8 m.
  private static func metres(_ query: GeneratedQuery, _ provider: GeneratedProvider) -> Double {
    let radians = Double.pi / 180
    let north = sin((provider.latitude - query.latitude) * radians / 2)
    let east = sin((provider.longitude - query.longitude) * radians / 2)
    let squared = north * north + cos(query.latitude * radians) * cos(provider.latitude * radians) * east * east
    return 2 * 6_371_008.8 * asin(squared.squareRoot())
  }
}
