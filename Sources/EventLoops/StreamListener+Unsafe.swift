import CUV
import Glibc

/// Where a server listens.
public enum ListenAddress: Sendable, Hashable, CustomStringConvertible {
  /// Port 0 lets the system choose.
  case tcp(host: String, port: Int)
  case unix(path: String)

  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }
}

/// Accepts connections on one loop. Every loop of a group has its own on the same address.
public final class StreamListener: HandleOwner {
  private let loop: EventLoop
  private let isPipe: Bool
  private let onAccept: (ByteStream) -> Void
  private var stream: UnsafeMutablePointer<uv_stream_t>?

  /// Takes over a socket made by `ListeningSocket`. Call on the loop.
  public init(loop: EventLoop, socket: ListeningSocket, onAccept: @escaping (ByteStream) -> Void) throws(LoopError) {
    loop.preconditionCurrent()
    self.loop = loop
    self.onAccept = onAccept
    isPipe = socket.isPipe
    super.init()
    try open(socket.fileDescriptor)
  }

  private func open(_ descriptor: Int32) throws(LoopError) {
    let size = isPipe ? MemoryLayout<uv_pipe_t>.size : MemoryLayout<uv_tcp_t>.size
    let raw = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    let stream = raw.assumingMemoryBound(to: uv_stream_t.self)
    let opened: Int32
    if isPipe {
      uv_pipe_init(loop.uv.loop, raw.assumingMemoryBound(to: uv_pipe_t.self), 0)
      opened = uv_pipe_open(raw.assumingMemoryBound(to: uv_pipe_t.self), descriptor)
    } else {
      uv_tcp_init(loop.uv.loop, raw.assumingMemoryBound(to: uv_tcp_t.self))
      opened = uv_tcp_open(raw.assumingMemoryBound(to: uv_tcp_t.self), descriptor)
    }
    self.stream = stream
    stream.pointee.data = Unmanaged.passRetained(self).toOpaque()
    if opened < 0 { Glibc.close(descriptor) }
    let listening =
      opened < 0
      ? opened
      : uv_listen(stream, LoopLimits.listenBacklog) { stream, status in
        owner(stream?.pointee.data, as: StreamListener.self).didConnect(status)
      }
    guard listening >= 0 else {
      close()
      throw LoopError(listening, "listening")
    }
  }

  private func didConnect(_ status: Int32) {
    guard status >= 0, let stream else { return }
    // A connection that has gone by now, or one too many for the descriptor table, is not an error of the listener's.
    guard let accepted = try? ByteStream(loop: loop, acceptingFrom: stream, isPipe: isPipe) else { return }
    onAccept(accepted)
  }

  /// Accepts no more; connections already accepted live on.
  public override func close() {
    guard let stream else { return }
    self.stream = nil
    uv_close(handle(stream)) { handle in
      let pointer = handle.unsafelyUnwrapped
      let me = Unmanaged<StreamListener>.fromOpaque(pointer.pointee.data.unsafelyUnwrapped)
      UnsafeMutableRawPointer(pointer).deallocate()
      me.release()
    }
  }
}
