import Dispatch

/// Runs work that blocks its thread (starting a server, waiting for a process) off Swift's own pool, which has a thread a core: a
/// test that blocked one would hold up every other suite. The work stays in its task, so issues are recorded for the right test.
public func offThePool<T: Sendable>(_ body: @Sendable () throws -> T) async throws -> T {
  try await withTaskExecutorPreference(BlockingExecutor.shared) { try body() }
}

private final class BlockingExecutor: TaskExecutor {
  static let shared = BlockingExecutor()
  private let queue = DispatchQueue(label: "blocking tests", attributes: .concurrent)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
  }
}
