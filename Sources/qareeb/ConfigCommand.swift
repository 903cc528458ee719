import Bytes
import Configuration
import JSON
import Terminal

/// `qareeb config`. Rules: reads exactly what `serve` would read and changes nothing. What is wrong goes to standard error with
/// exit code 78, also when the settings are explained. No output contains a secret.
enum ConfigCommand {
  private static let explain = Flag("explain", "List every setting with its meaning, value, default and source.")
  private static let check = Flag("check", "Only say whether everything is right; this is what happens without options.")
  private static let json = Flag("json", "With --explain: as JSON.")

  static let command = Command(
    "config",
    summary: "check or explain the settings",
    discussion: """
      A setting comes from, in order of strength: the command line, its environment variable, the file that <variable>_FILE names (secrets only), the configuration file, its default.
      The configuration file has one "name = value" a line and # for comments.
      """,
    options: [explain, check, json],
    examples: [
      .init("qareeb config --check", "Before a deployment."),
      .init("qareeb config --explain", "Every setting and where its value comes from."),
      .init(
        "qareeb config --explain --json | jq '.settings[] | select(.source != \"default\")'",
        "Only what differs from the defaults."),
    ],
    exitCodes: [.configuration],
    action: { invocation, console in
      if invocation[json], !invocation[explain] { throw CommandFailure(.usage, "--json goes with --explain") }
      if invocation[check], invocation[explain] { throw CommandFailure(.usage, "--check and --explain exclude each other") }
      let resolution = SettingOptions.resolve(invocation)
      if invocation[json] {
        console.print(jsonText(resolution))
      } else if invocation[explain] {
        console.print(explanation(resolution.rows, columns: console.columns(of: .output), traits: console.traits(of: .output)))
      }
      _ = try resolution.checkedForCommand()
      if !invocation[explain] {
        console.print("All settings are right\(resolution.filePath.map { " (with \($0))" } ?? "").")
      }
      return .ok
    })
}

/// A table where there is room for one, else a paragraph a setting.
private func explanation(_ rows: [SettingRow], columns: Int?, traits: ConsoleTraits) -> String {
  var table = Table([
    .init("SETTING", style: .cyan), .init("VALUE", wrapsTo: 16), .init("SOURCE", wrapsTo: 12), .init("DEFAULT", wrapsTo: 12),
    .init("VARIABLE"), .init("MEANING", wrapsTo: 30),
  ])
  for row in rows {
    table.add([row.name, row.valueText, row.source.description, row.defaultText, row.variable, row.meaning])
  }
  if let columns, columns < table.minimumColumns {
    return rows.map { paragraph($0, columns: columns, traits: traits) }.joined(separator: "\n\n")
  }
  return table.lines(columns: columns, traits: traits).joined(separator: "\n")
}

private func paragraph(_ row: SettingRow, columns: Int, traits: ConsoleTraits) -> String {
  let title = "\(TextStyle.cyan.applied(to: row.name, traits)) = \(withoutControls(row.valueText))"
  let body = [
    row.meaning, "Must be \(row.allowed).",
    "Default: \(row.defaultText). Variable: \(row.variable). From: \(withoutControls(row.source.description)).",
  ]
  return ([title] + body.flatMap { wrapped($0, toColumns: columns - 4) }.map { "    \($0)" }).joined(separator: "\n")
}

private func jsonText(_ resolution: SettingsResolution<Settings>) -> String {
  var buffer = ByteBuffer()
  buffer.beginObject()
  buffer.member("file", resolution.filePath)
  buffer.beginArray("settings")
  for row in resolution.rows {
    buffer.beginObject()
    buffer.member("name", row.name)
    buffer.member("variable", row.variable)
    buffer.member("meaning", row.meaning)
    buffer.member("allowed", row.allowed)
    buffer.member("unit", row.unit)
    buffer.member("default", row.defaultValue)
    buffer.member("value", row.value)
    buffer.member("source", row.source.description)
    buffer.member("is_secret", row.isSecret)
    buffer.endObject()
  }
  buffer.endArray()
  buffer.beginArray("problems")
  for problem in resolution.problems {
    buffer.beginObject()
    buffer.member("code", problem.code.rawValue)
    buffer.member("setting", problem.setting)
    buffer.member("source", problem.source.description)
    buffer.member("message", problem.description)
    buffer.endObject()
  }
  buffer.endArray()
  buffer.endObject()
  return String(buffer)
}

extension SettingRow {
  fileprivate var valueText: String { withUnit(value) }
  fileprivate var defaultText: String { withUnit(defaultValue) }

  /// A bare number says what it counts.
  private func withUnit(_ text: String) -> String { unit.map { "\(text) \($0)" } ?? text }
}
