import Bytes

extension ByteBuffer {
  /// Appends text safe inside a JSON string and on a terminal: nothing in it can end the string, the line, or drive the terminal.
  ///
  /// Beside JSON's own rules, DEL, the C1 controls, the Unicode line separators and the bidirectional overrides are escaped: they forge
  /// lines and hide text in viewers.
  mutating func append(escaped text: String, limit: Int) {
    if text.utf8.count <= limit, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x22 && $0 != 0x5C }) {
      append(text)
      return
    }
    var room = limit
    for scalar in text.unicodeScalars {
      let size = UTF8.width(scalar)
      guard room >= size else { return append("…") }
      room -= size
      append(escaped: scalar)
    }
  }

  private mutating func append(escaped scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x22: append("\\\"")
    case 0x5C: append("\\\\")
    case 0x0A: append("\\n")
    case 0x0D: append("\\r")
    case 0x09: append("\\t")
    case 0...0x1F, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
      append("\\u")
      append(hex: UInt64(scalar.value), width: 4)
    default:
      for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { append(byte: unit) }
    }
  }

  mutating func append(json value: LogValue) {
    switch value {
    case .text(let text):
      append("\"")
      append(escaped: Redaction.scrubbed(text), limit: TelemetryLimits.fieldBytes)
      append("\"")
    case .integer(let value): append(decimal: Int(value))
    case .unsigned(let value): append(decimal: value)
    // JSON has no NaN and no infinity.
    case .number(let value): value.isFinite ? append(value.description) : append("null")
    case .flag(let value): append(value ? "true" : "false")
    case .null: append("null")
    case .redactedMarker: append("\"[redacted]\"")
    case .personalMarker: append("\"[personal]\"")
    }
  }

  /// Appends `2026-11-21T03:20:49.123Z`. Days to civil date after Howard Hinnant's `civil_from_days`.
  mutating func append(timestamp unixNanoseconds: UInt64) {
    let milliseconds = unixNanoseconds / 1_000_000
    let seconds = Int(milliseconds / 1_000)
    let day = seconds / 86_400 + 719_468
    let era = day / 146_097
    let dayOfEra = day - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9

    append(padded: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), width: 4)
    append("-")
    append(padded: month, width: 2)
    append("-")
    append(padded: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1, width: 2)
    append("T")
    append(padded: seconds % 86_400 / 3_600, width: 2)
    append(":")
    append(padded: seconds % 3_600 / 60, width: 2)
    append(":")
    append(padded: seconds % 60, width: 2)
    append(".")
    append(padded: Int(milliseconds % 1_000), width: 3)
    append("Z")
  }

  private mutating func append(padded value: Int, width: Int) {
    var bound = 10
    for _ in 1..<width {
      if value < bound { append("0") }
      bound *= 10
    }
    append(decimal: value)
  }
}
