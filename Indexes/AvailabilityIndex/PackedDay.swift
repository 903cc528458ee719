/// A staff member's day as two words, each of which says which day it speaks of.
///
///     word 0   slots 0..<48   in bits 0..<48, the low 16 bits of the day's number in bits 48..<64
///     word 1   slots 48..<96  in bits 0..<48, the low 8 bits of the day's number in bits 48..<56, the day's `startBound` in the rest
///
/// The words of a day gone by are used again for a day to come. A reader that finds another day's stamp in either word has met the
/// past or the future, where nothing is known to be free. So the calendar moves on without touching a word, and a reader can
/// never take one day for another.
@frozen
@usableFromInline
struct PackedDay: Equatable {
  @usableFromInline let low: UInt64
  @usableFromInline let high: UInt64

  @inlinable
  init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }

  init(_ slots: DaySlots, day: Int) {
    low = UInt64(truncatingIfNeeded: slots.bits) & Self.half | Self.lowStamp(day)
    high =
      UInt64(truncatingIfNeeded: slots.bits &>> 48) & Self.half | Self.highStamp(day) | UInt64(slots.startBound) << 56
  }

  /// The slots of `day`; none where the words speak of another.
  @inlinable
  @inline(__always)
  func slots(at place: DayPlace) -> DaySlots {
    let (low, high) = (low ^ place.lowStamp, high ^ place.highStamp)
    guard low >> 48 | high & Self.highStampBits == 0 else { return .none }
    return DaySlots(trusted: UInt128(low) | UInt128(high & Self.half) &<< 48)
  }

  /// The bound of `day`; 0 where the words speak of another.
  @inlinable
  @inline(__always)
  func bound(at place: DayPlace) -> UInt8 {
    let (low, high) = (low ^ place.lowStamp, high ^ place.highStamp)
    guard low >> 48 | high & Self.highStampBits == 0 else { return 0 }
    return UInt8(truncatingIfNeeded: high >> 56)
  }

  /// Whether a run of `length` slots may begin here; the second word is enough to say no.
  @inlinable
  @inline(__always)
  func mayStart(_ length: Int) -> Bool { high >> 56 >= UInt64(truncatingIfNeeded: min(length, 255)) }

  @inlinable static var half: UInt64 { (1 << 48) - 1 }
  @inlinable static var highStampBits: UInt64 { 0xFF << 48 }
  @inlinable static func lowStamp(_ day: Int) -> UInt64 { UInt64(UInt16(truncatingIfNeeded: day)) << 48 }
  @inlinable static func highStamp(_ day: Int) -> UInt64 { UInt64(UInt8(truncatingIfNeeded: day)) << 48 }
}

/// Where a day's words lie among a staff member's, and the stamps they must bear.
@frozen
@usableFromInline
struct DayPlace {
  @usableFromInline let offset: Int
  @usableFromInline let lowStamp: UInt64
  @usableFromInline let highStamp: UInt64

  @inlinable
  init(position: Int, day: Int) {
    offset = position * StaffRows.wordsPerDay
    lowStamp = PackedDay.lowStamp(day)
    highStamp = PackedDay.highStamp(day)
  }
}

/// Days of slots as a calendar stores them; it makes them, and takes them for any of its staff.
public struct PackedDays: Sendable {
  struct Day {
    let words: PackedDay
    let place: DayPlace
  }

  let days: [Day]
}
