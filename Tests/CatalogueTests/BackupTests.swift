import Catalogue
import DemoMarkets
import EventLoops
import PostgresClient
import TestSupport
import Testing

/// docs/operating.md promises that PostgreSQL's own tools are enough; a backup that was never restored is none.
@Suite struct BackupTests {
  private static let tools = "/usr/lib/postgresql/15/bin"

  @Test func aRestoredDumpHoldsEverything() async throws {
    try await TestDatabase.with(.migrated) { original in
      try await Self.loadDemoMarket(into: original)
      try await TestDatabase.with { copy in
        let folder = try TemporaryFolder()
        let file = try folder.write("", to: "qareeb.dump")
        for command in [
          ["pg_dump", "-Fc", "-f", file, "-d", original.connectionString],
          ["pg_restore", "-d", copy.connectionString, "--exit-on-error", file],
        ] {
          let result = try await FinishedProcess.run("\(Self.tools)/\(command[0])", Array(command.dropFirst()))
          try #require(result.exitCode == 0, "\(command[0]): \(result.error)")
        }
        let counts = try await Self.counts(original)
        #expect(counts.contains("catalogue.provider=40"))
        #expect(counts.contains { $0.hasPrefix("qareeb.migration=") })
        #expect(try await Self.counts(copy) == counts)
      }
    }
  }

  private static func loadDemoMarket(into home: TestDatabase) async throws {
    let group = try EventLoopGroup(count: 1, name: "backup")
    let database = try Database(group: group, configuration: DatabaseConfiguration(connectionString: home.connectionString))
    let demo = try DemoMarket(file: ProjectFolder.file("data/demo/amman.json"))
    let outcome: Result<Void, any Error>
    do {
      _ = try await ProviderCatalogue(database: database).load(demo, providers: 40, seed: 2026)
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    await database.close()
    await group.shutdown()
    try outcome.get()
  }

  /// Rows of every table, the counting left to the server.
  private static func counts(_ database: TestDatabase) async throws -> [String] {
    let rows = """
      SELECT format('%I.%I=%s', table_schema, table_name,
        (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I.%I', table_schema, table_name), false, true, '')))[1])
      FROM information_schema.tables
      WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
      """
    let result = try await FinishedProcess.run("\(tools)/psql", ["-X", "-At", "-d", database.connectionString, "-c", rows])
    try #require(result.exitCode == 0, "\(result.error)")
    return result.output.split(separator: "\n").map { String($0) }
  }
}
