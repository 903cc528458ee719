/// The 96 quarter hours of a day, one bit each: a set of slots, usually those that are free.
@frozen
public struct DaySlots: Hashable, Sendable {
  /// Bit i is slot i; bits from 96 on are zero.
  public let bits: UInt128

  /// Bits from 96 on are dropped.
  @inlinable
  public init(bits: UInt128) { self.bits = bits & Self.mask(0, AvailabilityLimits.slotsPerDay) }

  @inlinable public init() { bits = 0 }

  /// The slots of `range` that a day has.
  @inlinable
  public init(_ range: Range<Int>) {
    let last = AvailabilityLimits.slotsPerDay
    bits = Self.mask(min(max(range.lowerBound, 0), last), min(max(range.upperBound, 0), last))
  }

  /// The slots of `window` that lie in `day`.
  public init(_ window: SlotWindow, onDay day: Int32) {
    let midnight = Int(day) * AvailabilityLimits.slotsPerDay
    let nextMidnight = midnight + AvailabilityLimits.slotsPerDay
    let from = min(max(window.from, midnight), nextMidnight)
    bits = Self.mask(from - midnight, min(max(window.to, from), nextMidnight) - midnight)
  }

  @inlinable public static var none: DaySlots { DaySlots() }
  @inlinable public static var all: DaySlots { DaySlots(0..<AvailabilityLimits.slotsPerDay) }

  @inlinable public var isEmpty: Bool { bits == 0 }
  @inlinable public var count: Int { bits.nonzeroBitCount }
  @inlinable public func contains(_ slot: Int) -> Bool { (0..<96).contains(slot) && bits &>> UInt128(slot) & 1 == 1 }
  @inlinable public func union(_ other: DaySlots) -> DaySlots { DaySlots(trusted: bits | other.bits) }
  @inlinable public func intersection(_ other: DaySlots) -> DaySlots { DaySlots(trusted: bits & other.bits) }
  @inlinable public func subtracting(_ other: DaySlots) -> DaySlots { DaySlots(trusted: bits & ~other.bits) }

  /// The first slot of the set.
  @inlinable public var first: Int? { bits == 0 ? nil : bits.trailingZeroBitCount }

  /// For bits that are known to be a day's.
  @inlinable
  init(trusted bits: UInt128) { self.bits = bits }

  /// Ones from bit `from` up to bit `to`, where 0 ≤ from ≤ to ≤ 96.
  @inlinable
  @inline(__always)
  static func mask(_ from: Int, _ to: Int) -> UInt128 {
    ((1 as UInt128) &<< UInt128(truncatingIfNeeded: to)) &- ((1 as UInt128) &<< UInt128(truncatingIfNeeded: from))
  }
}
