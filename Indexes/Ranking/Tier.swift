/// A provider's standing in the market, earned by completed bookings; the order is the order of merit.
public enum Tier: UInt8, CaseIterable, Sendable, CustomStringConvertible {
  case none, silver, gold, diamond

  public var description: String {
    switch self {
    case .none: "none"
    case .silver: "silver"
    case .gold: "gold"
    case .diamond: "diamond"
    }
  }

  public init?(name: some StringProtocol) {
    guard let tier = Tier.allCases.first(where: { $0.description == name }) else { return nil }
    self = tier
  }
}
