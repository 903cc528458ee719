// Numbers and what is measured: counts, ratios, durations, sizes. Nothing is guessed: a duration without its unit is refused,
// because 30 meant as seconds and read as milliseconds is an outage.

extension ValueFormat where Value == Int {
  public static func integer(_ range: ClosedRange<Int>, unit: String? = nil) -> ValueFormat {
    ValueFormat(
      allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)", unit: unit,
      parse: { (text: String) throws(InvalidValue) -> Int in
        guard let value = Int(text) else {
          let isNumber = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
          throw InvalidValue(isNumber ? "is above \(range.upperBound)" : "is not a whole number")
        }
        return try within(range, value) { String($0) }
      },
      print: { String($0) })
  }

  /// A size in bytes: `64KiB`, `10MB`, `512`. KiB, MiB, GiB count in 1,024s; kB, MB, GB in 1,000s.
  public static func byteSize(_ range: ClosedRange<Int>) -> ValueFormat {
    ValueFormat(
      allowed: "a size from \(byteSizeText(range.lowerBound)) to \(byteSizeText(range.upperBound)), as in 64KiB or 10MB",
      parse: { (text: String) throws(InvalidValue) -> Int in
        let (number, unit) = splitUnit(text)
        guard let count = Int(number), count >= 0 else { throw InvalidValue("does not start with a whole number") }
        guard let scale = byteUnits.first(where: { $0.name.lowercased() == unit.lowercased() })?.bytes else {
          throw InvalidValue("has an unknown unit; B, kB, MB, GB, KiB, MiB and GiB are known")
        }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: scale)
        guard !overflow else { throw InvalidValue("is above \(byteSizeText(range.upperBound))") }
        return try within(range, bytes, byteSizeText)
      },
      print: byteSizeText)
  }
}

extension ValueFormat where Value == Double {
  /// A share of the whole: 0 is never, 1 is always.
  public static var ratio: ValueFormat {
    ValueFormat(
      allowed: "a number from 0 to 1",
      parse: { (text: String) throws(InvalidValue) -> Double in
        guard let value = Double(text), value.isFinite else { throw InvalidValue("is not a number") }
        return try within(0...1, value) { String($0) }
      },
      print: { $0 == $0.rounded() ? String(Int($0)) : String($0) })
  }
}

extension ValueFormat where Value == Duration {
  /// What the value is counted in by what it sets; finer ones would be rounded behind the operator's back, so they are refused.
  public enum Step: Int, Sendable {
    case millisecond = 1
    case second = 1_000
  }

  public static func duration(_ range: ClosedRange<Duration>, inSteps step: Step = .millisecond) -> ValueFormat {
    let examples = step == .second ? "in whole seconds, as in 30s, 5m or 2h" : "as in 250ms, 30s, 5m or 2h"
    return ValueFormat(
      allowed: "a duration from \(durationText(range.lowerBound)) to \(durationText(range.upperBound)), \(examples)",
      parse: { (text: String) throws(InvalidValue) -> Duration in
        let (number, unit) = splitUnit(text)
        guard let count = Int(number), count >= 0 else { throw InvalidValue("does not start with a whole number") }
        if unit.isEmpty, count != 0 { throw InvalidValue("has no unit; ms, s, m, h and d are known") }
        guard let scale = unit.isEmpty ? 1 : durationUnits.first(where: { $0.name == unit })?.milliseconds else {
          throw InvalidValue("has an unknown unit; ms, s, m, h and d are known")
        }
        let (milliseconds, overflow) = count.multipliedReportingOverflow(by: scale)
        guard !overflow else { throw InvalidValue("is above \(durationText(range.upperBound))") }
        guard milliseconds.isMultiple(of: step.rawValue) else { throw InvalidValue("is not a whole number of seconds") }
        return try within(range, .milliseconds(milliseconds), durationText)
      },
      print: durationText)
  }
}

extension Duration {
  /// For timers that count milliseconds; parts of a millisecond are dropped.
  public var wholeMilliseconds: Int {
    Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
  }
}

private let durationUnits: [(name: String, milliseconds: Int)] = [
  ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
]

private let byteUnits: [(name: String, bytes: Int)] = [
  ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000), ("B", 1), ("", 1),
]

/// In the largest unit that divides it: `90s`, not `1.5m`.
private func durationText(_ duration: Duration) -> String {
  let milliseconds = duration.wholeMilliseconds
  guard milliseconds != 0, let unit = durationUnits.first(where: { milliseconds % $0.milliseconds == 0 }) else { return "0s" }
  return "\(milliseconds / unit.milliseconds)\(unit.name)"
}

private func byteSizeText(_ bytes: Int) -> String {
  guard bytes != 0, let unit = byteUnits.first(where: { bytes % $0.bytes == 0 }) else { return "0B" }
  return "\(bytes / unit.bytes)\(unit.name)"
}

private func splitUnit(_ text: String) -> (number: String, unit: String) {
  let number = text.prefix { ("0"..."9").contains($0) }
  return (String(number), trimmed(text[number.endIndex...]))
}

private func within<Value: Comparable>(
  _ range: ClosedRange<Value>, _ value: Value, _ print: (Value) -> String
) throws(InvalidValue) -> Value {
  if value < range.lowerBound { throw InvalidValue("is below \(print(range.lowerBound))") }
  if value > range.upperBound { throw InvalidValue("is above \(print(range.upperBound))") }
  return value
}
