/// The free quarters of an hour of one member of staff on one day.
public struct GeneratedDay: Sendable, Hashable {
  /// Slots 0..<64, the lowest bit first.
  public var low: UInt64 = 0
  /// Slots 64..<96.
  public var high: UInt32 = 0

  public static let none = GeneratedDay()

  /// Free for the whole of `slots`.
  init(_ slots: Range<Int>) {
    let bits = (UInt128(1) << UInt128(slots.count) - 1) << UInt128(slots.lowerBound)
    low = UInt64(truncatingIfNeeded: bits)
    high = UInt32(truncatingIfNeeded: bits >> 64)
  }

  private init() {}

  mutating func take(_ slots: Range<Int>) {
    let taken = GeneratedDay(slots)
    low &= ~taken.low
    high &= ~taken.high
  }
}

/// Calendars for class (e): opening hours less what is booked.
extension Market {
  public static let horizonDays = 28
  public static let slotsPerDay = 96

  /// One to six; most have few.
  public func staffCount(ofProvider index: Int) -> Int {
    var random = SplitMix64(seed: seed, stream: .staff, index: index)
    return 1 + min(random.below(6), random.below(6))
  }

  public func freeSlots(ofProvider index: Int, staff: Int, day: Int) -> GeneratedDay {
    precondition(day >= 0 && day < Market.horizonDays && staff < 8)
    var hours = SplitMix64(seed: seed, stream: .staff, index: index)
    _ = hours.next()
    let opens = 36 + hours.below(9)
    let closes = 68 + hours.below(21)
    let dayOff = hours.below(7)
    guard (day + dayOff) % 7 != 0 else { return .none }
    var slots = GeneratedDay(opens..<closes)
    var random = SplitMix64(seed: seed, stream: .staffDay, index: (index * 8 + staff) * Market.horizonDays + day)
    // Sooner days are fuller.
    let bookings = random.below(day < 7 ? 14 : 8)
    for _ in 0..<bookings {
      let start = opens + random.below(closes - opens)
      slots.take(start..<min(closes, start + 2 + random.below(5)))
    }
    return slots
  }
}
