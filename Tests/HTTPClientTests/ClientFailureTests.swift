import EventLoops
import Glibc
import HTTPClient
import Testing

@Suite struct ClientFailureTests {
  @Test(arguments: [
    "", "host/path", "ftp://h/", "file:///etc/passwd", "gopher://h", "http://h/a b", "http://h/\r\nX: y", "http://h/ع", "HTTP:/h",
    "http://",
    "http://user:pass@127.0.0.1:1/", "http://127.0.0.1:99999/",
  ])
  func badAddressesAreRefused(url: String) async throws {
    try await withClient { client, _ in
      let error = await failure(client, ClientRequest(.get, url))
      #expect(error?.code == .invalidRequest)
      #expect(error?.isSurelyNotSent == true)
      #expect(error?.description.contains("pass@") == false)
    }
  }

  @Test(arguments: [
    ("X\r\nY", "1"), ("", "1"), ("X Y", "1"), ("X:", "1"), ("X", "1\r\nZ: 2"), ("X", "1\n"), ("X", "\u{0}"),
    ("X", "s3cret\u{7F}"),
    ("Content-Length", "5"), ("transfer-encoding", "chunked"), ("Connection", "close"), ("Expect", "100-continue"),
  ])
  func headersCannotSmuggle(name: String, value: String) async throws {
    try await withClient { client, _ in
      let error = await failure(client, ClientRequest(.get, "http://127.0.0.1:1/", headers: [ClientHeader(name, value)]))
      #expect(error?.code == .invalidRequest)
      #expect(error?.description.contains("s3cret") == false)
    }
  }

  @Test func nobodyListens() async throws {
    // A port that was free a moment ago: bound, never listened on.
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    let port = try FreePort(descriptor).port
    try await withClient { client, _ in
      let error = await failure(client, ClientRequest(.post, "http://127.0.0.1:\(port)/"))
      #expect(error?.code == .refused)
      #expect(error?.isSurelyNotSent == true)
      var request = ClientRequest(.post, "http://h/")
      request.unixSocketPath = "/tmp/qareeb-no-such-socket"
      #expect(await failure(client, request)?.code == .refused)
    }
  }

  @Test func namesThatDoNotResolve() async throws {
    // A label over 63 bytes is refused before any name server is asked.
    let name = String(repeating: "a", count: 64)
    try await withClient { client, _ in
      let error = await failure(client, ClientRequest(.post, "http://\(name).invalid/"))
      #expect(error?.code == .dns)
      #expect(error?.isSurelyNotSent == true)
    }
  }

  @Test func aServerThatNeverAnswersTimesOut() async throws {
    let (events, report) = AsyncStream.makeStream(of: Bool.self)
    let server = try ScriptedServer { connection, _ in
      _ = connection.readRequest()
      report.yield(connection.waitForClientToLeave())
    }
    try await withClient { client, _ in
      var request = ClientRequest(.post, server.url, body: [1])
      request.totalTimeoutMilliseconds = 60
      let error = await failure(client, request)
      #expect(error?.code == .timeout)
      #expect(error?.isSurelyNotSent == false)
      var received = events.makeAsyncIterator()
      #expect(await received.next() == true)
    }
  }

  @Test func aBodyThatNeverEndsTimesOut() async throws {
    let server = try ScriptedServer { connection, _ in
      _ = connection.readRequest()
      connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
      _ = connection.waitForClientToLeave()
    }
    try await withClient { client, _ in
      var request = ClientRequest(.get, server.url)
      request.totalTimeoutMilliseconds = 60
      #expect(await failure(client, request)?.code == .timeout)
    }
  }

  @Test func aHostThatDoesNotShakeHandsTimesOut() async throws {
    // With a backlog of one that is full and nobody accepting, the kernel drops further handshakes.
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    let port = try FreePort(listener)
    #expect(listen(listener, 0) == 0)
    let fillers = (0..<4).map { _ in port.startConnecting() }
    defer { for filler in fillers { close(filler) } }
    try await withClient { client, _ in
      var request = ClientRequest(.post, "http://127.0.0.1:\(port.port)/", body: [1])
      request.connectTimeoutMilliseconds = 60
      let error = await failure(client, request)
      #expect(error?.code == .timeout)
      #expect(error?.isSurelyNotSent == true)
    }
  }

