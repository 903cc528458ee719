import EventLoops
import HTTPServer
import ProviderIndex
import Synchronization
import WebAPI

/// What a stream tells: where the index is now.
struct IndexMove: FieldAnswer {
  let position: FeedPosition
  let providers: Int

  static let schemaName = "IndexMove"
  static let fields: [Field<IndexMove>] = [
    Field("position", "How far the index has followed the database's log.", schema: .text, exampleJSON: "\"16/B374D848\"") {
      $0.position.writeJSON(to: &$1)
    },
    Field("providers", "How many can be found.", example: 2_400) { $0.providers },
  ]
}

extension ProviderDiscovery {
  func streamRoute(_ tags: [String]) -> Route {
    Route.get(
      "/api/v1/stream/index", "Tells when the index has moved", permission: .public, rate: .search, tags: tags,
      errors: [.unavailable]
    )
    .about(
      """
      An event `index` when a stream opens and whenever the index has moved since, at most four a second: then ask again what is on the \
      screen, with `If-None-Match`. Each says where the index is, so one that comes back has missed nothing. 503 when too many listen.
      """
    )
    .events(IndexMove.self) { (call: Call) in
      try self.listeners.takeSeat(on: call.request.loop)
    } then: { seat, stream in
      defer { withExtendedLifetime(seat) {} }
      try await self.tellMoves(stream, on: seat.loop)
    }
  }

  /// Until the listener goes. One look in a quarter of a second is one atomic load, and costs whoever keeps the index nothing.
  private func tellMoves(_ stream: EventStream, on loop: EventLoop) async throws {
    var told: EditionMark?
    while true {
      if let (mark, move) = latestMove(on: loop), mark != told {
        told = mark
        try await stream.send(move, event: "index", id: move.position.description)
      }
      try await loop.sleep(milliseconds: DiscoveryLimits.streamIntervalMilliseconds)
    }
  }

  private func latestMove(on loop: EventLoop) -> (EditionMark, IndexMove)? {
    desk(of: loop).latest().map { (EditionMark($0), IndexMove(position: $0.position, providers: $0.index.count)) }
  }
}

/// Counts who listens.
final class StreamListeners: Sendable {
  /// A listener's place; free again when it is let go.
  final class Seat: Sendable {
    let loop: EventLoop
    private let listeners: StreamListeners

    fileprivate init(_ listeners: StreamListeners, _ loop: EventLoop) {
      self.listeners = listeners
      self.loop = loop
    }

    deinit { listeners.taken.subtract(1, ordering: .relaxed) }
  }

  private let taken = Atomic<Int>(0)
  private let limit: Int

  init(atMost limit: Int) { self.limit = limit }

  func takeSeat(on loop: EventLoop) throws(APIError) -> Seat {
    // The seat gives its place back, also where there was none.
    let (seat, count) = (Seat(self, loop), taken.add(1, ordering: .relaxed).newValue)
    guard count <= limit else {
      throw APIError(
        .unavailable,
        reason: Localized(
          en: "Too many listen already; ask every few seconds instead.",
          ar: "عدد المستمعين بلغ الحد؛ اسأل كل بضع ثوانٍ بدلًا من ذلك."),
        retryAfterSeconds: 10)
    }
    return seat
  }

  var count: Int { taken.load(ordering: .relaxed) }
}
