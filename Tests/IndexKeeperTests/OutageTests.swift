import EmbeddedPostgres
import EventLoops
import Foundation
import Glibc
import IndexKeeper
import Migrations
import PostgresClient
import Synchronization
import TestSupport
import Testing

/// Set once, read by anyone.
final class Flag: Sendable {
  private let value = Atomic<Bool>(false)
  func set() { value.store(true, ordering: .relaxed) }
  var isSet: Bool { value.load(ordering: .relaxed) }
}

/// One cluster, held anew after every kill.
private final class Clusters: Sendable {
  private let held: Mutex<[PrivateCluster]>
  init(_ first: PrivateCluster) { held = Mutex([first]) }
  func add(_ cluster: PrivateCluster) { held.withLock { $0.append(cluster) } }
  var all: [PrivateCluster] { held.withLock { $0 } }
  var last: PrivateCluster { all[all.count - 1] }
}

/// The server is killed, at random moments, while several write and the index follows.
@Suite struct OutageTests {
  @Test func theServerIsKilledInTheMiddle() async throws {
    var random = SeededRandom()
    let folder = ScratchSpace.folder + "/qareeb-kept-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    var options = ClusterOptions(directory: folder + "/cluster")
    options.durability = .disposable
    let cluster = try await offThePool { [options] in try PrivateCluster.start(options) }
    let clusters = Clusters(cluster)
    let result: Result<Void, any Error>
    do {
      let market = try await KeptMarket(cluster.connectionString(database: "postgres"))
      _ = try await Migrator(database: market.database, directory: ProjectFolder.file("data/migrations")).migrate()
      try await market.fill(providers: 200)
      var seeds: [UInt64] = []
      for _ in 0..<6 { seeds.append(random.next()) }
      let filePath = folder + "/index.qidx"
      do {
        try await run(market, clusters, options, seeds, filePath, &random)
      } catch {
        await market.close()
        throw error
      }
      await market.close()
      result = .success(())
    } catch {
      result = .failure(error)
    }
    let all = clusters.all
    try await offThePool { [options] in
      for cluster in all { try cluster.stop() }
      try PrivateCluster.erase(options)
      try FileManager.default.removeItem(atPath: folder)
    }
    try result.get()
  }

  private func run(
    _ market: KeptMarket, _ clusters: Clusters, _ options: ClusterOptions, _ seeds: [UInt64],
    _ filePath: String, _ random: inout SeededRandom
  ) async throws {
    var index = market.options()
    index.filePath = filePath
    index.saveIntervalMilliseconds = 50
    for round in 0..<2 {
      let written = Written()
      let done = Flag()
      try await market.withIndex(index) { index in
        let writers = (0..<3).map { writeUntil(done, market, seed: seeds[round * 3 + $0], written) }
        for _ in 0..<3 {
          let target = written.value + Int.random(in: 5...40, using: &random)
          while written.value < target { await Task.yield() }
          let process = clusters.last.serverProcess
          _ = Glibc.kill(process, Int.random(in: 0...1, using: &random) == 0 ? SIGKILL : SIGQUIT)
          try await offThePool {
            while waitpid(process, nil, WNOHANG) != process, Glibc.kill(process, 0) == 0 { usleep(1_000) }
          }
          #expect(index.isReady)
          let next = try await offThePool { try PrivateCluster.start(options) }
          clusters.add(next)
        }
        let target = written.value + 20
        while written.value < target { await Task.yield() }
        done.set()
        for writer in writers { try await writer.value }
        try await market.requireEqual(index, "round \(round)")
      }
    }
    #expect(market.hydrations == 1, "\(market.logged)")
    // The second round began from the file of the first.
    #expect(market.logged.contains { $0.contains("index read from its file") }, "\(market.logged.suffix(20))")
  }

  private func writeUntil(
    _ done: Flag, _ market: KeptMarket, seed: UInt64, _ written: Written
  ) -> Task<Void, any Error> {
    Task {
      var writer = RandomWriter(market.database, seed: seed)
      while !done.isSet {
        do {
          try await writer.write()
          written.add()
        } catch let error as PostgresError where error.code != .server || error.sqlState?.category == .session {
          // The server is away; writers try again.
          try await Task.sleep(for: .milliseconds(2))
        }
      }
    }
  }
}

/// Transactions that came through.
private final class Written: Sendable {
  private let count = Atomic<Int>(0)
  func add() { count.add(1, ordering: .relaxed) }
  var value: Int { count.load(ordering: .relaxed) }
}
