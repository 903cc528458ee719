import BenchKit
import EventLoops
import PostgresClient
import Synchronization

/// Several writers, each with a connection and providers of its own. What they have done before, they go on from.
final class MarketWriters: Sendable {
  struct Work: Codable, Sendable {
    var rows = 0
    var transactions = 0
    var seconds = 0.0
    /// Of the last commit.
    var position = "0/0"

    var rowsPerSecond: Double { seconds > 0 ? Double(rows) / seconds : 0 }
  }

  /// How much one writer does.
  struct Task: Sendable {
    /// Changes of one transaction: from the first number to the last by turns.
    var changes: ClosedRange<Int>
    /// Of all writers together; nil writes as fast as PostgreSQL takes it.
    var rowsPerSecond: Double?
    /// Of all writers together; nil goes on until told to stop.
    var rows: Int?
  }

  private static let writers = 4
  private let group: EventLoopGroup
  private let connections: [PostgresConnection]
  private let market: LiveMarket
  /// The next change of each.
  private let numbers = Mutex([Int](repeating: 0, count: writers))
  private let isStopped = Atomic<Bool>(false)

  init(_ target: ConnectionTarget, market: LiveMarket) throws {
    let group = try EventLoopGroup(count: 1, name: "writers")
    self.group = group
    self.market = market
    do {
      connections = try waitFor(group.loops[0]) {
        var connections: [PostgresConnection] = []
        for _ in 0..<MarketWriters.writers {
          let connection = try await PostgresConnection.connect(target, on: group.loops[0])
          // A plan for the arrays at hand would be made anew for each.
          try await connection.script("SET plan_cache_mode = force_generic_plan")
          connections.append(connection)
        }
        return connections
      }
    } catch {
      group.shutdownAndWait()
      throw error
    }
  }

  func close() { group.shutdownAndWait() }

  func stop() { isStopped.store(true, ordering: .relaxed) }

  /// Until the task is done.
  func work(_ task: Task) throws -> Work { try start(task, probe: nil)() }

  /// In the background; what it answers waits for the end. `probe` is told of every commit.
  func start(_ task: Task, probe: VisibilityProbe?) throws -> () throws -> Work {
    isStopped.store(false, ordering: .relaxed)
    let begun = ContinuousClock.now
    let outcomes = connections.indices.map { writer in
      Waiting(group.loops[0]) { [self] in try await write(writer, task, probe, begun) }
    }
    return {
      var sum = Work()
      for outcome in outcomes {
        let work = try outcome.wait()
        sum.rows += work.rows
        sum.transactions += work.transactions
        sum.seconds = max(sum.seconds, work.seconds)
      }
      sum.position = try self.position()
      return sum
    }
  }

  func position() throws -> String {
    try waitFor(group.loops[0]) { [connections] in
      try await connections[0].query(RowChanges.position).only()[0, as: String.self]
    }
  }

  private func write(_ writer: Int, _ task: Task, _ probe: VisibilityProbe?, _ begun: ContinuousClock.Instant) async throws
    -> Work
  {
    let share = Double(MarketWriters.writers)
    let rows = task.rows.map { $0 / MarketWriters.writers } ?? .max
    var number = numbers.withLock { $0[writer] }
    var size = task.changes.lowerBound
    var work = Work()
    while work.rows < rows, !isStopped.load(ordering: .relaxed) {
      if let rate = task.rowsPerSecond {
        // By the clock, not by the last commit: a slow one is made up for.
        let ahead = Double(work.rows) * share / rate - begun.seconds
        if ahead > 0 { try await group.loops[0].sleep(milliseconds: UInt64(ahead * 1_000) + 1) }
      }
      var changes = RowChanges()
      while changes.count < size {
        changes.add(number, writer: writer, writers: MarketWriters.writers, market)
        number += 1
      }
      work.rows += try await changes.write(connections[writer])
      let committedAt = ContinuousClock.now
      work.transactions += 1
      size = size >= task.changes.upperBound ? task.changes.lowerBound : min(task.changes.upperBound, size + 50)
      if let probe, let rating = changes.ratings.first {
        let position = try await connections[writer].query(RowChanges.position).only()[0, as: String.self]
        probe.add(VisibilityProbe.Commit(position: position, at: committedAt, rating: rating))
      }
    }
    let reached = number
    numbers.withLock { $0[writer] = reached }
    work.seconds = begun.seconds
    return work
  }
}
