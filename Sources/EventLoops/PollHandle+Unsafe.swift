import CUV

/// Watches a descriptor that another library owns (libpq's socket, libcurl's). Touched only on its loop.
public final class PollHandle: HandleOwner {
  public struct Events: OptionSet, Sendable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
    public static let readable = Events(rawValue: Int32(UV_READABLE.rawValue))
    public static let writable = Events(rawValue: Int32(UV_WRITABLE.rawValue))
  }

  private let loop: EventLoop
  private var poll: UnsafeMutablePointer<uv_poll_t>?
  private var onReady: ((Result<Events, LoopError>) -> Void)?
  public private(set) var watched: Events = []

  public init(loop: EventLoop, fileDescriptor: Int32) throws(LoopError) {
    loop.preconditionCurrent()
    self.loop = loop
    let poll = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
    let code = uv_poll_init(loop.uv.loop, poll, fileDescriptor)
    guard code >= 0 else {
      poll.deallocate()
      throw LoopError(code, "watching descriptor \(fileDescriptor)")
    }
    self.poll = poll
    super.init()
    // Released in the close callback: libuv's handle keeps its owner alive until then.
    poll.pointee.data = Unmanaged.passRetained(self).toOpaque()
  }

  /// Calls `onReady` whenever one of `events` holds, until `stop`; called again it changes what is watched.
  public func start(_ events: Events, _ onReady: @escaping (Result<Events, LoopError>) -> Void) {
    self.onReady = onReady
    watch(events)
  }

  /// Changes the events, keeps the callback. Free when nothing changes.
  public func watch(_ events: Events) {
    guard let poll, events != watched else { return }
    watched = events
    guard !events.isEmpty else {
      uv_poll_stop(poll)
      return
    }
    let code = uv_poll_start(poll, events.rawValue) { poll, status, events in
      let me = owner(poll?.pointee.data, as: PollHandle.self)
      me.onReady?(status < 0 ? .failure(LoopError(status, "watching a descriptor")) : .success(Events(rawValue: events)))
    }
    if code < 0 { onReady?(.failure(LoopError(code, "watching a descriptor"))) }
  }

  public func stop() {
    watch([])
  }

  /// Must come before the descriptor is closed. Nothing is called back afterwards.
  public override func close() {
    guard let poll else { return }
    self.poll = nil
    onReady = nil
    watched = []
    uv_close(handle(poll)) { handle in
      let data = handle.unsafelyUnwrapped.pointee.data.unsafelyUnwrapped
      UnsafeMutableRawPointer(handle.unsafelyUnwrapped).assumingMemoryBound(to: uv_poll_t.self).deallocate()
      Unmanaged<PollHandle>.fromOpaque(data).release()
    }
  }
}

/// Calls back on a loop when the process gets a signal.
public final class SignalWatcher: HandleOwner, @unchecked Sendable {
  // Sendable: its state is touched on its loop only; `watch` and `cancel` go there themselves.
  private let loop: EventLoop
  private let onSignal: @Sendable () -> Void
  private var handlePointer: UnsafeMutablePointer<uv_signal_t>?

  private init(loop: EventLoop, onSignal: @escaping @Sendable () -> Void) {
    self.loop = loop
    self.onSignal = onSignal
  }

  public static func watch(_ signal: Int32, on loop: EventLoop, _ onSignal: @escaping @Sendable () -> Void) -> SignalWatcher {
    let watcher = SignalWatcher(loop: loop, onSignal: onSignal)
    loop.execute { watcher.open(signal) }
    return watcher
  }

  private func open(_ signal: Int32) {
    let pointer = UnsafeMutablePointer<uv_signal_t>.allocate(capacity: 1)
    guard uv_signal_init(loop.uv.loop, pointer) >= 0 else { return pointer.deallocate() }
    pointer.pointee.data = Unmanaged.passRetained(self).toOpaque()
    handlePointer = pointer
    uv_signal_start(pointer, { pointer, _ in owner(pointer?.pointee.data, as: SignalWatcher.self).onSignal() }, signal)
  }

  public func cancel() {
    loop.execute { self.close() }
  }

  public override func close() {
    guard let pointer = handlePointer else { return }
    handlePointer = nil
    uv_close(handle(pointer)) { handle in
      let data = handle.unsafelyUnwrapped.pointee.data.unsafelyUnwrapped
      UnsafeMutableRawPointer(handle.unsafelyUnwrapped).assumingMemoryBound(to: uv_signal_t.self).deallocate()
      Unmanaged<SignalWatcher>.fromOpaque(data).release()
    }
  }
}
