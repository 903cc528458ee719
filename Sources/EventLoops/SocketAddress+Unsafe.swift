import CUV
import Glibc

/// A bound socket, not yet listening.
public struct ListeningSocket: Sendable {
  let fileDescriptor: Int32
  let isPipe: Bool

  /// Binds one socket for each of `count` loops: TCP sockets share the port with SO_REUSEPORT, so that the kernel spreads
  /// connections; a Unix socket is one queue that all loops take from. Returns the address with its real port.
  public static func bind(_ address: ListenAddress, count: Int) throws(LoopError) -> ([ListeningSocket], ListenAddress) {
    switch address {
    case .unix(let path):
      return (try bindUnix(path, count: count), address)
    case .tcp(let host, let port):
      let first = try bindTCP(host, port, sharing: false)
      let bound = SocketAddress.localPort(of: first)
      var sockets = [ListeningSocket(fileDescriptor: first, isPipe: false)]
      do throws(LoopError) {
        for _ in 1..<max(count, 1) {
          sockets.append(ListeningSocket(fileDescriptor: try bindTCP(host, bound, sharing: true), isPipe: false))
        }
      } catch {
        for socket in sockets { Glibc.close(socket.fileDescriptor) }
        throw error
      }
      return (sockets, .tcp(host: host, port: bound))
    }
  }

  /// The first socket of an address is bound alone and shares its port only afterwards: another process that listens there
  /// is found out instead of being given half of the connections in silence.
  private static func bindTCP(_ host: String, _ port: Int, sharing: Bool) throws(LoopError) -> Int32 {
    let action = "listening on \(ListenAddress.tcp(host: host, port: port))"
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_PASSIVE
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &list) == 0, let found = list else {
      throw LoopError(Int32(UV_EADDRNOTAVAIL.rawValue), action)
    }
    defer { freeaddrinfo(list) }
    let descriptor = socket(found.pointee.ai_family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw LoopError(-errno, action) }
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size)
    if sharing { setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, size) }
    guard Glibc.bind(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else {
      let code = -errno
      Glibc.close(descriptor)
      throw LoopError(code, action)
    }
    if !sharing { setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, size) }
    return descriptor
  }

  private static func bindUnix(_ path: String, count: Int) throws(LoopError) -> [ListeningSocket] {
    let action = "listening on unix:\(path)"
    guard var address = SocketAddress.unix(path) else { throw LoopError(Int32(UV_ENAMETOOLONG.rawValue), action) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw LoopError(-errno, action) }
    func attempt(_ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
      withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call(descriptor, $0, size) }
      }
    }
    var result = attempt(Glibc.bind)
    if result != 0, errno == EADDRINUSE {
      if attempt(Glibc.connect) != 0, errno == ECONNREFUSED {
        // A socket file nobody listens on: left by a process that was killed.
        unlink(path)
        result = attempt(Glibc.bind)
      } else {
        errno = EADDRINUSE
      }
    }
    guard result == 0 else {
      let code = -errno
      Glibc.close(descriptor)
      throw LoopError(code, action)
    }
    var sockets = [ListeningSocket(fileDescriptor: descriptor, isPipe: true)]
    for _ in 1..<max(count, 1) { sockets.append(ListeningSocket(fileDescriptor: dup(descriptor), isPipe: true)) }
    return sockets
  }
}

/// The file of a Unix socket, to be removed by whoever made it and by nobody else.
public struct SocketFile: Sendable {
  private let path: String
  private let device: dev_t
  private let inode: ino_t

  /// Of a socket that is bound; nil for TCP.
  public init?(_ address: ListenAddress) {
    guard case .unix(let path) = address, let (device, inode) = SocketFile.identity(path) else { return nil }
    self.path = path
    self.device = device
    self.inode = inode
  }

  /// Does nothing when another socket has taken its place.
  public func remove() {
    guard let (device, inode) = SocketFile.identity(path), device == self.device, inode == self.inode else { return }
    unlink(path)
  }

  private static func identity(_ path: String) -> (dev_t, ino_t)? {
    var status = stat()
    return lstat(path, &status) == 0 ? (status.st_dev, status.st_ino) : nil
  }
}

enum SocketAddress {
  static func unix(_ path: String) -> sockaddr_un? {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard !bytes.isEmpty, bytes.count < MemoryLayout.size(ofValue: address.sun_path), !bytes.contains(0) else { return nil }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return address
  }

  static func localPort(of descriptor: Int32) -> Int {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &size) }
      // The port stands at the same place in both families.
      return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { Int(UInt16(bigEndian: $0.pointee.sin_port)) }
    }
  }

  static func peer(of stream: UnsafePointer<uv_tcp_t>) -> String {
    var storage = sockaddr_storage()
    var size = Int32(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      let found = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        uv_tcp_getpeername(stream, address, &size)
      }
      guard found >= 0 else { return "unknown" }
      return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
        let family = Int32(pointer.pointee.ss_family)
        let code =
          family == AF_INET6
          ? pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { uv_ip6_name($0, text.baseAddress, text.count) }
          : pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { uv_ip4_name($0, text.baseAddress, text.count) }
        guard code >= 0, let base = text.baseAddress else { return "unknown" }
        return String(cString: base)
      }
    }
  }
}
