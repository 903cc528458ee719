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
  public let calendar: AvailabilityCalendar?
  /// The feed's position that the snapshot has reached.
  public let position: UInt64

  public init(_ segment: Segment, calendar: AvailabilityCalendar? = nil, position: UInt64 = 0) {
    self.init(parts: [Part(segment: segment, removed: nil, removedCount: 0)], calendar: calendar, position: position)
  }

  init(parts: [Part], calendar: AvailabilityCalendar?, position: UInt64) {
    self.parts = parts
    self.calendar = calendar
    self.position = position
  }

  /// Providers that are there.
  public var count: Int { parts.reduce(0) { $0 + $1.segment.count - $1.removedCount } }
  public var segments: [Segment] { parts.map(\.segment) }
}
