import Dispatch
import EventLoops
import Foundation
import Synchronization

/// What is going on, for whoever waits.
func note(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

extension ContinuousClock.Instant {
  /// Since then.
  var seconds: Double { duration(to: .now).inSeconds }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// Runs `body` on a loop and waits for it here, on a thread that is no loop's.
func waitFor<Value: Sendable>(_ loop: EventLoop, _ body: @escaping @Sendable () async throws -> Value) throws -> Value {
  try Waiting(loop, body).wait()
}

/// Work on a loop that another thread waits for.
final class Waiting<Value: Sendable>: Sendable {
  private let result = Mutex<Result<Value, any Error>?>(nil)
  private let isThere = DispatchSemaphore(value: 0)

  /// Starts at once.
  init(_ loop: EventLoop, _ body: @escaping @Sendable () async throws -> Value) {
    loop.startTask { [self] in
      do {
        set(.success(try await body()))
      } catch {
        set(.failure(error))
      }
    }
  }

  private func set(_ found: Result<Value, any Error>) {
    result.withLock { $0 = found }
    isThere.signal()
  }

  /// Once, and not on a loop.
  func wait() throws -> Value {
    isThere.wait()
    guard let found = result.withLock({ $0 }) else { preconditionFailure("it is set before it is told of") }
    return try found.get()
  }
}
