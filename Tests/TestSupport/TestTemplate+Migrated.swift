import EventLoops
import FoundationEssentials
import Migrations
import PostgresClient

extension TestTemplate {
  /// A database with every migration of the project applied.
  public static let migrated = TestTemplate(name: "migrated", fingerprint: migrationTexts) { connectionString in
    let group = try EventLoopGroup(count: 1, name: "migrate")
    let database = try Database(group: group, configuration: DatabaseConfiguration(connectionString: connectionString))
    let outcome: Result<Void, any Error>
    do {
      _ = try await Migrator(database: database, directory: folder).migrate()
      outcome = .success(())
    } catch {
      outcome = .failure(error)
    }
    await database.close()
    await group.shutdown()
    try outcome.get()
  }

  private static let folder = ProjectFolder.file("data/migrations")

  private static var migrationTexts: String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".sql") }.sorted().map { name in
      name + String(decoding: FileManager.default.contents(atPath: "\(folder)/\(name)") ?? Data(), as: UTF8.self)
    }.joined(separator: "\n")
  }
}
