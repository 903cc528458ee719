import Foundation
import Synchronization
import TestSupport
import Testing

@testable import HTTPServer

/// A folder of files served through real sockets.
@Suite struct StaticFilesTests {
  static let script = String(repeating: "export const price = 12; // سعر\n", count: 200)

  struct Service: HTTPService {
    let files: StaticFiles

    func handler(for request: HTTPRequest) -> HTTPHandler {
      request.path.hasPrefix("/docs") ? files.handler(for: request, under: "/docs") : files.handler(for: request)
    }

    func fail(_ failure: HTTPFailure, request: HTTPRequest?, response: HTTPResponse) { response.status = failure.status }
  }

  /// The folder, and beside it what must never be seen.
  struct Site {
    let folder: TemporaryFolder
    var root: URL { folder.url.appending(path: "public") }

    init() throws {
      folder = try TemporaryFolder()
      for name in ["public/sub", "public/empty", "public/.git", "public-secrets"] {
        try FileManager.default.createDirectory(at: folder.url.appending(path: name), withIntermediateDirectories: true)
      }
      _ = try folder.write("secret", to: "secret.txt")
      _ = try folder.write("secret", to: "public-secrets/secret.txt")
      try write("<h1>home</h1>", "index.html")
      try write("<h1>sub</h1>", "sub/index.html")
      try write(StaticFilesTests.script, "app.js")
      try write("body{}", "style.3f9a2b1c.css")
      try write("secret", ".hidden")
      try write("secret", ".git/config")
      try write("مرحبا", "حلاق.txt")
      try write("0123456789", "digits.txt")
      try write("", "nothing.txt")
      try write("picture", "a.png")
      let manager = FileManager.default
      try manager.createSymbolicLink(at: url("inside.txt"), withDestinationURL: url("digits.txt"))
      try manager.createSymbolicLink(at: url("outside.txt"), withDestinationURL: folder.url.appending(path: "secret.txt"))
      try manager.createSymbolicLink(atPath: url("up").path, withDestinationPath: "..")
      // A neighbour whose name begins like the folder's.
      try manager.createSymbolicLink(atPath: url("neighbour").path, withDestinationPath: "../public-secrets")
      try manager.createSymbolicLink(atPath: url("loop").path, withDestinationPath: "loop")
      #expect(mkfifo(url("pipe").path, 0o600) == 0)
    }

    func url(_ name: String) -> URL { root.appending(path: name) }
    func write(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: url(name)) }
    func write(_ bytes: [UInt8], _ name: String) throws { try Data(bytes).write(to: url(name)) }

