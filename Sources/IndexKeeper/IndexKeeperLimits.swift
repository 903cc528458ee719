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
}
