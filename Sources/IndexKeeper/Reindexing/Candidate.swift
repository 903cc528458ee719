import ChangeFeed
import EventLoops
import PostgresClient
import Telemetry

/// A published index that is brought forward, unseen, beside the one that is shown. Touched on the keeper's loop only.
final class Candidate: @unchecked Sendable {
  // Sendable: its one task runs on the loop that it is touched on.
  let follower: IndexFollower
  private let loop: EventLoop
  private let reader: FeedReader
  private var reading: Task<Void, Never>?
  private var failure: (any Error)?

  init(_ follower: IndexFollower, _ reader: FeedReader, on loop: EventLoop) {
    (self.follower, self.reader, self.loop) = (follower, reader, loop)
  }

  func start() {
    reading = Task(executorPreference: loop) { [self] in
      do {
        try await reader.run(from: follower.position, [follower])
      } catch {
        failure = error
      }
    }
  }

  /// Returns once it is as far as `position` says at that moment; throws why it will never be.
  func reach(_ position: () -> UInt64) async throws {
    while follower.position < position() {
      if let failure { throw failure }
      try await loop.sleep(milliseconds: IndexKeeperLimits.catchUpLookMilliseconds)
    }
    if let failure { throw failure }
  }

  func stop() async {
    reading?.cancel()
    await reading?.value
  }
}

/// Why a published index is not taken up.
enum CandidateRefusal: Error, CustomStringConvertible {
  case slot(name: String, reason: String)

  var description: String {
    switch self {
    case .slot(let name, let reason): "its slot \(name) cannot be followed: \(reason)"
    }
  }
}
