import BenchKit
import Bytes
import DemoMarkets
import Foundation
import JSON

/// The demo market and the labelled queries over it, as files and as values.
struct RelevanceData {
  struct Query {
    let id: String
    let queryClass: String
    let text: String
    let latitude: Double
    let longitude: Double
    /// By provider's number; what is missing is not relevant.
    let grades: [Int: Int]
  }

  let market: DemoMarket
  let providers: [MadeProvider]
  let queries: [Query]
  let labelsPath: String

  /// Classes as they come in the file.
  var classes: [String] { queries.map(\.queryClass).reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }

  init(project: String) throws {
    market = try DemoMarket(file: "\(project)/data/demo/amman.json")
    providers = market.providers(count: DemoMarket.standardCount, seed: DemoMarket.standardSeed)
    let labelsPath = "\(project)/data/golden/labels.ndjson"
    self.labelsPath = labelsPath
    let centre = (market.about.lat, market.about.lon)
    let count = providers.count
    queries = try Self.lines(of: labelsPath).enumerated().map { index, line in
      guard let query = try Query(JSONDocument(line).root, centre: centre, providers: count) else {
        throw BenchError("\(labelsPath), line \(index + 1): no label")
      }
      return query
    }
  }

  /// One line each, as `qareeb index build` and the peer read them.
  func providerLines() -> [[UInt8]] {
    providers.map { provider in
      var line = ByteBuffer()
      market.appendLine(provider, to: &line)
      return [UInt8](line)
    }
  }

  static func lines(of path: String) throws -> [[UInt8]] {
    guard let content = FileManager.default.contents(atPath: path) else { throw BenchError("cannot read \(path)") }
    return content.split(separator: UInt8(ascii: "\n")).map { [UInt8]($0) }
  }
}

extension RelevanceData.Query {
  init?(_ line: JSONValue, centre: (Double, Double), providers: Int) {
    guard let id = line["id"]?.string, let queryClass = line["class"]?.string, let text = line["q"]?.string,
      let byGrade = line["grades"]?.object
    else { return nil }
    var grades: [Int: Int] = [:]
    for member in byGrade {
      guard let grade = Int(member.name), (1...3).contains(grade), let numbers = member.value.array else { return nil }
      for number in numbers {
        guard let number = number.int, number >= 0, number < providers else { return nil }
        grades[number] = grade
      }
    }
    self.init(
      id: id, queryClass: queryClass, text: text, latitude: line["lat"]?.double ?? centre.0,
      longitude: line["lon"]?.double ?? centre.1, grades: grades)
  }
}
