import Foundation
import TestSupport
import Testing

/// One transfer of curl's, the client everybody has.
struct Curl {
  let status: Int
  /// Connections it had to open: none when it reused one.
  let connections: Int
  /// Bytes of the body as they came over the wire.
  let bodyBytes: Int
  let fields: [(name: String, value: String)]
  let body: String

  func value(_ name: String) -> String? { fields.first { $0.name.lowercased() == name.lowercased() }?.value }

  static func get(_ url: String, _ options: String...) async throws -> Curl { try await run([url], options)[0] }

  /// Transfers one after another, on one connection if the server lets it.
  static func run(_ urls: [String], _ options: [String]) async throws -> [Curl] {
    let folder = try TemporaryFolder()
    var arguments: [String] = []
    for (number, url) in urls.enumerated() {
      if number > 0 { arguments.append("--next") }
      arguments += options + ["-sS", "--max-time", "60", "--dump-header", "head\(number)", "--output", "body\(number)"]
      arguments += ["--write-out", "%{http_code} %{num_connects} %{size_download}\\n", url]
    }
    let run = try await FinishedProcess.run("curl", arguments, in: folder.url)
    try #require(run.exitCode == 0, "\(run.error)")
    let lines = run.output.split(separator: "\n")
    try #require(lines.count == urls.count)
    return try lines.enumerated().map { number, line in
      let numbers = line.split(separator: " ").compactMap { Int($0) }
      try #require(numbers.count == 3)
      func text(_ name: String) -> String {
        String(
          decoding: FileManager.default.contents(atPath: folder.url.appending(path: "\(name)\(number)").path) ?? Data(),
          as: UTF8.self)
      }
      let fields = text("head").split(separator: "\r\n").dropFirst().map { line in
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : "")
      }
      return Curl(status: numbers[0], connections: numbers[1], bodyBytes: numbers[2], fields: fields, body: text("body"))
    }
  }
}
