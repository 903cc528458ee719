import Foundation

/// Runs work that blocks its thread (starting a server, waiting for a process) off Swift's own pool, which has a thread a core: a
/// test that blocked one would hold up every other suite. The work stays in its task, so issues are recorded for the right test.
public func offThePool<T: Sendable>(_ body: @Sendable () throws -> T) async throws -> T {
  try await withTaskExecutorPreference(BlockingExecutor.shared) { try body() }
}

/// A thread for every job that finds none at leisure, so that a job never waits for another that blocks.
///
/// Not Dispatch: on Linux it looks only once a second whether the threads it has are blocked.
///
/// `@unchecked Sendable`: `jobs` and `idleCount` are touched with `condition` locked only.
final class BlockingExecutor: TaskExecutor, @unchecked Sendable {
  static let shared = BlockingExecutor()
  private let condition = NSCondition()
  private var jobs: [UnownedJob] = []
  private var idleCount = 0

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let needsThread = condition.withLock {
      jobs.append(job)
      condition.signal()
      return jobs.count > idleCount
    }
    if needsThread { Thread.detachNewThread { [self] in work() } }
  }

  private func work() -> Never {
    while true { next().runSynchronously(on: asUnownedTaskExecutor()) }
  }

  private func next() -> UnownedJob {
    condition.withLock {
      idleCount += 1
      while jobs.isEmpty { condition.wait() }
      idleCount -= 1
      return jobs.removeFirst()
    }
  }
}
