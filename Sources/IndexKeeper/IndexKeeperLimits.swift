/// The keeper's limits, each with its reason.
public enum IndexKeeperLimits {
  /// An index that was followed for so long before it failed is hydrated again without waiting longer each time.
  static let calmMilliseconds: UInt64 = 30_000
  /// How long a start waits until the database has noticed that the process before it is gone: milliseconds where its kernel closed
  /// the connection and the database is not busy. Less than reading a large catalogue anew takes, and where the machine died nobody
  /// wants to wait as long as noticing that takes.
  static let slotReleaseMilliseconds: UInt64 = 5_000
  /// The file is written also where nothing of the catalogue has changed, once so much of others' log has gone by: the database keeps its
  /// log in files of this size.
  static let unsavedLogBytes: UInt64 = 16 << 20
  /// Between two looks for slots that earlier starts have left: as long as a server waits by default for followers that are silent.
  static let leftoverLookMilliseconds: UInt64 = 60_000
  /// How often the log tells how far a hydration is: often enough for who waits before a terminal.
  static let hydrationLogMilliseconds: UInt64 = 3_000
  /// Names of services that are shown: people choose from a few suggestions, and what is rarer than these is found by searching.
  public static let serviceNames = 20_000
  /// From now on, so many days can be asked for: four weeks, which is how far ahead most appointments are made.
  public static let calendarDays = 28
  /// Quarters of an hour of which the free share is a provider's availability in rankings: twelve hours, so the rest of a day and the
  /// morning after an evening.
  public static let comingSlots = 48
  /// Whoever has a free slot among the next so many is said to have a hot one: four hours.
  public static let hotSlots = 16
  /// Calendars that time has made due are looked at in such portions, some milliseconds each, so that no change of the feed waits longer.
  static let calendarsAtOnce = 8_192
  /// Different hours of which it is remembered what they come to in the days that are kept: far more than a market has, in some megabytes.
  static let rememberedHours = 4_096
  /// What is smaller has no use for a large page.
  static let largePageBytes = 2 << 20
  /// How often a node looks whether somebody has published an index or asked for a saved one: a person who waits notices no delay, and a
  /// look is two calls to the kernel.
  static let attentionMilliseconds: UInt64 = 250
  /// While waiting for the end of a transaction that is being received.
  static let transactionLookMilliseconds: UInt64 = 5
  /// While an index catches up with the one that is shown.
  static let catchUpLookMilliseconds: UInt64 = 10
  /// How often slots and files that nobody will use again are looked for.
  public static let sweepMilliseconds: UInt64 = 300_000
  /// What was served before, and what was built and never published, is kept for a working day, and no longer: its slot holds the log.
  public static let keptSeconds = 86_400
  /// And only as long as the log that it needs stays small against what servers keep (4 GB in the private cluster).
  public static let keptLogBytes: UInt64 = 2 << 30
}
