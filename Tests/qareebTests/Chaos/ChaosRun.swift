import Foundation
import PostgresClient
import TestSupport
import Testing

/// One run: writers and readers at work, and somebody who kills what they work with.
struct ChaosRun {
  static let writers = 3
  private let postgres: OwnPostgres
  private let server: MortalServer
  private let market: ChaosMarket
  private let comparison: Comparison
  private let gate = Gate()
  private let done = Flag()
  private let activity = Activity()
  private let tell: @Sendable (String) -> Void
  private var random: SeededRandom
  private var killed = 0

  static func run(kills: Int, seed: UInt64, tell: @escaping @Sendable (String) -> Void) async throws {
    let folder = try TemporaryFolder()
    let postgres = try await offThePool { try OwnPostgres(in: folder, settings: ChaosMarket.databaseSettings) }
    let server = MortalServer(database: postgres.connectionString, in: try TemporaryFolder())
    let result: Result<Void, any Error>
    do {
      try await server.start()
      let market = try await ChaosMarket(postgres.connectionString)
      do {
        try await market.fill(pairs: writers)
        // Nobody asks for a category that the index has never heard of.
        var asker = Asker(server)
        let filled = try await market.position()
        while try await asker.ask(OwnedPair.search(0), at: filled).status != 200 {}
        var run = ChaosRun(postgres, server, market, try TemporaryFolder(), SeededRandom(seed: seed), tell)
        try await run.go(kills)
        result = .success(())
      } catch {
        result = .failure(error)
      }
      await market.close()
    } catch {
      result = .failure(error)
    }
    if case .failure = result { tell(server.lastWords) }
    try await server.end()
    try await postgres.stop()
    try result.get()
  }

  private init(
    _ postgres: OwnPostgres, _ server: MortalServer, _ market: ChaosMarket, _ other: TemporaryFolder, _ random: SeededRandom,
    _ tell: @escaping @Sendable (String) -> Void
  ) {
    (self.postgres, self.server, self.market, self.random, self.tell) = (postgres, server, market, random, tell)
    comparison = Comparison(market, server, database: postgres.connectionString, other: other)
  }

  /// The first who fails ends the others.
  private mutating func go(_ kills: Int) async throws {
    var run = self
    let seeds = (0..<Self.writers + ChaosReader.Kind.allCases.count).map { _ in run.random.next() }
    let (market, server, gate, done, activity) = (market, server, gate, done, activity)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<Self.writers {
        group.addTask {
          var writer = ChaosWriter(number, market, server, seed: seeds[number])
          while try !done.isOver { activity.noteWritten(try await gate.pass { try await writer.write() }) }
        }
      }
      for (number, kind) in ChaosReader.Kind.allCases.enumerated() {
        group.addTask {
          var reader = ChaosReader(kind, server, seed: seeds[Self.writers + number])
          while try !done.isOver {
            activity.noteRead(try await reader.read())
            // Two cores must do for everybody.
            try await Task.sleep(for: .milliseconds(3))
          }
        }
      }
      group.addTask { [run] in
        var run = run
        try await run.kill(kills)
        done.set()
      }
      while try await group.next() != nil {}
    }
  }

  // MARK: Killing

  private mutating func kill(_ kills: Int) async throws {
    while killed < kills {
      try await somethingHappens()
      let disaster = Disaster.random(&random)
      do {
        try await meet(disaster)
      } catch {
        tell("during \(disaster)")
        throw error
      }
      killed += disaster.kills
      tell("\(killed) of \(kills) kills: \(disaster); \(activity)")
      if Int.random(in: 0..<6, using: &random) == 0 { try await stopAndCompare() }
    }
    try await somethingHappens()
    try await stopAndCompare()
    #expect(activity.committed > 0 && activity.answered > 0 && activity.readBack > 0, "\(activity)")
  }

  /// Some write and some read before the next blow: a number of transactions, not a time.
  private mutating func somethingHappens() async throws {
    let (committed, answered) = (activity.committed, activity.answered)
    let (writes, reads) = (Int.random(in: 3...40, using: &random), Int.random(in: 0...20, using: &random))
    try await eventually("they write and read: \(activity), \(server.lastWords)") {
      activity.committed >= committed + writes && activity.answered >= answered + reads
    }
  }

  /// While the server is away, which is since so much was committed.
  private mutating func somebodyWrites(since committed: Int) async throws {
    let target = committed + Int.random(in: 1...10, using: &random)
    try await eventually("they write while the server is away: \(activity)") { activity.committed >= target }
  }

  private mutating func meet(_ disaster: Disaster) async throws {
    let committed = activity.committed
    switch disaster {
    case .serverKilled(let fate):
      try await server.kill()
      if Bool.random(using: &random) { try await somebodyWrites(since: committed) }
      try server.spoilFile(fate, &random)
      try await server.start()
    case .serverKilledAsItStarts:
      try await server.kill()
      try server.spoilFile(Bool.random(using: &random) ? .deleted : .kept, &random)
      try await server.startAndKill(afterMilliseconds: Int.random(in: 0...250, using: &random))
      try await server.start()
    case .serverStopped:
      try await server.stop()
      try await somebodyWrites(since: committed)
      try await server.start()
    case .databaseKilled(let manner):
      try await postgres.kill(manner)
      if Bool.random(using: &random) { try await untilSomebodyReads() }
      try await postgres.startAgain()
    case .bothKilled(let manner):
      if Bool.random(using: &random) {
        try await server.kill()
        try await postgres.kill(manner)
      } else {
        try await postgres.kill(manner)
        try await server.kill()
      }
      // Whichever is up first: a server waits for its database.
      let server = server
      async let isStarted: Void = server.start()
      try await postgres.startAgain()
      try await isStarted
    case .slotDropped:
      try await server.kill()
      try await market.dropIdleSlots()
      try await server.start()
    case .feedCut: try await market.cutFeeds()
    }
  }

  /// Searches are answered as if nothing were.
  private func untilSomebodyReads() async throws {
    let target = activity.answered + 5
    try await eventually("searches are answered without a database: \(activity), \(server.lastWords)") {
      activity.answered >= target
    }
  }

  // MARK: Comparing

  private mutating func stopAndCompare() async throws {
    try await gate.close()
    tell("  \(try await comparison.compare())")
    gate.open()
  }
}
