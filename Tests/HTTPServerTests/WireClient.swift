import Glibc

/// A client of nothing but bytes, for what no well-behaved client sends. It blocks, at most `timeoutSeconds` a call: the
/// server lives on threads of its own.
final class WireClient {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let descriptor: Int32
  private(set) var received: [UInt8] = []
  private static let timeoutSeconds = 20

  init(port: Int, receiveBufferBytes: Int32? = nil) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(description: "no socket: \(errno)") }
    var timeout = timeval(tv_sec: WireClient.timeoutSeconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    if var receiveBufferBytes {
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBufferBytes, socklen_t(MemoryLayout<Int32>.size))
    }
    var on: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw Failure(description: "no connection: \(errno)") }
  }

  deinit { close(descriptor) }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw Failure(description: "sending failed: \(errno)") }
      sent += count
    }
  }

  /// As many bytes as the server can be made to take without waiting; how many it took.
  func sendUntilFull(_ bytes: [UInt8], atMost limit: Int) -> Int {
    var total = 0
    while total < limit {
      let offset = total % bytes.count
      let count = bytes[offset...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
      }
      if count <= 0 {
        // Full for now: only if it stays so is the server really not reading.
        var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        if poll(&poller, 1, 500) <= 0 { break }
        continue
      }
      total += count
    }
    return total
  }

  /// Reads some; false at the end of the stream.
  @discardableResult
  func receive() throws -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    if count < 0, errno == ECONNRESET { throw Failure(description: "reset by the server") }
    guard count >= 0 else { throw Failure(description: "nothing came within \(WireClient.timeoutSeconds) s") }
    received.append(contentsOf: chunk[..<count])
    return count > 0
  }

  func receiveToEnd() throws {
    while try receive() {}
  }

  /// Takes exactly that many bytes.
  func take(_ count: Int) throws -> [UInt8] {
    while received.count < count {
      guard try receive() else { throw Failure(description: "ended \(count - received.count) bytes early") }
    }
    defer { received.removeFirst(count) }
    return Array(received[..<count])
  }

  /// Takes a head, with its empty line.
  func takeHead() throws -> String {
    let end = Array("\r\n\r\n".utf8)
    while true {
      if let start = received.firstRange(of: end) {
        defer { received.removeFirst(start.upperBound) }
        return String(decoding: received[..<start.upperBound], as: UTF8.self)
      }
      guard try receive() else { throw Failure(description: "ended inside a head: \(String(decoding: received, as: UTF8.self))") }
    }
  }

  func shutdownWriting() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Goes without a goodbye: the server sees a reset.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    dup2(WireClient.nowhere, descriptor)
  }

  private static let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)
}

extension Array where Element == UInt8 {
  func firstRange(of pattern: [UInt8]) -> Range<Int>? {
    guard count >= pattern.count else { return nil }
    for start in 0...(count - pattern.count) where self[start..<start + pattern.count].elementsEqual(pattern) {
      return start..<start + pattern.count
    }
    return nil
  }
}
