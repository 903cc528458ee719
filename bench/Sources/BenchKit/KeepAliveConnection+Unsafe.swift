// The boundary to the C library's sockets: one HTTP/1.1 connection, blocking, as light as a client can be, because what it times shares
// two cores with what it asks.
import Foundation
import Glibc

/// Asks one server again and again over one connection. Not for threads to share.
public final class KeepAliveConnection {
  public struct Reply: Sendable {
    public let status: Int
    public let body: [UInt8]
  }

  private let port: Int
  private let timeoutSeconds: Int
  private var descriptor: Int32 = -1
  /// Received and not yet given out.
  private var received: [UInt8] = []

  private static let chunkBytes = 64 << 10

  public init(port: Int, timeoutSeconds: Int = 10) {
    self.port = port
    self.timeoutSeconds = timeoutSeconds
  }

  deinit { close() }

  /// The answer to a GET; nil where nobody listens or the connection breaks, and then the next one connects anew.
  public func get(_ target: String) -> Reply? {
    if descriptor < 0, !connect() { return nil }
    let request = Array("GET \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n".utf8)
    guard send(request), let reply = receive() else {
      close()
      return nil
    }
    return reply
  }

  public func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
    received = []
  }

  private func connect() -> Bool {
    let made = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard made >= 0 else { return false }
    var isOn: Int32 = 1
    setsockopt(made, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
    var limit = timeval(tv_sec: timeoutSeconds, tv_usec: 0)
    setsockopt(made, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(made, $0, size) }
    }
    guard result == 0 else {
      Glibc.close(made)
      return false
    }
    descriptor = made
    return true
  }

  private func send(_ bytes: [UInt8]) -> Bool {
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      start += count
    }
    return true
  }

  private func receive() -> Reply? {
    var headEnd: Int?
    while headEnd == nil {
      guard receiveMore() else { return nil }
      headEnd = received.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound
    }
    guard let headEnd, let head = Head(received[..<headEnd]) else { return nil }
    while received.count < headEnd + head.bodyBytes {
      guard receiveMore() else { return nil }
    }
    let body = Array(received[headEnd..<headEnd + head.bodyBytes])
    received.removeFirst(headEnd + head.bodyBytes)
    return Reply(status: head.status, body: body)
  }

  private func receiveMore() -> Bool {
    var chunk = [UInt8](repeating: 0, count: KeepAliveConnection.chunkBytes)
    let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { return false }
    received += chunk[..<count]
    return true
  }

  /// What of an answer's head matters here.
  struct Head {
    let status: Int
    let bodyBytes: Int

    init?(_ bytes: ArraySlice<UInt8>) {
      let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
      let words = lines.first?.split(separator: " ") ?? []
      guard words.count >= 2, words[0] == "HTTP/1.1", let status = Int(words[1]) else { return nil }
      let lengths = lines.dropFirst().compactMap { line -> Int? in
        guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "content-length" else { return nil }
        return Int(line[line.index(after: colon)...].trimmingPrefix(" "))
      }
      guard lengths.count == 1, lengths[0] >= 0 else { return nil }
      self.status = status
      bodyBytes = lengths[0]
    }
  }
}
