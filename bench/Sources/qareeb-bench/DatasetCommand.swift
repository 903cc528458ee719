import BenchKit
import Foundation
import MarketWorkload

/// Writes the search benchmark's data set, for anything that reads the product's own formats.
struct DatasetCommand: Benchmark {
  static let name = "dataset"
  static let summary =
    "write the search benchmark's providers and queries as NDJSON, as 'qareeb index build' and 'query' read them"
  static let options = """
      --providers N    how many (100000)
      --queries N      of each class (1000)
      --seed N         another market (\(Market.defaultSeed))
      --out DIR        takes providers.ndjson and queries-a.ndjson to queries-f.ndjson
    """

  static func run(_ arguments: inout Arguments, _ environment: BenchEnvironment) throws {
    let providers = try arguments.positive("--providers") ?? 100_000
    let queries = try arguments.positive("--queries") ?? 1_000
    let seed = try arguments.positive("--seed").map { UInt64($0) } ?? Market.defaultSeed
    guard let folder = try arguments.text("--out") else { throw BenchError("--out DIR is missing") }
    try arguments.finish()
    let dataset = Dataset(market: Market(providerCount: providers, seed: seed), queriesPerClass: queries, folder: folder)
    try dataset.write()
    print("\(providers) providers and \(queries) queries of each class in \(folder)")
    print(Crowding(dataset.market).text)
  }
}

/// The data set as files.
struct Dataset {
  let market: Market
  let queriesPerClass: Int
  let folder: String

  private static let chunkBytes = 1 << 20

  func write() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try lines("providers.ndjson", count: market.providerCount) { market.provider(at: $0).appendLine(to: &$1) }
    for queryClass in QueryClass.allCases {
      try lines("queries-\(queryClass.rawValue).ndjson", count: queriesPerClass) {
        market.query(queryClass, $0).appendLine(to: &$1)
      }
    }
  }

  /// A file that is there is whole: it takes its name when its last line is written.
  private func lines(_ name: String, count: Int, _ line: (Int, inout [UInt8]) -> Void) throws {
    let path = "\(folder)/\(name)"
    guard FileManager.default.createFile(atPath: path + ".new", contents: nil),
      let file = FileHandle(forWritingAtPath: path + ".new")
    else { throw BenchError("cannot write \(path)") }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Dataset.chunkBytes + 8_192)
    for index in 0..<count {
      line(index, &bytes)
      guard bytes.count >= Dataset.chunkBytes else { continue }
      try file.write(contentsOf: bytes)
      bytes.removeAll(keepingCapacity: true)
    }
    try file.write(contentsOf: bytes)
    try file.close()
    guard rename(path + ".new", path) == 0 else {
      throw BenchError("cannot rename \(path).new: \(String(cString: strerror(errno)))")
    }
  }
}
