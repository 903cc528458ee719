public import Bytes
import CUV

/// What a stream tells its owner; always on the stream's loop.
public protocol ByteStreamHandler: AnyObject {
  /// The bytes are the loop's shared buffer: use or copy them before returning.
  func streamDidRead(_ bytes: UnsafeRawBufferPointer)
  /// The peer will send no more; it may still read.
  func streamDidEnd()
  /// Everything written has gone to the kernel, after some of it had to wait.
  func streamDidDrain()
  /// The connection is gone. Comes once, also after `close`; nothing comes later.
  func streamDidClose(_ error: LoopError?)
}

/// A TCP or Unix-socket connection. Touched only on its loop.
public final class ByteStream: HandleOwner {
  public let loop: EventLoop
  /// Set by whoever takes the stream over; let go when it closes.
  public var handler: (any ByteStreamHandler)?

  private var stream: UnsafeMutablePointer<uv_stream_t>?
  private let isPipe: Bool
  private var isReading = false
  private var closeError: LoopError?

  /// What the kernel would not take yet: one buffer is being written, the other gathers what comes meanwhile.
  private var inFlight = ByteBuffer()
  private var waiting = ByteBuffer()
  private var isWriting = false
  private var writtenBytes = 0
  private var wantsShutdown = false
  private var writeRequest: UnsafeMutablePointer<uv_write_t>?

  /// Accepts the next connection of a listener.
  init(loop: EventLoop, acceptingFrom listener: UnsafeMutablePointer<uv_stream_t>, isPipe: Bool) throws(LoopError) {
    self.loop = loop
    self.isPipe = isPipe
    let stream = ByteStream.allocate(isPipe: isPipe)
    super.init()
    self.stream = stream
    stream.pointee.data = Unmanaged.passRetained(self).toOpaque()
    if isPipe {
      uv_pipe_init(loop.uv.loop, ByteStream.pipe(stream), 0)
    } else {
      uv_tcp_init(loop.uv.loop, ByteStream.tcp(stream))
    }
    let code = uv_accept(listener, stream)
    guard code >= 0 else {
      close()
      throw LoopError(code, "accepting a connection")
    }
    // An answer is written whole, so waiting to fill a packet only delays it.
    if !isPipe { uv_tcp_nodelay(ByteStream.tcp(stream), 1) }
  }

