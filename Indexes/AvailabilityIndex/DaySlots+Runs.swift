extension DaySlots {
  /// The slots at which `length` slots of the set begin, all within the day; none where `length` is not 1 to 96.
  ///
  /// What begins `k` slots, and again `s` ≤ `k` slots later, begins `k + s`: the length doubles until it is there, in log₂ steps.
  @inlinable
  @inline(__always)
  public func starts(ofRun length: Int) -> DaySlots {
    guard length >= 1, length <= AvailabilityLimits.slotsPerDay else { return .none }
    var starts = bits
    var reached = 1
    while reached < length {
      let step = min(reached, length - reached)
      starts &= starts &>> UInt128(truncatingIfNeeded: step)
      reached += step
    }
    return DaySlots(trusted: starts)
  }

  /// The length of the longest run of slots within the day.
  public var longestRun: Int {
    guard bits != 0 else { return 0 }
    var starts = bits
    var length = 1
    while true {
      let twice = starts & (starts &>> UInt128(truncatingIfNeeded: length))
      if twice == 0 { break }
      starts = twice
      length *= 2
    }
    var step = length / 2
    while step > 0 {
      let longer = starts & (starts &>> UInt128(truncatingIfNeeded: step))
      if longer != 0 {
        starts = longer
        length += step
      }
      step /= 2
    }
    return length
  }

  /// What no run that begins in this day can be longer than, whatever the next days hold: the longest run within the day, or
  /// `unbounded` where the last slot is in the set, since the run may then go on past midnight. It depends on this day alone.
  public var startBound: UInt8 { endsInRun ? Self.unbounded : UInt8(truncatingIfNeeded: longestRun) }

  /// The bound of a day whose last slot is free.
  @inlinable public static var unbounded: UInt8 { .max }

  /// How many slots from midnight on are in the set.
  @inlinable public var headRun: Int { min((~bits).trailingZeroBitCount, AvailabilityLimits.slotsPerDay) }

  /// How many slots up to the next midnight are in the set.
  @inlinable public var tailRun: Int { min((~bits &<< 32).leadingZeroBitCount, AvailabilityLimits.slotsPerDay) }

  /// Whether the last slot of the day is in the set.
  @inlinable public var endsInRun: Bool { bits &>> 95 != 0 }

  /// The runs of the set, in order. Allocates: for answers to people, not for loops over candidates.
  public var runs: [Range<Int>] {
    var runs: [Range<Int>] = []
    var rest = bits
    while rest != 0 {
      let start = rest.trailingZeroBitCount
      let end = start + (~(rest &>> UInt128(truncatingIfNeeded: start))).trailingZeroBitCount
      runs.append(start..<end)
      rest &= ~Self.mask(start, end)
    }
    return runs
  }
}
