import PostgresClient

/// The statements of this module. Rows go as arrays, a statement for all of them, so that a batch takes five round trips whatever its size.
enum FeedStatements {
  /// A position is told to people, so what it contains must not be lost: where commits are not waited for, those of feeds are.
  static let durability = PreparedQuery(
    """
    SELECT set_config('synchronous_commit', 'local', true) WHERE current_setting('synchronous_commit') = 'off'
    """)
  /// In order of their names, so that two batches never wait for one another.
  static let lock = PreparedQuery(
    """
    SELECT name, last_sequence, ARRAY(SELECT lower(gap) FROM unnest(gaps) AS gap ORDER BY 1),
      ARRAY(SELECT upper(gap) - 1 FROM unnest(gaps) AS gap ORDER BY 1)
    FROM feeds.source WHERE name = ANY ($1) ORDER BY name FOR UPDATE
    """)
  static let addSources = PreparedQuery(
    "INSERT INTO feeds.source (name) SELECT name FROM unnest($1::text[]) AS name ORDER BY name ON CONFLICT DO NOTHING")
  static let providers = PreparedQuery("SELECT id FROM catalogue.provider WHERE id = ANY ($1)")
  static let staff = PreparedQuery("SELECT id, provider_id FROM catalogue.staff WHERE id = ANY ($1)")
  /// What overlaps or touches the spans of calendars. The index of the constraint outside_busy_once answers it.
  static let busy = PreparedQuery(
    """
    SELECT said.calendar, busy.id, lower(busy.during), upper(busy.during)
    FROM unnest($1::int[], $2::text[], $3::uuid[], $4::timestamptz[], $5::timestamptz[])
      AS said (calendar, source, owner, starts, ends)
    JOIN catalogue.outside_busy AS busy ON coalesce(busy.staff_id, busy.provider_id) = said.owner AND busy.source = said.source
      AND busy.during && tstzrange(said.starts - interval '1 microsecond', said.ends, '[]')
    """)
  static let remove = PreparedQuery(
    """
    DELETE FROM catalogue.outside_busy AS busy USING unnest($1::uuid[], $2::bigint[]) AS gone (provider_id, id)
    WHERE busy.provider_id = gone.provider_id AND busy.id = gone.id
    """)
  static let add = PreparedQuery(
    """
    INSERT INTO catalogue.outside_busy (source, provider_id, staff_id, during)
    SELECT source, provider_id, staff_id, tstzrange(starts, ends)
    FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[])
      AS said (source, provider_id, staff_id, starts, ends)
    """)
  /// The oldest that have passed, of anybody. Those that others hold are left to them, so that nobody waits here.
  static let prune = PreparedQuery(
    """
    WITH past AS MATERIALIZED (
      SELECT provider_id, id FROM catalogue.outside_busy WHERE upper(during) < $1
      ORDER BY upper(during) LIMIT $2 FOR UPDATE SKIP LOCKED)
    DELETE FROM catalogue.outside_busy AS busy USING past WHERE busy.provider_id = past.provider_id AND busy.id = past.id
    """)
  static let advance = PreparedQuery(
    """
    UPDATE feeds.source SET last_sequence = $2, gap_count = gap_count + $3, missing_count = missing_count + $4,
      gaps = (SELECT coalesce(range_agg(int8range(first, last, '[]')), '{}') FROM unnest($5::bigint[], $6::bigint[]) AS gap (first, last))
    WHERE name = $1
    """)
  static let position = PreparedQuery("SELECT pg_current_wal_flush_lsn()::text")
}

extension AvailabilityFeed {
  /// Applies a batch, whole or not at all.
  func apply(_ entries: [FeedEntry]) async throws -> BatchPlan {
    for _ in 1..<FeedLimits.attempts {
      do {
        return try await applyOnce(entries)
      } catch let error as PostgresError where error.sqlState == .foreignKeyViolation {
        // Somebody left between the look and the write.
        continue
      }
    }
    return try await applyOnce(entries)
  }

