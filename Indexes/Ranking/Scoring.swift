/// What is known of a provider when it is scored.
@frozen
public struct ProviderFacts: Sendable {
  public var rating: Double
  public var ratingCount: UInt32
  public var availability: Double
  public var verified: Bool
  public var tier: UInt8
  public var popularity: UInt8
  public var newness: UInt8
  public var hasHotSlot: Bool
  /// In minor units; nil without services.
  public var lowestPrice: Int64?

  @inlinable
  public init(
    rating: Double, ratingCount: UInt32, availability: Double, verified: Bool, tier: UInt8, popularity: UInt8, newness: UInt8,
    hasHotSlot: Bool, lowestPrice: Int64?
  ) {
    self.rating = rating
    self.ratingCount = ratingCount
    self.availability = availability
    self.verified = verified
    self.tier = tier
    self.popularity = popularity
    self.newness = newness
    self.hasHotSlot = hasHotSlot
    self.lowestPrice = lowestPrice
  }
}

extension RankingRules {
  /// The features of a provider at a distance, for a query of this radius. The one definition: engine, explanation and tests use it.
  @inlinable
  @inline(__always)
  public func features(_ facts: ProviderFacts, distanceMetres: Double, radiusMetres: Double, textScore: Float) -> FeatureVector {
    var values = FeatureVector()
    values.distance = decay.nearness(distanceMetres: distanceMetres, scale: decay.scale(radiusMetres: radiusMetres))
    values.rating = smoothed(facts.rating, count: facts.ratingCount) / 5
    values.availability = facts.availability
    values.verification = facts.verified ? 1 : unverifiedShare
    if weights.tier > 0 { values.tier = tierShares[Int(facts.tier & 3)] }
    if weights.text > 0 { values.text = squashed(textScore) }
    if weights.popularity > 0 { values.popularity = Share.value(facts.popularity) }
    if weights.priceFit > 0 { values.priceFit = priceFit(facts.lowestPrice.map(Double.init) ?? .infinity) }
    if weights.newness > 0 { values.newness = Share.value(facts.newness) }
    values.hotSlot = facts.hasHotSlot ? 1 : 0
    return values
  }

  @inlinable
  @inline(__always)
  public func smoothed(_ rating: Double, count: UInt32) -> Double {
    ratingStrength == 0 ? rating : (ratingStrength * ratingPrior + Double(count) * rating) / (ratingStrength + Double(count))
  }

  @inlinable
  public func squashed(_ textScore: Float) -> Double {
    let score = Double(textScore)
    return score / (score + textPivot)
  }

  /// The text score at the level where a word may be missing: that of half of the text feature, and of the upper half where no word is.
  /// With f = s / (s + pivot) the feature becomes f / 2 or (1 + f) / 2; solved for s, so that all else stays as it is.
  @inlinable
  public func partialTextScore(_ textScore: Float, hasAllWords: Bool) -> Float {
    let pivot = Float(textPivot)
    return hasAllWords ? 2 * textScore + pivot : pivot * textScore / (textScore + 2 * pivot)
  }

  @inlinable
  public func priceFit(_ price: Double) -> Double { max(0, 1 - price / priceScale) }
}

/// Why a provider has its score: the parts, in the order they were summed.
public struct Explanation: Hashable, Sendable {
  public struct Part: Hashable, Sendable {
    public let feature: Feature
    public let weight: Double
    public let value: Double
    public var contribution: Double { weight * value }
  }

  public let parts: [Part]
  public let score: Double

  public init(rules: RankingRules, values: FeatureVector) {
    parts = Feature.allCases.filter { rules.weights[$0] > 0 }
      .map { Part(feature: $0, weight: rules.weights[$0], value: values[$0]) }
    score = rules.weights.weighted(values)
  }

  /// The parts added up: the score, to the bit.
  public var sum: Double { parts.reduce(0) { $0 + $1.contribution } }
}
