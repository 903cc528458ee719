public import Bytes
import JSON
public import ProviderIndex
import Ranking

/// How many of the matches have which value, for each thing counted, in the order they are to be written.
public struct FacetCounts: Hashable, Sendable {
  public struct Facet: Hashable, Sendable {
    public let name: String
    public let counts: [Count]

    public init(name: String, counts: [Count]) {
      self.name = name
      self.counts = counts
    }
  }

  public struct Count: Hashable, Sendable {
    public let value: String
    public let count: Int

    public init(value: String, count: Int) {
      self.value = value
      self.count = count
    }
  }

  public let facets: [Facet]

  public init(_ facets: [Facet]) { self.facets = facets }
}

/// Writes results, one a line:
///
///     {"id":"…","hits":[{"id":"…","score":0.8123,"distance_m":812.4}],"total":1234,"level":"exact","facets":{"category":{"salon":7}},
///      "took_us":9.1,"cursor":"…"}
///
/// Scores and distances are written to the last digit. `level` is there when words were asked for: how exactly they were found (see
/// `MatchingRules`). `facets` is there when some were counted, `cursor` when a page is full.
public enum ResultLine {
  /// - Parameter searcher: what it found last.
  public static func write(
    to buffer: inout ByteBuffer, id: String?, _ searcher: Searcher, facets: FacetCounts?, tookNanoseconds: UInt64,
    cursor: ProviderQuery.Cursor?
  ) {
    buffer.beginObject()
    buffer.member("id", id)
    buffer.beginArray("hits")
    for rank in 0..<searcher.count {
      let hit = searcher.hit(rank)
      buffer.beginObject()
      buffer.member("id", hit.id)
      buffer.member("score", hit.score)
      buffer.member("distance_m", hit.distanceMetres)
      buffer.endObject()
    }
    buffer.endArray()
    buffer.member("total", searcher.total)
    if let level = searcher.level { buffer.member("level", level.description) }
    if let facets { write(facets, to: &buffer) }
    buffer.member("took_us", fixed: Int(clamping: tookNanoseconds), places: 3)
    if let cursor { buffer.member("cursor", cursor.text) }
    buffer.endObject()
    buffer.append(byte: UInt8(ascii: "\n"))
  }

  private static func write(_ facets: FacetCounts, to buffer: inout ByteBuffer) {
    buffer.beginObject("facets")
    for facet in facets.facets {
      buffer.key(escaped: facet.name)
      buffer.append(byte: UInt8(ascii: "{"))
      for count in facet.counts {
        buffer.key(escaped: count.value)
        buffer.append(decimal: count.count)
      }
      buffer.endObject()
    }
    buffer.endObject()
  }
}
