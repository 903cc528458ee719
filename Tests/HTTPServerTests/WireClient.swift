import EventLoops
import TestSupport

/// A client of nothing but bytes, for what no well-behaved client sends. It blocks: use it inside `offThePool`.
final class WireClient {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let socket: RawSocket
  private(set) var received: [UInt8] = []
  /// A bound against hanging; no passing test waits for it.
  private static let patience = Duration.seconds(60)

  init(_ address: ListenAddress, receiveBufferBytes: Int32? = nil) throws {
    socket = try RawSocket(to: address, receiveBufferBytes: receiveBufferBytes)
  }

  func send(_ text: String) throws { try send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) throws {
    try socket.send(bytes, deadline: .now.advanced(by: WireClient.patience))
  }

  /// As many bytes as the server takes, again and again the same, until it has taken none for a while; how many it took.
  func sendUntilFull(_ bytes: [UInt8], atMost limit: Int) throws -> Int {
    var total = 0
    var last = ContinuousClock.now
    while total < limit, last.duration(to: .now) < .milliseconds(500) {
      let count = try socket.sendSome(bytes[(total % bytes.count)...])
      total += count
      if count > 0 { last = .now }
    }
    return total
  }

  /// Reads some; false at the end of the stream.
  @discardableResult
  func receive() throws -> Bool {
    switch try socket.receive(deadline: .now.advanced(by: WireClient.patience)) {
    case .bytes(let bytes):
      received += bytes
      return true
    case .end: return false
    case .reset: throw Failure(description: "reset by the server")
    }
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
      if let found = received.firstRange(of: end) {
        return String(decoding: try take(found.upperBound), as: UTF8.self)
      }
      guard try receive() else { throw Failure(description: "ended inside a head: \(String(decoding: received, as: UTF8.self))") }
    }
  }

  /// Goes without a goodbye.
  func reset() { socket.reset() }
}
