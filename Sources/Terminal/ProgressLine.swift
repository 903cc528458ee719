/// What progress is counted in.
public enum ProgressUnit: Sendable, Equatable {
  /// `rows`, `files`.
  case items(String)
  case bytes

  func text(_ count: Int) -> String {
    switch self {
    case .items(let name): "\(groupedText(count)) \(name)"
    case .bytes: bytesText(count)
    }
  }

  /// `1,200/5,000 rows`.
  func text(_ count: Int, of total: Int) -> String {
    switch self {
    case .items(let name): "\(groupedText(count))/\(groupedText(total)) \(name)"
    case .bytes: "\(bytesText(count))/\(bytesText(total))"
    }
  }

  func rateText(_ rate: Double) -> String {
    // Slow work still shows that it moves.
    if case .items(let name) = self, rate > 0, rate < 10 { return "\(oneDecimal(rate)) \(name)/s" }
    return "\(text(Int(min(rate, 1e15).rounded())))/s"
  }
}

/// One moment of progress, as text.
struct ProgressLine: Sendable {
  let title: String
  let unit: ProgressUnit
  let count: Int
  let total: Int?
  let rate: Double?
  let elapsedMilliseconds: UInt64
  let secondsLeft: Double?

  /// Whole percents, rounded down: 100 % means done. Nil while the total is unknown.
  var percent: Int? {
    guard let total else { return nil }
    guard total > 0 else { return 100 }
    return min(100, Int(Double(max(0, count)) / Double(total) * 100))
  }

  private var countText: String { total.map { unit.text(count, of: $0) } ?? unit.text(count) }
  private var elapsedClock: String { clockText(seconds: Int(elapsedMilliseconds / 1000)) }
  private var leftText: String? {
    guard total != nil else { return nil }
    return secondsLeft.map { "\(clockText(seconds: Int($0.rounded(.up)))) left" } ?? "-:-- left"
  }

  /// For logs and pipes: everything, in words.
  var plain: String {
    let parts = [
      percent.map { "\($0)%" }, countText, rate.map(unit.rateText), "\(elapsedClock) elapsed",
      secondsLeft == nil ? nil : leftText,
    ]
    return "\(title): \(parts.compactMap { $0 }.joined(separator: ", "))"
  }
}

/// The live line. What matters least goes first when there is no room: elapsed time, rate, count, then the bar.
extension ProgressLine {
  private static let leastBar = 8
  private static let widestBar = 40
  private static let gap = "  "

  func live(columns: Int, traits: ConsoleTraits) -> String {
    let percentText = percent.map { String(repeating: " ", count: max(0, 3 - String($0).count)) + "\($0)%" }
    let candidates: [[String?]] = [
      [percentText, countText, rate.map(unit.rateText), elapsedClock, leftText],
      [percentText, countText, rate.map(unit.rateText), leftText ?? elapsedClock],
      [percentText, countText, leftText ?? elapsedClock],
      [percentText ?? countText, leftText],
      [percentText ?? countText],
    ]
    for parts in candidates.map({ $0.compactMap { $0 }.joined(separator: Self.gap) }) {
      let room = columns - displayWidth(title) - displayWidth(parts) - 2 * Self.gap.count
      if total != nil, room >= Self.leastBar {
        return [title, bar(columns: min(Self.widestBar, room), traits), parts].joined(separator: Self.gap)
      }
      if total == nil, room >= -Self.gap.count { return [title, parts].joined(separator: Self.gap) }
    }
    let least = percentText ?? countText
    let ellipsis = traits.hasUnicode ? "…" : "~"
    let name = truncated(title, toColumns: columns - displayWidth(least) - Self.gap.count, ellipsis: ellipsis)
    return truncated(name.isEmpty ? least : name + Self.gap + least, toColumns: columns, ellipsis: "")
  }

  private func bar(columns: Int, _ traits: ConsoleTraits) -> String {
    let share = total.map { $0 > 0 ? min(1, max(0, Double(count) / Double($0))) : 1 } ?? 0
    guard traits.hasUnicode else {
      let full = Int(Double(columns - 2) * share)
      return "[" + String(repeating: "#", count: full) + String(repeating: "-", count: columns - 2 - full) + "]"
    }
    let halves = Int(Double(columns * 2) * share)
    let done = String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : "")
    let rest = String(repeating: "━", count: columns - halves / 2 - halves % 2)
    // Without colours the rest must be told from what is done by its shape.
    guard traits.hasColours else { return done + String(repeating: "─", count: rest.count) }
    return TextStyle.green.applied(to: done, traits) + TextStyle.dim.applied(to: rest, traits)
  }
}
