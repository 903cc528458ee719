import ChangeFeed
import Dispatch
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
  /// What keeps the calendars, with all of them filled; made by who needed it first.
  var keeping: CalendarKeeping?
}

/// Reads everything under the snapshot of a new slot, so that what the slot brings follows without gap or overlap. Rows come on the
/// keeper's loop, over three connections; a crew makes documents of them.
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
    let (tables, keeping, parts) = try await withConnection(slot) { providers in
      let tables = try await readPlaces(providers)
      let keeping = try await readCalendars(providers, markets: tables.markets)
      let estimate = try await providers.query(HydrationStatements.providerEstimate).only()[0, as: Int.self]
      let parts = try await withConnection(slot) { services in
        try await withConnection(slot) { areas in
          try await withCrew(tables, keeping) { crew in
            try await copy(from: providers, services, areas, to: crew, estimate: estimate)
            // Workers are behind what was read: who watches is told of the last ones too.
            try await crew.finishBatches()
            progress(crew.count, estimate)
          }
        }
      }
      return (tables, keeping, parts)
    }
    return try await assemble(parts, tables, keeping, slot)
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

  private func withCrew(
    _ tables: SourceTables, _ keeping: CalendarKeeping, _ body: (HydrationCrew) async throws -> Void
  ) async throws -> HydratedParts {
    let crew = try HydrationCrew(
      threads: options.threads, loop: loop, documents: documents, tables: tables, keeping: keeping,
      analyzer: options.analyzer)
    do {
      try await body(crew)
      return try await crew.finish()
    } catch {
      await crew.close()
      throw error
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

  /// The calendars come before their providers, whose documents tell of them.
  private func readCalendars(
    _ connection: PostgresConnection, markets: [String: MarketRow]
  ) async throws -> CalendarKeeping {
    let (tables, marketsByProvider) = try await connection.copyOut(HydrationStatements.calendars) { chunks in
      var calendars = CalendarBaseBuilder()
      var rowCount: UInt32 = 0
      var marketsByProvider: [PostgresUUID: String] = [:]
      var decoder = BinaryCopyDecoder()
      for try await chunk in chunks {
        for fields in try decoder.rows(in: chunk) {
          var row = CopiedRow(fields)
          let (id, market, entry) = try row.calendar()
          try calendars.add(id, PlacedCalendar(entry: entry, firstRow: rowCount))
          rowCount += UInt32(entry.staff.count)
          // Where all markets have one zone nobody will ask.
          if markets.count > 1 { marketsByProvider[id] = market }
        }
      }
      guard decoder.hasEnded else { throw PostgresError(.decoding, "the COPY of calendars was cut short") }
      return (CalendarTables(base: calendars.finish(), rowCount: rowCount), marketsByProvider)
    }
    let keeping = CalendarKeeping(tables, markets: markets, options: options)
    try keeping.fillAll { marketsByProvider[$0] }
    return keeping
  }

  /// Joins the three tables by provider, batch by batch.
  private func copy(
    from providers: PostgresConnection, _ services: PostgresConnection, _ areas: PostgresConnection, to crew: HydrationCrew,
    estimate: Int
  ) async throws {
    try await providers.copyOut(HydrationStatements.providers) { [progress, pace] providerChunks in
      try await services.copyOut(HydrationStatements.services) { serviceChunks in
        try await areas.copyOut(HydrationStatements.serviceAreas) { areaChunks in
          var providers = CopiedTable("catalogue.provider", providerChunks)
          var services = CopiedTable("catalogue.service", serviceChunks)
          var areas = CopiedTable("catalogue.service_area", areaChunks)
          var (number, turn) = (0, 0)
          while true {
            var batch = HydrationBatch(number: number, firstTurn: turn)
            guard let last = try await providers.takeSome(into: &batch.providers) else { break }
            try await services.take(upTo: last, into: &batch.services)
            try await areas.take(upTo: last, into: &batch.serviceAreas)
            number += 1
            turn += batch.providers.count
            try await crew.add(batch)
            progress(crew.count, estimate)
            try await pace(turn)
          }
          try await services.requireEnd()
          try await areas.requireEnd()
        }
      }
    }
  }

  /// Puts together what the workers have made. On threads of its own: the loop goes on.
  private func assemble(
    _ parts: HydratedParts, _ places: SourceTables, _ keeping: CalendarKeeping, _ slot: CreatedSlot
  ) async throws -> HydratedIndex {
    var (tables, parts) = (places, parts)
    let (builders, rows, refused) = (parts.builders, parts.rows, parts.refused)
    var serviceNames = ServiceNameCounts()
    for counts in parts.serviceNames { serviceNames.add(counts) }
    // Held once, so that nothing is copied where it is changed.
    parts = HydratedParts(builders: [], rows: [], serviceNames: [], refused: 0)
    let crew = Crew(size: options.threads) { DispatchQueue.concurrentPerform(iterations: $0, execute: $1) }
    async let segment = Self.onThread { try SegmentBuilder.finish(builders, crew: crew) }
    async let base = Self.onThread { try SourceBase.joining(rows) }
    let settled = SettledTables(providers: try await base, serviceNames: serviceNames.settled())
    tables.rest(on: settled, madeOf: tables)
    return HydratedIndex(
      segment: try await segment, tables: tables, calendars: keeping.tables, slot: slot.name, position: slot.position,
      day: documents.today, refused: refused, keeping: keeping)
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

  private let table: String
  private var chunks: CopyChunks.AsyncIterator
  private var cutter: CopiedRowCutter

  init(_ table: String, _ chunks: CopyChunks) {
    self.table = table
    self.chunks = chunks.makeAsyncIterator()
    cutter = CopiedRowCutter(of: table)
  }

  /// False at the end, which must be where the server said that it is.
  private mutating func feed() async throws -> Bool {
    guard let chunk = try await chunks.next() else {
      guard cutter.hasEnded else { throw PostgresError(.decoding, "the COPY of \(table) was cut short") }
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
    guard rest.count == 0 else { throw PostgresError(.decoding, "rows of \(table) belong to no provider") }
  }
}
