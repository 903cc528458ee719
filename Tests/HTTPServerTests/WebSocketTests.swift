import Bytes
import EventLoops
import Synchronization
import TestSupport
import Testing

@testable import HTTPServer

/// WebSockets through real sockets: the table of conversations, amounts, time and endings.
@Suite struct WebSocketTests {
  @Test func everyConversationOfTheTable() async throws {
    var options = WebSocketOptions()
    options.maximumMessageBytes = WebSocketCase.maximumMessageBytes
    let chosen = options
    try await withServer(routes: { _ in .webSocket(chosen) { _, socket in await echo(socket) } }) { server in
      for conversation in WebSocketCase.all {
        let client = try WebSocketClient(server.address)
        try client.wire.send(conversation.says.flatMap(\.bytes))
        let heard = try client.receiveToEnd()
        // A rule broken in the same packet may end the connection before the handler has answered what came before.
        let isBroken = conversation.says.last.map { $0.opcode != 8 } ?? false
        #expect(heard == conversation.hears || isBroken && heard == conversation.hears.suffix(1), "\(conversation.name)")
      }
    }
  }

  // MARK: Amounts

  @Test func sendingWaitsForASlowReader() async throws {
    let journal = Journal()
    let frame = WebSocketFrame.binary([UInt8](repeating: 7, count: 100_000))
    let count = SharedCount()
    try await withServer(routes: { _ in
      .webSocket { _, socket in
        while socket.offer(frame) { count.add() }
        journal.add("full")
        do { try await socket.send(frame) } catch { journal.add("failed: \(error)") }
        count.add()
        journal.add("sent")
      }
    }) { server in
      let client = try WebSocketClient(server.address, receiveBufferBytes: 65_536)
      #expect(journal.wait(for: "full"))
      #expect(journal.all == ["full"])
      var frames = 0
      while let heard = try client.receive() {
        if case .close(let code, _) = heard {
          #expect(code == 1000)
          try client.send(.close(1000))
        } else {
          frames += 1
        }
      }
      #expect(journal.all == ["full", "sent"])
      #expect(frames == count.value)
    }
  }

  @Test func aHandlerThatDoesNotReadStopsTheClient() async throws {
    let journal = Journal()
    let gate = Gate()
    let limit = 64 << 20
    try await withServer(routes: { _ in
      .webSocket { _, socket in
        await gate.wait()
        var bytes = 0
        while let message = await socket.receive() {
          if case .binary(let part) = message { bytes += part.count }
        }
        journal.add("read \(bytes)")
      }
    }) { server in
      let client = try WebSocketClient(server.address)
      let frame = ClientFrame(opcode: 2, payload: [UInt8](repeating: 1, count: 60_000)).bytes
      let sent = try client.wire.sendUntilFull(frame, atMost: limit)
      #expect(sent < limit / 2, "only the kernel's buffers and the inbox fill")
      gate.open()
      // The rest of the frame that was cut by the full pipe, and an end.
      let rest = sent % frame.count == 0 ? [] : Array(frame[(sent % frame.count)...])
      try client.wire.send(rest + ClientFrame.close(1000).bytes)
      #expect(try client.receiveToEnd() == [.close(1000)])
      #expect(journal.wait(for: "read \((sent + rest.count) / frame.count * 60_000)"))
    }
  }

  /// A client that pings without reading is not read without end.
  @Test func pongsDoNotPileUp() async throws {
    try await withServer(routes: { _ in .webSocket { _, socket in await echo(socket) } }) { server in
      let client = try WebSocketClient(server.address, receiveBufferBytes: 8_192)
      let limit = 256 << 20
      let pings = (0..<500).flatMap { _ in ClientFrame(opcode: 9, payload: [UInt8](repeating: 1, count: 125)).bytes }
      #expect(try client.wire.sendUntilFull(pings, atMost: limit) < limit)
    }
  }

  @Test func oneFrameGoesToMany() async throws {
    let room = Room()
    let journal = Journal()
    try await withServer(routes: { _ in
      .webSocket { _, socket in
        room.enter(socket)
        for await message in socket.messages where message == .text("say it") {
          let count = room.broadcast(.text("to all"))
          journal.add("heard by \(count)")
        }
      }
    }) { server in
      let clients = try (0..<50).map { _ in try WebSocketClient(server.address) }
      #expect(blockingUntil { room.count == 50 })
      try clients[0].send(.text("say it"))
      for client in clients { #expect(try client.receive() == .text("to all")) }
      #expect(journal.all == ["heard by 50"])
    }
  }

  @Test func everythingWorksFromOtherThreads() async throws {
    let journal = Journal()
    try await withServer(routes: { _ in
      .webSocket { _, socket in
        let elsewhere = Task.detached {
          guard let message = await socket.receive() else { return journal.add("nothing") }
          journal.add("\(message)")
          do {
            try await socket.send(text: "text")
            try await socket.send(binary: [1])
            try await socket.send(.text("frame"))
          } catch {
            journal.add("failed: \(error)")
          }
          await socket.close(.policyViolation, reason: "enough")
        }
        await elsewhere.value
      }
    }) { server in
      let client = try WebSocketClient(server.address)
      try client.send(.text("in"))
      #expect(try client.receive() == .text("text"))
      #expect(try client.receive() == .binary([1]))
      #expect(try client.receive() == .text("frame"))
      #expect(try client.receive() == .close(1008, "enough"))
      try client.send(.close(1008))
      #expect(try client.receive() == nil)
      #expect(journal.all == ["text(\"in\")"])
    }
  }

  @Test func aPushingRouteTakesNoMessages() async throws {
    var options = WebSocketOptions()
    options.receivesMessages = false
    let chosen = options
    try await withServer(routes: { _ in
      .webSocket(chosen) { _, socket in
        await echo(socket)
      }
    }) { server in
      let client = try WebSocketClient(server.address)
      try client.send(ClientFrame(opcode: 9), .text("hello"))
      #expect(try client.receive() == .pong([]))
      #expect(try client.receive() == .close(1003, "This socket only sends."))
    }
  }
}

/// A number that handlers count up.
final class SharedCount: Sendable {
  private let count = Mutex(0)
  func add() { count.withLock { $0 += 1 } }
  var value: Int { count.withLock { $0 } }
}

/// Closed until opened.
final class Gate: Sendable {
  private let state = Mutex((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))

  func wait() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      defer { state = (true, []) }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}

/// Sockets that hear the same.
final class Room: Sendable {
  private let sockets = Mutex<[WebSocket]>([])

  func enter(_ socket: WebSocket) { sockets.withLock { $0.append(socket) } }

  var count: Int { sockets.withLock { $0.count } }

  /// How many took it. On their loop.
  func broadcast(_ frame: WebSocketFrame) -> Int {
    let all = sockets.withLock { $0 }
    return all.count { $0.offer(frame) }
  }
}
