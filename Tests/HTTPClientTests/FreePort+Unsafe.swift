import Glibc

/// Binds a socket to a free port of the loopback address.
struct FreePort {
  let port: Int
  private var address = sockaddr_in()

  init(_ descriptor: Int32) throws {
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    try withUnsafeMutablePointer(to: &address) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = try ScriptedServer.check(bind(descriptor, $0, size), "bind")
        _ = try ScriptedServer.check(getsockname(descriptor, $0, &size), "getsockname")
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  /// A socket that has begun to connect there and is not waited for.
  func startConnecting() -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    withUnsafePointer(to: address) { pointer in
      // In progress is what is wanted; any failure shows as a missing time-out.
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    return descriptor
  }
}
