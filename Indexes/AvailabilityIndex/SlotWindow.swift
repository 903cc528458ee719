/// A stretch of time in absolute slots, from `from` up to but not including `to`; absolute slot = day number · 96 + slot of the day.
///
/// It may cross midnights and the horizon: a calendar looks at the part that its horizon covers. Where `to` does not come after
/// `from` the window holds no slot.
@frozen
public struct SlotWindow: Hashable, Sendable {
  public let from: Int
  public let to: Int

  @inlinable
  public init(from: Int, to: Int) {
    self.from = from
    self.to = to
  }

  /// `slots` of one day.
  @inlinable
  public init(day: Int32, slots: Range<Int>) {
    let midnight = Int(day) * AvailabilityLimits.slotsPerDay
    self.init(from: midnight + slots.lowerBound, to: midnight + slots.upperBound)
  }

  @inlinable public var isEmpty: Bool { to <= from }
  @inlinable public var count: Int { isEmpty ? 0 : to - from }
}
