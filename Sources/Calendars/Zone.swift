// Calendars: what of a day somebody works and is free, from hours on the wall and busy times. Weekly hours, dated overrides and a time
// zone become quarter hours of UTC, exactly, also where clocks change. Pure: bytes and numbers in, bits out; no file, no clock.

/// A time zone: what clocks on the wall show at each instant.
public final class Zone: Sendable {
  public let name: String
  /// Instants (seconds since 1970) at which clocks change, ascending.
  private let changes: [Int]
  /// Seconds east of Greenwich: before the first change, and after each.
  private let offsets: [Int]

  init(name: String, changes: [Int], offsets: [Int]) {
    precondition(offsets.count == changes.count + 1, "\(changes.count) changes need one offset more")
    self.name = name
    self.changes = changes
    self.offsets = offsets
  }

  public static let utc = Zone(name: "UTC", changes: [], offsets: [0])

  /// How far clocks are ahead of UTC. O(log changes).
  public func offsetSeconds(at second: Int) -> Int { offsets[index(at: second)] }

  /// The stretches of `seconds` in which clocks do not change, in order.
  public func stretches(of seconds: Range<Int>) -> [Stretch] {
    var stretches: [Stretch] = []
    var from = seconds.lowerBound
    var index = index(at: from)
    while from < seconds.upperBound {
      let to = index < changes.count ? min(changes[index], seconds.upperBound) : seconds.upperBound
      stretches.append(Stretch(seconds: from..<to, offsetSeconds: offsets[index]))
      from = to
      index += 1
    }
    return stretches
  }

  /// The day that it is on the wall, counted from 1970-01-01.
  public func localDay(at second: Int) -> Int { (second + offsetSeconds(at: second)).flooredQuotient(86_400) }

  /// How many changes come at or before `second`: the index of the offset that holds.
  private func index(at second: Int) -> Int {
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low + high) / 2
      if changes[middle] <= second { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// A stretch of time in which clocks do not change.
  public struct Stretch: Hashable, Sendable {
    public let seconds: Range<Int>
    public let offsetSeconds: Int
  }
}

/// What a clock and a calendar on the wall show at an instant.
public struct LocalTime: Hashable, Sendable {
  public let date: CivilDate
  /// Since midnight, as the clock shows it.
  public let secondOfDay: Int
  public let offsetSeconds: Int

  public init(at second: Int, in zone: Zone) {
    offsetSeconds = zone.offsetSeconds(at: second)
    let local = second + offsetSeconds
    let day = local.flooredQuotient(86_400)
    date = CivilDate(dayNumber: day)
    secondOfDay = local - day * 86_400
  }

  /// `2026-11-21T15:30:00+03:00`: which instant it is, and what the clock shows there. Without seconds of the offset, which no zone
  /// has had since 1972.
  public var text: [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(25)
    func digits(_ number: Int, _ count: Int) {
      var divisor = (1..<count).reduce(1) { product, _ in product * 10 }
      while divisor > 0 {
        text.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
        divisor /= 10
      }
    }
    digits(date.year, 4)
    text.append(UInt8(ascii: "-"))
    digits(date.month, 2)
    text.append(UInt8(ascii: "-"))
    digits(date.day, 2)
    text.append(UInt8(ascii: "T"))
    digits(secondOfDay / 3_600, 2)
    text.append(UInt8(ascii: ":"))
    digits(secondOfDay / 60 % 60, 2)
    text.append(UInt8(ascii: ":"))
    digits(secondOfDay % 60, 2)
    text.append(UInt8(ascii: offsetSeconds < 0 ? "-" : "+"))
    let minutes = abs(offsetSeconds) / 60
    digits(minutes / 60, 2)
    text.append(UInt8(ascii: ":"))
    digits(minutes % 60, 2)
    return text
  }
}

extension LocalTime: CustomStringConvertible {
  public var description: String { String(decoding: text, as: UTF8.self) }
}
