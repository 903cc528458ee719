import BenchKit
import EventLoops
import Foundation
import MarketWorkload
import Synchronization

/// Asks for each commit until a search answers that has seen it, and notes how long after the commit that was.
///
/// Enough connections that none waits for another; and if it does, the wait counts, for the clock runs from the commit.
final class VisibilityProbe: Sendable {
  struct Commit: Sendable {
    let position: String
    let at: ContinuousClock.Instant
    let rating: RowChanges.Rating
  }

  struct Result: Codable, Sendable {
    /// From the return of COMMIT to the whole answer.
    let milliseconds: Latencies
    /// Answers other than 200.
    let refused: Int
    /// Answers that claimed the position without what was committed.
    let wrong: Int
  }

  private struct State {
    var waiting: [Commit] = []
    var milliseconds: [Double] = []
    var refused = 0
    var wrong = 0
  }

  private static let connections = 16
  private let state = Mutex(State())
  private let added = DispatchSemaphore(value: 0)
  private let ended = DispatchSemaphore(value: 0)
  private let market: LiveMarket

  init(port: Int, market: LiveMarket) {
    self.market = market
    for _ in 0..<VisibilityProbe.connections {
      DetachedThread.run(name: "probe") { [self] in
        let connection = KeepAliveConnection(port: port, timeoutSeconds: 90)
        while let commit = next() { ask(for: commit, connection) }
        ended.signal()
      }
    }
  }

  func add(_ commit: Commit) {
    state.withLock { $0.waiting.append(commit) }
    added.signal()
  }

  /// Once all that were added have been answered.
  func finish() throws -> Result {
    for _ in 0..<VisibilityProbe.connections { added.signal() }
    for _ in 0..<VisibilityProbe.connections { ended.wait() }
    return try state.withLock { state in
      guard !state.milliseconds.isEmpty else { throw BenchError("no commit was found: \(state.refused) refused") }
      return Result(milliseconds: Latencies(state.milliseconds), refused: state.refused, wrong: state.wrong)
    }
  }

  /// Nil when there is nothing more to come.
  private func next() -> Commit? {
    added.wait()
    return state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
  }

  private func ask(for commit: Commit, _ connection: KeepAliveConnection) {
    let place = market.market.provider(at: commit.rating.provider)
    let target =
      "/api/v1/search/providers?lat=\(place.latitude)&lon=\(place.longitude)&radius_m=1000&limit=1&provider_ids="
      + "\(LiveMarket.providerID(commit.rating.provider))&min_position=\(commit.position)"
    let reply = connection.get(target)
    let milliseconds = commit.at.seconds * 1_000
    let shown = reply.flatMap { $0.status == 200 ? VisibilityProbe.ratingCount(in: $0.body) : nil }
    state.withLock { state in
      guard reply?.status == 200 else { return state.refused += 1 }
      state.milliseconds.append(milliseconds)
      // A later change of the same provider may have been seen with it.
      if (shown ?? 0) < commit.rating.count { state.wrong += 1 }
    }
  }

  private static func ratingCount(in body: [UInt8]) -> Int? {
    guard let name = body.firstRange(of: Array("\"rating_count\":".utf8)) else { return nil }
    return Int(String(decoding: body[name.upperBound...].prefix { (0x30...0x39).contains($0) }, as: UTF8.self))
  }
}
