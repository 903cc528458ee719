/// A strict reader of Prometheus' text format 0.0.4, for tests: anything Prometheus would refuse, it refuses.
struct PrometheusPage {
  struct Sample: Equatable {
    let name: String
    let labels: [String: String]
    let value: Double
  }

  struct Family {
    var help: String?
    var type: String?
    var samples: [Sample] = []
  }

  struct Malformed: Error { let line: String, why: String }

  private(set) var families: [String: Family] = [:]

  init(_ text: String) throws {
    guard text.isEmpty || text.hasSuffix("\n") else { throw Malformed(line: "", why: "no newline at the end") }
    var current: String?
    var closed: Set<String> = []
    for line in text.split(separator: "\n") {
      let line = String(line)
      if line.hasPrefix("# HELP ") || line.hasPrefix("# TYPE ") {
        let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 4 else { throw Malformed(line: line, why: "no text") }
        let name = parts[2]
        if name != current {
          if let current { closed.insert(current) }
          guard !closed.contains(name) else { throw Malformed(line: line, why: "family in two places") }
          current = name
        }
        if parts[1] == "HELP" {
          guard families[name, default: Family()].help == nil else { throw Malformed(line: line, why: "two helps") }
          families[name, default: Family()].help = try Self.unescape(parts[3], quotes: false, line)
        } else {
          guard families[name, default: Family()].type == nil, ["counter", "gauge", "histogram"].contains(parts[3]) else {
            throw Malformed(line: line, why: "type")
          }
          families[name, default: Family()].type = parts[3]
        }
      } else {
        let sample = try Self.sample(line)
        guard let current, let type = families[current]?.type else { throw Malformed(line: line, why: "sample before type") }
        let names = type == "histogram" ? ["_bucket", "_sum", "_count"].map { current + $0 } : [current]
        guard names.contains(sample.name) else { throw Malformed(line: line, why: "sample of another family") }
        let isTwin = families[current]?.samples.contains { $0.name == sample.name && $0.labels == sample.labels } ?? false
        guard !isTwin else { throw Malformed(line: line, why: "series twice") }
        families[current]?.samples.append(sample)
      }
    }
  }

  private static func sample(_ line: String) throws -> Sample {
    var rest = Substring(line)
    let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
    rest = rest.dropFirst(name.count)
    var labels: [String: String] = [:]
    if rest.first == "{" {
      rest.removeFirst()
      while rest.first != "}" {
        let label = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        rest = rest.dropFirst(label.count)
        guard !label.isEmpty, rest.hasPrefix("=\"") else { throw Malformed(line: line, why: "label") }
        rest = rest.dropFirst(2)
        var raw = ""
        while let character = rest.first, character != "\"" {
          raw.append(rest.removeFirst())
          if character == "\\", let escaped = rest.first {
            raw.append(escaped)
            rest.removeFirst()
          }
        }
        guard rest.first == "\"" else { throw Malformed(line: line, why: "open quote") }
        rest.removeFirst()
        guard labels.updateValue(try unescape(raw, quotes: true, line), forKey: String(label)) == nil else {
          throw Malformed(line: line, why: "label twice")
        }
        if rest.first == "," { rest.removeFirst() } else if rest.first != "}" { throw Malformed(line: line, why: "comma") }
      }
      rest.removeFirst()
    }
    guard rest.first == " " else { throw Malformed(line: line, why: "no space before the value") }
    let text = rest.dropFirst()
    let value: Double? =
      switch text {
      case "+Inf": .infinity
      case "-Inf": -.infinity
      case "NaN": .nan
      default: Double(text)
      }
    guard let value else { throw Malformed(line: line, why: "value") }
    return Sample(name: String(name), labels: labels, value: value)
  }

  private static func unescape(_ text: String, quotes: Bool, _ line: String) throws -> String {
    var result = ""
    var isEscaped = false
    for character in text {
      if isEscaped {
        switch character {
        case "n": result.append("\n")
        case "\\": result.append("\\")
        case "\"" where quotes: result.append("\"")
        default: throw Malformed(line: line, why: "escape")
        }
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        result.append(character)
      }
    }
    guard !isEscaped else { throw Malformed(line: line, why: "escape at the end") }
    return result
  }
}
