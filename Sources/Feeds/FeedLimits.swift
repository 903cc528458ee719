/// Every bound of this module, with its reason.
public enum FeedLimits {
  /// A line of ours has 250 bytes; sixty times that is no line of ours.
  public static let lineBytes = 16 << 10
  /// JSON numbers beyond 2^53 - 1 are rounded by half of the programs that would send them.
  public static let highestSequence = 9_007_199_254_740_991
  /// Nobody knows further ahead what is taken, and who writes the year wrong must not close a shop for ever.
  public static let longestRangeDays = 366
  /// Refused lines that are told of; whoever has seen a hundred knows what is wrong with the rest.
  public static let reportedLines = 100
  /// Gaps, and sources, that one answer names.
  public static let reportedGaps = 100
  public static let reportedSources = 100
  /// Gaps that are remembered of a source, the latest: who leaves more has stopped counting.
  public static let rememberedGaps = 1_000
  /// Busy times that have passed are kept so long, for whoever asks why somebody was not to be had; no search looks at them.
  static let keptPastDays = 7
  /// Rows of the past that go for each one that comes. With one they would stay as many as they are; with two they become fewer wherever feeds
  /// are at work, and no batch has much more to do for it.
  static let prunedPerAdded = 2
  /// A body without a line break in sight still has to be looked at in portions.
  static let batchBytes = 256 << 10
  /// A provider or staff member that goes away between our look and our write makes the database refuse the batch; the next look sees it gone.
  static let attempts = 4
}
