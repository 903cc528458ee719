// libcurl's multi handle on one event loop: libcurl says which sockets and which time it waits for, the loop tells it when.

import CCurl
import EventLoops
import Glibc

/// The transfers and kept connections of one loop. Touched only on its loop.
final class TransferEngine: @unchecked Sendable {
  // Sendable: every entry point checks that it runs on the loop; libcurl calls back from within those.

  let loop: EventLoop
  private let options: HTTPClientOptions
  private var multi: UnsafeMutableRawPointer?
  private var transfers: [UnsafeMutableRawPointer: Transfer] = [:]
  private var watched: [curl_socket_t: PollHandle] = [:]
  private var timer: LoopTimer?
  private var isClosed = false

  private static let isLibraryReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  init(loop: EventLoop, options: HTTPClientOptions) {
    self.loop = loop
    self.options = options
  }

  // No deinit: `Client` closes the engine on its loop. If the loop ended first, the process is ending, and the kernel closes the
  // idle connections.

  // MARK: Transfers

  func perform(_ transfer: Transfer) async -> Transfer.Outcome {
    // A task whose loop has ended runs elsewhere.
    guard loop.isCurrent else { return .failure(.closed) }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in start(transfer, continuation) }
    } onCancel: {
      transfer.markCancelled()
      loop.execute { self.cancel(transfer) }
    }
  }

  private func start(_ transfer: Transfer, _ continuation: CheckedContinuation<Transfer.Outcome, Never>) {
    loop.preconditionCurrent()
    guard !isClosed else { return continuation.resume(returning: .failure(.closed)) }
    guard !transfer.isCancelled else {
      return continuation.resume(returning: .failure(transfer.failure(.cancelled, "the task was cancelled")))
    }
    let me = Unmanaged.passUnretained(self).toOpaque()
    let easy = transfer.open(
      options: options,
      closeSocket: { context, socket in TransferEngine.from(context).closeSocket(socket) }, closeSocketContext: me,
      continuation: continuation)
    guard let easy, let multi = openMulti() else {
      return transfer.finish(.failure(transfer.failure(.internal, "libcurl refuses its set-up")))
    }
    transfers[easy] = transfer
    let code = curl_multi_add_handle(multi, easy)
    guard code == CURLM_OK else {
      transfers[easy] = nil
      return transfer.finish(.failure(transfer.failure(.internal, String(cString: curl_multi_strerror(code)))))
    }
  }

  private func cancel(_ transfer: Transfer) {
    // It may have ended, or not have begun: then `start` sees the mark.
    guard let easy = transfer.easy, transfers[easy] != nil else { return }
    end(easy, with: .failure(transfer.failure(.cancelled, "the task was cancelled")))
  }

  /// Takes a transfer out of libcurl, its connection too if it is in the middle of one, and answers its caller.
  private func end(_ easy: UnsafeMutableRawPointer, with outcome: Transfer.Outcome) {
    guard let transfer = transfers.removeValue(forKey: easy) else { return }
    if let multi { curl_multi_remove_handle(multi, easy) }
    transfer.finish(outcome)
  }

  /// After a shutdown of the loop there is nothing left to close.
  func closeIfOnLoop() { if loop.isCurrent { close() } }

  func close() {
    loop.preconditionCurrent()
    isClosed = true
    closeMulti { transfer in transfer.failure(.closed, "the client was shut down") }
  }

  private func closeMulti(_ reason: (Transfer) -> HTTPClientError) {
    for (easy, transfer) in transfers { end(easy, with: .failure(reason(transfer))) }
    timer?.cancel()
    timer = nil
    if let multi { curl_multi_cleanup(multi) }
    multi = nil
    for handle in watched.values { handle.close() }
    watched = [:]
  }

  // MARK: libcurl's side

  private func openMulti() -> UnsafeMutableRawPointer? {
    if let multi { return multi }
    guard TransferEngine.isLibraryReady, let made = curl_multi_init() else { return nil }
    let me = Unmanaged.passUnretained(self).toOpaque()
    let codes = [
      qareeb_curl_multi_set_socket_callback(made) { _, socket, what, context, _ in
        TransferEngine.from(context).watch(socket, what)
      },
      qareeb_curl_multi_set_pointer(made, CURLMOPT_SOCKETDATA, me),
      qareeb_curl_multi_set_timer_callback(made) { _, milliseconds, context in
        TransferEngine.from(context).setTimer(milliseconds)
      },
      qareeb_curl_multi_set_pointer(made, CURLMOPT_TIMERDATA, me),
      qareeb_curl_multi_set_long(made, CURLMOPT_MAXCONNECTS, options.idleConnections),
      qareeb_curl_multi_set_long(made, CURLMOPT_MAX_HOST_CONNECTIONS, options.connectionsToHost),
    ]
    guard codes.allSatisfy({ $0 == CURLM_OK }) else {
      curl_multi_cleanup(made)
      return nil
    }
    multi = made
    return made
  }

  private static func from(_ context: UnsafeMutableRawPointer?) -> TransferEngine {
    Unmanaged<TransferEngine>.fromOpaque(context.unsafelyUnwrapped).takeUnretainedValue()
  }

  /// libcurl asks to be told when `socket` is ready. -1 makes it give up.
  private func watch(_ socket: curl_socket_t, _ what: Int32) -> Int32 {
    if what == CURL_POLL_REMOVE {
      watched.removeValue(forKey: socket)?.close()
      return 0
    }
    var events: PollHandle.Events = []
    if what & CURL_POLL_IN != 0 { events.insert(.readable) }
    if what & CURL_POLL_OUT != 0 { events.insert(.writable) }
    if let handle = watched[socket] {
      handle.watch(events)
      return 0
    }
    do throws(LoopError) {
      let handle = try PollHandle(loop: loop, fileDescriptor: socket)
      watched[socket] = handle
      handle.start(events) { [unowned self] result in isReady(socket, result) }
      return 0
    } catch {
      return -1
    }
  }

  /// The one place where libcurl's sockets are closed: what watches one goes first, since its number may be given out again at once.
  private func closeSocket(_ socket: curl_socket_t) -> Int32 {
    watched.removeValue(forKey: socket)?.close()
    return Glibc.close(socket)
  }

  private func isReady(_ socket: curl_socket_t, _ result: Result<PollHandle.Events, LoopError>) {
    var mask: Int32 = 0
    switch result {
    case .success(let events):
      if events.contains(.readable) { mask |= CURL_CSELECT_IN }
      if events.contains(.writable) { mask |= CURL_CSELECT_OUT }
    // libuv stops watching a socket in error. libcurl finds out which by reading and writing; told of an error, it would not repeat
    // what it may repeat.
    case .failure: mask = CURL_CSELECT_IN | CURL_CSELECT_OUT
    }
    act(socket, mask)
    if case .failure = result, let handle = watched[socket] {
      let events = handle.watched
      handle.stop()
      handle.watch(events)
    }
  }

  private func setTimer(_ milliseconds: Int) -> Int32 {
    timer?.cancel()
    timer = nil
    if milliseconds == 0 {
      // At once, but not from within libcurl.
      loop.execute { self.act(CURL_SOCKET_TIMEOUT, 0) }
    } else if milliseconds > 0 {
      timer = loop.schedule(afterMilliseconds: UInt64(milliseconds)) { [unowned self] in act(CURL_SOCKET_TIMEOUT, 0) }
    }
    return 0
  }

  private func act(_ socket: curl_socket_t, _ events: Int32) {
    guard let multi else { return }
    var running: Int32 = 0
    let code = curl_multi_socket_action(multi, socket, events, &running)
    guard code == CURLM_OK else {
      // A multi handle that failed cannot be trusted again; the next request makes a new one.
      let text = String(cString: curl_multi_strerror(code))
      return closeMulti { transfer in transfer.failure(.internal, text) }
    }
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      let result = message.pointee.data.result
      guard let transfer = transfers[easy] else { continue }
      end(easy, with: transfer.outcome(result))
    }
  }
}
