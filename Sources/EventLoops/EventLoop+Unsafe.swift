// The boundary to libuv: handles are allocated once, carry an unretained pointer to their owner in `data`, and are freed
// in their close callback. Every callback arrives on the loop's thread.
import CPlatform
import CUV
import Glibc

/// The loop and the handles every loop has.
struct LoopHandles {
  let loop = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
  let wake = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
  let prepare = UnsafeMutablePointer<uv_prepare_t>.allocate(capacity: 1)
  let check = UnsafeMutablePointer<uv_check_t>.allocate(capacity: 1)
  /// Active while ready work is left over, so that the loop polls without blocking.
  let spin = UnsafeMutablePointer<uv_idle_t>.allocate(capacity: 1)
  let timer = UnsafeMutablePointer<uv_timer_t>.allocate(capacity: 1)
  /// Where every read of this loop lands first.
  let readBuffer = UnsafeMutableRawPointer.allocate(byteCount: LoopLimits.readBufferBytes, alignment: 64)
  var isSpinning = false
  /// When the timer is set to go off; `.max` while it is not set.
  var timerDeadline = UInt64.max
  /// Nanoseconds: when this turn began, and how long the loop had slept in its life by then.
  var turnStarted: UInt64 = 0
  var idleBefore: UInt64 = 0
}

extension LoopError {
  init(_ code: Int32, _ action: String) {
    self.code = code
    self.action = action
    name = uv_err_name(code).map { String(cString: $0) } ?? "UNKNOWN"
    message = uv_strerror(code).map { String(cString: $0) } ?? "unknown error \(code)"
  }
}

/// Turns libuv's negative codes into errors.
func check(_ code: Int32, _ action: @autoclosure () -> String) throws(LoopError) {
  if code < 0 { throw LoopError(code, action()) }
}

func handle<T>(_ pointer: UnsafeMutablePointer<T>) -> UnsafeMutablePointer<uv_handle_t> {
  UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: uv_handle_t.self)
}

/// What owns a handle besides the loop's own: closed when the loop stops.
public class HandleOwner {
  public func close() {}
}

/// The object a handle's `data` points to.
func owner<Owner: AnyObject>(_ data: UnsafeMutableRawPointer?, as type: Owner.Type) -> Owner {
  Unmanaged<Owner>.fromOpaque(data.unsafelyUnwrapped).takeUnretainedValue()
}

extension EventLoop {
  func openHandles() throws(LoopError) {
    try EventLoops.check(uv_loop_init(uv.loop), "opening a loop")
    qareeb_uv_measure_idle_time(uv.loop)
    let me = Unmanaged.passUnretained(self).toOpaque()
    uv.loop.pointee.data = me
    try EventLoops.check(uv_async_init(uv.loop, uv.wake) { _ in }, "opening a loop's wake-up")
    uv_prepare_init(uv.loop, uv.prepare)
    uv_check_init(uv.loop, uv.check)
    uv_idle_init(uv.loop, uv.spin)
    uv_timer_init(uv.loop, uv.timer)
    uv.wake.pointee.data = me
    uv.spin.pointee.data = me
    uv.prepare.pointee.data = me
    uv.check.pointee.data = me
    uv.timer.pointee.data = me
    uv_prepare_start(uv.prepare) { owner($0?.pointee.data, as: EventLoop.self).aboutToPoll() }
    uv_check_start(uv.check) {
      let loop = owner($0?.pointee.data, as: EventLoop.self)
      loop.takeWorkForNextTurn()
      loop.runReadyWork()
    }
  }

  func wake() {
    uv_async_send(uv.wake)
  }

  /// The loop's clock, read once a turn.
  public var nowMilliseconds: UInt64 {
    uv_now(uv.loop)
  }

  /// Reads the clock in the middle of a turn: after seconds of work, what is given some time from now would be late at once.
  public func readClock() {
    preconditionCurrent()
    uv_update_time(uv.loop)
  }

  func setSpinning(_ spinning: Bool) {
    guard spinning != uv.isSpinning else { return }
    uv.isSpinning = spinning
    if spinning {
      uv_idle_start(uv.spin) { _ in }
    } else {
      uv_idle_stop(uv.spin)
    }
  }

  /// Sets the one libuv timer to the wheel's next tick; cheap when it is set already.
  func armTimer() {
    guard let wake = timers.nextWake else {
      if uv.timerDeadline != .max {
        uv.timerDeadline = .max
        uv_timer_stop(uv.timer)
      }
      return
    }
    guard wake < uv.timerDeadline else { return }
    uv.timerDeadline = wake
    let now = nowMilliseconds
    uv_timer_start(
      uv.timer, { owner($0?.pointee.data, as: EventLoop.self).timerWentOff() }, wake > now ? wake - now : 0, 0)
  }

  private func timerWentOff() {
    uv.timerDeadline = .max
    timers.advance(to: nowMilliseconds)
    armTimer()
  }

  // MARK: The thread

  /// Runs until `stop`; the calling thread becomes the loop's.
  func runThread() {
    qareeb_set_current_loop(Unmanaged.passUnretained(self).toOpaque())
    statistics.threadID = qareeb_thread_id()
    uv.turnStarted = uv_hrtime()
    uv_run(uv.loop, UV_RUN_DEFAULT)
    // Every handle is closed by now; a task that still waits is moved to the global pool.
    end()
    qareeb_set_current_loop(nil)
  }

  /// Closes every handle of the loop, so that `runThread` returns.
  func stop() {
    execute {
      self.runReadyWork()
      uv_walk(self.uv.loop, { handle, _ in EventLoop.close(handle) }, nil)
    }
  }

  private static func close(_ handle: UnsafeMutablePointer<uv_handle_t>?) {
    guard let handle, uv_is_closing(handle) == 0 else { return }
    let data = handle.pointee.data
    if data == handle.pointee.loop.pointee.data {
      uv_close(handle, nil)
    } else {
      owner(data, as: HandleOwner.self).close()
    }
  }

  /// Frees what `openHandles` took; only after the thread has ended.
  func freeHandles() {
    uv_loop_close(uv.loop)
    uv.wake.deallocate()
    uv.prepare.deallocate()
    uv.check.deallocate()
    uv.spin.deallocate()
    uv.timer.deallocate()
    uv.loop.deallocate()
    uv.readBuffer.deallocate()
  }

  private func aboutToPoll() {
    runReadyWork()
    if hasWorkForNextTurn { setSpinning(true) }
    let now = uv_hrtime()
    let idle = uv_metrics_idle_time(uv.loop)
    statistics.turnEnded(busyNanoseconds: (now &- uv.turnStarted) &- (idle &- uv.idleBefore))
    uv.turnStarted = now
    uv.idleBefore = idle
  }
}
