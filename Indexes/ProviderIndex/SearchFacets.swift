public import Ranking

/// How the matches of a search divide: over all of them, whatever the page. What was not asked for is empty.
public struct SearchFacets: Hashable, Sendable {
  public struct Category: Hashable, Sendable {
    public let name: String
    public let count: Int

    public init(name: String, count: Int) {
      self.name = name
      self.count = count
    }
  }

  /// The categories that someone is in, most first, then by the bytes of the name; who has none is in "".
  public var categories: [Category] = []
  /// One count a tier, in the order of `Tier`; who has none is in the first.
  public var tiers: [Int] = []
  /// Who is rated from each of the query's `ratingBounds` up to below the next; who is below the first is in none.
  public var ratings: [Int] = []
  /// Whose lowest price is from each of the query's `priceBounds` up to below the next; who is below the first is in none.
  public var prices: [Int] = []
  /// Who has no price at all; 0 where prices were not asked for.
  public var withoutPrice = 0

  public init() {}

  public func count(of tier: Tier) -> Int { tiers.isEmpty ? 0 : tiers[Int(tier.rawValue)] }
}
