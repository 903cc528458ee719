import EventLoops
import TestSupport
import Testing

@testable import HTTPServer

/// How WebSockets end: goodbyes, silence, clients that vanish, a server that goes.
@Suite struct WebSocketEndTests {
  private static func options(_ change: (inout WebSocketOptions) -> Void) -> WebSocketOptions {
    var options = WebSocketOptions()
    change(&options)
    return options
  }

  @Test func theHandlerSeesTheClientsCode() async throws {
    let journal = Journal()
    try await withServer(routes: { _ in
      .webSocket { _, socket in
        let isOpen = socket.isOpen && socket.closeCode == nil
        await echo(socket)
        journal.add("\(isOpen) \(socket.isOpen) \(socket.closeCode?.description ?? "none") \(socket.closeReason)")
        do { try await socket.send(text: "late") } catch { journal.add("\(error)") }
      }
    }) { server in
      let client = try WebSocketClient(server.address)
      try client.send(.close(4001, Array("done".utf8)))
      #expect(try client.receiveToEnd() == [.close(4001, "done")])
      #expect(journal.wait(for: "WebSocketClosed(code: 4001)"))
      #expect(journal.all.first == "true false 4001 done")
    }
  }

  /// What was sent before the goodbye is not lost by it.
  @Test func messagesBeforeTheEndAreStillRead() async throws {
    let journal = Journal()
    let gate = Gate()
    try await withServer(routes: { _ in
      .webSocket { _, socket in
        await gate.wait()
        for await message in socket.messages { journal.add("\(message)") }
        journal.add("end")
      }
    }) { server in
      let client = try WebSocketClient(server.address)
      try client.send(.text("1"), .text("2"), .close(1000))
      #expect(journal.all == [])
      gate.open()
      #expect(try client.receiveToEnd() == [.close(1000)])
      #expect(journal.wait(for: "end"))
      #expect(journal.all == ["text(\"1\")", "text(\"2\")", "end"])
    }
  }

  @Test func aSilentClientIsPingedAndThenLeft() async throws {
    let journal = Journal()
    let options = Self.options { $0.pingSeconds = 1 }
    try await withServer(routes: { _ in
      .webSocket(options) { _, socket in
        await echo(socket)
        journal.add("ended \(socket.closeCode?.description ?? "none")")
      }
    }) { server in
      let client = try WebSocketClient(server.address)
      #expect(try client.receive() == .ping([]))
      #expect(try client.receive() == nil)
      #expect(journal.wait(for: "ended 1006"))
      #expect(server.count({ $0.webSockets.current }) == 0)
    }
  }

  @Test func aPongKeepsTheConnection() async throws {
    let options = Self.options { $0.pingSeconds = 3 }
    try await withServer(routes: { _ in .webSocket(options) { _, socket in await echo(socket) } }) { server in
      let client = try WebSocketClient(server.address)
      for _ in 0..<2 {
        #expect(try client.receive() == .ping([]))
        try client.send(ClientFrame(opcode: 10))
      }
      try client.send(.text("alive"))
      #expect(try client.receive() == .text("alive"))
    }
  }

  @Test func aClientThatTakesNothingIsLeft() async throws {
    let journal = Journal()
    let options = Self.options { $0.pingSeconds = 1 }
    try await withServer(routes: { _ in
      .webSocket(options) { _, socket in
        let frame = WebSocketFrame.binary([UInt8](repeating: 0, count: 500_000))
        do { while true { try await socket.send(frame) } } catch { journal.add("\(error)") }
      }
    }) { server in
      let client = try WebSocketClient(server.address, receiveBufferBytes: 8_192)
      #expect(journal.wait(for: "WebSocketClosed(code: 1006)"))
      #expect(server.count({ $0.stalled.current }) == 1)
      withExtendedLifetime(client) {}
    }
  }

  /// A client that does not answer a Close has `closeSeconds`.
  @Test func aCloseWithoutAnswerHasADeadline() async throws {
    let options = Self.options { $0.closeSeconds = 1 }
    try await withServer(routes: { _ in .webSocket(options) { _, _ in } }) { server in
      let client = try WebSocketClient(server.address)
      #expect(try client.receiveToEnd() == [.close(1000)])
    }
  }

  @Test func longReasonsAreCutBetweenCharacters() async throws {
    try await withServer(routes: { _ in
      .webSocket { _, socket in await socket.close(.normal, reason: String(repeating: "ق", count: 100)) }
    }) { server in
      let client = try WebSocketClient(server.address)
      #expect(try client.receive() == .close(1000, String(repeating: "ق", count: 61)))
    }
  }

  @Test func aDrainingServerSaysThatItGoes() async throws {
    let journal = Journal()
    try await withServer(routes: { _ in
      .webSocket { _, socket in
        await echo(socket)
        journal.add("ended")
      }
    }) { server in
      let client = try WebSocketClient(server.address)
      try client.send(.text("before"))
      #expect(try client.receive() == .text("before"))
      Task.detached {
        await server.server.drain(deadlineMilliseconds: 60_000)
        journal.add("drained")
      }
      #expect(try client.receive() == .close(1001, "The server is going."))
      try client.send(.close(1001))
      #expect(try client.receive() == nil)
      #expect(journal.wait(for: "drained"))
      #expect(server.count({ $0.open.current }) == 0)
      #expect(journal.wait(for: "ended"))
    }
  }

  @Test func aHandlerThatIgnoresTheEndIsCancelled() async throws {
    let journal = Journal()
    let options = Self.options { $0.closeSeconds = 1 }
    try await withServer(routes: { _ in
      .webSocket(options) { request, socket in
        journal.add("started")
        do { try await request.loop.sleep(milliseconds: 3_600_000) } catch { journal.add("cancelled") }
      }
    }) { server in
      let client = try WebSocketClient(server.address)
      #expect(journal.wait(for: "started"))
      client.wire.reset()
      #expect(journal.wait(for: "cancelled"))
    }
  }

  /// At every byte of a conversation: nothing is left of it, and its handler has ended.
  @Test(arguments: [true, false]) func aClientMayVanishAnywhere(byReset: Bool) async throws {
    let journal = Journal()
    try await withServer(routes: { _ in
      .webSocket { _, socket in
        journal.add("began")
        await echo(socket)
        journal.add("ended")
      }
    }) { server in
      let bytes =
        Array(WebSocketClient.request().utf8) + ClientFrame.text("hello", isFinal: false).bytes + ClientFrame(opcode: 9).bytes
        + ClientFrame(opcode: 0, payload: [0x21]).bytes + ClientFrame.close(1000).bytes
      for count in 0...bytes.count {
        let wire = try WireClient(server.address)
        try wire.send(Array(bytes[..<count]))
        if byReset { wire.reset() }
      }
      let last = try WebSocketClient(server.address)
      try last.send(.close(1000))
      _ = try last.receiveToEnd()
      #expect(blockingUntil { server.count { $0.open.current } == 0 && journal.count("began") == journal.count("ended") })
      #expect(server.count { $0.webSockets.current } == 0)
      #expect(journal.count("began") >= 1)
    }
  }
}
