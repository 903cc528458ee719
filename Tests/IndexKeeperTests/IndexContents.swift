import Columns
import Geometry
import Ranking
import SpatialIndex
import TextIndex

@testable import ProviderIndex

/// Everything that an index holds, a line a provider, so that two can be compared and differences read.
struct IndexContents: Equatable {
  private(set) var lines: [String: String] = [:]

  init(_ snapshot: IndexSnapshot) {
    for part in snapshot.parts {
      part.segment._checkInvariants()
      for number in 0..<part.segment.count where !part.isRemoved(number) {
        let segment = part.segment
        let facts = segment.facts(number)
        let place = segment.places[number]
        let services = Int(segment.serviceStarts[number])..<Int(segment.serviceStarts[number + 1])
        let areas = segment.areas.all.filter { Int($0.owner) == number }
          .map { "\($0.circle.centre.latitude) \($0.circle.centre.longitude) \($0.circle.radiusMetres)" }.sorted()
        let flags = segment.features.byte(.flags, number)
        let id = segment.id(number)
        precondition(lines[id] == nil, "\(id) is there twice")
        lines[id] = """
          \(segment.category(number)) \(place.x) \(place.y) \(facts.rating) \(facts.ratingCount) \(facts.verified) \(facts.tier) \
          \(facts.popularity) \(facts.newness) \(facts.availability) \(flags) \(segment.prices[services].map { $0 }) \
          \(segment.durations[services].map { $0 }) \(areas)
          """
      }
    }
    precondition(lines.count == snapshot.count)
  }

  var hash: UInt64 { lines.sorted { $0.key < $1.key }.reduce(0xcbf2_9ce4_8422_2325) { fold($0, $1.key + $1.value) } }

  /// What differs, a few lines of it.
  func difference(_ other: IndexContents) -> String {
    let ids = Set(lines.keys).union(other.lines.keys).sorted().filter { lines[$0] != other.lines[$0] }
    return ids.prefix(5).map { "\($0): \(lines[$0] ?? "missing") | \(other.lines[$0] ?? "missing")" }.joined(separator: "\n")
  }
}

func fold(_ hash: UInt64, _ text: String) -> UInt64 { text.utf8.reduce(hash) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } }

/// Ids of everybody found by `words`, sorted: what the text index knows, whatever the order of its documents.
func found(_ words: String, in snapshot: IndexSnapshot) throws -> [String] {
  let centre = try GeoPoint(latitude: 31.95, longitude: 35.92)
  var query = ProviderQuery(circle: try GeoCircle(centre: centre, radiusMetres: 200_000))
  query.limit = IndexLimits.hits
  query.order = .distance
  query.allowsTypos = false
  CaseFoldingSplitter().analyze(words, into: &query.words)
  let searcher = Searcher()
  try searcher.search(snapshot, query)
  return searcher.hits.map(\.id).sorted()
}
