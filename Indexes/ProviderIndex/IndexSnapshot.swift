public import AvailabilityIndex
import Columns

/// The index at one position of its feed: segments, and who of them has been removed. It never changes but for the live columns.
public struct IndexSnapshot: Sendable {
  struct Part: Sendable {
    let segment: Segment
    /// A bit a provider; nil when all are there.
    let removed: Column<UInt64>?
    let removedCount: Int
  }

  let parts: [Part]
  /// When the staff is free.
  public let calendar: AvailabilityCalendar?
  /// When the staff works, free or not: what "open" asks. Of the same staff numbers.
  public let hours: AvailabilityCalendar?
  /// The feed's position that the snapshot has reached.
  public let position: UInt64

  public init(
    _ segment: Segment, calendar: AvailabilityCalendar? = nil, hours: AvailabilityCalendar? = nil, position: UInt64 = 0
  ) {
    let part = Part(segment: segment, removed: nil, removedCount: 0)
    self.init(parts: [part], calendar: calendar, hours: hours, position: position)
  }

  init(parts: [Part], calendar: AvailabilityCalendar?, hours: AvailabilityCalendar? = nil, position: UInt64) {
    self.parts = parts
    self.calendar = calendar
    self.hours = hours
    self.position = position
  }

  /// Providers that are there.
  public var count: Int { parts.reduce(0) { $0 + $1.segment.count - $1.removedCount } }
  public var segments: [Segment] { parts.map(\.segment) }
  var chunkCount: Int { parts.reduce(0) { $0 + $1.segment.chunkCount } }

  /// The numbers in the calendars of a hit's staff; none where the provider has no calendar.
  public func staff(of hit: HitFigures) -> Range<Int> {
    let rows = parts[hit.segment].segment.staff[hit.number]
    return Int(rows.x)..<Int(rows.x) + Int(rows.y)
  }
}
