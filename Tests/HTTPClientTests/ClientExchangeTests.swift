import EventLoops
import Glibc
import HTTPClient
import Testing

@Suite struct ClientExchangeTests {
  @Test func anAnswerComesWhole() async throws {
    let (requests, report) = AsyncStream.makeStream(of: ServerRequest.self)
    let server = try ScriptedServer { connection, _ in
      while let request = connection.readRequest() {
        report.yield(request)
        connection.answer("hello", headers: "X-One: 1\r\nx-two:  two words \r\nX-Folded: a\r\n b\r\nX-Empty:\r\n")
      }
    }
    try await withClient { client, _ in
      var request = ClientRequest(.post, "\(server.url)/path?x=1", body: Array("ping".utf8))
      request.headers = [ClientHeader("Authorization", "Bearer s3cret"), ClientHeader("X-Empty", "")]
      let response = try await client.send(request)
      #expect(response.status == 200)
      #expect(response.text == "hello")
      #expect(response.header("x-one") == "1")
      #expect(response.header("x-two") == "two words")
      #expect(response.header("x-folded") == "a b")
      #expect(response.header("x-empty") == "")
      #expect(response.header("x-none") == nil)
      #expect(!response.usedOpenConnection)

      var received = requests.makeAsyncIterator()
      let seen = try #require(await received.next())
      #expect(seen.line == "POST /path?x=1 HTTP/1.1")
      #expect(seen.text == "ping")
      #expect(seen.headers["authorization"] == "Bearer s3cret")
      #expect(seen.headers["x-empty"] == "")
      #expect(seen.headers["user-agent"] == "qareeb")
      // libcurl's own additions are out.
      #expect(seen.headers["expect"] == nil)
      #expect(seen.headers["content-type"] == nil)
      #expect(seen.headers["cookie"] == nil)
    }
  }

