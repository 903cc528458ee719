import Bytes
import Foundation
import HTTPServer
import TestSupport
import Testing

/// gzip, conditions and events as a client sees them.
@Suite struct CompressionTests {
  static let page = String(repeating: "{\"name\":\"صالون النور\",\"rating\":4.5}\n", count: 100)

  struct Service: HTTPService {
    func handler(for request: HTTPRequest) -> HTTPHandler {
      .synchronous { request, response in
        let tag = EntityTag("v1")
        response.isCompressible = request.path != "/plain"
        response.setEntityTag(tag)
        switch request.precondition(entityTag: tag) {
        case .notModified: response.status = .notModified
        case .failed: response.status = .preconditionFailed
        case .proceed:
          if request.path == "/noise" {
            var random = SystemRandomNumberGenerator()
            response.body.append(contentsOf: (0..<4_096).map { _ in UInt8.random(in: 0...255, using: &random) })
          } else {
            response.body.append(request.path == "/small" ? "small" : CompressionTests.page)
          }
        }
      }
    }

    func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) { response.status = failure.status }
  }

  @Test func compressesForThoseWhoAccept() async throws {
    try await withTestServer(Service()) { server in
      let client = TestHTTPClient(server.address)
      for _ in 0..<3 {
        // More than once, for zlib's state is used again.
        let answer = try await client.get("/", headers: [("Accept-Encoding", "gzip")])
        #expect(answer.value("content-encoding") == "gzip")
        #expect(answer.value("vary") == "Accept-Encoding")
        #expect(answer.value("etag") == "W/\"v1\"")
        #expect(answer.body.count < CompressionTests.page.utf8.count / 10)
        #expect(try gunzipped(answer.body) == Array(CompressionTests.page.utf8))
      }
    }
  }

  @Test(arguments: [
    ("/", "identity"), ("/", "gzip;q=0"), ("/", ""), ("/small", "gzip"), ("/noise", "gzip"), ("/plain", "gzip"),
  ])
  func leavesTheRestAlone(path: String, accepts: String) async throws {
    try await withTestServer(Service()) { server in
      let answer = try await TestHTTPClient(server.address).get(path, headers: [("Accept-Encoding", accepts)])
      #expect(answer.value("content-encoding") == nil)
      #expect(answer.value("etag") == "\"v1\"")
      // Also when this answer is not compressed: another one of this address may be.
      #expect(answer.value("vary") == (path == "/plain" ? nil : "Accept-Encoding"))
      #expect(!answer.body.isEmpty)
    }
  }

  @Test func headSaysWhatGetWouldSend() async throws {
    try await withTestServer(Service()) { server in
      let client = TestHTTPClient(server.address)
      let get = try await client.get("/", headers: [("Accept-Encoding", "gzip")])
      let head = try await client.send("HEAD", "/", headers: [("Accept-Encoding", "gzip")])
      for name in ["content-length", "content-encoding", "etag", "vary"] { #expect(head.value(name) == get.value(name)) }
      #expect(head.value("content-length") == "\(get.body.count)")
      #expect(head.body.isEmpty)
    }
  }

  @Test(arguments: [
    ("If-None-Match", "\"v1\"", 304, "\"v1\""), ("If-None-Match", "W/\"v1\"", 304, "W/\"v1\""),
    ("If-None-Match", "*", 304, "\"v1\""),
    ("If-None-Match", "\"v0\", W/\"v1\"", 304, "\"v1\""), ("If-None-Match", "\"v0\"", 200, "W/\"v1\""),
    ("If-Match", "\"v1\"", 200, "W/\"v1\""),
    ("If-Match", "*", 200, "W/\"v1\""), ("If-Match", "W/\"v1\"", 412, "\"v1\""), ("If-Match", "\"v0\"", 412, "\"v1\""),
    ("If-Match", "nonsense", 412, "\"v1\""), ("If-None-Match", "nonsense", 200, "W/\"v1\""),
  ])
  func conditionsHoldForBothForms(name: String, value: String, status: Int, tag: String) async throws {
    try await withTestServer(Service()) { server in
      let answer = try await TestHTTPClient(server.address).get("/", headers: [("Accept-Encoding", "gzip"), (name, value)])
      #expect(answer.status == status)
      #expect(answer.value("etag") == tag)
      #expect(answer.body.isEmpty == (status != 200))
    }
  }

  @Test func curlUnpacksIt() async throws {
    try await withTestServer(Service()) { server in
      let curl = try await FinishedProcess.run(
        "curl", ["--silent", "--show-error", "--fail", "--compressed", "http://\(server.address)/"])
      #expect(curl.exitCode == 0, "\(curl.error)")
      #expect(curl.output == CompressionTests.page)
    }
  }
}

/// What the machine's own gzip makes of it.
func gunzipped(_ bytes: [UInt8]) throws -> [UInt8] {
  let folder = try TemporaryFolder()
  let file = folder.url.appending(path: "packed.gz")
  try Data(bytes).write(to: file)
  let unpacked = try FinishedProcess.runBlocking("gzip", ["--decompress", file.path])
  #expect(unpacked.exitCode == 0, "\(unpacked.error)")
  return Array(try Data(contentsOf: folder.url.appending(path: "packed")))
}
