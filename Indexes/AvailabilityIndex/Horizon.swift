/// The days a calendar knows: a ring in which day d has position d mod `days`, so that a day keeps its words as time goes on.
@frozen
@usableFromInline
struct Horizon: Equatable {
  @usableFromInline let firstDay: Int
  /// `firstDay` mod `days`, kept beside it so that readers need no division.
  @usableFromInline let firstPosition: Int
  @usableFromInline let days: Int

  init(firstDay: Int32, days: Int) {
    self.firstDay = Int(firstDay)
    self.days = days
    let remainder = Int(firstDay) % days
    firstPosition = remainder < 0 ? remainder + days : remainder
  }

  @inlinable
  init(word: UInt64, days: Int) {
    firstDay = Int(Int32(truncatingIfNeeded: word))
    firstPosition = Int(word >> 32)
    self.days = days
  }

  /// First day and position in one word, which a reader loads whole.
  var word: UInt64 { UInt64(firstPosition) << 32 | UInt64(UInt32(bitPattern: Int32(truncatingIfNeeded: firstDay))) }

  @inlinable var firstSlot: Int { firstDay * AvailabilityLimits.slotsPerDay }
  @inlinable var slotCount: Int { days * AvailabilityLimits.slotsPerDay }

  /// Where the day `index` days after the first lies.
  @inlinable
  @inline(__always)
  func place(_ index: Int) -> DayPlace {
    let position = firstPosition + index
    return DayPlace(position: position < days ? position : position - days, day: firstDay + index)
  }

  /// How many days after the first `day` comes; nil where it is not in the horizon.
  @inlinable
  @inline(__always)
  func index(of day: Int32) -> Int? {
    let index = Int(day) - firstDay
    return index >= 0 && index < days ? index : nil
  }

  /// The part of `window` within the horizon, counted from the horizon's first slot.
  @inlinable
  @inline(__always)
  func span(of window: SlotWindow) -> Range<Int> {
    let (start, end) = (firstSlot, firstSlot + slotCount)
    let from = min(max(window.from, start), end)
    let to = min(max(window.to, from), end)
    return Range(uncheckedBounds: (from - start, to - start))
  }
}

/// The days a span of slots touches, each with the bits of the slots in it.
@frozen
@usableFromInline
struct SpanDays {
  @usableFromInline let span: Range<Int>
  @usableFromInline var next: Int

  @inlinable
  init(_ span: Range<Int>) {
    self.span = span
    next = span.lowerBound / AvailabilityLimits.slotsPerDay
  }

  /// The next day's index and mask; nil after the last.
  @inlinable
  @inline(__always)
  mutating func nextDay() -> (index: Int, mask: UInt128)? {
    let midnight = next * AvailabilityLimits.slotsPerDay
    guard midnight < span.upperBound, !span.isEmpty else { return nil }
    defer { next += 1 }
    let to = min(span.upperBound - midnight, AvailabilityLimits.slotsPerDay)
    return (next, DaySlots.mask(max(span.lowerBound - midnight, 0), to))
  }
}
