// Numbers as people read them. Written by hand and without a locale, so that a log line means the same everywhere.

/// `1234567` → `1,234,567`.
public func groupedText(_ number: Int) -> String {
  let digits = Array(String(number.magnitude))
  var text = number < 0 ? "-" : ""
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { text += "," }
    text.append(digit)
  }
  return text
}

/// `1.5 MiB`; whole bytes below one KiB.
public func bytesText(_ bytes: Int) -> String {
  let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
  guard bytes >= 1024 else { return "\(bytes) B" }
  var value = Double(bytes) / 1024
  var unit = 0
  // What would round to 1024.0 is one of the next unit.
  while value >= 1023.95, unit < units.count - 1 {
    value /= 1024
    unit += 1
  }
  return "\(oneDecimal(value)) \(units[unit])"
}

func oneDecimal(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  return "\(tenths / 10).\(tenths % 10)"
}

/// `0:07`, `12:34`, `1:02:03`, `2d 03h`.
func clockText(seconds: Int) -> String {
  func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60)
  if days > 0 { return "\(days)d \(two(hours))h" }
  return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
}

/// `1.2 s` under ten seconds, the clock from there on.
func elapsedText(milliseconds: UInt64) -> String {
  milliseconds < 10_000 ? "\(oneDecimal(Double(milliseconds) / 1000)) s" : clockText(seconds: Int(milliseconds / 1000))
}
