/// A stretch of a day on the wall, in microseconds since midnight. A day ends at 24:00: who works on has the rest on the next day.
public struct WallSpan: Hashable, Sendable {
  public static let microsecondsPerDay = 86_400_000_000

  public let from: Int
  public let to: Int

  /// Cut to the day; where nothing is left it is empty.
  public init(from: Int, to: Int) {
    self.from = min(max(from, 0), Self.microsecondsPerDay)
    self.to = min(max(to, self.from), Self.microsecondsPerDay)
  }

  public init(minutes: Range<Int>) {
    self.init(from: minutes.lowerBound * 60_000_000, to: minutes.upperBound * 60_000_000)
  }
}

/// When somebody works, by the clock on the wall.
public struct WorkingHours: Hashable, Sendable {
  /// A stretch of every week.
  public struct Weekly: Hashable, Sendable {
    /// ISO 8601: 1 is Monday.
    public let weekday: Int
    public let span: WallSpan

    public init(weekday: Int, span: WallSpan) {
      self.weekday = weekday
      self.span = span
    }
  }

  /// A stretch of one date. A date with any has no weekly ones; one with an empty stretch alone is a day off.
  public struct Dated: Hashable, Sendable {
    /// Days since 1970-01-01, on the wall.
    public let day: Int
    public let span: WallSpan

    public init(day: Int, span: WallSpan) {
      self.day = day
      self.span = span
    }

    public static func dayOff(_ day: Int) -> Dated { Dated(day: day, span: WallSpan(from: 0, to: 0)) }
  }

  /// By weekday, then by beginning.
  public private(set) var weekly: [Weekly]
  /// By day, then by beginning.
  public private(set) var dated: [Dated]

  public init(weekly: [Weekly] = [], dated: [Dated] = []) {
    self.weekly = weekly.sorted { ($0.weekday, $0.span.from) < ($1.weekday, $1.span.from) }
    self.dated = dated.sorted { ($0.day, $0.span.from) < ($1.day, $1.span.from) }
  }
}

/// Time that is taken: from one instant to just before another, in microseconds since 1970.
public struct BusyTime: Hashable, Sendable {
  public let from: Int64
  public let to: Int64

  public init(from: Int64, to: Int64) {
    self.from = from
    self.to = to
  }
}
