import ChangeFeed
import EventLoops
import Geometry
import PostgresClient
import ProviderIndex
import TextIndex

extension IndexRebuild {
  /// Brings the file forward, in memory, to a snapshot of the database, and asks SQL, in words of its own, whether it is right. The file's
  /// bytes were checked when it was read. Throws `.checkFailed` with all that is wrong.
  func check(_ path: String, on loop: EventLoop) async throws {
    guard let saved = try StateFile.read(path: path, fingerprint: options.analyzerFingerprint) else {
      throw IndexOperationError.noIndex(path: path)
    }
    let moment = try await ReplicationConnection.connect(options.target, on: loop)
    let feed: ReplicationConnection
    do {
      feed = try await ReplicationConnection.connect(options.target, on: loop)
    } catch {
      await moment.close()
      throw error
    }
    let wrong: Result<[String], any Error>
    do {
      wrong = .success(try await problems(of: saved, moment, feed, on: loop))
    } catch {
      wrong = .failure(error)
    }
    await feed.close()
    await moment.close()
    let reasons = try wrong.get()
    guard reasons.isEmpty else { throw IndexOperationError.checkFailed(reasons) }
  }

  private func problems(
    of saved: HydratedIndex, _ moment: ReplicationConnection, _ feed: ReplicationConnection, on loop: EventLoop
  ) async throws -> [String] {
    let copy = options.newSlotName()
    try await feed.copySlot(saved.slot, to: copy, isTemporary: true)
    let snapshot = try await moment.createSlot(options.newSlotName(), isTemporary: true)
    let connection = try await PostgresConnection.connect(options.target, on: loop)
    do {
      try await connection.script(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET TRANSACTION SNAPSHOT '\(snapshot.snapshot)'; SET LOCAL statement_timeout = 0"
      )
      let contents = try await LogReplay.bring(saved, to: snapshot.position, feed, copy, options, on: loop)
      progress(.checking("row counts"))
      var problems = try await countProblems(contents, refused: saved.refused, connection)
      progress(.checking("a sample of documents"))
      problems += try await sampleProblems(contents.tables, contents.index, connection)
      progress(.checking("questions with known answers"))
      problems += try questions(contents.index)
      try await connection.script("COMMIT")
      await connection.close()
      return problems
    } catch {
      await connection.close()
      throw error
    }
  }

  // MARK: Counts

  private static let counts = PreparedQuery(
    """
    SELECT (SELECT count(*) FROM catalogue.provider), (SELECT count(*) FROM catalogue.provider WHERE is_active),
      (SELECT count(*) FROM catalogue.service), (SELECT count(*) FROM catalogue.service_area),
      (SELECT count(*) FROM catalogue.market) + (SELECT count(*) FROM catalogue.area) + (SELECT count(*) FROM catalogue.category),
      (SELECT count(*) FROM catalogue.staff), (SELECT count(*) FROM catalogue.working_hours)
        + (SELECT count(*) FROM catalogue.schedule_override) + (SELECT count(*) FROM catalogue.outside_busy)
    """)

  private func countProblems(
    _ contents: IndexContentsAtPosition, refused: Int, _ connection: PostgresConnection
  ) async throws -> [String] {
    let tables = contents.tables
    let row = try await connection.query(Self.counts, timeoutMilliseconds: 0).only()
    let expected = try row.decode(Int.self, Int.self, Int.self, Int.self, Int.self, Int.self, Int.self)
    var (providers, active, services, areas) = (0, 0, 0, 0)
    try tables.providers.forEach { _, entry in
      providers += entry.provider == nil ? 0 : 1
      active += entry.provider?.isActive == true ? 1 : 0
      services += entry.services.count
      areas += entry.areas.count
    }
    var problems: [String] = []
    func compare(_ what: String, _ mine: Int, _ theirs: Int) {
      if mine != theirs { problems.append("it has \(mine) \(what), the database \(theirs)") }
    }
    compare("providers", providers, expected.0)
    compare("active providers", active, expected.1)
    compare("services", services, expected.2)
    compare("service areas", areas, expected.3)
    compare(
      "markets, neighbourhoods and categories", tables.markets.count + tables.areas.count + tables.categories.count, expected.4)
    var (staff, times) = (0, 0)
    try contents.calendars.entries.forEach { _, placed in
      staff += placed.entry.staff.count
      times += placed.entry.hours.count + placed.entry.overrides.count + placed.entry.busy.count
    }
    compare("members of staff", staff, expected.5)
    compare("working hours, special days and busy times", times, expected.6)
    // A provider whose rows the index would not take is none of the index's faults; each is in the node's log.
    let documents = contents.index.count
    if documents > active || documents < active - refused - active / 1_000 {
      problems.append("it finds \(documents) providers, of \(active) that are active")
    }
    return problems
  }