  private static func allocate(isPipe: Bool) -> UnsafeMutablePointer<uv_stream_t> {
    let size = isPipe ? MemoryLayout<uv_pipe_t>.size : MemoryLayout<uv_tcp_t>.size
    return UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16).assumingMemoryBound(to: uv_stream_t.self)
  }

  private static func tcp(_ stream: UnsafeMutablePointer<uv_stream_t>) -> UnsafeMutablePointer<uv_tcp_t> {
    UnsafeMutableRawPointer(stream).assumingMemoryBound(to: uv_tcp_t.self)
  }

  private static func pipe(_ stream: UnsafeMutablePointer<uv_stream_t>) -> UnsafeMutablePointer<uv_pipe_t> {
    UnsafeMutableRawPointer(stream).assumingMemoryBound(to: uv_pipe_t.self)
  }

  public var isOpen: Bool { stream != nil }

  /// The peer's address without its port; `unix` for a Unix socket.
  public func peerAddress() -> String {
    guard !isPipe, let stream else { return "unix" }
    return SocketAddress.peer(of: ByteStream.tcp(stream))
  }

  // MARK: Reading

  public func startReading() {
    guard let stream, !isReading else { return }
    isReading = true
    let code = uv_read_start(
      stream,
      { handle, _, buffer in
        let loop = owner(handle?.pointee.data, as: ByteStream.self).loop
        buffer?.pointee = uv_buf_init(
          loop.uv.readBuffer.assumingMemoryBound(to: CChar.self), UInt32(LoopLimits.readBufferBytes))
      },
      { stream, count, buffer in
        let me = owner(stream?.pointee.data, as: ByteStream.self)
        if count > 0 {
          me.handler?.streamDidRead(UnsafeRawBufferPointer(start: buffer?.pointee.base, count: count))
        } else if count == Int(UV_EOF.rawValue) {
          me.stopReading()
          me.handler?.streamDidEnd()
        } else if count < 0 {
          me.close(LoopError(Int32(count), "reading"))
        }
      })
    if code < 0 { close(LoopError(code, "starting to read")) }
  }

  /// Leaves what the peer sends in the kernel, so that the peer feels it.
  public func stopReading() {
    guard let stream, isReading else { return }
    isReading = false
    uv_read_stop(stream)
  }

  // MARK: Writing

  /// Bytes that still wait for the kernel to take them.
  public var unsentBytes: Int {
    guard isWriting, let stream else { return 0 }
    return uv_stream_get_write_queue_size(stream) + waiting.count
  }

  /// Bytes that the kernel has taken so far: grows as long as the peer reads.
  public var takenBytes: Int { writtenBytes - unsentBytes }

  /// Hands the bytes to the kernel; what it does not take at once is kept and follows by itself.
  public func write(_ bytes: UnsafeRawBufferPointer) {
    guard let stream, bytes.count > 0 else { return }
    writtenBytes += bytes.count
    guard !isWriting else { return waiting.append(contentsOf: bytes) }
    var sent = 0
    // A short count means a full socket buffer: trying again at once would only fail.
    let result = withBuffer(bytes) { uv_try_write(stream, $0, 1) }
    if result >= 0 {
      sent = Int(result)
    } else if result != UV_EAGAIN.rawValue {
      return close(LoopError(result, "writing"))
    }
    guard sent < bytes.count else { return }
    inFlight.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[sent...]))
    writeInFlight()
  }

  public func write(_ buffer: borrowing ByteBuffer) {
    buffer.withUnsafeBytes { write($0) }
  }

  private func withBuffer<R>(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafePointer<uv_buf_t>) -> R) -> R {
    let base = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
    var buffer = uv_buf_init(base, UInt32(clamping: bytes.count))
    return body(&buffer)
  }

  private func writeInFlight() {
    guard let stream else { return }
    isWriting = true
    let request = writeRequest ?? .allocate(capacity: 1)
    writeRequest = request
    request.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    let code = inFlight.withUnsafeBytes { bytes in
      withBuffer(bytes) { buffer in
        uv_write(request, stream, buffer, 1) { request, status in
          owner(request?.pointee.data, as: ByteStream.self).didWrite(status)
        }
      }
    }
    if code < 0 { close(LoopError(code, "writing")) }
  }

  private func didWrite(_ status: Int32) {
    isWriting = false
    inFlight.removeAll(keepingAtMost: LoopLimits.readBufferBytes)
    guard stream != nil else { return }
    if status < 0 { return close(LoopError(status, "writing")) }
    if !waiting.isEmpty {
      swap(&inFlight, &waiting)
      return writeInFlight()
    }
    if wantsShutdown { sendShutdown() }
    handler?.streamDidDrain()
  }

  /// Says that nothing more will be written, once what was written has gone out; reading goes on.
  public func shutdownWriting() {
    guard stream != nil, !wantsShutdown else { return }
    wantsShutdown = true
    if !isWriting { sendShutdown() }
  }

  private func sendShutdown() {
    guard let stream else { return }
    let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
    // A peer that is gone already makes this fail; the read side reports it.
    let code = uv_shutdown(request, stream) { request, _ in request?.deallocate() }
    if code < 0 { request.deallocate() }
  }

  // MARK: Closing

  public override func close() {
    close(nil)
  }

  /// Closes so that the peer sees an error and not an end. A Unix socket has no such thing and is closed.
  public func reset() {
    close(nil, resets: true)
  }

  private func close(_ error: LoopError?, resets: Bool = false) {
    guard let stream else { return }
    self.stream = nil
    isReading = false
    closeError = error
    let didClose: uv_close_cb = { handle in
      let pointer = handle.unsafelyUnwrapped
      let me = Unmanaged<ByteStream>.fromOpaque(pointer.pointee.data.unsafelyUnwrapped)
      UnsafeMutableRawPointer(pointer).deallocate()
      me.takeUnretainedValue().didClose()
      me.release()
    }
    // libuv refuses a reset behind a shutdown: then the end is out already.
    if resets, !isPipe, uv_tcp_close_reset(ByteStream.tcp(stream), didClose) == 0 { return }
    uv_close(handle(stream), didClose)
  }

  private func didClose() {
    writeRequest?.deallocate()
    writeRequest = nil
    let handler = handler
    self.handler = nil
    handler?.streamDidClose(closeError)
  }
}
