import Configuration
import IndexKeeper
import Migrations
import PostgresClient
import Terminal

/// What can be asked of a database that answers.
struct DatabaseChecks {
  let database: Database
  let settings: Settings
  let file: IndexFileState
  let isServing: Bool

  func all() async -> [Finding] {
    var findings: [Finding] = []
    findings.append(await check("postgis", postgis))
    findings.append(await check("log", logLevel))
    findings.append(await check("replication", replication))
    findings.append(await check("publication", publication))
    findings.append(await check("slots", slots))
    findings.append(await check("migrations", migrations))
    findings.append(await check("clock", clock))
    if case .readable(let facts, _, _) = file.state {
      findings.append(await check("index slot") { try await indexSlot(facts) })
    }
    return findings
  }

  private func check(_ name: String, _ body: () async throws -> Finding) async -> Finding {
    do {
      return try await body()
    } catch {
      return .problem(
        name, "this could not be looked at: \(error)", do: "Mend what stands above, or let the role read the system catalogues.")
    }
  }

  // MARK: What the server has

  private static let postgisQuery = PreparedQuery(
    """
    SELECT (SELECT extversion FROM pg_catalog.pg_extension WHERE extname = 'postgis'),
      EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'postgis')
    """)

  private func postgis() async throws -> Finding {
    let (version, isAvailable) = try await database.query(Self.postgisQuery).only().decode(String?.self, Bool.self)
    if let version { return .ok("postgis", "PostGIS \(version)") }
    return .problem(
      "postgis", isAvailable ? "PostGIS is not in this database" : "PostGIS is not installed on the server",
      do: isAvailable
        ? "\"qareeb migrate\" makes the extension, or an administrator: CREATE EXTENSION postgis."
        : "Install it there (Debian: postgresql-15-postgis-3), then run \"qareeb migrate\".")
  }

  private static let logQuery = PreparedQuery(
    """
    SELECT current_setting('wal_level'), pg_is_in_recovery(),
      (SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'max_slot_wal_keep_size')
    """)

  private func logLevel() async throws -> Finding {
    let (level, isStandby, keptMegabytes) = try await database.query(Self.logQuery).only().decode(
      String.self, Bool.self, Int.self)
    let bound = keptMegabytes < 0 ? "no bound on what slots keep" : "slots keep \(bytesText(keptMegabytes << 20)) at most"
    let message = "wal_level is \(level), \(bound)"
    if level != "logical" {
      return .problem("log", message, do: "Set wal_level = logical in postgresql.conf and restart PostgreSQL.")
    }
    if isStandby {
      return .problem(
        "log", "this server is a standby", do: "Point DATABASE_URL at the primary: a standby has no slots to follow.")
    }
    if keptMegabytes < 0 {
      return .warning(
        "log", message,
        do: "Set max_slot_wal_keep_size (16GB, say): without it, the slot of a node that never comes back fills the disk.")
    }
    return .ok("log", message)
  }

  private static let replicationQuery = PreparedQuery(
    """
    SELECT (SELECT rolreplication OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user), current_user::text,
      current_setting('max_replication_slots')::bigint, (SELECT count(*) FROM pg_catalog.pg_replication_slots),
      current_setting('max_wal_senders')::bigint, (SELECT count(*) FROM pg_catalog.pg_stat_replication)
    """)

  private func replication() async throws -> Finding {
    let (isAllowed, role, slots, usedSlots, senders, usedSenders) = try await database.query(Self.replicationQuery).only().decode(
      Bool?.self, String.self, Int.self, Int.self, Int.self, Int.self)
    let (freeSlots, freeSenders) = (slots - usedSlots, senders - usedSenders)
    let figures = [
      Finding.Figure(name: "slots", value: slots), Finding.Figure(name: "slots_free", value: freeSlots),
      Finding.Figure(name: "wal_senders", value: senders), Finding.Figure(name: "wal_senders_free", value: freeSenders),
    ]
    let message = "\(freeSlots) of \(slots) slots and \(freeSenders) of \(senders) WAL senders are free"
    guard isAllowed == true else {
      return .problem(
        "replication", "role \(role) may not follow the log", do: "As an administrator: ALTER ROLE \"\(role)\" REPLICATION.",
        figures)
    }
    // A node needs one of each; a reindex and a verification one more while they run.
    let least = min(freeSlots, freeSenders)
    if least < 1, !isServing {
      return .problem(
        "replication", message, do: "Raise max_replication_slots and max_wal_senders, or drop slots that nobody uses.", figures)
    }
    if least < 2 {
      return .warning(
        "replication", message,
        do: "Raise max_replication_slots and max_wal_senders: a reindex beside a serving node needs two more for a moment.",
        figures)
    }
    return .ok("replication", message, figures)
  }

