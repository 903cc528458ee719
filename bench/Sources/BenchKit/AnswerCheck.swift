import Foundation

/// Whether engines answered alike: the same totals, the same scores rank by rank, the same ids but where scores tie.
public struct AnswerCheck {
  /// Files `<engine>-<class>.ndjson`.
  private let results: String

  public init(results: String) { self.results = results }

  /// Engines differ in the last bits of a distance, and PostGIS in the tenth digit of the earth's radius.
  private static let tolerance = 1e-6

  private struct Line: Decodable {
    let id: String
    let hits: [String]
    let scores: [Double]
    let total: Int
  }

  public struct Finding: Codable, Sendable {
    public let text: String
    public let isAgreement: Bool
  }

  /// The first engine is what the others are compared with, over the queries that both answered.
  public func compare(_ queryClass: String, _ engines: [String]) throws -> [Finding] {
    guard let first = engines.first else { return [] }
    let reference = try lines(first, queryClass)
    return try engines.dropFirst().map { engine in
      let others = try lines(engine, queryClass)
      var different: [String] = []
      for (one, other) in zip(reference, others) {
        if let difference = AnswerCheck.difference(one, other) { different.append("\(one.id): \(difference)") }
      }
      let count = min(reference.count, others.count)
      guard count > 0 else { throw BenchError("no answers of class \(queryClass) to compare") }
      let head = "class \(queryClass): \(engine) and \(first)"
      if different.isEmpty { return Finding(text: "\(head) agree on \(count) queries", isAgreement: true) }
      let some = different.prefix(3).map { "\n    \($0)" }.joined()
      return Finding(text: "\(head) DIFFER on \(different.count) of \(count) queries:\(some)", isAgreement: false)
    }
  }

  private func lines(_ engine: String, _ queryClass: String) throws -> [Line] {
    let path = "\(results)/\(engine)-\(queryClass).ndjson"
    guard let data = FileManager.default.contents(atPath: path) else { throw BenchError("no answers in \(path)") }
    let decoder = JSONDecoder()
    return try data.split(separator: UInt8(ascii: "\n")).map { try decoder.decode(Line.self, from: $0) }
  }

  private static func difference(_ one: Line, _ other: Line) -> String? {
    if one.id != other.id { return "is \(other.id) there" }
    if one.total != other.total { return "\(other.total) matches, not \(one.total)" }
    if one.hits.count != other.hits.count { return "\(other.hits.count) hits, not \(one.hits.count)" }
    for rank in one.hits.indices {
      if abs(one.scores[rank] - other.scores[rank]) > tolerance {
        return "rank \(rank + 1) has score \(other.scores[rank]), not \(one.scores[rank])"
      }
      if one.hits[rank] != other.hits[rank], !isTied(other.hits[rank], score: other.scores[rank], in: one) {
        return "rank \(rank + 1) is \(other.hits[rank]), not \(one.hits[rank])"
      }
    }
    return nil
  }

  /// In a tie an id may stand at another rank of the same score, or have fallen off the end.
  private static func isTied(_ id: String, score: Double, in line: Line) -> Bool {
    if let rank = line.hits.firstIndex(of: id) { return abs(line.scores[rank] - score) <= tolerance }
    return line.scores.last.map { abs($0 - score) <= tolerance } ?? false
  }
}
