import Foundation
import Testing

@testable import HTTPServer

/// A client that we did not write: PyPI's `websockets`.
@Suite struct WebSocketPythonTests {
  @Test func conversesWithWebsockets() async throws {
    var large = WebSocketOptions()
    large.maximumMessageBytes = 16 << 20
    var strict = WebSocketOptions()
    strict.allowedOrigins = ["https://qareeb.example"]
    strict.subprotocols = ["v2.qareeb", "v1.qareeb"]
    let options = (large: large, strict: strict)
    let python = ExternalProgram.root.appending(path: "var/venv/bin/python").path
    try #require(FileManager.default.isExecutableFile(atPath: python), "\(python) is missing: run make test, which installs it")
    try await withServer(
      loops: 2,
      routes: { request in
        switch request.path {
        case "/echo": .webSocket(options.large) { _, socket in await echo(socket) }
        case "/strict": .webSocket(options.strict) { _, socket in await echo(socket) }
        case "/server-closes":
          .webSocket { _, socket in await socket.close(WebSocketCloseCode(rawValue: 4000), reason: "that was all") }
        default: nil
        }
      }
    ) { _, port in
      let script = ExternalProgram.root.appending(path: "Tests/clients/websocket_conversations.py").path
      let run = try ExternalProgram.run(python, [script, "\(port)"])
      #expect(
        run.output.split(separator: "\n") == [
          "sizes", "fragments", "pings", "compression", "subprotocols", "origins", "too_big", "closes", "floods", "crowd",
        ])
      #expect(run.status == 0, "\(run.errors)")
    }
  }
}

/// Programs of the machine, run to their end.
enum ExternalProgram {
  /// The folder of Package.swift.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func run(_ path: String, _ arguments: [String]) throws -> (status: Int32, output: String, errors: String) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "qareeb-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files, not pipes: a pipe that nobody empties stops its writer.
    let files = ["output", "errors"].map { folder.appending(path: $0) }
    for file in files { try Data().write(to: file) }
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    try process.run()
    process.waitUntilExit()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return (process.terminationStatus, texts[0], texts[1])
  }
}
