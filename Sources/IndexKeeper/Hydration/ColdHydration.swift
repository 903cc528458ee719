import ChangeFeed
import EventLoops
import PostgresClient
import ProviderIndex
import Telemetry
import TextIndex

/// What a start ends in: an index at one position of the log, and the slot that goes on from there.
struct HydratedIndex: Sendable {
  let segment: Segment
  let tables: SourceTables
  let calendars: CalendarTables
  let slot: String
  let position: UInt64
  /// The day for which newness was counted.
  let day: Int32
  /// Providers whose rows the index would not take.
  var refused = 0
  /// The moment whose state it is, by the keeper's clock; 0 where only the log will tell.
  var freshAsOf: UInt64 = 0
  /// A file holds this state.
  var isSaved = false
  /// What keeps the calendars, with all of them filled, where somebody has done so already.
  var keeping: CalendarKeeping?
}

/// Reads everything under the snapshot of a new slot, so that what the slot brings follows without gap or overlap. Rows come on the
/// keeper's loop, over a connection a table; a crew makes documents of them.
struct ColdHydration {
  let options: LiveIndexOptions
  let loop: EventLoop
  let documents: ProviderDocuments
  let progress: @Sendable (_ rows: Int, _ estimate: Int) -> Void
  /// Returns when so many providers may have been read.
  var pace: @Sendable (_ rows: Int) async throws -> Void = { _ in }

  func run() async throws -> HydratedIndex {
    let replication = try await ReplicationConnection.connect(options.target, on: loop)
    do {
      try await dropLeftovers(replication)
      let slot = try await replication.createSlot(options.newSlotName())
      do {
        let freshAsOf = options.clock.monotonicMilliseconds()
        var hydrated = try await read(slot)
        hydrated.freshAsOf = freshAsOf
        await replication.close()
        return hydrated
      } catch {
        // A slot that nobody follows would keep the log for ever. Where the server cannot be reached, the next start drops it.
        _ = try? await replication.dropSlot(slot.name)
        throw error
      }
    } catch {
      await replication.close()
      throw error
    }
  }

  /// Slots of earlier starts, from which nobody streams any more.
  private func dropLeftovers(_ replication: ReplicationConnection) async throws {
    let idle = try await replication.idleSlots(prefix: options.slotPrefix + "_")
    // Looked at behind the slots: a file is there before the slot that it names.
    let kept = await options.slotsOfKeptFiles()
    for slot in idle where !kept.contains(slot) {
      guard try await replication.dropSlot(slot) else { continue }
      options.logger.info("dropped a replication slot that nobody used", ["slot": .public(slot)])
    }
  }

  /// Reads under the snapshot of a slot that was made for it.
  func read(_ slot: CreatedSlot) async throws -> HydratedIndex {
    let (places, estimate) = try await withConnection(slot) { connection in
      (
        try await readPlaces(connection),
        try await connection.query(HydrationStatements.providerEstimate).only()[0, as: Int.self]
      )
    }
    let crew = try HydrationCrew(
      threads: options.threads, loop: loop, documents: documents, tables: places, analyzer: options.analyzer)
    let (parts, staff): (HydratedParts, UInt32)
    do {
      staff = try await withCopies(of: HydratedTable.allCases[...], [], slot) { copies in
        try await hand(copies, to: crew, estimate: estimate)
      }
      // Workers are behind what was read: who watches is told of the last ones too.
      try await crew.finishBatches()
      progress(crew.count, estimate)
      parts = try await crew.finish()
    } catch {
      await crew.close()
      throw error
    }
    return try await assemble(parts, places, staff: staff, slot)
  }

