// The server's end of one session, made of blocking sockets: it greets the client as PostgreSQL does and then does only what
// it is told. The boundary to the system's socket calls.
import EventLoops
import Glibc
import TestSupport

/// Used by one thread at a time.
final class SilentServer: @unchecked Sendable {
  // Sendable: the test that owns it hands it from one thread to the next, never uses it on two.
  let connectionString: String
  private let listener: Int32
  private var session: Int32 = -1

  init() throws {
    let folder = ScratchSpace.folder + "/silent-\(UInt64.random(in: 0 ... .max))"
    connectionString = "host=\(folder) port=5432 user=nobody dbname=nothing sslmode=disable"
    mkdir(folder, 0o700)
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = folder + "/.s.PGSQL.5432"
    withUnsafeMutableBytes(of: &address.sun_path) { room in room.copyBytes(from: path.utf8.prefix(room.count - 1)) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0, listen(listener, 1) == 0 else { throw ClientSocketError.failed(action: "listen", code: errno) }
  }

  deinit {
    if session >= 0 { close(session) }
    close(listener)
  }

  /// Takes the first client in: no password, ready for a query.
  func greet() throws {
    session = accept(listener, nil, nil)
    var startup = [UInt8](repeating: 0, count: 4_096)
    guard session >= 0, read(session, &startup, startup.count) > 0 else {
      throw ClientSocketError.failed(action: "accept", code: errno)
    }
    let authenticated: [UInt8] = [UInt8(ascii: "R"), 0, 0, 0, 8, 0, 0, 0, 0]
    let ready: [UInt8] = [UInt8(ascii: "Z"), 0, 0, 0, 5, UInt8(ascii: "I")]
    guard send(session, authenticated + ready, 15, Int32(MSG_NOSIGNAL)) == 15 else {
      throw ClientSocketError.failed(action: "send", code: errno)
    }
  }

  /// Returns once something of a statement has come; leaves it unread.
  func waitForAStatement() -> Bool {
    var byte: UInt8 = 0
    return recv(session, &byte, 1, Int32(MSG_PEEK)) == 1
  }

  /// Says no more, and makes room for what the client still wants to write.
  func endAndMakeRoom(bytes: Int) -> Bool {
    guard shutdown(session, Int32(SHUT_WR)) == 0 else { return false }
    var room = [UInt8](repeating: 0, count: bytes)
    return recv(session, &room, bytes, 0) > 0
  }
}