  private func applyOnce(_ entries: [FeedEntry]) async throws -> BatchPlan {
    try await database.transaction { transaction in
      let plan = try await plan(entries, transaction)
      let changes = try await changes(plan.patches, transaction)
      try await transaction.pipeline { pipeline in
        changes.write(to: &pipeline)
        // Behind them: who holds rows of the past waits for nobody any more.
        if changes.addedCount > 0 {
          pipeline.add(FeedStatements.prune, keptSince, changes.addedCount * FeedLimits.prunedPerAdded)
        }
        for (name, progress) in plan.progress.sorted(by: { $0.key < $1.key }) {
          pipeline.add(
            FeedStatements.advance, name, progress.last, progress.newGaps.count, progress.newlyMissing,
            progress.gaps.map(\.lowerBound), progress.gaps.map(\.upperBound))
        }
      }
      return plan
    }
  }

  /// Holds the sources until the transaction ends.
  private func plan(_ entries: [FeedEntry], _ transaction: PostgresTransaction) async throws -> BatchPlan {
    let names = Set(entries.map(\.source)).sorted()
    let providers = Set(entries.compactMap { $0.line?.providerID }).map(PostgresUUID.init)
    let staff = Set(entries.compactMap { $0.line?.staffID }).map(PostgresUUID.init)
    let answers = try await transaction.pipeline { pipeline in
      pipeline.add(FeedStatements.durability)
      pipeline.add(FeedStatements.lock, names)
      pipeline.add(FeedStatements.providers, providers)
      pipeline.add(FeedStatements.staff, staff)
    }
    var sources = answers[1]
    if sources.count < names.count {
      try await transaction.execute(FeedStatements.addSources, names)
      sources = try await transaction.query(FeedStatements.lock, names)
    }
    return BatchPlan(
      entries, progress: try Dictionary(uniqueKeysWithValues: sources.map(AvailabilityFeed.progress)),
      providers: Set(try answers[2].map { try $0[0] }),
      staff: Dictionary(try answers[3].decode(PostgresUUID.self, PostgresUUID.self)) { first, _ in first })
  }

  private static func progress(_ row: Row) throws -> (String, SourceProgress) {
    let (name, last, first, ends) = try row.decode(String.self, Int?.self, [Int].self, [Int].self)
    return (name, SourceProgress(last: last, gaps: zip(first, ends).map { $0...$1 }))
  }

  /// What must go and come for the patches.
  private func changes(
    _ patches: [CalendarKey: BusyPatch], _ transaction: PostgresTransaction
  ) async throws -> BusyChanges {
    var changes = BusyChanges()
    guard !patches.isEmpty else { return changes }
    let calendars = Array(patches)
    let said = calendars.enumerated().flatMap { index, calendar in
      calendar.value.touched.map { (calendar: Int32(index), key: calendar.key, span: $0) }
    }
    let found = try await transaction.query(
      FeedStatements.busy, said.map(\.calendar), said.map(\.key.source), said.map(\.key.owner),
      said.map { PostgresTimestamp(microsecondsSince1970: $0.span.lowerBound) },
      said.map { PostgresTimestamp(microsecondsSince1970: $0.span.upperBound) })
    // A row may touch several spans.
    var rows = [[Int64: TimeSpan]](repeating: [:], count: calendars.count)
    for row in found {
      let (calendar, id, from, to) = try row.decode(Int.self, Int64.self, PostgresTimestamp.self, PostgresTimestamp.self)
      rows[calendar][id] = from.microsecondsSince1970..<to.microsecondsSince1970
    }
    for (calendar, rows) in zip(calendars, rows) {
      changes.add(BusyChange(calendar.value, rows: rows.map { (id: $0.key, span: $0.value) }), to: calendar.key)
    }
    return changes
  }
}

/// Rows that go and come, of all calendars of a batch.
private struct BusyChanges: Sendable {
  private var gone: [(provider: PostgresUUID, id: Int64)] = []
  private var come: [(calendar: CalendarKey, span: TimeSpan)] = []

  var addedCount: Int { come.count }

  mutating func add(_ change: BusyChange, to calendar: CalendarKey) {
    gone += change.removedRows.map { (calendar.provider, $0) }
    come += change.added.map { (calendar, $0) }
  }

  func write(to pipeline: inout PipelineBuilder) {
    if !gone.isEmpty { pipeline.add(FeedStatements.remove, gone.map(\.provider), gone.map(\.id)) }
    guard !come.isEmpty else { return }
    pipeline.add(
      FeedStatements.add, come.map(\.calendar.source), come.map(\.calendar.provider), come.map(\.calendar.staff),
      come.map { PostgresTimestamp(microsecondsSince1970: $0.span.lowerBound) },
      come.map { PostgresTimestamp(microsecondsSince1970: $0.span.upperBound) })
  }
}