  @Test(arguments: [
    "Content-Length: 101\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n65\r\n\(String(repeating: "x", count: 101))\r\n0\r\n\r\n",
  ])
  func answersOverTheLimitAreCutOff(rest: String) async throws {
    let server = try ScriptedServer { connection, _ in
      _ = connection.readRequest()
      connection.send("HTTP/1.1 200 OK\r\n\(rest)\(String(repeating: "x", count: 101))")
      _ = connection.waitForClientToLeave()
    }
    try await withClient { client, _ in
      var request = ClientRequest(.get, server.url)
      request.maximumResponseBytes = 100
      #expect(await failure(client, request)?.code == .tooLarge)
    }
  }

  @Test func aLimitThatIsJustReachedIsFine() async throws {
    let server = try ScriptedServer { connection, _ in while connection.readRequest() != nil { connection.answer("12345") } }
    try await withClient { client, _ in
      var request = ClientRequest(.get, server.url)
      request.maximumResponseBytes = 5
      try await #expect(client.send(request).text == "12345")
      request.maximumResponseBytes = 4
      #expect(await failure(client, request)?.code == .tooLarge)
    }
  }

  @Test func aFloodOfHeadersIsCutOff() async throws {
    let server = try ScriptedServer { connection, _ in
      _ = connection.readRequest()
      connection.send("HTTP/1.1 200 OK\r\n")
      let line = "X-Flood: \(String(repeating: "x", count: 1_000))\r\n"
      while connection.send(line) {}
    }
    try await withClient { client, _ in
      #expect(await failure(client, ClientRequest(.get, server.url))?.code == .tooLarge)
    }
  }

