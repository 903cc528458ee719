public import ProviderIndex
import Ranking

extension FacetCounts {
  /// What a search counted, by the names of the format; nil where its query asked for nothing. Ratings and prices are named by where
  /// their step begins; who has no price is in "none".
  public init?(_ facets: SearchFacets, of query: ProviderQuery, in currency: Currency) {
    guard !query.facets.isEmpty else { return nil }
    var all: [Facet] = []
    if query.facets.contains(.category) {
      all.append(Facet(name: "category", counts: facets.categories.map { Count(value: $0.name, count: $0.count) }))
    }
    if query.facets.contains(.price) {
      let steps = zip(query.priceBounds, facets.prices).map { Count(value: currency.decimal(minorUnits: $0), count: $1) }
      all.append(Facet(name: "price", counts: steps + [Count(value: "none", count: facets.withoutPrice)]))
    }
    if query.facets.contains(.rating) {
      all.append(
        Facet(name: "rating", counts: zip(query.ratingBounds, facets.ratings).map { Count(value: "\(Int($0))", count: $1) }))
    }
    if query.facets.contains(.tier) {
      all.append(Facet(name: "tier", counts: zip(Tier.allCases, facets.tiers).map { Count(value: "\($0)", count: $1) }))
    }
    self.init(all)
  }
}

extension Currency {
  /// An amount of minor units as a decimal: 8000 JOD is "8.000".
  public func decimal(minorUnits amount: Int64) -> String {
    guard minorDigits > 0 else { return "\(amount)" }
    let digits = String(amount.magnitude)
    let padded = String(repeating: "0", count: max(0, minorDigits + 1 - digits.count)) + digits
    return "\(amount < 0 ? "-" : "")\(padded.dropLast(minorDigits)).\(padded.suffix(minorDigits))"
  }

  /// Where the price facet's steps begin: 0, 5, 10, 20 and 50 whole units.
  var priceSteps: [Int64] {
    let unit = (0..<minorDigits).reduce(Int64(1)) { unit, _ in unit * 10 }
    return [0, 5, 10, 20, 50].map { $0 * unit }
  }
}
