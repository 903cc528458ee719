// MarketWorkload makes the data set that the search benchmark runs on: a bilingual market in clusters, queries on it and a stream
// of availability updates. Everything is a pure function of (seed, number of providers, index): nothing is kept but the tables
// that it is drawn from, any part can be made again anywhere, and it is the same to the bit on any machine.

/// A text in both languages of the market.
public struct BilingualText: Sendable, Hashable {
  public var english: String
  public var arabic: String

  public init(english: String, arabic: String) {
    self.english = english
    self.arabic = arabic
  }
}

public struct Market: Sendable {
  public let seed: UInt64
  public let providerCount: Int
  let places: Places
  let lexicon: Lexicon
  let trades: Draw
  let tags: Draw

  public static let defaultSeed: UInt64 = 2_026

  public init(providerCount: Int, seed: UInt64 = Market.defaultSeed) {
    precondition(providerCount > 0 && providerCount <= 100_000_000, "ids have eight digits")
    self.seed = seed
    self.providerCount = providerCount
    places = Places(seed: seed)
    lexicon = Lexicon()
    trades = Draw(Trade.all.map(\.share))
    // Each tag is half as likely again as the next.
    tags = Draw(Trade.tags.indices.map { 1 << (Trade.tags.count - $0) })
  }

  /// The ids of categories, by number.
  public static let categories = Trade.all.map(\.id)
  /// What the businesses of each category call themselves most.
  public static let categoryNames = Trade.all.map { $0.nouns[0] }
  public static let tags = Trade.tags
  public static let currency = "JOD"

  /// Ids ascend as indexes do.
  public static func providerID(_ index: Int) -> String { "p" + digits(index, 8) }

  static func digits(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}

/// One of several with given shares.
struct Draw: Sendable {
  private let ends: [Int]

  init(_ shares: [Int]) {
    var sum = 0
    ends = shares.map { share in
      sum += share
      return sum
    }
  }

  /// Linear: the likeliest come first.
  func draw(_ random: inout SplitMix64) -> Int {
    let wanted = random.below(ends[ends.count - 1])
    var index = 0
    while ends[index] <= wanted { index += 1 }
    return index
  }
}
