// The boundary to the system's socket calls, for clients that block. Nothing else in the tests touches a pointer for it.
public import EventLoops
import Glibc

/// What went wrong at a client's socket.
public enum ClientSocketError: Error, Hashable {
  case failed(action: String, code: Int32)
  /// The peer has closed or reset the connection while we were sending.
  case closedByPeer
  /// Nothing came in the time a test is ready to wait; a bound against hanging, not a measurement.
  case timedOut
}

/// A blocking socket over TCP or a Unix path. Used by one thread at a time.
public final class RawSocket {
  private var descriptor: Int32

  /// - Parameters:
  ///   - source: the local IPv4 address to come from: all of 127.0.0.0/8 is this machine.
  ///   - receiveBufferBytes: a small one makes a slow reader felt early.
  public init(to address: ListenAddress, from source: String? = nil, receiveBufferBytes: Int32? = nil) throws {
    let family: Int32 =
      switch address {
      case .tcp(let host, _): host.contains(":") ? AF_INET6 : AF_INET
      case .unix: AF_UNIX
      }
    descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw ClientSocketError.failed(action: "socket", code: errno) }
    do {
      if var receiveBufferBytes {
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBufferBytes, socklen_t(MemoryLayout<Int32>.size))
      }
      if let source { try bind(to: source) }
      try connect(to: address)
    } catch {
      close()
      throw error
    }
  }

  deinit { close() }

  private func bind(to source: String) throws {
    var local = sockaddr_in()
    local.sin_family = sa_family_t(AF_INET)
    guard inet_pton(AF_INET, source, &local.sin_addr) == 1 else {
      throw ClientSocketError.failed(action: "address \(source)", code: EINVAL)
    }
    try check("bind", call(&local) { Glibc.bind(descriptor, $0, $1) })
  }

  private func connect(to address: ListenAddress) throws {
    switch address {
    case .tcp(let host, let port) where host.contains(":"):
      var remote = sockaddr_in6()
      remote.sin6_family = sa_family_t(AF_INET6)
      remote.sin6_port = UInt16(port).bigEndian
      guard inet_pton(AF_INET6, host, &remote.sin6_addr) == 1 else {
        throw ClientSocketError.failed(action: "address \(host)", code: EINVAL)
      }
      try check("connect", call(&remote) { Glibc.connect(descriptor, $0, $1) })
    case .tcp(let host, let port):
      var remote = sockaddr_in()
      remote.sin_family = sa_family_t(AF_INET)
      remote.sin_port = UInt16(port).bigEndian
      guard inet_pton(AF_INET, host, &remote.sin_addr) == 1 else {
        throw ClientSocketError.failed(action: "address \(host)", code: EINVAL)
      }
      try check("connect", call(&remote) { Glibc.connect(descriptor, $0, $1) })
      // Pieces must leave as they are sent: that is what many tests are about.
      var on: Int32 = 1
      setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
    case .unix(let path):
      var remote = sockaddr_un()
      remote.sun_family = sa_family_t(AF_UNIX)
      let bytes = Array(path.utf8)
      guard bytes.count < MemoryLayout.size(ofValue: remote.sun_path) else {
        throw ClientSocketError.failed(action: "path \(path)", code: ENAMETOOLONG)
      }
      withUnsafeMutableBytes(of: &remote.sun_path) { $0.copyBytes(from: bytes) }
      try check("connect", call(&remote) { Glibc.connect(descriptor, $0, $1) })
    }
  }

  private func call<Address>(
    _ address: inout Address, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Address>.size)) }
    }
  }

  private func check(_ action: String, _ result: Int32) throws {
    guard result >= 0 else { throw ClientSocketError.failed(action: action, code: errno) }
  }

  // MARK: Sending

  /// Sends all of the bytes; throws `closedByPeer` if the connection ends before.
  public func send(_ bytes: [UInt8], deadline: ContinuousClock.Instant) throws {
    var sent = 0
    while sent < bytes.count {
      let count = try sendSome(bytes[sent...])
      sent += count
      if count == 0 { try wait(for: POLLOUT, until: deadline) }
    }
  }

  /// Sends what the kernel takes without waiting; 0 when it is full.
  public func sendSome(_ bytes: ArraySlice<UInt8>) throws -> Int {
    let count = bytes.withUnsafeBytes {
      Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
    }
    if count >= 0 { return count }
    switch errno {
    case EAGAIN, EINTR: return 0
    case EPIPE, ECONNRESET: throw ClientSocketError.closedByPeer
    default: throw ClientSocketError.failed(action: "send", code: errno)
    }
  }

  /// Returns once the peer has read all that was sent, so that what is sent next is another read. Unix sockets only: there
  /// the kernel counts what the peer has not taken.
  public func waitUntilTaken(deadline: ContinuousClock.Instant) throws {
    var untaken: Int32 = 0
    var looks = 0
    while ioctl(descriptor, UInt(TIOCOUTQ), &untaken) == 0, untaken > 0 {
      looks += 1
      if looks % 1_024 == 0, ContinuousClock.now > deadline { throw ClientSocketError.timedOut }
      // The peer usually takes it within a few microseconds; on a busy machine it needs our core.
      if looks < 16 { sched_yield() } else { usleep(20) }
    }
  }

  // MARK: Receiving

  public enum Reception: Equatable {
    case bytes([UInt8])
    /// The peer has ended its side.
    case end
    /// The peer has cut the connection; what it had sent may be lost.
    case reset
  }

  /// What is there, waiting for at least a byte.
  public func receive(upTo count: Int = 65_536, deadline: ContinuousClock.Instant) throws -> Reception {
    while true {
      if let reception = try receiveSome(upTo: count) { return reception }
      try wait(for: POLLIN, until: deadline)
    }
  }

  /// What is there now; nil if nothing is.
  public func receiveSome(upTo count: Int = 65_536) throws -> Reception? {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let received = recv(descriptor, buffer.baseAddress, count, Int32(MSG_DONTWAIT))
      if received < 0 { failure = errno }
      filled = max(received, 0)
    }
    switch failure {
    case 0: return bytes.isEmpty ? .end : .bytes(bytes)
    case EAGAIN, EINTR: return nil
    case ECONNRESET, EPIPE: return .reset
    default: throw ClientSocketError.failed(action: "recv", code: failure)
    }
  }

  /// Whether the peer has neither sent anything that waits to be read nor ended the connection.
  public func isQuiet() throws -> Bool {
    var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return Glibc.poll(&poll, 1, 0) == 0
  }

  private func wait(for events: Int32, until deadline: ContinuousClock.Instant) throws {
    let left = ContinuousClock.now.duration(to: deadline) / .milliseconds(1)
    guard left > 0 else { throw ClientSocketError.timedOut }
    var poll = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    _ = Glibc.poll(&poll, 1, Int32(min(left, 60_000)) + 1)
  }

  // MARK: Ending

  /// Ends our side; the peer may still send.
  public func finishSending() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  public func close() {
    guard descriptor >= 0 else { return }
    Glibc.close(descriptor)
    descriptor = -1
  }

  /// Cuts the connection: the peer sees a reset instead of an orderly end (TCP).
  public func reset() {
    var option = Glibc.linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<Glibc.linger>.size))
    close()
  }
}
