// A server made of blocking sockets and a script: it can do what no real server should.

import EventLoops
import Glibc
import Synchronization

/// Runs `script` on a thread of its own for each connection, numbered from zero.
final class ScriptedServer: Sendable {
  enum Place {
    case tcp
    case unix(String)
  }

  let port: Int
  private let listener: Int32
  private let accepted = Atomic<Int>(0)

  struct SystemFailure: Error { let action: String, code: Int32 }

  init(_ place: Place = .tcp, backlog: Int32 = 64, script: @escaping @Sendable (ServerConnection, Int) -> Void) throws {
    switch place {
    case .tcp:
      listener = try Self.check(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0), "socket")
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      port = try Self.bindTCP(listener, &address)
    case .unix(let path):
      listener = try Self.check(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0), "socket")
      port = 0
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { room in room.copyBytes(from: path.utf8.prefix(room.count - 1)) }
      let size = socklen_t(MemoryLayout<sockaddr_un>.size)
      try withUnsafePointer(to: &address) { pointer in
        try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = try Self.check(bind(listener, $0, size), "bind") }
      }
    }
    _ = try Self.check(listen(listener, backlog), "listen")
    DetachedThread.run(name: "scripted") { [listener, weak self] in
      while case let descriptor = accept(listener, nil, nil), descriptor >= 0 {
        guard let self else {
          close(descriptor)
          continue
        }
        let number = accepted.wrappingAdd(1, ordering: .relaxed).oldValue
        DetachedThread.run(name: "scripted") {
          let connection = ServerConnection(descriptor)
          script(connection, number)
          connection.close()
        }
      }
      close(listener)
    }
  }

  /// Wakes the accepting thread, which then closes the socket.
  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  var connections: Int { accepted.load(ordering: .relaxed) }
  var url: String { "http://127.0.0.1:\(port)" }

  private static func bindTCP(_ descriptor: Int32, _ address: inout sockaddr_in) throws -> Int {
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    try withUnsafeMutablePointer(to: &address) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = try check(bind(descriptor, $0, size), "bind")
        _ = try check(getsockname(descriptor, $0, &size), "getsockname")
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  static func check(_ result: Int32, _ action: String) throws -> Int32 {
    guard result >= 0 else { throw SystemFailure(action: action, code: errno) }
    return result
  }
}

struct ServerRequest: Sendable {
  let line: String
  let headers: [String: String]
  let body: [UInt8]

  var text: String { String(decoding: body, as: UTF8.self) }
}

/// The server's end of a connection; used by its script's thread only.
final class ServerConnection {
  private var descriptor: Int32
  private var buffered: [UInt8] = []

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    // Long enough for any machine; a client that never writes fails the test instead of hanging it.
    var patience = timeval(tv_sec: 600, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  /// The next request, `nil` when the client is gone.
  func readRequest() -> ServerRequest? {
    var end: Int?
    while end == nil {
      end = (0..<max(0, buffered.count - 3)).first { Array(buffered[$0..<$0 + 4]) == Array("\r\n\r\n".utf8) }
      if end == nil, !readMore() { return nil }
    }
    let head = String(decoding: buffered[..<end!], as: UTF8.self)
    buffered.removeFirst(end! + 4)
    let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let sides = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      headers[sides[0].lowercased()] = sides.count == 2 ? String(sides[1].drop { $0 == " " }) : ""
    }
    let length = headers["content-length"].flatMap(Int.init) ?? 0
    while buffered.count < length { if !readMore() { return nil } }
    let body = Array(buffered.prefix(length))
    buffered.removeFirst(length)
    return ServerRequest(line: String(lines[0]), headers: headers, body: body)
  }

  private func readMore() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = read(descriptor, &chunk, chunk.count)
    guard count > 0 else { return false }
    buffered.append(contentsOf: chunk[..<count])
    return true
  }

  /// True once the client has closed its end.
  func waitForClientToLeave() -> Bool {
    while readMore() {}
    var byte: UInt8 = 0
    // Not a time-out: those answer EAGAIN.
    return read(descriptor, &byte, 1) == 0 || errno == ECONNRESET
  }

  @discardableResult func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult func send(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  func answer(_ body: String, status: String = "200 OK", headers: String = "") {
    send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
  }

  /// Closes with a reset instead of a farewell.
  func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    close()
  }

  func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }
}
