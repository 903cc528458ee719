import Bytes
import EventLoops
import Geometry
import ProviderIndex
import Synchronization
import TextIndex
import WebAPI

/// What one loop searches with: its searcher, its view of the newest edition, and memory that is kept from one request to the next.
final class SearchDesk {
  private let loop: EventLoop
  private var reader: EditionReader
  var documents = DocumentTable()
  let searcher = Searcher()
  /// For what is asked beside a search: names, relaxed searches, explanations. The hits of the search itself stay.
  let second = Searcher()
  var query: ProviderQuery
  /// Of the hits of a search that is being written.
  private var identifiers: [Identifier?] = []
  private var shown: [Document?] = []
  /// Bytes that a cursor stands for.
  var signed = ByteBuffer(capacity: 512)

  init(_ loop: EventLoop, _ board: EditionBoard, anywhere: GeoCircle) {
    self.loop = loop
    reader = EditionReader(board)
    query = ProviderQuery(circle: anywhere)
  }

  /// The newest edition; nil until there is one.
  func latest() -> Edition? {
    guard let newer = reader.takeNewer() else { return reader.latest }
    documents.take(newer)
    return newer
  }

  /// What is shown of a hit of the last search; nil where the index has a provider of which nothing is known.
  func document(ofHit rank: Int, in edition: Edition) -> Document? {
    searcher.identifier(ofHit: rank).flatMap { documents.document(of: $0, in: edition) }
  }

  /// What is shown of each hit of the last search, best first; nil where the index has a provider of which nothing is known.
  func forEachDocument(in edition: Edition, _ body: (_ rank: Int, Document?) throws -> Void) rethrows {
    identifiers.removeAll(keepingCapacity: true)
    for rank in 0..<searcher.count { identifiers.append(searcher.identifier(ofHit: rank)) }
    documents.collect(identifiers, in: edition, into: &shown)
    defer { shown.removeAll(keepingCapacity: true) }
    for (rank, document) in shown.enumerated() { try body(rank, document) }
  }

  func isOf(_ other: EventLoop) -> Bool { loop === other }
}

/// The desk of each loop, made when the loop first searches.
// @unchecked Sendable: the desk at an index is touched only on the one loop of that index, which `desk` checks.
final class SearchDesks: @unchecked Sendable {
  private var desks: [SearchDesk?]
  private let board: EditionBoard
  private let anywhere: GeoCircle

  init(_ board: EditionBoard, anywhere: GeoCircle) {
    self.board = board
    self.anywhere = anywhere
    desks = Array(repeating: nil, count: DiscoveryLimits.loops)
  }

  func desk(of loop: EventLoop) -> SearchDesk {
    loop.preconditionCurrent()
    precondition(loop.index < desks.count, "at most \(desks.count) loops search")
    if let desk = desks[loop.index] {
      precondition(desk.isOf(loop), "one Discovery serves the loops of one group")
      return desk
    }
    let desk = SearchDesk(loop, board, anywhere: anywhere)
    desks[loop.index] = desk
    return desk
  }
}
