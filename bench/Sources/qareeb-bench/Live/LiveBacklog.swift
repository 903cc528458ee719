import BenchKit
import Foundation

/// How fast changes are taken that were committed while nobody followed.
struct LiveBacklog {
  struct Result: Codable {
    let rows: Int
    let transactions: Int
    let logBytes: Int
    /// From the start of the process, which first reads the index as of before from its file, to a search that has seen the last commit.
    let seconds: Double
    let rowsPerSecond: Double
    let serverCPUSeconds: Double
    let databaseCPUSeconds: Double
    /// What pg_recvlogical, which throws everything away, takes for the same log through the same plugin.
    let decodingSeconds: Double
    let decodingRowsPerSecond: Double
  }

  private static let slot = "bench_decoding"
  private static let waitSeconds = 300.0

  let environment: BenchEnvironment
  let database: LiveDatabase
  let writers: MarketWriters
  let rows: Int
  let folder: String
  let port: Int

  /// The server is stopped, its index on disk; it is running afterwards.
  func measure() throws -> (Result, LiveServer) {
    // Catches what is written from here on, beside the index's own slot.
    _ = try database.run("SELECT pg_create_logical_replication_slot('\(LiveBacklog.slot)', 'pgoutput')")
    let start = try database.run("SELECT pg_current_wal_flush_lsn()")
    note("writing a backlog of \(rows) rows")
    let work = try writers.work(MarketWriters.Task(changes: min(100, rows / 4)...min(1_000, rows / 4), rows: rows))
    let logBytes = try database.run("SELECT ('\(work.position)'::pg_lsn - '\(start)'::pg_lsn)::bigint")
    note("\(work.rows) rows written in \(work.seconds.text(places: 1)) s")
    let decoding = try decode(upTo: work.position)
    _ = try database.run("SELECT pg_drop_replication_slot('\(LiveBacklog.slot)')")

    let databaseBefore = try database.use()
    let begun = ContinuousClock.now
    let server = try LiveServer(environment, database, folder: folder, port: port)
    guard server.start.indexSeconds == nil else {
      throw BenchError("the index was not read from its file:\n\(server.process.log)")
    }
    try server.waitForPosition(work.position, atMostSeconds: LiveBacklog.waitSeconds)
    let seconds = begun.seconds
    let result = Result(
      rows: work.rows, transactions: work.transactions, logBytes: Int(logBytes) ?? 0, seconds: seconds,
      rowsPerSecond: Double(work.rows) / seconds, serverCPUSeconds: try server.process.use().cpuSeconds,
      databaseCPUSeconds: try database.use().cpuSeconds - databaseBefore.cpuSeconds, decodingSeconds: decoding,
      decodingRowsPerSecond: Double(work.rows) / decoding)
    return (result, server)
  }

  private func decode(upTo position: String) throws -> Double {
    let begun = ContinuousClock.now
    _ = try Command(
      "pg_recvlogical",
      [
        "--dbname=\(database.connectionString)", "--slot=\(LiveBacklog.slot)", "--start", "--endpos=\(position)", "--no-loop",
        "--file=/dev/null", "--option=proto_version=1", "--option=publication_names=qareeb", "--option=binary=true",
      ]
    ).succeed()
    return begun.seconds
  }
}
