/// The keeper's limits, each with its reason.
enum IndexKeeperLimits {
  /// An index that was followed for so long before it failed is hydrated again without waiting longer each time.
  static let calmMilliseconds: UInt64 = 30_000
}
