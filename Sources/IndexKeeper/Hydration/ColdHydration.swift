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
  /// What keeps the calendars, with all of them filled; made by who needed it first.
  var keeping: CalendarKeeping?
}

/// Reads everything under the snapshot of a new slot, so that what the slot brings follows without gap or overlap.
struct ColdHydration {
  let options: LiveIndexOptions
  let loop: EventLoop
  let documents: ProviderDocuments
  let progress: @Sendable (_ rows: Int, _ estimate: Int) -> Void

  func run() async throws -> HydratedIndex {
    let replication = try await ReplicationConnection.connect(options.target, on: loop)
    do {
      try await dropLeftovers(replication)
      let slot = try await replication.createSlot(options.slotPrefix + "_" + Self.suffix(options.random()))
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
    for slot in try await replication.idleSlots(prefix: options.slotPrefix + "_") {
      guard try await replication.dropSlot(slot) else { continue }
      options.logger.info("dropped a replication slot that nobody used", ["slot": .public(slot)])
    }
  }

  private static func suffix(_ random: UInt64) -> String {
    let digits = String(random & 0xffff_ffff, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  private func read(_ slot: CreatedSlot) async throws -> HydratedIndex {
    var connectionOptions = ConnectionOptions()
    connectionOptions.statementTimeoutMilliseconds = 0
    let connection = try await PostgresConnection.connect(options.target, on: loop, options: connectionOptions)
    do {
      try await connection.script(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '\(slot.snapshot)'")
      let intake = Intake(SegmentBuilder(analyzer: options.analyzer), documents)
      try await readNames(connection, intake)
      try await readCalendars(connection, intake)
      let estimate = try await connection.query(HydrationStatements.providerEstimate).only()[0, as: Int.self]
      try await connection.copyOut(HydrationStatements.providers) { [progress] chunks in
        var decoder = BinaryCopyDecoder()
        for try await chunk in chunks {
          for row in try decoder.rows(in: chunk) { try intake.add(row) }
          progress(intake.rows, estimate)
        }
        guard decoder.hasEnded else { throw PostgresError(.decoding, "the COPY of providers was cut short") }
      }
      try await connection.script("COMMIT")
      await connection.close()
      return try intake.finish(slot)
    } catch {
      await connection.close()
      throw error
    }
  }

  private func readNames(_ connection: PostgresConnection, _ intake: Intake) async throws {
    for row in try await connection.query(HydrationStatements.markets) {
      let (id, en, ar, currency, exponent, timeZone, latitude, longitude) = try row.decode(
        String.self, String.self, String.self, String.self, Int16.self, String.self, Double.self, Double.self)
      intake.tables.markets[id] = MarketRow(
        id: id, name: NamePair(en: en, ar: ar), currency: currency, currencyExponent: exponent, timeZone: timeZone,
        centre: PlaceRow(latitude: latitude, longitude: longitude))
    }
    for row in try await connection.query(HydrationStatements.areas) {
      let (market, id, en, ar, latitude, longitude, radius) = try row.decode(
        String.self, String.self, String.self, String.self, Double.self, Double.self, Int32.self)
      intake.tables.areas[AreaKey(market: market, id: id)] = AreaRow(
        name: NamePair(en: en, ar: ar), centre: PlaceRow(latitude: latitude, longitude: longitude), radiusMetres: radius)
    }
    for row in try await connection.query(HydrationStatements.categories) {
      let (id, en, ar, position) = try row.decode(String.self, String.self, String.self, Int32.self)
      intake.tables.categories[id] = CategoryRow(name: NamePair(en: en, ar: ar), position: position)
    }
  }

  /// The calendars come before their providers, whose documents tell of them.
  private func readCalendars(_ connection: PostgresConnection, _ intake: Intake) async throws {
    try await connection.copyOut(HydrationStatements.calendars) { chunks in
      var decoder = BinaryCopyDecoder()
      for try await chunk in chunks {
        for row in try decoder.rows(in: chunk) { try intake.addCalendar(row) }
      }
      guard decoder.hasEnded else { throw PostgresError(.decoding, "the COPY of calendars was cut short") }
    }
    try intake.fillCalendars(options)
  }

  /// What has been read so far.
  private final class Intake: @unchecked Sendable {
    // Sendable: used on the loop only, by one task.
    var tables: SourceTables
    private(set) var rows = 0
    private var refused = 0
    private var builder: SegmentBuilder
    private var base = SourceBaseBuilder()
    private var serviceNames = ServiceNameCounts()
    private let documents: ProviderDocuments
    private var calendars = CalendarBaseBuilder()
    private var rowCount: UInt32 = 0
    private var markets: [PostgresUUID: String] = [:]
    /// There once the calendars have been read.
    private var keeping: CalendarKeeping?

    init(_ builder: SegmentBuilder, _ documents: ProviderDocuments) {
      self.builder = builder
      self.documents = documents
      tables = SourceTables()
    }

    func addCalendar(_ fields: [[UInt8]?]) throws {
      var row = CopiedRow(fields)
      let (id, market, entry) = try row.calendar()
      try calendars.add(id, PlacedCalendar(entry: entry, firstRow: rowCount))
      rowCount += UInt32(entry.staff.count)
      // Where all markets have one zone nobody will ask.
      if tables.markets.count > 1 { markets[id] = market }
    }

    func fillCalendars(_ options: LiveIndexOptions) throws {
      let tables = CalendarTables(base: calendars.finish(), rowCount: rowCount)
      calendars = CalendarBaseBuilder()
      let keeping = CalendarKeeping(tables, markets: self.tables.markets, options: options)
      try keeping.fillAll { markets[$0] }
      markets = [:]
      self.keeping = keeping
    }

    func add(_ fields: [[UInt8]?]) throws {
      var row = CopiedRow(fields)
      let (id, entry) = try row.entry()
      try base.add(id, entry)
      serviceNames.move(from: SourceEntry(), to: entry)
      rows += 1
      let standing = try keeping?.standing(of: id)
      do throws(IndexError) {
        guard var record = try documents.record(id, entry, tables) else { return }
        if let standing { record.take(standing) }
        try builder.add(record)
      } catch {
        // One bad provider must not keep all others from being found.
        guard case .record = error else { throw error }
        refused += 1
      }
    }

    func finish(_ slot: CreatedSlot) throws -> HydratedIndex {
      let settled = SettledTables(providers: base.finish(), serviceNames: serviceNames.settled())
      base = SourceBaseBuilder()
      tables.rest(on: settled, madeOf: tables)
      let segment = try builder.finish()
      return HydratedIndex(
        segment: segment, tables: tables, calendars: keeping?.tables ?? CalendarTables(), slot: slot.name,
        position: slot.position, day: documents.today, refused: refused, keeping: keeping)
    }
  }
}
