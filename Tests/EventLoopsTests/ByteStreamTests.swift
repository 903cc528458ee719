import Bytes
import EventLoops
import Glibc
import Synchronization
import Testing

/// Sends back what it reads, and closes when the peer has ended.
private final class Echo: ByteStreamHandler {
  let stream: ByteStream
  init(_ stream: ByteStream) { self.stream = stream }
  func streamDidRead(_ bytes: UnsafeRawBufferPointer) {
    stream.write(bytes)
    if stream.unsentBytes > 1 << 20 { stream.stopReading() }
  }
  func streamDidDrain() { stream.startReading() }
  func streamDidEnd() { stream.shutdownWriting() }
  func streamDidClose(_ error: LoopError?) {}
}

@Suite struct ByteStreamTests {
  private func withEcho(_ address: ListenAddress, _ body: (ListenAddress) async throws -> Void) async throws {
    let group = try EventLoopGroup(count: 2, name: "echo")
    let (sockets, bound) = try ListeningSocket.bind(address, count: 2)
    for (loop, socket) in zip(group.loops, sockets) {
      try await loop.run {
        _ = try StreamListener(loop: loop, socket: socket) { stream in
          stream.handler = Echo(stream)
          stream.startReading()
        }
      }
    }
    try await body(bound)
    await group.shutdown()
  }

  /// A plain blocking client on a thread of its own.
  private func roundTrip(_ address: ListenAddress, _ message: [UInt8]) async -> [UInt8] {
    await withCheckedContinuation { done in
      DetachedThread.run(name: "client") {
        let descriptor = connectBlocking(address)
        DetachedThread.run(name: "writer") {
          var sent = 0
          while sent < message.count {
            let count = message.withUnsafeBytes { write(descriptor, $0.baseAddress! + sent, $0.count - sent) }
            guard count > 0 else { break }
            sent += count
          }
          shutdown(descriptor, Int32(SHUT_WR))
        }
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
          let count = read(descriptor, &chunk, chunk.count)
          guard count > 0 else { break }
          received += chunk[..<count]
        }
        close(descriptor)
        done.resume(returning: received)
      }
    }
  }

  @Test(arguments: [1, 1_000, 5_000_000])
  func echoesOverTCP(size: Int) async throws {
    try await withEcho(.tcp(host: "127.0.0.1", port: 0)) { address in
      let message = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      #expect(await roundTrip(address, message) == message)
    }
  }

  @Test func echoesOverAUnixSocketAndReplacesAStaleOne() async throws {
    let path = "/tmp/qareeb-echo-\(getpid()).sock"
    defer { unlink(path) }
    for round in 0..<2 {
      // The first round leaves its socket file behind, as a killed process does.
      try await withEcho(.unix(path: path)) { address in
        let message = Array("round \(round)".utf8)
        #expect(await roundTrip(address, message) == message)
      }
    }
  }

  @Test func anAddressInUseIsNamed() async throws {
    try await withEcho(.unix(path: "/tmp/qareeb-used-\(getpid()).sock")) { address in
      let error = #expect(throws: LoopError.self) { try ListeningSocket.bind(address, count: 1) }
      #expect(error?.name == "EADDRINUSE")
      #expect(error?.description.contains("qareeb-used") == true)
      if case .unix(let path) = address { unlink(path) }
    }
    try await withEcho(.tcp(host: "127.0.0.1", port: 0)) { address in
      // Loops share a port among themselves, never with another server.
      let error = #expect(throws: LoopError.self) { try ListeningSocket.bind(address, count: 2) }
      #expect(error?.name == "EADDRINUSE")
      #expect(error?.description.contains("\(address)") == true)
    }
    let other = ListenAddress.unix(path: "/tmp/qareeb-other-\(getpid()).sock")
    try await withEcho(other) { address in
      let file = try #require(SocketFile(address))
      guard case .unix(let path) = address else { return }
      // Somebody else's by now.
      #expect(rename(path, path + ".mine") == 0)
      #expect(open(path, O_CREAT | O_WRONLY, 0o600) >= 0)
      file.remove()
      #expect(access(path, F_OK) == 0)
      #expect(rename(path + ".mine", path) == 0)
      file.remove()
      #expect(access(path, F_OK) != 0)
    }
    let nowhere = #expect(throws: LoopError.self) { try ListeningSocket.bind(.unix(path: "/nonexistent/x.sock"), count: 1) }
    #expect(nowhere?.name == "ENOENT")
    let long = String(repeating: "x", count: 200)
    #expect(throws: LoopError.self) { try ListeningSocket.bind(.unix(path: "/tmp/\(long)"), count: 1) }
  }
}

private func connectBlocking(_ address: ListenAddress) -> Int32 {
  switch address {
  case .tcp(_, let port):
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var target = sockaddr_in()
    target.sin_family = sa_family_t(AF_INET)
    target.sin_port = in_port_t(UInt16(port).bigEndian)
    target.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let code = withUnsafePointer(to: &target) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    precondition(code == 0)
    return descriptor
  case .unix(let path):
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let code = withUnsafePointer(to: &target) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    precondition(code == 0)
    return descriptor
  }
}