    /// Moves a file's time, so that a change within one tick of the file system's clock is seen.
    func age(_ name: String, seconds: Double) throws {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000 + seconds)], ofItemAtPath: url(name).path)
    }
  }

  private func serve<R: Sendable>(
    _ site: Site, _ change: (inout StaticFilesOptions) -> Void = { _ in }, loops: Int = 1,
    _ body: @Sendable (TestServer, TestHTTPClient) async throws -> R
  ) async throws -> R {
    var options = StaticFilesOptions()
    change(&options)
    let files = try StaticFiles(root: site.root.path, options: options)
    return try await withTestServer(Service(files: files), loops: loops) { try await body($0, TestHTTPClient($0.address)) }
  }

  // MARK: What is served

  @Test(arguments: [
    ("/", "<h1>home</h1>", "text/html; charset=utf-8"), ("/index.html", "<h1>home</h1>", "text/html; charset=utf-8"),
    ("/sub/", "<h1>sub</h1>", "text/html; charset=utf-8"), ("/docs/", "<h1>home</h1>", "text/html; charset=utf-8"),
    ("/digits.txt?v=1", "0123456789", "text/plain; charset=utf-8"),
    ("/docs/digits.txt", "0123456789", "text/plain; charset=utf-8"),
    ("/%D8%AD%D9%84%D8%A7%D9%82.txt", "مرحبا", "text/plain; charset=utf-8"), ("/nothing.txt", "", "text/plain; charset=utf-8"),
    ("/inside.txt", "0123456789", "text/plain; charset=utf-8"), ("/a.png", "picture", "image/png"),
  ])
  func servesFiles(target: String, text: String, type: String) async throws {
    try await serve(Site()) { _, client in
      for _ in 0..<2 {
        // Once read, once from memory.
        let answer = try await client.get(target)
        #expect(answer.status == 200)
        #expect(answer.text == text)
        #expect(answer.value("content-type") == type)
        #expect(answer.value("x-content-type-options") == "nosniff")
        #expect(answer.value("cache-control") == "no-cache")
        #expect(answer.value("accept-ranges") == "bytes")
        #expect(answer.value("etag") != nil)
        #expect(answer.value("last-modified") != nil)
      }
      let head = try await client.send("HEAD", target)
      #expect(head.value("content-length") == "\(text.utf8.count)")
      #expect(head.value("content-type") == type)
      #expect(head.body.isEmpty)
    }
  }

  @Test(arguments: [
    "/missing", "/sub/missing", "/empty/", "/.hidden", "/.git/config", "/../secret.txt", "/%2e%2e/secret.txt",
    "/sub/../digits.txt", "/sub//index.html",
    "/outside.txt", "/up/secret.txt", "/neighbour/secret.txt", "/loop", "/pipe", "/digits.txt/", "/digits.txt/x",
    "/digits.txt%00", "/sub%2findex.html",
    "/..%5csecret.txt", "/docsx", "/%ff",
  ])
  func hidesTheRest(target: String) async throws {
    try await serve(Site()) { _, client in
      let answer = try await client.get(target)
      #expect(answer.status == 404)
      #expect(!answer.text.contains("secret"))
    }
  }

  @Test(arguments: [("/sub", "/sub/"), ("/sub?a=%20b", "/sub/?a=%20b"), ("/docs", "/docs/"), ("/docs/sub", "/docs/sub/")])
  func leadsToTheFolder(target: String, location: String) async throws {
    try await serve(Site()) { _, client in
      let answer = try await client.get(target)
      #expect(answer.status == 301)
      #expect(answer.value("location") == location)
    }
  }

  @Test func onlyReads() async throws {
    try await serve(Site()) { _, client in
      let answer = try await client.send("DELETE", "/digits.txt")
      #expect(answer.status == 405)
      #expect(answer.value("allow") == "GET, HEAD")
    }
  }

  @Test func aFolderThatIsNotThereIsRefusedAtTheStart() {
    #expect(throws: StaticFilesError.self) { _ = try StaticFiles(root: "/no/such/folder") }
  }

  @Test func namedByTheirContentFilesNeverChange() async throws {
    try await serve(Site()) { _, client in
      let answer = try await client.get("/style.3f9a2b1c.css")
      #expect(answer.value("cache-control") == "public, max-age=31536000, immutable")
    }
  }

  // MARK: Conditions and ranges, of cached and of streamed files alike

  private static let bothWays = [1_000, 5]

  @Test(arguments: bothWays) func conditions(cachedFileBytes: Int) async throws {
    let site = try Site()
    try site.age("digits.txt", seconds: 0)
    try await serve(site, { $0.cachedFileBytes = cachedFileBytes }) { _, client in
      let first = try await client.get("/digits.txt")
      let tag = try #require(first.value("etag"))
      let date = try #require(first.value("last-modified"))
      #expect(date == "Tue, 14 Nov 2023 22:13:20 GMT")
      let cases: [([(String, String)], Int)] = [
        ([("If-None-Match", tag)], 304), ([("If-None-Match", "W/\(tag)")], 304), ([("If-None-Match", "*")], 304),
        ([("If-None-Match", "\"other\"")], 200), ([("If-Modified-Since", date)], 304),
        ([("If-Modified-Since", "Tue, 14 Nov 2023 22:13:21 GMT")], 304),
        ([("If-Modified-Since", "Tue, 14 Nov 2023 22:13:19 GMT")], 200),
        ([("If-Modified-Since", "yesterday")], 200), ([("If-None-Match", "\"other\""), ("If-Modified-Since", date)], 200),
        ([("If-Match", tag)], 200), ([("If-Match", "\"other\"")], 412), ([("If-Unmodified-Since", date)], 200),
        ([("If-Unmodified-Since", "Tue, 14 Nov 2023 22:13:19 GMT")], 412),
      ]
      for (headers, status) in cases {
        let answer = try await client.get("/digits.txt", headers: headers)
        #expect(answer.status == status, "\(headers)")
        #expect(answer.value("etag") == tag)
        #expect(answer.text == (status == 200 ? "0123456789" : ""))
      }
    }
  }

  @Test(arguments: bothWays) func ranges(cachedFileBytes: Int) async throws {
    try await serve(Site(), { $0.cachedFileBytes = cachedFileBytes }) { _, client in
      let whole = try await client.get("/digits.txt")
      let tag = try #require(whole.value("etag"))
      let date = try #require(whole.value("last-modified"))
      let cases: [([(String, String)], Int, String, String?)] = [
        ([("Range", "bytes=0-3")], 206, "0123", "bytes 0-3/10"), ([("Range", "bytes=7-")], 206, "789", "bytes 7-9/10"),
        ([("Range", "bytes=-2")], 206, "89", "bytes 8-9/10"), ([("Range", "bytes=8-100")], 206, "89", "bytes 8-9/10"),
        ([("Range", "bytes=10-")], 416, "", "bytes */10"), ([("Range", "bytes=-0")], 416, "", "bytes */10"),
        ([("Range", "bytes=0-1,4-5")], 200, "0123456789", nil), ([("Range", "bytes=5-4")], 200, "0123456789", nil),
        ([("Range", "bytes=0-3"), ("If-Range", tag)], 206, "0123", "bytes 0-3/10"),
        ([("Range", "bytes=0-3"), ("If-Range", date)], 206, "0123", "bytes 0-3/10"),
        ([("Range", "bytes=0-3"), ("If-Range", "W/\(tag)")], 200, "0123456789", nil),
        ([("Range", "bytes=0-3"), ("If-Range", "\"other\"")], 200, "0123456789", nil),
        ([("Range", "bytes=0-3"), ("If-Range", "Sun, 06 Nov 1994 08:49:37 GMT")], 200, "0123456789", nil),
        ([("Range", "bytes=0-3"), ("If-None-Match", tag)], 304, "", nil),
        ([("Range", "bytes=0-3"), ("Accept-Encoding", "gzip")], 206, "0123", "bytes 0-3/10"),
      ]
      for (headers, status, text, contentRange) in cases {
        let answer = try await client.get("/digits.txt", headers: headers)
        #expect(answer.status == status, "\(headers)")
        #expect(answer.text == text, "\(headers)")
        #expect(answer.value("content-range") == contentRange, "\(headers)")
      }
      let head = try await client.send("HEAD", "/digits.txt", headers: [("Range", "bytes=0-3")])
      #expect(head.status == 200)
      #expect(head.value("content-length") == "10")
    }
  }

  // MARK: gzip

  @Test func packsSmallTexts() async throws {
    try await serve(Site()) { _, client in
      let plain = try await client.get("/app.js")
      let packed = try await client.get("/app.js", headers: [("Accept-Encoding", "gzip")])
      #expect(plain.text == Self.script)
      #expect(plain.value("content-encoding") == nil)
      #expect(packed.value("content-encoding") == "gzip")
      #expect(try gunzipped(packed.body) == Array(Self.script.utf8))
      for answer in [plain, packed] { #expect(answer.value("vary") == "Accept-Encoding") }
      let tags = (try #require(plain.value("etag")), try #require(packed.value("etag")))
      #expect(tags.0 != tags.1)
      // Each form answers to its own name only.
      for (tag, accepts, status) in [
        (tags.0, "identity", 304), (tags.1, "gzip", 304), (tags.0, "gzip", 200), (tags.1, "identity", 200),
      ] {
        #expect(
          try await client.get("/app.js", headers: [("Accept-Encoding", accepts), ("If-None-Match", tag)]).status == status)
      }
      let head = try await client.send("HEAD", "/app.js", headers: [("Accept-Encoding", "gzip")])
      #expect(head.value("content-length") == "\(packed.body.count)")
      let picture = try await client.get("/a.png", headers: [("Accept-Encoding", "gzip")])
      #expect(picture.value("content-encoding") == nil)
      #expect(picture.value("vary") == nil)
    }
  }

  @Test(arguments: [1_000_000, 100]) func prefersAPackedFileBesideIt(cachedFileBytes: Int) async throws {
    let site = try Site()
    try site.write(Self.script, "big.js")
    let run = try await FinishedProcess.run("gzip", ["--keep", "--best", "big.js"], in: site.root)
    #expect(run.exitCode == 0, "\(run.error)")
    let sibling = Array(try Data(contentsOf: site.url("big.js.gz")))
    try site.age("big.js", seconds: 0)
    try site.age("big.js.gz", seconds: 0)
    try await serve(
      site,
      {
        $0.cachedFileBytes = cachedFileBytes; $0.revalidationMilliseconds = 0
      }
    ) { _, client in
      let fresh = try await client.get("/big.js", headers: [("Accept-Encoding", "gzip")])
      #expect(fresh.value("content-encoding") == "gzip")
      #expect(fresh.value("content-type") == "text/javascript; charset=utf-8")
      #expect(fresh.body == sibling)
      #expect(try await client.get("/big.js").text == Self.script)
      // Older than the file, it is of another version.
      try site.age("big.js.gz", seconds: -10)
      let stale = try await client.get("/big.js", headers: [("Accept-Encoding", "gzip")])
      #expect(stale.body != sibling)
    }
  }

  // MARK: Change

  @Test func aChangedFileIsSeen() async throws {
    let site = try Site()
    try site.age("digits.txt", seconds: 0)
    try await serve(site, { $0.revalidationMilliseconds = 0 }) { _, client in
      let before = try await client.get("/digits.txt")
      try site.write("9876543210", "digits.txt")
      try site.age("digits.txt", seconds: 1)
      let after = try await client.get("/digits.txt")
      #expect(after.text == "9876543210")
      #expect(after.value("etag") != before.value("etag"))
      try FileManager.default.removeItem(at: site.url("digits.txt"))
      #expect(try await client.get("/digits.txt").status == 404)
    }
  }

  /// Between two looks a cached file is answered from memory, whatever happened to it.
  @Test func aCachedFileIsLookedAtSeldom() async throws {
    let site = try Site()
    try await serve(site, { $0.revalidationMilliseconds = 3_600_000 }) { _, client in
      #expect(try await client.get("/digits.txt").text == "0123456789")
      try FileManager.default.removeItem(at: site.url("digits.txt"))
      #expect(try await client.get("/digits.txt").text == "0123456789")
    }
  }

  @Test func theCacheIsBounded() async throws {
    let site = try Site()
    for number in 0..<40 { try site.write([UInt8](repeating: UInt8(number), count: 1_000), "file\(number).bin") }
    try await serve(
      site,
      {
        $0.cacheBytesPerLoop = 10_000; $0.cacheFilesPerLoop = 5; $0.revalidationMilliseconds = 3_600_000
      }
    ) { _, client in
      for number in 0..<40 {
        #expect(try await client.get("/file\(number).bin").body == [UInt8](repeating: UInt8(number), count: 1_000))
      }
      for number in 0..<40 { try FileManager.default.removeItem(at: site.url("file\(number).bin")) }
      var kept: [Int] = []
      for number in 0..<40 where try await client.get("/file\(number).bin").status == 200 { kept.append(number) }
      #expect((1...5).contains(kept.count))
      #expect(kept.allSatisfy { $0 >= 35 }, "the last used are kept")
    }
  }

  // MARK: Large files

  @Test func largeFilesAreStreamedWhole() async throws {
    let site = try Site()
    var random = SeededRandom()
    // An odd size, and no two pieces alike.
    let digest = (0..<(5 << 20) + 3).map { _ in UInt8.random(in: 0...255, using: &random) }
    try site.write(digest, "large.bin")
    try await serve(site, loops: 2) { server, client in
      let answer = try await client.get("/large.bin")
      #expect(answer.value("content-length") == "\(digest.count)")
      #expect(answer.value("transfer-encoding") == nil)
      #expect(answer.body == digest)
      let part = try await client.get("/large.bin", headers: [("Range", "bytes=100000-3000000")])
      #expect(part.status == 206)
      #expect(part.body == Array(digest[100_000...3_000_000]))
      let head = try await client.send("HEAD", "/large.bin")
      #expect(head.value("content-length") == "\(digest.count)")
      // curl goes on where a first piece ends.
      let folder = try TemporaryFolder()
      let target = folder.url.appending(path: "copy").path
      try Data(digest[..<1_000_000]).write(to: URL(filePath: target))
      let curl = try await FinishedProcess.run(
        "curl",
        ["--silent", "--show-error", "--fail", "--continue-at", "-", "--output", target, "http://\(server.address)/large.bin"])
      #expect(curl.exitCode == 0, "\(curl.error)")
      #expect(Array(try Data(contentsOf: URL(filePath: target))) == digest)
    }
  }

  /// A reader that has taken only the beginning when the file changes gets no mixture: the connection is cut.
  @Test(arguments: ["shorter", "other", "gone"]) func aFileThatChangesUnderWay(how: String) async throws {
    let site = try Site()
    // More than the kernel takes for a client that does not read.
    let size = 32 << 20
    try site.write([UInt8](repeating: 1, count: size), "large.bin")
    try site.age("large.bin", seconds: 0)
    try await serve(site) { server, _ in
      try await offThePool {
        let client = try server.connect(receiveBufferBytes: 8_192)
        try client.send("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n")
        try client.waitForBytes(1_000)
        let file = try FileHandle(forUpdating: site.url("large.bin"))
        switch how {
        case "shorter": try file.truncate(atOffset: 1_000)
        case "other":
          try file.seek(toOffset: UInt64(size) - 1)
          try file.write(contentsOf: Data([2]))
        default: try FileManager.default.removeItem(at: site.url("large.bin"))
        }
        try file.close()
        client.finishSending()
        let received = try client.readBytesUntilEnd()
        if how == "gone" {
          // An open file stays whole when its name goes.
          #expect(Data(received.suffix(size)) == Data(repeating: 1, count: size))
          #expect(received.count > size)
        } else {
          #expect(received.count < size)
        }
      }
    }
  }
}
