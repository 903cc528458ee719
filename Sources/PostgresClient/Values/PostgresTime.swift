import Bytes

/// A time of day without a time zone (`time`), in microseconds since midnight. A day ends at 24:00, which is a time too.
public struct PostgresTime: Sendable, Hashable, Comparable {
  public let microsecondsSinceMidnight: Int64

  public static let endOfDay = PostgresTime(unchecked: 86_400_000_000)

  private init(unchecked microseconds: Int64) { microsecondsSinceMidnight = microseconds }

  /// Nil beyond 24:00.
  public init?(microsecondsSinceMidnight: Int64) {
    guard (0...PostgresTime.endOfDay.microsecondsSinceMidnight).contains(microsecondsSinceMidnight) else { return nil }
    self.microsecondsSinceMidnight = microsecondsSinceMidnight
  }

  /// Nil beyond 24:00.
  public init?(minuteOfDay: Int) {
    guard (0...1_440).contains(minuteOfDay) else { return nil }
    microsecondsSinceMidnight = Int64(minuteOfDay) * 60_000_000
  }

  /// Whole minutes since midnight, rounded down; 1440 at the end of the day.
  public var minuteOfDay: Int { Int(microsecondsSinceMidnight / 60_000_000) }

  public static func < (left: PostgresTime, right: PostgresTime) -> Bool {
    left.microsecondsSinceMidnight < right.microsecondsSinceMidnight
  }
}

extension PostgresTime: CustomStringConvertible {
  /// `09:30:00`, with a fraction only where there is one.
  public var description: String {
    var buffer = ByteBuffer(capacity: 16)
    buffer.append(timeOfDay: microsecondsSinceMidnight)
    return String(buffer)
  }
}

extension PostgresTime: PostgresEncodable, PostgresDecodable {
  public static var postgresType: PostgresType { .time }

  public func encode(into writer: inout ParameterWriter) { writer.append(integer: microsecondsSinceMidnight) }

  public static func decode(_ cell: PostgresCell) throws(CellError) -> PostgresTime {
    guard cell.type == .time else { throw .wrongType }
    guard let time = PostgresTime(microsecondsSinceMidnight: try cell.wholeInteger()) else {
      throw .malformed("is no time of day")
    }
    return time
  }
}

extension PostgresTime: PostgresArrayElement {
  public static var postgresArrayType: PostgresType { .timeArray }
}
