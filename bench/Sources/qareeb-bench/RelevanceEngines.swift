import BenchKit
import Bytes
import DemoMarkets
import Foundation
import IndexFormats
import JSON
import ProviderIndex
import TextIndex

/// The first hits of every query, in the order of the queries: numbers of providers, best first.
struct RelevanceAnswers {
  /// So many are looked at for the reciprocal rank.
  static let hits = 100
  /// The whole town, from its middle.
  static let radiusMetres = 50_000

  let engine: String
  let hits: [[Int]]
}

/// Qareeb's own engine, over lines and queries of the same formats that the product reads.
struct QareebRelevance {
  let data: RelevanceData
  let profiles: RankingProfiles
  let profile: String

  func answers(
    _ engine: String, documents: any TextAnalyzer, queries: any TextAnalyzer, allowsTypos: Bool
  ) throws -> RelevanceAnswers {
    var builder = SegmentBuilder(analyzer: documents)
    var lines = ProviderLines()
    for line in data.providerLines() { try builder.add(try lines.record(try JSONDocument(line).root)) }
    let numbers = Dictionary(uniqueKeysWithValues: data.providers.map { ("\($0.id)", $0.number) })
    let snapshot = IndexSnapshot(try builder.finish(), position: 1)
    let reading = QueryLines(profiles: profiles, currency: lines.currency ?? .jordanianDinar, analyzer: queries)
    let searcher = Searcher()
    let hits = try data.queries.map { query in
      try searcher.search(snapshot, try reading.query(try JSONDocument(line(query, allowsTypos)).root).query)
      return (0..<searcher.count).compactMap { numbers[searcher.hit($0).id] }
    }
    return RelevanceAnswers(engine: engine, hits: hits)
  }

  private func line(_ query: RelevanceData.Query, _ allowsTypos: Bool) -> [UInt8] {
    var line = ByteBuffer()
    line.beginObject()
    line.member("lat", query.latitude)
    line.member("lon", query.longitude)
    line.member("radius_m", RelevanceAnswers.radiusMetres)
    line.member("q", query.text)
    line.member("typos", allowsTypos)
    line.member("profile", profile)
    line.member("limit", RelevanceAnswers.hits)
    line.endObject()
    return [UInt8](line)
  }
}

/// Lucene with its Arabic and English analyzers, in every configuration of the peer.
enum LuceneRelevance {
  static func answers(_ data: RelevanceData, _ environment: BenchEnvironment) throws -> [RelevanceAnswers] {
    let scratch = "\(environment.scratch)/relevance"
    let (results, classes) = ("\(scratch)/results", "\(scratch)/classes")
    // Answers of another run must not be taken for this one's.
    if FileManager.default.fileExists(atPath: scratch) { try FileManager.default.removeItem(atPath: scratch) }
    try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: true)
    let providers = "\(scratch)/providers.ndjson"
    try Data(data.providerLines().joined()).write(to: URL(fileURLWithPath: providers))
    let path = try ["lucene-core", "lucene-analyzers-common", "jackson-core"].map(SearchPeers.jar).joined(separator: ":")
    let source = "\(environment.folder)/peers/relevance/lucene/RelevancePeer.java"
    _ = try Command("javac", ["-Xlint:all", "-Werror", "-d", classes, "-classpath", path, source]).succeed()
    _ = try Command(
      "java", ["-classpath", "\(classes):\(path)", "RelevancePeer", providers, data.labelsPath, results]
    ).succeed()
    return try FileManager.default.contentsOfDirectory(atPath: results).sorted().map { file in
      RelevanceAnswers(
        engine: "lucene-\(file.replacing(".ndjson", with: ""))", hits: try hits("\(results)/\(file)", of: data.queries))
    }
  }

  private static func hits(_ path: String, of queries: [RelevanceData.Query]) throws -> [[Int]] {
    let lines = try RelevanceData.lines(of: path)
    guard lines.count == queries.count else { throw BenchError("\(path): \(lines.count) answers to \(queries.count) queries") }
    return try zip(lines, queries).map { line, query in
      let answer = try JSONDocument(line).root
      guard answer["id"]?.string == query.id, let hits = answer["hits"]?.array else {
        throw BenchError("\(path): no answer to \(query.id)")
      }
      return hits.compactMap(\.int)
    }
  }
}
