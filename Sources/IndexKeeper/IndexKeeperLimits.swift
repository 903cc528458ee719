/// The keeper's limits, each with its reason.
public enum IndexKeeperLimits {
  /// An index that was followed for so long before it failed is hydrated again without waiting longer each time.
  static let calmMilliseconds: UInt64 = 30_000
  /// How long a start waits until the database has noticed that the process before it is gone: milliseconds where its kernel closed
  /// the connection, and where the machine died nobody wants to wait as long as that takes.
  static let slotReleaseMilliseconds: UInt64 = 1_000
  /// Between two looks for slots that earlier starts have left: as long as a server waits by default for followers that are silent.
  static let leftoverLookMilliseconds: UInt64 = 60_000
  /// Names of services that are shown: people choose from a few suggestions, and what is rarer than these is found by searching.
  public static let serviceNames = 20_000
}