  private static let publicationQuery = PreparedQuery(
    """
    SELECT (SELECT pubinsert AND pubupdate AND pubdelete AND pubtruncate FROM pg_catalog.pg_publication WHERE pubname = $1),
      (SELECT coalesce(array_agg(schemaname || '.' || tablename ORDER BY 1), '{}')
        FROM pg_catalog.pg_publication_tables WHERE pubname = $1)
    """)

  private func publication() async throws -> Finding {
    let name = IndexSource.publication
    let (publishesAll, tables) = try await database.query(Self.publicationQuery, name).only().decode(Bool?.self, [String].self)
    guard let publishesAll else {
      return .problem("publication", "there is no publication \(name)", do: "Run \"qareeb migrate\": a migration makes it.")
    }
    let missing = IndexSource.tables.filter { !tables.contains($0) }
    guard missing.isEmpty else {
      return .problem(
        "publication", "the publication \(name) lacks \(missing.joined(separator: ", "))",
        do:
          "ALTER PUBLICATION \(name) ADD TABLE \(missing.joined(separator: ", ")); then \"qareeb reindex\": changes have been missed."
      )
    }
    guard publishesAll else {
      return .problem(
        "publication", "the publication \(name) leaves out some kinds of changes",
        do: "ALTER PUBLICATION \(name) SET (publish = 'insert, update, delete, truncate'); then \"qareeb reindex\".")
    }
    return .ok("publication", "\(name) has all \(IndexSource.tables.count) tables of the index")
  }

  // MARK: Migrations and clocks

  private func migrations() async throws -> Finding {
    let plan = try await Migrator(database: database, directory: "\(settings.data.assets)/migrations").status()
    let applied = plan.entries.count { $0.state == .applied }
    let figures = [
      Finding.Figure(name: "applied", value: applied), Finding.Figure(name: "pending", value: plan.pending.count),
    ]
    if let problem = plan.problem {
      return .problem("migrations", "\(problem)", do: "\"qareeb migrate --status\" lists them all.", figures)
    }
    guard plan.pending.isEmpty else {
      return .warning(
        "migrations", "\(applied) applied, \(plan.pending.count) waiting",
        do: "\"qareeb migrate\" applies them; \"qareeb serve\" does when it starts.", figures)
    }
    return .ok("migrations", "\(applied) applied, none waiting", figures)
  }

  private static let clockQuery = PreparedQuery("SELECT clock_timestamp()")

  private func clock() async throws -> Finding {
    // The first question may pay for a connection.
    _ = try await database.query(Self.clockQuery)
    let before = HostChecks.now()
    let theirs = try await database.query(Self.clockQuery).only()[0, as: PostgresTimestamp.self]
    let after = HostChecks.now()
    let middle = before + (after - before) / 2
    return Self.clock(
      skewMilliseconds: Int((theirs.microsecondsSince1970 - middle) / 1_000), uncertainty: Int((after - before) / 2_000))
  }

  static func clock(skewMilliseconds skew: Int, uncertainty: Int) -> Finding {
    let figures = [Finding.Figure(name: "skew_ms", value: skew)]
    let certain = max(0, abs(skew) - uncertainty)
    let message = "the database's clock is \(abs(skew)) ms \(skew < 0 ? "behind" : "ahead of") this machine's"
    let advice = "Let both machines keep time (chrony, systemd-timesyncd)."
    if certain >= DoctorLimits.clockProblemMilliseconds { return .problem("clock", message, do: advice, figures) }
    if certain >= DoctorLimits.clockWarningMilliseconds { return .warning("clock", message, do: advice, figures) }
    return .ok("clock", message, figures)
  }
}
