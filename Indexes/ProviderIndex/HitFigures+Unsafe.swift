/// What is known of a hit beside its id. An answer that is written at once reads these, and the id's bytes where they lie: then reading
/// allocates as little as searching.
public struct HitFigures: Hashable, Sendable {
  /// What the hits are ordered by: the score, or what the query sorts by.
  public let key: Double
  public let score: Double
  public let distanceMetres: Double
  /// Into the `segments` of the snapshot that was searched, and the provider's number there.
  public let segment: Int
  public let number: Int

  init(_ hit: RankedHit) {
    key = hit.key
    score = hit.score
    distanceMetres = hit.distanceMetres
    segment = Int(hit.segment)
    number = Int(hit.number)
  }
}

extension Searcher {
  /// The figures of hit `rank` of the last search, best first.
  public func figures(ofHit rank: Int) -> HitFigures { HitFigures(rankedHit(rank)) }

  /// The bytes of the id of hit `rank`, valid within `body`.
  public func withID<Result>(ofHit rank: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    let hit = rankedHit(rank)
    return try withExtendedLifetime(self) { try body(UnsafeBufferPointer(start: hit.id, count: Int(hit.idCount))) }
  }
}
