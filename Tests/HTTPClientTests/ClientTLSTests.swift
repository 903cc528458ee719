import EventLoops
import Foundation
import Glibc
import HTTPClient
import TestSupport
import Testing

/// Needs the `openssl` command for a certificate and a server.
@Suite struct ClientTLSTests {
  @Test func aCertificateMustVerify() async throws {
    let server = try SecureServer()
    defer { server.stop() }
    // Nobody vouches for it.
    try await withClient { client, _ in
      let error = await failure(client, ClientRequest(.post, "https://127.0.0.1:\(server.port)/", body: [1]))
      #expect(error?.code == .tls)
      #expect(error?.isSurelyNotSent == true)
    }
    var options = HTTPClientOptions()
    options.certificateAuthorityFile = server.certificate
    try await withClient(options: options) { client, _ in
      let response = try await client.send(ClientRequest(.get, "https://127.0.0.1:\(server.port)/"))
      #expect(response.status == 200)
      // The certificate names 127.0.0.1 only.
      let error = await failure(client, ClientRequest(.post, "https://localhost:\(server.port)/", body: [1]))
      #expect(error?.code == .tls)
      #expect(error?.isSurelyNotSent == true)
    }
    options.certificateAuthorityFile = "/nonexistent"
    try await withClient(options: options) { client, _ in
      #expect(await failure(client, ClientRequest(.get, "https://127.0.0.1:\(server.port)/"))?.code == .tls)
    }
  }

  @Test func aServerThatSpeaksPlainTextIsNoSecureServer() async throws {
    let server = try ScriptedServer { connection, _ in
      connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
      _ = connection.waitForClientToLeave()
    }
    try await withClient { client, _ in
      let error = await failure(client, ClientRequest(.post, "https://127.0.0.1:\(server.port)/", body: [1]))
      #expect(error?.code == .tls)
      #expect(error?.isSurelyNotSent == true)
    }
  }
}

/// `openssl s_server` with a certificate made for the occasion.
private final class SecureServer {
  let port: Int
  let certificate: String
  private let folder: String
  private let process = Process()

  struct Failure: Error { let why: String }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("qareeb-tls-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    certificate = "\(folder)/certificate.pem"
    let maker = try FinishedProcess.runBlocking(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=test",
        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "\(folder)/key.pem", "-out", certificate,
      ])
    guard maker.exitCode == 0 else { throw Failure(why: "no certificate was made: \(maker.error)") }

    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = [
      "s_server", "-accept", "127.0.0.1:0", "-www", "-key", "\(folder)/key.pem", "-cert", certificate,
    ]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    var text = ""
    while true {
      let bytes = output.fileHandleForReading.availableData
      guard !bytes.isEmpty else { throw Failure(why: "the server did not start: \(text)") }
      text += String(decoding: bytes, as: UTF8.self)
      // `ACCEPT 127.0.0.1:36789`
      if let line = text.split(separator: "\n").dropLast(text.hasSuffix("\n") ? 0 : 1).first(where: { $0.hasPrefix("ACCEPT ") }),
        let number = line.split(separator: ":").last.flatMap({ Int($0) })
      {
        port = number
        break
      }
    }
  }

  func stop() {
    // SIGTERM would wait for ever: the child inherits the test threads' signal mask.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(atPath: folder)
  }
}
