import EventLoops

/// One suspended task that waits for something on a loop, and may be cancelled from anywhere.
final class LoopWaiter: @unchecked Sendable {
  // Sendable: everything is touched on the loop only; a cancellation goes there first.
  private let loop: EventLoop
  private var continuation: CheckedContinuation<Void, any Error>?
  private var result: Result<Void, any Error>?

  init(loop: EventLoop) {
    self.loop = loop
  }

  /// Suspends until `finish`; throws `CancellationError` as soon as the task is cancelled. Call on the loop, once.
  func wait() async throws {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        if let result { continuation.resume(with: result) } else { self.continuation = continuation }
      }
    } onCancel: {
      loop.execute { self.finish(.failure(CancellationError())) }
    }
  }

  /// The first result counts.
  func finish(_ result: Result<Void, any Error>) {
    guard self.result == nil else { return }
    self.result = result
    continuation?.resume(with: result)
    continuation = nil
  }
}
