import Bytes
import JSON
import Terminal

/// What one check of `qareeb doctor` found.
struct Finding: Sendable, Equatable {
  enum Level: String, Sendable, Comparable, CaseIterable {
    case ok, warning, problem

    static func < (one: Level, other: Level) -> Bool { one.severity < other.severity }

    private var severity: Int {
      switch self {
      case .ok: 0
      case .warning: 1
      case .problem: 2
      }
    }
  }

  /// A number that a machine may watch.
  struct Figure: Sendable {
    let name: StaticString
    let value: Int
  }

  let check: String
  let level: Level
  let message: String
  /// What to do about it; nil where all is well.
  let advice: String?
  var figures: [Figure] = []

  static func ok(_ check: String, _ message: String, _ figures: [Figure] = []) -> Finding {
    Finding(check: check, level: .ok, message: message, advice: nil, figures: figures)
  }

  static func warning(_ check: String, _ message: String, do advice: String, _ figures: [Figure] = []) -> Finding {
    Finding(check: check, level: .warning, message: message, advice: advice, figures: figures)
  }

  static func problem(_ check: String, _ message: String, do advice: String, _ figures: [Figure] = []) -> Finding {
    Finding(check: check, level: .problem, message: message, advice: advice, figures: figures)
  }

  static func == (one: Finding, other: Finding) -> Bool {
    (one.check, one.level, one.message, one.advice) == (other.check, other.level, other.message, other.advice)
  }
}

/// All findings, in the order of the checks.
struct Diagnosis: Sendable {
  let findings: [Finding]

  var level: Finding.Level { findings.map(\.level).max() ?? .ok }

  func count(_ level: Finding.Level) -> Int { findings.count { $0.level == level } }

  /// A row a finding; on a narrow terminal a paragraph.
  func text(_ console: Console) -> String {
    let traits = console.traits(of: .output)
    let width = findings.map(\.check.count).max() ?? 0
    let indentation = String(repeating: " ", count: width + 11)
    let room = max(30, (console.columns(of: .output) ?? .max) - indentation.count)
    var lines: [String] = []
    for finding in findings {
      let name = finding.check + String(repeating: " ", count: width - finding.check.count)
      let level = finding.level.rawValue + String(repeating: " ", count: 7 - finding.level.rawValue.count)
      let told = wrapped(withoutControls(finding.message), toColumns: room)
      lines.append("\(finding.level.style.applied(to: level, traits))  \(name)  \(told[0])")
      lines += told.dropFirst().map { indentation + $0 }
      guard let advice = finding.advice else { continue }
      let arrow = traits.hasUnicode ? "→ " : "> "
      for (number, line) in wrapped(withoutControls(advice), toColumns: room - 2).enumerated() {
        lines.append(indentation + TextStyle.bold.applied(to: (number == 0 ? arrow : "  ") + line, traits))
      }
    }
    return (lines + ["", summary]).joined(separator: "\n")
  }

  private var summary: String {
    func told(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }
    guard level != .ok else { return "Everything is in order: \(told(findings.count, "check"))." }
    return "\(told(count(.problem), "problem")), \(told(count(.warning), "warning")) in \(told(findings.count, "check"))."
  }

  var json: String {
    var buffer = ByteBuffer()
    buffer.beginObject()
    buffer.member("status", level.rawValue)
    buffer.member("problems", count(.problem))
    buffer.member("warnings", count(.warning))
    buffer.beginArray("checks")
    for finding in findings {
      buffer.beginObject()
      buffer.member("check", finding.check)
      buffer.member("status", finding.level.rawValue)
      buffer.member("message", finding.message)
      buffer.member("advice", finding.advice)
      buffer.beginObject("figures")
      for figure in finding.figures { buffer.member(figure.name, figure.value) }
      buffer.endObject()
      buffer.endObject()
    }
    buffer.endArray()
    buffer.endObject()
    return String(buffer)
  }
}

extension Finding.Level {
  fileprivate var style: TextStyle {
    switch self {
    case .ok: .green
    case .warning: .yellow
    case .problem: .red
    }
  }
}
