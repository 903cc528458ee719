import CPlatform
import CUV
import Glibc
import Synchronization

/// The loops of a process, each on a thread of its own.
public final class EventLoopGroup: Sendable {
  public let loops: [EventLoop]
  private let turn = Atomic<Int>(0)
  private let threads: Mutex<[pthread_t]>

  /// Starts `count` loops. Fails only where the system gives no more threads or descriptors.
  public init(count: Int, name: String = "loop") throws(LoopError) {
    precondition(count > 0, "a group has at least one loop")
    // Writing to a connection that is gone must be an error, not the end of the process.
    signal(SIGPIPE, SIG_IGN)
    var loops: [EventLoop] = []
    for index in 0..<count {
      loops.append(try EventLoop(index: index, name: "\(name)-\(index)"))
    }
    self.loops = loops
    var threads: [pthread_t] = []
    for loop in loops { threads.append(try EventLoopGroup.startThread(loop)) }
    self.threads = Mutex(threads)
  }

  /// The loops in turn.
  public func next() -> EventLoop {
    let value = turn.wrappingAdd(1, ordering: .relaxed).oldValue
    return loops[Int(UInt(bitPattern: value) % UInt(loops.count))]
  }

  /// Closes every handle and ends the threads. Drain servers first: open connections are cut.
  public func shutdown() async {
    for loop in loops { loop.stop() }
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      // Joining blocks, so it has a thread of its own.
      DetachedThread.run(name: "join") {
        self.joinThreads()
        continuation.resume()
      }
    }
  }

  /// As `shutdown`, for callers that may block. Never call it on a loop.
  public func shutdownAndWait() {
    for loop in loops { loop.stop() }
    joinThreads()
  }

  private func joinThreads() {
    let threads = threads.withLock { threads in
      defer { threads = [] }
      return threads
    }
    guard !threads.isEmpty else { return }
    for thread in threads { pthread_join(thread, nil) }
    for loop in loops { loop.freeHandles() }
  }

  private static func startThread(_ loop: EventLoop) throws(LoopError) -> pthread_t {
    try DetachedThread.start(name: loop.name) { loop.runThread() }
  }
}

/// A plain thread, for what must block.
public enum DetachedThread {
  private final class Body {
    let name: String
    let run: @Sendable () -> Void
    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// Runs `body` on a new thread nobody waits for; on the calling thread if the system gives none.
  public static func run(name: String, _ body: @escaping @Sendable () -> Void) {
    do {
      pthread_detach(try start(name: name, body))
    } catch {
      body()
    }
  }

  static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(LoopError) -> pthread_t {
    let argument = Unmanaged.passRetained(Body(name: name, run: body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        let body = Unmanaged<Body>.fromOpaque(argument.unsafelyUnwrapped).takeRetainedValue()
        // The kernel keeps 15 characters of a thread's name.
        qareeb_name_thread(String(body.name.prefix(15)))
        body.run()
        return nil
      }, argument.toOpaque())
    guard code == 0 else {
      argument.release()
      throw LoopError(-code, "starting thread \(name)")
    }
    return thread
  }
}
