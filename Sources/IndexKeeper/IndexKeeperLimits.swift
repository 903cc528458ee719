/// The keeper's limits, each with its reason.
public enum IndexKeeperLimits {
  /// An index that was followed for so long before it failed is hydrated again without waiting longer each time.
  static let calmMilliseconds: UInt64 = 30_000
  /// Names of services that are shown: people choose from a few suggestions, and what is rarer than these is found by searching.
  public static let serviceNames = 20_000
}
