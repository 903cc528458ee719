import AvailabilityIndex
import Calendars
import ChangeFeed
import PostgresClient
import ProviderIndex
import Telemetry
import TextIndex

/// Keeps the calendars in step with the feed and with time. Touched on the keeper's loop only.
final class CalendarKeeping: @unchecked Sendable {
  // Sendable: made by a start, on the keeper's loop as well, and handed over with what it has made.
  private var changes: CalendarChanges
  let calendars: StaffCalendars
  private var zoneFiles: ZoneFiles
  private var zones = MarketZones()
  private let crew: Crew
  /// The slot that availability is counted from.
  private(set) var slot: Int
  /// Up to which calendar of the base the days that came last have been filled; nil where all have been.
  private var filling: (base: RestingEntries<PlacedCalendar>, next: Int)?

  init(_ tables: CalendarTables, markets: [String: MarketRow], options: LiveIndexOptions) {
    let now = options.clock.now()
    changes = CalendarChanges(tables)
    calendars = StaffCalendars(rowCount: tables.rowCount, today: Int(now.dayNumber))
    slot = now.slot
    crew = options.crew
    zoneFiles = ZoneFiles(folder: options.zoneFolder, logger: options.logger)
    _ = setZones(markets)
  }

  var tables: CalendarTables { changes.tables }

  /// What searches are told of staff.
  var shown: CatalogueCalendars { CatalogueCalendars(tables: changes.tables, zones: zones.byMarket.compactMapValues { $0 }) }

  // MARK: All calendars

  /// Fills all of them: at a start. O(n), shared among threads.
  func fillAll(marketOf: @Sendable (PostgresUUID) throws -> String?) throws {
    let zones = zones
    try calendars.fill(changes.tables.entries, crew: crew) { id in try zones.zone(of: id, marketOf) }
  }

  /// True when some market has another zone than before.
  private func setZones(_ markets: [String: MarketRow]) -> Bool {
    let known = zones
    zones = MarketZones()
    for market in markets.values { zones.byMarket[market.id] = .some(zoneFiles.zone(market.timeZone)) }
    return !zones.isSame(as: known)
  }

  // MARK: The feed

  func begin() { changes.beginTransaction() }

  func apply(_ change: FeedChange) throws { try changes.apply(change) }

  func abandon() { changes.abandonTransaction() }

  /// What a transaction did to calendars.
  struct Outcome {
    /// Something is not as it was before.
    var isChanged = false
    /// Providers with other staff numbers: their documents say so.
    var moved: [PostgresUUID] = []
    /// Providers of whom no one is free when he was, or the other way round.
    var refilled: [PostgresUUID] = []
  }

  /// Ends the open transaction: fills what it changed.
  /// - Parameters:
  ///   - markets: nil where none has changed.
  ///   - migrated: providers that have come to another market.
  func commit(
    markets: [String: MarketRow]?, migrated: [PostgresUUID], marketOf: @Sendable (PostgresUUID) throws -> String?
  ) throws -> Outcome {
    let changed = try changes.commitTransaction()
    calendars.reserve(changes.tables.rowCount)
    var outcome = Outcome(isChanged: !changed.isEmpty)
    if let markets, setZones(markets) {
      // Once in years: a country changes its mind.
      try fillAll(marketOf: marketOf)
      try changes.tables.entries.forEach { id, _ in outcome.refilled.append(id) }
    }
    for id in migrated where changed[id] == nil { try refill(id, marketOf, &outcome) }
    for (id, before) in changed {
      let placed = try refill(id, marketOf, &outcome)
      if placed.rows != before.rows { outcome.moved.append(id) }
    }
    return outcome
  }

  @discardableResult
  private func refill(
    _ id: PostgresUUID, _ marketOf: (PostgresUUID) throws -> String?, _ outcome: inout Outcome
  ) throws -> PlacedCalendar {
    let placed = try changes.tables.calendar(id)
    try calendars.fill(RestingTimes(placed), zone: zones.zone(of: id, marketOf))
    outcome.refilled.append(id)
    return placed
  }

  func rest(on settled: RestingEntries<PlacedCalendar>, madeOf copy: CalendarTables) { changes.rest(on: settled, madeOf: copy) }

  // MARK: Time