  // MARK: A sample

  private static let sample = PreparedQuery(
    """
    SELECT id, name_en, name_ar, description_en, description_ar, market_id, category_id, area_id, ST_Y(location::geometry),
      ST_X(location::geometry), rating_sum, rating_count, verification = 'verified', is_online, is_active, tier, tags,
      (SELECT count(*) FROM catalogue.service WHERE provider_id = provider.id),
      (SELECT coalesce(sum(price_minor), 0)::bigint FROM catalogue.service WHERE provider_id = provider.id),
      (SELECT count(*) FROM catalogue.service_area WHERE provider_id = provider.id)
    FROM catalogue.provider WHERE id = ANY($1)
    """)

  /// Providers at random, as SQL says them one by one: another way than the one by which the index read them.
  private func sampleProblems(
    _ tables: SourceTables, _ index: IndexSnapshot, _ connection: PostgresConnection
  ) async throws -> [String] {
    var ids: [PostgresUUID] = []
    try tables.providers.forEach { id, entry in if entry.provider != nil { ids.append(id) } }
    guard !ids.isEmpty else { return [] }
    let chosen =
      ids.count <= plan.sampleSize ? ids : (0..<plan.sampleSize).map { _ in ids[Int(options.random() % UInt64(ids.count))] }
    let wanted = Set(chosen)
    let documents = IndexDocuments(index)
    var problems: [String] = []
    var seen = 0
    for row in try await connection.query(Self.sample, Array(wanted), timeoutMilliseconds: 0) {
      seen += 1
      let row = try SampledRow(row)
      let entry = try tables.providers.entry(row.id)
      problems += row.differences(from: entry, documents[row.id.description]).map { "provider \(row.id): \($0)" }
    }
    if seen != wanted.count {
      problems.append("\(wanted.count - seen) of \(wanted.count) sampled providers are not in the database")
    }
    return problems.count <= 10 ? problems : Array(problems.prefix(10)) + ["and \(problems.count - 10) more"]
  }
}

/// A provider as SQL says it.
private struct SampledRow {
  let id: PostgresUUID
  private let name, description: NamePair
  private let market, category: String
  private let area: String?
  private let place: PlaceRow
  private let ratingSum: Int64
  private let ratingCount: Int32
  private let isVerified, isOnline, isActive: Bool
  private let tier: String
  private let tags: [String]
  private let services: Int
  private let prices: Int64
  private let areas: Int

  init(_ row: Row) throws {
    var reader = row.reader
    id = try reader.next()
    name = NamePair(en: try reader.next(), ar: try reader.next())
    description = NamePair(en: try reader.next(), ar: try reader.next())
    (market, category, area) = (try reader.next(), try reader.next(), try reader.next())
    place = PlaceRow(latitude: try reader.next(), longitude: try reader.next())
    (ratingSum, ratingCount) = (try reader.next(), try reader.next())
    (isVerified, isOnline, isActive) = (try reader.next(), try reader.next(), try reader.next())
    (tier, tags) = (try reader.next(), try reader.next())
    (services, prices, areas) = (try reader.next(), try reader.next(), try reader.next())
  }

  func differences(from entry: SourceEntry, _ document: IndexedDocument?) -> [String] {
    var found: [String] = []
    func compare<Value: Equatable>(_ field: String, _ index: Value, _ database: Value) {
      if index != database { found.append("\(field) is \(index), in the database \(database)") }
    }
    guard let provider = entry.provider else { return ["it is not there"] }
    compare("name", provider.name, name)
    compare("description", provider.description, description)
    compare("market", provider.market, market)
    compare("category", provider.category, category)
    compare("area", provider.area, area)
    compare("place", provider.place, place)
    compare("rating sum", provider.live.ratingSum, ratingSum)
    compare("rating count", provider.live.ratingCount, ratingCount)
    compare("verification", provider.live.isVerified, isVerified)
    compare("presence", provider.live.isOnline, isOnline)
    compare("state", provider.isActive, isActive)
    compare("tier", provider.tier, tier)
    compare("tags", provider.tags, tags)
    compare("number of services", entry.services.count, services)
    compare("sum of prices", entry.services.reduce(0) { $0 + $1.price }, prices)
    compare("number of service areas", entry.areas.count, areas)
    guard let document else { return found }
    compare("searchability", true, isActive)
    compare("category that is searched", document.category, category)
    compare("latitude that is searched", document.latitude, place.latitude)
    compare("longitude that is searched", document.longitude, place.longitude)
    compare("rating count that is searched", Int64(document.ratingCount), Int64(ratingCount))
    compare("verification that is searched", document.isVerified, isVerified)
    return found
  }
}