  @Test(arguments: [
    (ClientRequest.Method.get, "", "GET", nil as String?), (.get, "q", "GET", "1"), (.delete, "", "DELETE", nil),
    (.delete, "x", "DELETE", "1"),
    (.post, "", "POST", "0"), (.put, "", "PUT", "0"), (.put, "y", "PUT", "1"), (.patch, "z", "PATCH", "1"),
    (.options, "", "OPTIONS", nil), (.head, "", "HEAD", nil),
  ])
  func everyMethodIsSentAsItIs(method: ClientRequest.Method, body: String, verb: String, length: String?) async throws {
    let (requests, report) = AsyncStream.makeStream(of: ServerRequest.self)
    let server = try ScriptedServer { connection, _ in
      guard let request = connection.readRequest() else { return }
      report.yield(request)
      if method == .head { connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n") } else { connection.answer("hello") }
      _ = connection.waitForClientToLeave()
    }
    try await withClient { client, _ in
      let response = try await client.send(ClientRequest(method, server.url, body: Array(body.utf8)))
      #expect(response.text == (method == .head ? "" : "hello"))
      var received = requests.makeAsyncIterator()
      let seen = try #require(await received.next())
      #expect(seen.line == "\(verb) / HTTP/1.1")
      #expect(seen.headers["content-length"] == length)
      #expect(seen.text == body)
    }
  }

  @Test(arguments: [204, 301, 404, 429, 500, 503])
  func anyStatusIsAnAnswer(status: Int) async throws {
    let server = try ScriptedServer { connection, _ in
      _ = connection.readRequest()
      connection.send(
        "HTTP/1.1 \(status) X\r\nLocation: http://127.0.0.1:1/\r\n\(status == 204 ? "" : "Content-Length: 0\r\n")\r\n")
      _ = connection.waitForClientToLeave()
    }
    try await withClient { client, _ in try await #expect(client.send(ClientRequest(.get, server.url)).status == status) }
  }

  @Test func bodiesInManyPiecesAndInterimAnswers() async throws {
    let server = try ScriptedServer { connection, _ in
      _ = connection.readRequest()
      connection.send(
        "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Real: 1\r\n\r\n")
      for piece in ["a", "bc", "def"] { connection.send("\(piece.count)\r\n\(piece)\r\n") }
      connection.send("0\r\nX-Trailer: 1\r\n\r\n")
      _ = connection.waitForClientToLeave()
    }
    try await withClient { client, _ in
      let response = try await client.send(ClientRequest(.get, server.url))
      #expect(response.text == "abcdef")
      #expect(response.header("x-real") == "1")
      #expect(response.header("x-interim") == nil)
      #expect(response.header("x-trailer") == nil)
    }
  }

  @Test func largeBodiesTravelBothWays() async throws {
    let server = try ScriptedServer { connection, _ in
      guard let request = connection.readRequest() else { return }
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(request.body.count)\r\n\r\n")
      connection.send(Array(request.body.reversed()))
      _ = connection.waitForClientToLeave()
    }
    let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    try await withClient { client, _ in
      var request = ClientRequest(.post, server.url, body: body)
      request.maximumResponseBytes = body.count
      try await #expect(client.send(request).body == body.reversed())
    }
  }

  @Test func aKeptConnectionIsUsedAgain() async throws {
    let server = try ScriptedServer { connection, _ in while connection.readRequest() != nil { connection.answer("x") } }
    try await withClient { client, _ in
      try await #expect(client.send(ClientRequest(.get, server.url)).usedOpenConnection == false)
      for _ in 0..<5 { try await #expect(client.send(ClientRequest(.get, server.url)).usedOpenConnection) }
      var post = ClientRequest(.post, server.url, headers: [ClientHeader("Idempotency-Key", "k")])
      try await #expect(client.send(post).usedOpenConnection)
      #expect(server.connections == 1)
      // What must not be repeated never rides on a connection that may be dying.
      post.headers = []
      try await #expect(client.send(post).usedOpenConnection == false)
      #expect(server.connections == 2)
    }
  }

  @Test func manyRequestsAtOnceOnTwoLoops() async throws {
    let server = try ScriptedServer { connection, _ in
      while let request = connection.readRequest() { connection.answer(request.line) }
    }
    try await withClient(loops: 2) { client, _ in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for index in 0..<200 {
          group.addTask {
            let response = try await client.send(ClientRequest(.get, "\(server.url)/\(index)"))
            #expect(response.text == "GET /\(index) HTTP/1.1")
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func aCallerOnALoopStaysOnIt() async throws {
    let server = try ScriptedServer { connection, _ in while connection.readRequest() != nil { connection.answer("x") } }
    try await withClient(loops: 2) { client, group in
      for loop in group.loops {
        try await loop.run {
          #expect(loop.isCurrent)
          _ = try await client.send(ClientRequest(.get, server.url))
          #expect(loop.isCurrent)
        }
      }
    }
  }

  @Test func connectionsToOneHostAreBounded() async throws {
    let server = try ScriptedServer { connection, _ in while connection.readRequest() != nil { connection.answer("x") } }
    var options = HTTPClientOptions()
    options.connectionsToHost = 3
    try await withClient(options: options) { client, _ in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<50 { group.addTask { _ = try await client.send(ClientRequest(.get, server.url)) } }
        try await group.waitForAll()
      }
      #expect(server.connections <= 3)
    }
  }

  @Test func unixSocketsWork() async throws {
    let path = "/tmp/qareeb-client-\(getpid()).sock"
    unlink(path)
    defer { unlink(path) }
    let server = try ScriptedServer(.unix(path)) { connection, _ in
      if let request = connection.readRequest() { connection.answer(request.headers["host"] ?? "") }
      _ = connection.waitForClientToLeave()
    }
    try await withClient { client, _ in
      var request = ClientRequest(.get, "http://gateway.example/x")
      request.unixSocketPath = path
      try await #expect(client.send(request).text == "gateway.example")
      #expect(server.connections == 1)
    }
  }

  @Test func redirectsAreFollowedOnlyWhenAsked() async throws {
    let server = try ScriptedServer { connection, _ in
      while let request = connection.readRequest() {
        if request.line.hasPrefix("GET /end") {
          connection.answer("end")
        } else {
          connection.answer(
            "moved", status: "302 Found",
            headers: "Location: \(request.line.contains("/loop") ? "/loop" : "/end")\r\nX-Old: 1\r\n")
        }
      }
    }
    try await withClient { client, _ in
      var request = ClientRequest(.get, server.url)
      try await #expect(client.send(request).status == 302)
      request.maximumRedirects = 3
      let response = try await client.send(request)
      #expect(response.text == "end")
      #expect(response.header("x-old") == nil)
      request.url += "/loop"
      #expect(await failure(client, request)?.code == .protocolViolation)
    }
  }
}
