/// Bounds of a calendar, each with its reason.
public enum AvailabilityLimits {
  /// Quarter hours: what booking pages offer, and few enough that a day fits two words.
  @inlinable public static var slotsPerDay: Int { 96 }
  /// Four weeks, which is how far ahead most appointments are made.
  @inlinable public static var defaultDays: Int { 28 }
  /// The second word of a day is stamped with eight bits of the day's number: the next day to use the same words must differ in them.
  @inlinable public static var maximumDays: Int { 255 }
  /// Stands against nonsense in a file: 2³¹ staff members would be a terabyte.
  @inlinable public static var maximumStaff: Int { 1 << 31 }
}

/// Why a calendar cannot answer.
public enum AvailabilityError: Error, Equatable, CustomStringConvertible {
  /// A run of `slots` slots was asked of a calendar that can only hold runs of 1 to `maximum`.
  case runLength(slots: Int, maximum: Int)

  public var description: String {
    switch self {
    case .runLength(let slots, let maximum):
      "a duration of \(slots) slots was asked; from 1 to \(maximum) slots of 15 minutes are possible"
    }
  }
}
