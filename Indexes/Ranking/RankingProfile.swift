/// How a market ranks: the weights, and the shape of each feature. A value; the file format belongs to who reads it.
@frozen
public struct RankingProfile: Hashable, Sendable {
  public let name: String
  public let rules: RankingRules

  public init(name: String, rules: RankingRules) throws(RankingError) {
    try rules.check()
    self.name = name
    self.rules = rules
  }

  private init(checked name: String, rules: RankingRules) {
    self.name = name
    self.rules = rules
  }

  /// 0.30 distance + 0.25 rating + 0.25 availability + 0.20 verification; words are found exactly or by their stem.
  public static let `default`: RankingProfile = {
    var rules = RankingRules()
    rules.weights.distance = 0.30
    rules.weights.rating = 0.25
    rules.weights.availability = 0.25
    rules.weights.verification = 0.20
    rules.matching = .literal
    return RankingProfile(checked: "default", rules: rules)
  }()
}

/// What a profile says, as plain numbers.
@frozen
public struct RankingRules: Hashable, Sendable {
  public var weights = FeatureVector()
  public var decay = Decay.linear
  /// Ratings of few voices are drawn towards a prior: (strength · prior + count · rating) / (strength + count). Strength 0: as they are.
  public var ratingPrior = 0.0
  public var ratingStrength = 0.0
  /// What a provider that is not verified has of the verification feature.
  public var unverifiedShare = 0.7
  /// What each tier has of the tier feature: none, silver, gold, diamond.
  public var tierShares = SIMD4<Double>(0, 1.0 / 3, 2.0 / 3, 1)
  /// The lowest price, in minor units, that has nothing left of price fit: 1 − price/scale.
  public var priceScale = 0.0
  /// The text score that makes half of the text feature: s / (s + pivot).
  public var textPivot = 4.0
  public var matching = MatchingRules()

  public init() {}

  /// What a profile must be: every number finite and in its range, and something to rank by.
  public func check() throws(RankingError) {
    for feature in Feature.allCases {
      let weight = weights[feature]
      guard weight >= 0, weight <= RankingLimits.heaviestWeight else {
        throw RankingError(
          field: "weights.\(feature)", reason: "\(weight): must be a number from 0 to \(RankingLimits.heaviestWeight)")
      }
    }
    guard Feature.allCases.contains(where: { weights[$0] > 0 }) else {
      throw RankingError(field: "weights", reason: "all are 0: at least one must be above 0")
    }
    func within(_ field: String, _ value: Double, _ range: ClosedRange<Double>) throws(RankingError) {
      guard range.contains(value) else {
        throw RankingError(field: field, reason: "\(value): must be a number from \(range.lowerBound) to \(range.upperBound)")
      }
    }
    if let scale = decay.scaleMetres { try within("distance.scale_m", scale, 1...20_100_000) }
    try within("rating.prior", ratingPrior, 0...5)
    try within("rating.strength", ratingStrength, 0...1e6)
    try within("verification.unverified", unverifiedShare, 0...1)
    for (tier, share) in zip(Tier.allCases, [tierShares.x, tierShares.y, tierShares.z, tierShares.w]) {
      try within("tier.\(tier)", share, 0...1)
    }
    try within("price_fit.scale", priceScale, weights.priceFit > 0 ? 1...1e12 : 0...1e12)
    try within("text.pivot", textPivot, 0.001...1e6)
    try matching.check()
  }

  /// Whether `check` finds nothing wrong, in a few comparisons and without saying what: a search asks each time.
  public var isSound: Bool {
    let all = SIMD16(
      weights.distance, weights.rating, weights.availability, weights.verification, weights.tier, weights.text,
      weights.popularity, weights.priceFit, weights.newness, weights.hotSlot, 0, 0, 0, 0, 0, 0)
    let yes = SIMDMask<SIMD16<Int64>>(repeating: true)
    let scale = decay.scaleMetres ?? 1
    let tiers = SIMD16(lowHalf: SIMD8(lowHalf: tierShares, highHalf: tierShares), highHalf: SIMD8(repeating: 0))
    return ((all .>= 0) .& (all .<= RankingLimits.heaviestWeight)) == yes && all.max() > 0 && scale >= 1 && scale <= 20_100_000
      && ratingPrior >= 0 && ratingPrior <= 5 && ratingStrength >= 0 && ratingStrength <= 1e6
      && unverifiedShare >= 0 && unverifiedShare <= 1
      && ((tiers .>= 0) .& (tiers .<= 1)) == yes
      && priceScale >= (weights.priceFit > 0 ? 1 : 0) && priceScale <= 1e12 && textPivot >= 0.001 && textPivot <= 1e6
      && matching.isSound
  }
}

public struct RankingError: Error, Equatable, CustomStringConvertible {
  /// The path of what is wrong, as a profile's file names it.
  public let field: String
  public let reason: String
  public var description: String { "\(field): \(reason)" }
}

public enum RankingLimits {
  /// Weights are relative to each other; beyond this a bound computed in single precision would lose its last digits.
  public static let heaviestWeight = 1_000.0
  /// Matches that may be asked for before weaker tiers are left alone: beyond a few pages, all tiers from the first on is meant.
  public static let mostEnough = 10_000
}