  /// Goes on with what time has made due, a portion of it: true when nothing is left.
  /// - Parameter isAwaited: by somebody who would be answered: then all threads work on it.
  func keepTime(
    _ now: PostgresTimestamp, _ writer: IndexWriter, isAwaited: Bool = false, marketOf: (PostgresUUID) throws -> String?
  ) throws -> Bool {
    slot = max(slot, now.slot)
    if Int(now.dayNumber) > calendars.today {
      calendars.advance(to: Int(now.dayNumber))
      try changes.tables.entries.forEachChanged { id, placed in
        try calendars.fill(RestingTimes(placed), zone: zones.zone(of: id, marketOf))
      }
      filling = (changes.tables.entries.base, 0)
    }
    let isFilled = try fillSome(marketOf)
    let isCounted = writer.refreshAvailability(
      coming: coming, hot: hot, limit: IndexKeeperLimits.calendarsAtOnce, crew: isAwaited ? crew : .alone)
    return isFilled && isCounted
  }

  /// The days that have come into the horizon, of some more providers.
  private func fillSome(_ marketOf: (PostgresUUID) throws -> String?) throws -> Bool {
    guard let (known, next) = filling else { return true }
    // What was at rest is at rest elsewhere: begun anew, which changes nothing where it has been.
    let base = changes.tables.entries.base
    let from = known === base ? next : 0
    let to = min(from + IndexKeeperLimits.calendarsAtOnce, base.count)
    for index in from..<to {
      let id = base.provider(index)
      // Those that changed since have been filled when they did, or just now.
      guard changes.tables.entries.changed(id) == nil else { continue }
      try calendars.fill(RestingTimes(bytes: base.bytes(index), ids: base.ids(index)), zone: zones.zone(of: id, marketOf))
    }
    filling = to < base.count ? (base, to) : nil
    return filling == nil
  }

  /// From the first slot that has not begun.
  private var coming: SlotWindow { SlotWindow(from: slot + 1, to: slot + 1 + IndexKeeperLimits.comingSlots) }
  private var hot: SlotWindow { SlotWindow(from: slot + 1, to: slot + 1 + IndexKeeperLimits.hotSlots) }

  // MARK: Documents

  /// What a provider's document says of its calendars.
  func standing(of id: PostgresUUID) throws(StateFileError) -> CalendarStanding {
    let rows = try changes.tables.calendar(id).rows
    let staff = Int(rows.lowerBound)..<Int(rows.upperBound)
    return CalendarStanding(
      rows: rows, availability: calendars.free.shareFree(staff: staff, window: coming),
      hasHotSlot: calendars.free.canStart(staff: staff, window: hot, slots: 1))
  }
}

/// The zones of markets; nil where one is not known.
struct MarketZones: Sendable {
  var byMarket: [String: Zone?] = [:] {
    didSet {
      let different = Set(byMarket.values.map { $0.map(ObjectIdentifier.init) })
      only = different.count == 1 ? byMarket.values.first : nil
    }
  }
  /// The zone of all markets, where they have but one: then nobody has to be asked where a provider is.
  private var only: Zone??

  func zone(of provider: PostgresUUID, _ marketOf: (PostgresUUID) throws -> String?) rethrows -> Zone? {
    if let only { return only }
    return try marketOf(provider).flatMap { byMarket[$0] ?? nil }
  }

  func isSame(as other: MarketZones) -> Bool {
    byMarket.count == other.byMarket.count && byMarket.allSatisfy { other.byMarket[$0]?.map(\.name) == $1?.name }
  }
}

/// What a document says of calendars.
struct CalendarStanding {
  let rows: Range<UInt32>
  let availability: Double
  let hasHotSlot: Bool

  /// What of it is changed in place.
  func changes(isOnline: Bool) -> [LiveChange] {
    var flags: ProviderRecord.Flags = isOnline ? .online : []
    if hasHotSlot { flags.insert(.hotSlot) }
    return [.availability(availability), .flags(flags)]
  }
}

extension ProviderRecord {
  mutating func take(_ standing: CalendarStanding) {
    staff = standing.rows
    availability = standing.availability
    if standing.hasHotSlot { flags.insert(.hotSlot) }
  }
}

extension PostgresTimestamp {
  /// The quarter of an hour that it lies in, counted from 1970.
  var slot: Int {
    let length: Int64 = 900_000_000
    return Int(microsecondsSince1970 / length - (microsecondsSince1970 % length < 0 ? 1 : 0))
  }
}
