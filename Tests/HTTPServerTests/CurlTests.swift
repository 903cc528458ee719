import Bytes
import EventLoops
import HTTPServer
import TestSupport
import Testing

/// The client that most people know, as a judge from outside.
@Suite struct CurlTests {
  private static let service = RoutedService { request in
    switch request.path {
    case "/upload":
      .streaming(bodyLimit: .max) { request, response in
        let framing = request.header("transfer-encoding") ?? request.header("content-length") ?? "none"
        var count = 0
        do {
          if let body = request.bodyStream { for try await bytes in body { count += bytes.count } }
        } catch {
          response.status = .badRequest
        }
        response.body.append("\(request.method) \(count) \(framing)")
      }
    case "/limited": .synchronous(bodyLimit: 10) { _, response in response.body.append("small enough") }
    case "/stream":
      .asynchronous { _, response in
        response.stream { writer in for number in 0..<3 { try await writer.write("line \(number)\n") } }
      }
    case "/long":
      .synchronous { _, response in
        response.addHeader("Content-Type", "text/plain")
        response.isCompressible = true
        response.body.append(String(repeating: "compress me ", count: 2_000))
      }
    default:
      .synchronous { request, response in
        response.addHeader("X-Path", request.path)
        response.body.append("hello over 1.\(request.minorVersion)\n")
      }
    }
  }

  private static func curl(_ server: TestServer, _ arguments: [String], path: String...) async throws -> FinishedProcess {
    var common = ["--silent", "--show-error", "--max-time", "60", "--noproxy", "*"]
    var base = "http://localhost"
    switch server.address {
    case .tcp(let host, let port): base = "http://\(host):\(port)"
    case .unix(let path): common += ["--unix-socket", path]
    }
    let result = try await FinishedProcess.run("curl", common + arguments + path.map { base + $0 })
    #expect(result.exitCode == 0, "curl \(arguments): \(result.error)")
    return result
  }

  private static func expect(_ output: String, from path: String, _ server: TestServer, _ arguments: [String]) async throws {
    let result = try await curl(server, arguments, path: path)
    #expect(result.output == output)
  }

  @Test(arguments: TestServer.Transport.allCases)
  func keepsItsConnection(_ transport: TestServer.Transport) async throws {
    try await withTestServer(Self.service, on: transport) { server in
      let result = try await Self.curl(
        server, ["--write-out", "%{num_connects} %{http_code} %{http_version}\n"], path: "/a", "/stream", "/c")
      #expect(
        result.output
          == "hello over 1.1\n1 200 1.1\nline 0\nline 1\nline 2\n0 200 1.1\nhello over 1.1\n0 200 1.1\n")
      #expect(server.count { $0.accepted.current } == 1)
    }
  }

  @Test func speaksTheOldVersion() async throws {
    try await withTestServer(Self.service) { server in
      try await Self.expect("hello over 1.0\n", from: "/a", server, ["--http1.0"])
      try await Self.expect("line 0\nline 1\nline 2\n", from: "/stream", server, ["--http1.0"])
    }
  }

  @Test func asksForHeadsOnly() async throws {
    try await withTestServer(Self.service) { server in
      let result = try await Self.curl(server, ["--head"], path: "/a", "/stream", "/b")
      #expect(result.output.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(result.output.contains("X-Path: /b\r\n"))
      #expect(result.output.contains("Content-Length: 15\r\n"))
      #expect(server.count { $0.accepted.current } == 1)
    }
  }

  @Test(arguments: TestServer.Transport.allCases)
  func uploads(_ transport: TestServer.Transport) async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(String(repeating: "0123456789", count: 300_000), to: "upload")
    try await withTestServer(Self.service, on: transport) { server in
      try await Self.expect("PUT 3000000 3000000", from: "/upload", server, ["--upload-file", file])
      let chunked = ["--upload-file", file, "--header", "Transfer-Encoding: chunked"]
      try await Self.expect("PUT 3000000 chunked", from: "/upload", server, chunked)
      try await Self.expect("POST 3000000 3000000", from: "/upload", server, ["--data-binary", "@" + file])
    }
  }

  @Test func waitsForContinue() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(String(repeating: "x", count: 100_000), to: "upload")
    try await withTestServer(Self.service) { server in
      // With this patience it would run into its own time limit if it were not told.
      let arguments = ["--expect100-timeout", "600", "--header", "Expect: 100-continue", "--upload-file", file]
      let result = try await Self.curl(server, arguments + ["--include"], path: "/upload")
      #expect(result.output.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"))
      let refused = try await Self.curl(
        server, arguments + ["--write-out", "%{http_code} %{size_upload}", "--output", "/dev/null"], path: "/limited")
      #expect(refused.output == "413 0")
    }
  }

  @Test func takesWhatIsCompressed() async throws {
    try await withTestServer(Self.service) { server in
      let whole = String(repeating: "compress me ", count: 2_000)
      try await Self.expect(whole, from: "/long", server, [])
      try await Self.expect(whole, from: "/long", server, ["--compressed"])
    }
  }
}