  @Test(arguments: [
    ("garbage without any status\r\n\r\n", HTTPClientError.Code.protocolViolation),
    ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", .connectionLost),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", .connectionLost),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhe", .connectionLost),
    ("", .connectionLost),
  ])
  func brokenAnswersAreErrors(answer: String, code: HTTPClientError.Code) async throws {
    let server = try ScriptedServer { connection, _ in
      _ = connection.readRequest()
      connection.send(answer)
    }
    try await withClient { client, _ in
      let error = await failure(client, ClientRequest(.post, server.url, body: [1]))
      #expect(error?.code == code)
      #expect(error?.isSurelyNotSent == false)
    }
  }

  /// Each kept connection dies on its second request, after having read it.
  private func forgetfulServer(_ report: AsyncStream<String>.Continuation, reset: Bool) throws -> ScriptedServer {
    try ScriptedServer { connection, number in
      guard let first = connection.readRequest() else { return }
      report.yield("\(number) \(first.line)")
      connection.answer("x")
      guard number == 0, let second = connection.readRequest() else { return }
      report.yield("\(number) \(second.line)")
      if reset { connection.reset() }
    }
  }

  @Test(arguments: [false, true])
  func aPaymentIsNeverSentTwice(reset: Bool) async throws {
    let (lines, report) = AsyncStream.makeStream(of: String.self)
    // Reads every request, answers none after the first: the worst moment to lose a connection.
    let server = try ScriptedServer { connection, _ in
      while let request = connection.readRequest() {
        report.yield(request.line)
        if request.line.hasPrefix("GET") {
          connection.answer("x")
        } else {
          return reset ? connection.reset() : connection.close()
        }
      }
    }
    try await withClient { client, _ in
      _ = try await client.send(ClientRequest(.get, server.url))
      let error = await failure(client, ClientRequest(.post, "\(server.url)/pay", body: [1]))
      #expect(error?.code == .connectionLost)
      #expect(error?.isSurelyNotSent == false)
    }
    report.finish()
    var seen: [String] = []
    for await line in lines { seen.append(line) }
    #expect(seen == ["GET / HTTP/1.1", "POST /pay HTTP/1.1"])
  }

  @Test(arguments: [false, true])
  func aReadIsRepeatedWhenItsKeptConnectionDies(reset: Bool) async throws {
    let (lines, report) = AsyncStream.makeStream(of: String.self)
    let server = try forgetfulServer(report, reset: reset)
    try await withClient { client, _ in
      _ = try await client.send(ClientRequest(.get, "\(server.url)/1"))
      try await #expect(client.send(ClientRequest(.get, "\(server.url)/2")).text == "x")
    }
    report.finish()
    var seen: [String] = []
    for await line in lines { seen.append(line) }
    #expect(seen == ["0 GET /1 HTTP/1.1", "0 GET /2 HTTP/1.1", "1 GET /2 HTTP/1.1"])
  }

  @Test func cancellingATaskAbortsItsTransfer() async throws {
    let (events, report) = AsyncStream.makeStream(of: String.self)
    let server = try ScriptedServer { connection, _ in
      guard let request = connection.readRequest() else { return }
      report.yield(request.line)
      report.yield(connection.waitForClientToLeave() ? "left" : "stayed")
    }
    try await withClient { client, _ in
      let task = Task { await failure(client, ClientRequest(.get, server.url)) }
      var received = events.makeAsyncIterator()
      #expect(await received.next() == "GET / HTTP/1.1")
      task.cancel()
      let error = await task.value
      #expect(error?.code == .cancelled)
      #expect(error?.isSurelyNotSent == false)
      #expect(await received.next() == "left")
    }
  }

  @Test func aCancelledTaskSendsNothing() async throws {
    let server = try ScriptedServer { connection, _ in if connection.readRequest() != nil { connection.answer("x") } }
    try await withClient(loops: 2) { client, _ in
      for _ in 0..<50 {
        let task = Task {
          withUnsafeCurrentTask { $0?.cancel() }
          return await failure(client, ClientRequest(.get, server.url))
        }
        let error = await task.value
        #expect(error?.code == .cancelled)
        #expect(error?.isSurelyNotSent == true)
      }
      #expect(server.connections == 0)
    }
  }

  @Test func cancellingAtAnyMomentAnswersOnce() async throws {
    let server = try ScriptedServer { connection, _ in while connection.readRequest() != nil { connection.answer("x") } }
    try await withClient(loops: 2) { client, _ in
      await withTaskGroup(of: Void.self) { group in
        for index in 0..<300 {
          group.addTask {
            let task = Task { () -> Bool in
              do throws(HTTPClientError) {
                return try await client.send(ClientRequest(.get, server.url)).status == 200
              } catch {
                return error.code == .cancelled
              }
            }
            for _ in 0..<index % 40 { await Task.yield() }
            task.cancel()
            #expect(await task.value)
          }
        }
      }
      try await #expect(client.send(ClientRequest(.get, server.url)).status == 200)
    }
  }

  @Test func shuttingDownFailsWhatIsInFlightAndWhatComesLater() async throws {
    let (events, report) = AsyncStream.makeStream(of: Void.self)
    let server = try ScriptedServer { connection, _ in
      _ = connection.readRequest()
      report.yield()
      _ = connection.waitForClientToLeave()
    }
    try await withClient { client, _ in
      let task = Task { await failure(client, ClientRequest(.get, server.url)) }
      var received = events.makeAsyncIterator()
      await received.next()
      await client.shutdown()
      let error = await task.value
      #expect(error?.code == .closed)
      #expect(error?.isSurelyNotSent == false)
      #expect(await failure(client, ClientRequest(.get, server.url))?.code == .closed)
    }
  }

  @Test func afterItsLoopsAClientOnlyRefuses() async throws {
    let group = try EventLoopGroup(count: 1)
    let client = Client(group: group)
    await group.shutdown()
    #expect(await failure(client, ClientRequest(.get, "http://127.0.0.1:1/"))?.code == .closed)
    await client.shutdown()
  }
}
