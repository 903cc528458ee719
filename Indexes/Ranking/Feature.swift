// Ranking: what a provider is judged by, how much each part counts, and why it got the score it got.

/// The parts of a score, each a number in 0…1. Scores are summed in this order, whatever the profile, so that they are equal to the bit
/// wherever they are computed.
public enum Feature: UInt8, CaseIterable, Sendable, CustomStringConvertible {
  case distance, rating, availability, verification, tier, text, popularity, priceFit, newness, hotSlot

  /// As profiles and explanations name it.
  public var description: String {
    switch self {
    case .distance: "distance"
    case .rating: "rating"
    case .availability: "availability"
    case .verification: "verification"
    case .tier: "tier"
    case .text: "text"
    case .popularity: "popularity"
    case .priceFit: "price_fit"
    case .newness: "newness"
    case .hotSlot: "hot_slot"
    }
  }

  public init?(name: some StringProtocol) {
    guard let feature = Feature.allCases.first(where: { $0.description == name }) else { return nil }
    self = feature
  }
}

/// One number for each feature: a profile's weights, or what a provider has.
@frozen
public struct FeatureVector: Hashable, Sendable {
  public var distance = 0.0
  public var rating = 0.0
  public var availability = 0.0
  public var verification = 0.0
  public var tier = 0.0
  public var text = 0.0
  public var popularity = 0.0
  public var priceFit = 0.0
  public var newness = 0.0
  public var hotSlot = 0.0

  @inlinable
  public init() {}

  public subscript(_ feature: Feature) -> Double {
    get { self[keyPath: Self.keyPath(of: feature)] }
    set { self[keyPath: Self.keyPath(of: feature)] = newValue }
  }

  private static func keyPath(of feature: Feature) -> WritableKeyPath<FeatureVector, Double> {
    switch feature {
    case .distance: \.distance
    case .rating: \.rating
    case .availability: \.availability
    case .verification: \.verification
    case .tier: \.tier
    case .text: \.text
    case .popularity: \.popularity
    case .priceFit: \.priceFit
    case .newness: \.newness
    case .hotSlot: \.hotSlot
    }
  }

  /// Σ weight × value, in the order of `Feature`.
  @inlinable
  @inline(__always)
  public func weighted(_ values: FeatureVector) -> Double {
    var sum = distance * values.distance
    sum += rating * values.rating
    sum += availability * values.availability
    sum += verification * values.verification
    sum += tier * values.tier
    sum += text * values.text
    sum += popularity * values.popularity
    sum += priceFit * values.priceFit
    sum += newness * values.newness
    sum += hotSlot * values.hotSlot
    return sum
  }
}
