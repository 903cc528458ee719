public import PostgresClient

/// A migration as the database remembers it.
public struct AppliedMigration: Sendable, Hashable {
  public let version: Int
  public let name: String
  /// SHA-256 of the file, in hexadecimal.
  public let checksum: String
  /// Nil while a migration without a transaction is not finished.
  public let appliedAt: PostgresTimestamp?
  public let durationMilliseconds: Int64?

  public init(
    version: Int, name: String, checksum: String, appliedAt: PostgresTimestamp?, durationMilliseconds: Int64?
  ) {
    self.version = version
    self.name = name
    self.checksum = checksum
    self.appliedAt = appliedAt
    self.durationMilliseconds = durationMilliseconds
  }
}

/// What files and database say together. Pure.
public struct MigrationPlan: Sendable {
  public enum State: String, Sendable {
    case applied
    case pending
    /// Began without a transaction and was interrupted: it will be run again.
    case unfinished
    case changed
    case missing
    case outOfOrder = "out of order"
  }

  public struct Entry: Sendable {
    public let version: Int
    public let name: String
    public let state: State
    public let file: MigrationFile?
    public let checksum: String?
    public let applied: AppliedMigration?
  }

  /// By number.
  public let entries: [Entry]

  /// - Parameter files: with the checksum of each.
  public init(files: [(file: MigrationFile, checksum: String)], applied: [AppliedMigration]) throws(MigrationError) {
    let known = Dictionary(applied.map { ($0.version, $0) }) { first, _ in first }
    let newest = applied.filter { $0.appliedAt != nil }.map(\.version).max() ?? 0
    var byVersion: [Int: Entry] = [:]
    for (file, checksum) in files {
      if let other = byVersion[file.version]?.file {
        throw MigrationError(
          .badFile, "the number \(file.version) is used by \(other.fileName) too", advice: "Give one of them the next number.",
          file: file.fileName)
      }
      let memory = known[file.version]
      byVersion[file.version] = Entry(
        version: file.version, name: file.name, state: MigrationPlan.state(file, checksum, memory, newest: newest), file: file,
        checksum: checksum, applied: memory)
    }
    for memory in applied where byVersion[memory.version] == nil {
      byVersion[memory.version] = Entry(
        version: memory.version, name: memory.name, state: .missing, file: nil, checksum: nil, applied: memory)
    }
    entries = byVersion.values.sorted { $0.version < $1.version }
  }

  private static func state(_ file: MigrationFile, _ checksum: String, _ memory: AppliedMigration?, newest: Int) -> State {
    guard let memory else { return file.version < newest ? .outOfOrder : .pending }
    // An unfinished one may be mended before it is run again.
    guard memory.appliedAt != nil else { return .unfinished }
    return memory.checksum == checksum && memory.name == file.name ? .applied : .changed
  }

  public var pending: [Entry] { entries.filter { $0.state == .pending || $0.state == .unfinished } }

  /// Why nothing may be run; nil when all is well.
  public var problem: MigrationError? {
    entries.lazy.compactMap(MigrationPlan.problem).first
  }

  private static func problem(of entry: Entry) -> MigrationError? {
    let number = String(entry.version)
    let padded = String(repeating: "0", count: max(0, 4 - number.count)) + number
    let fileName = entry.file?.fileName ?? "\(padded)-\(entry.name).sql"
    switch entry.state {
    case .applied, .pending, .unfinished: return nil
    case .changed:
      return MigrationError(
        .changed, "it has been edited or renamed since it was applied",
        advice:
          "Put it back as it was (it was \(padded)-\(entry.applied?.name ?? entry.name).sql) and make the change in a new file.",
        file: fileName)
    case .missing:
      return MigrationError(
        .missing, "it was applied to this database, but the file is not there",
        advice: "Put it back; or, if the database is newer than this program, run the newer program.", file: fileName)
    case .outOfOrder:
      return MigrationError(
        .outOfOrder, "later migrations have been applied already", advice: "Give it the next free number.", file: fileName)
    }
  }
}