  /// A connection that sees what the slot's snapshot sees, closed whatever happens.
  private func withConnection<R: Sendable>(
    _ slot: CreatedSlot, _ body: (PostgresConnection) async throws -> R
  ) async throws -> R {
    var connectionOptions = ConnectionOptions()
    connectionOptions.statementTimeoutMilliseconds = 0
    let connection = try await PostgresConnection.connect(options.target, on: loop, options: connectionOptions)
    do {
      try await connection.script(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '\(slot.snapshot)'")
      let result = try await body(connection)
      try await connection.script("COMMIT")
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }

  /// Reads several tables at the same time, each over a connection of its own.
  private func withCopies<R: Sendable>(
    of tables: ArraySlice<HydratedTable>, _ open: [(HydratedTable, CopyChunks)], _ slot: CreatedSlot,
    _ body: @escaping @Sendable ([(HydratedTable, CopyChunks)]) async throws -> R
  ) async throws -> R {
    guard let table = tables.first else { return try await body(open) }
    return try await withConnection(slot) { connection in
      try await connection.copyOut(table.statement) { chunks in
        try await withCopies(of: tables.dropFirst(), open + [(table, chunks)], slot, body)
      }
    }
  }

  private func readPlaces(_ connection: PostgresConnection) async throws -> SourceTables {
    var tables = SourceTables()
    for row in try await connection.query(HydrationStatements.markets) {
      let (id, en, ar, currency, exponent, timeZone, latitude, longitude) = try row.decode(
        String.self, String.self, String.self, String.self, Int16.self, String.self, Double.self, Double.self)
      tables.markets[id] = MarketRow(
        id: id, name: NamePair(en: en, ar: ar), currency: currency, currencyExponent: exponent, timeZone: timeZone,
        centre: PlaceRow(latitude: latitude, longitude: longitude))
    }
    for row in try await connection.query(HydrationStatements.areas) {
      let (market, id, en, ar, latitude, longitude, radius) = try row.decode(
        String.self, String.self, String.self, String.self, Double.self, Double.self, Int32.self)
      tables.areas[AreaKey(market: market, id: id)] = AreaRow(
        name: NamePair(en: en, ar: ar), centre: PlaceRow(latitude: latitude, longitude: longitude), radiusMetres: radius)
    }
    for row in try await connection.query(HydrationStatements.categories) {
      let (id, en, ar, position) = try row.decode(String.self, String.self, String.self, Int32.self)
      tables.categories[id] = CategoryRow(name: NamePair(en: en, ar: ar), position: position)
    }
    return tables
  }

  /// Joins the tables by provider, batch by batch. Gives how many staff members there are.
  private func hand(
    _ copies: [(HydratedTable, CopyChunks)], to crew: HydrationCrew, estimate: Int
  ) async throws -> UInt32 {
    var tables = copies.map { CopiedTable($0, $1) }
    var (number, turn, staff) = (0, 0, 0)
    while true {
      guard let firstStaff = UInt32(exactly: staff) else { throw PostgresError(.decoding, "more staff than numbers for it") }
      var batch = HydrationBatch(number: number, firstTurn: turn, firstStaff: firstStaff)
      guard let last = try await tables[0].takeSome(into: &batch.tables[.providers, default: CopiedRows()]) else { break }
      for index in tables.indices.dropFirst() {
        try await tables[index].take(upTo: last, into: &batch.tables[tables[index].table, default: CopiedRows()])
      }
      number += 1
      turn += batch.count(.providers)
      staff += batch.count(.staff)
      try await crew.add(batch)
      progress(crew.count, estimate)
      try await pace(turn)
    }
    for index in tables.indices.dropFirst() { try await tables[index].requireEnd() }
    return UInt32(staff)
  }

  /// Puts together what the workers have made. On threads of its own: the loop goes on.
  private func assemble(
    _ parts: HydratedParts, _ places: SourceTables, staff: UInt32, _ slot: CreatedSlot
  ) async throws -> HydratedIndex {
    var (tables, parts) = (places, parts)
    let (builders, rows, calendars, refused) = (parts.builders, parts.rows, parts.calendars, parts.refused)
    var serviceNames = ServiceNameCounts()
    for counts in parts.serviceNames { serviceNames.add(counts) }
    // Held once, so that nothing is copied where it is changed.
    parts = HydratedParts(builders: [], rows: [], calendars: [], serviceNames: [], refused: 0)
    async let segment = Self.onThread { [options] in try SegmentBuilder.finish(builders, crew: options.crew) }
    async let base = Self.onThread {
      (SettledProviders(try RestingEntries.joining(rows)), try RestingEntries.joining(calendars))
    }
    let (providers, resting) = try await base
    tables.rest(on: SettledTables(providers: providers, serviceNames: serviceNames.settled()), madeOf: tables)
    return HydratedIndex(
      segment: try await segment, tables: tables, calendars: CalendarTables(base: resting, rowCount: staff), slot: slot.name,
      position: slot.position, day: documents.today, refused: refused)
  }

  private static func onThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      DetachedThread.run(name: "hydration") { continuation.resume(with: Result { try body() }) }
    }
  }
}

/// One table, as it comes, in the order of providers.
private struct CopiedTable {
  /// Enough of them that handing them over costs nothing, few enough that every worker gets some of a small market.
  private static let batchBytes = 131_072

  let table: HydratedTable
  private var chunks: CopyChunks.AsyncIterator
  private var cutter: CopiedRowCutter

  init(_ table: HydratedTable, _ chunks: CopyChunks) {
    self.table = table
    self.chunks = chunks.makeAsyncIterator()
    cutter = CopiedRowCutter(of: table.rawValue)
  }

  /// False at the end, which must be where the server said that it is.
  private mutating func feed() async throws -> Bool {
    guard let chunk = try await chunks.next() else {
      guard cutter.hasEnded else { throw PostgresError(.decoding, "the COPY of \(table.rawValue) was cut short") }
      return false
    }
    cutter.feed(chunk)
    return true
  }

  /// The next batch of providers: the last one's id; nil at the end.
  mutating func takeSome(into rows: inout CopiedRows) async throws -> PostgresUUID? {
    var last: PostgresUUID?
    repeat {
      _ = try cutter.take(upTo: nil, into: &rows, lastTaken: &last)
      guard rows.bytes.count < Self.batchBytes else { break }
    } while try await feed()
    return last
  }

  mutating func take(upTo last: PostgresUUID, into rows: inout CopiedRows) async throws {
    var taken: PostgresUUID?
    repeat {
      if try cutter.take(upTo: last, into: &rows, lastTaken: &taken) { return }
    } while try await feed()
  }

  /// Behind the last provider's.
  mutating func requireEnd() async throws {
    var rest = CopiedRows()
    var taken: PostgresUUID?
    repeat {
      _ = try cutter.take(upTo: nil, into: &rest, lastTaken: &taken)
    } while try await feed()
    guard rest.count == 0 else { throw PostgresError(.decoding, "rows of \(table.rawValue) belong to no provider") }
  }
}
