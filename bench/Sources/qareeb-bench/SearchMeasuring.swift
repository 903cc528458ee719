import BenchKit
import Foundation
import MarketWorkload
import Synchronization

/// One contestant, one class, one round.
struct SearchSample: Codable {
  let engine: String
  let queryClass: String
  let providers: Int
  let threads: Int
  let p50Microseconds: Double
  let p99Microseconds: Double
  let queriesPerSecond: Double

  /// As the peers print it.
  private enum CodingKeys: String, CodingKey {
    case engine
    case queryClass = "class"
    case providers, threads
    case p50Microseconds = "p50_us"
    case p99Microseconds = "p99_us"
    case queriesPerSecond = "qps"
  }

  init(engine: String, queryClass: QueryClass, providers: Int, took: [Double]) {
    let sorted = took.sorted()
    self.engine = engine
    self.queryClass = queryClass.rawValue
    self.providers = providers
    threads = 1
    p50Microseconds = sorted[sorted.count / 2]
    p99Microseconds = sorted[sorted.count * 99 / 100]
    queriesPerSecond = Double(took.count) * 1_000_000 / took.reduce(0, +)
  }

  init(engine: String, queryClass: String, providers: Int, p50: Double, p99: Double, queriesPerSecond: Double) {
    self.engine = engine
    self.queryClass = queryClass
    self.providers = providers
    threads = 1
    p50Microseconds = p50
    p99Microseconds = p99
    self.queriesPerSecond = queriesPerSecond
  }
}

/// An engine in this process, measured as the peers measure themselves: one thread, each query once to warm up, then each timed alone.
struct SearchMeasuring {
  let contestant: any SearchContestant
  let market: Market
  let queriesPerClass: Int
  /// Takes `<engine>-<class>.ndjson`.
  let results: String

  private static let clock = ContinuousClock()

  func measure(_ queryClass: QueryClass) throws -> SearchSample {
    let queries = (0..<queriesPerClass).map { market.query(queryClass, $0) }
    let reader = contestant.makeReader()
    try reader.prepare(queries)
    let updates = queryClass == .f ? UpdateStream(contestant, market) : nil
    defer { updates?.stop() }
    var answer = SearchAnswer()
    var lines: [UInt8] = []
    for (index, query) in queries.enumerated() {
      answer.empty()
      try reader.answer(index, into: &answer)
      SearchMeasuring.append(query, answer, to: &lines)
    }
    var took: [Double] = []
    took.reserveCapacity(queries.count)
    for index in queries.indices {
      answer.empty()
      let start = SearchMeasuring.clock.now
      try reader.answer(index, into: &answer)
      took.append((SearchMeasuring.clock.now - start) / .microseconds(1))
    }
    try Data(lines).write(to: URL(fileURLWithPath: "\(results)/\(contestant.engine)-\(queryClass.rawValue).ndjson"))
    return SearchSample(engine: contestant.engine, queryClass: queryClass, providers: market.providerCount, took: took)
  }

  /// As the peers write it.
  private static func append(_ query: GeneratedQuery, _ answer: SearchAnswer, to lines: inout [UInt8]) {
    let ids = answer.hits.map { "\"\(Market.providerID($0.providerIndex))\"" }.joined(separator: ",")
    let scores = answer.hits.map { $0.score.text(places: 9) }.joined(separator: ",")
    lines += "{\"id\":\"\(query.id)\",\"hits\":[\(ids)],\"scores\":[\(scores)],\"total\":\(answer.total)}\n".utf8
  }

  /// How many updates one thread applies a second when it does nothing else.
  func updatesPerSecond() -> Double {
    let updates = (0..<1_000_000).map { market.availabilityUpdate($0) }
    let start = SearchMeasuring.clock.now
    for update in updates { contestant.apply(update) }
    return Double(updates.count) / ((SearchMeasuring.clock.now - start) / .seconds(1))
  }
}

/// The updates that class (f) is measured under: 20,000 a second from a thread of their own.
final class UpdateStream: Sendable {
  static let perSecond = 20_000
  private static let batch = 200
  private let contestant: any SearchContestant
  private let market: Market
  private let stopped = Atomic(false)
  private let ended = DispatchSemaphore(value: 0)

  init(_ contestant: any SearchContestant, _ market: Market) {
    self.contestant = contestant
    self.market = market
    Thread.detachNewThread { [self] in run() }
  }

  func stop() {
    stopped.store(true, ordering: .relaxed)
    ended.wait()
  }

  private func run() {
    let clock = ContinuousClock()
    let start = clock.now
    var applied = 0
    while !stopped.load(ordering: .relaxed) {
      for index in applied..<applied + UpdateStream.batch { contestant.apply(market.availabilityUpdate(index)) }
      applied += UpdateStream.batch
      let due = start + .seconds(1) * applied / UpdateStream.perSecond
      let early = due - clock.now
      if early > .zero { Thread.sleep(forTimeInterval: early / .seconds(1)) }
    }
    ended.signal()
  }
}
