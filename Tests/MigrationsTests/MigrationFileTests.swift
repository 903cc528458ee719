import Migrations
import PostgresClient
import Testing

@Suite struct MigrationFileTests {
  @Test func readsNumberNameAndStatements() throws {
    let file = try MigrationFile(fileName: "0042-add-ratings.sql", sql: "-- why\nCREATE TABLE a (n int);\n\nSELECT 1")
    #expect(file.version == 42 && file.name == "add-ratings" && file.isTransactional)
    #expect(file.statements.map(\.line) == [2, 4])
  }

  @Test(arguments: ["1-a.sql", "0001_a.sql", "0000-a.sql", "0001-.sql", "0001-A.sql", "abcd-a.sql", "00011-a.sql", "0001-a.txt"])
  func refusesOtherNames(_ name: String) {
    let error = #expect(throws: MigrationError.self) { try MigrationFile(fileName: name, sql: "") }
    #expect(error?.code == .badFile && error?.file == name)
  }

  @Test func knowsItsDirective() throws {
    #expect(try !MigrationFile(fileName: "0001-a.sql", sql: "-- why\n-- qareeb: no-transaction\nSELECT 1").isTransactional)
    #expect(try MigrationFile(fileName: "0001-a.sql", sql: "SELECT 1;\n-- qareeb: no-transaction\n").isTransactional)
    let error = #expect(throws: MigrationError.self) {
      try MigrationFile(fileName: "0001-a.sql", sql: "\n-- qareeb: no-transacton\nSELECT 1")
    }
    #expect(error?.line == 2)
  }

  @Test func refusesTransactionControlAndNamesTheLine() throws {
    let error = #expect(throws: MigrationError.self) { try MigrationFile(fileName: "0001-a.sql", sql: "SELECT 1;\nCOMMIT;") }
    #expect(error?.line == 2 && error?.message.contains("COMMIT") == true)
    // In a function's body the same word is something else.
    _ = try MigrationFile(fileName: "0001-a.sql", sql: "DO $$ BEGIN NULL; END $$")
  }

  @Test func refusesWhatHasNoEnd() {
    let error = #expect(throws: MigrationError.self) { try MigrationFile(fileName: "0001-a.sql", sql: "SELECT 1;\n\nSELECT 'a") }
    #expect(error?.line == 3)
  }
}

@Suite struct MigrationPlanTests {
  private func file(_ version: Int, _ name: String = "step") throws -> MigrationFile {
    let digits = String(version)
    return try MigrationFile(
      fileName: String(repeating: "0", count: 4 - digits.count) + digits + "-\(name).sql", sql: "SELECT \(version)")
  }

  private func memory(_ version: Int, _ name: String = "step", checksum: String = "sum", isFinished: Bool = true)
    -> AppliedMigration
  {
    AppliedMigration(
      version: version, name: name, checksum: checksum,
      appliedAt: isFinished ? PostgresTimestamp(microsecondsSince1970: 0) : nil, durationMilliseconds: 1)
  }

  @Test func newFilesArePending() throws {
    let plan = try MigrationPlan(files: [(file(1), "sum"), (file(2), "sum"), (file(5), "sum")], applied: [memory(1)])
    #expect(plan.entries.map(\.state) == [.applied, .pending, .pending])
    #expect(plan.pending.map(\.version) == [2, 5])
    #expect(plan.problem == nil)
  }

  @Test func aChangedFileIsRefused() throws {
    let plan = try MigrationPlan(files: [(file(1), "other"), (file(2), "sum")], applied: [memory(1)])
    #expect(plan.problem?.code == .changed && plan.problem?.file == "0001-step.sql")
  }

  @Test func aRenamedFileIsRefused() throws {
    let plan = try MigrationPlan(files: [(file(1, "new"), "sum")], applied: [memory(1, "old")])
    #expect(plan.problem?.code == .changed && plan.problem?.advice.contains("0001-old.sql") == true)
  }

  @Test func aMissingFileIsRefused() throws {
    let plan = try MigrationPlan(files: [(file(1), "sum")], applied: [memory(1), memory(2, "gone")])
    #expect(plan.problem?.code == .missing && plan.problem?.file == "0002-gone.sql")
  }

  @Test func aLateFileIsRefused() throws {
    let plan = try MigrationPlan(files: [(file(1), "sum"), (file(2), "sum"), (file(3), "sum")], applied: [memory(1), memory(3)])
    #expect(plan.problem?.code == .outOfOrder && plan.problem?.file == "0002-step.sql")
    #expect(plan.entries.map(\.state) == [.applied, .outOfOrder, .applied])
  }

  @Test func anUnfinishedOneIsRunAgainEvenIfMended() throws {
    let plan = try MigrationPlan(
      files: [(file(1), "sum"), (file(2), "mended")], applied: [memory(1), memory(2, checksum: "broken", isFinished: false)])
    #expect(plan.problem == nil)
    #expect(plan.pending.map(\.version) == [2])
    #expect(plan.pending.first?.state == .unfinished)
  }

  @Test func twoFilesWithOneNumberAreRefused() throws {
    let error = #expect(throws: MigrationError.self) {
      try MigrationPlan(files: [(file(1, "a"), "sum"), (file(1, "b"), "sum")], applied: [])
    }
    #expect(error?.message.contains("0001-a.sql") == true && error?.file == "0001-b.sql")
  }
}
