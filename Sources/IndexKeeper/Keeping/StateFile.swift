import Columns
import Glibc
import PostgresClient
import ProviderIndex

/// Why a file is not used. Then the index is hydrated anew.
enum StateFileError: Error, Hashable, CustomStringConvertible {
  case malformed(String)
  /// Made by another analyser.
  case otherAnalysis
  case system(action: String, path: String, code: Int32)

  var description: String {
    switch self {
    case .malformed(let reason): "the index file is wrong: \(reason)"
    case .otherAnalysis: "the index file was made with other dictionaries"
    case .system(let action, let path, let code): "cannot \(action) \(path): \(String(cString: strerror(code)))"
    }
  }
}

/// Everything a warm start needs, at one position. The file is a segment file with the rows that documents are made of beside it.
struct StateToSave: Sendable {
  let tables: SourceTables
  let calendars: CalendarTables
  let position: UInt64
  let slot: String
  let day: Int32
  let fingerprint: String

  /// Writes the file whole or not at all. Gives the rows at rest, as they are in it.
  func write(_ segment: Segment, path: String) throws -> (tables: SettledTables, calendars: CalendarBase) {
    let settled = try tables.settled()
    let restingCalendars = try calendars.settled()
    let (base, serviceNames) = (settled.providers, settled.serviceNames)
    var file = ColumnFileWriter(version: Segment.formatVersion, number: position)
    segment.write(into: &file)
    file.add(base.ids, as: StateSection.ids)
    file.add(base.starts, as: StateSection.starts)
    file.add(base.bytes, as: StateSection.bytes)
    file.add(base.serviceStarts, as: StateSection.serviceStarts)
    file.add(base.services, as: StateSection.services)
    file.add(base.serviceTable.slots, as: StateSection.serviceTable)
    file.add(serviceNames.starts, as: StateSection.serviceNameStarts)
    file.add(serviceNames.keys, as: StateSection.serviceNames)
    file.add(serviceNames.counts, as: StateSection.serviceNameCounts)
    file.add(restingCalendars.ids, as: StateSection.calendarIDs)
    file.add(restingCalendars.starts, as: StateSection.calendarStarts)
    file.add(restingCalendars.bytes, as: StateSection.calendarBytes)
    file.add(Column(places()), as: StateSection.places)
    file.add(Column(head()), as: StateSection.head)
    let output = try WholeFile(path: path)
    try file.write { try output.write($0) }
    try output.commit()
    return (settled, restingCalendars)
  }

  private func head() -> [UInt8] {
    var writer = ByteWriter()
    writer.integer(UInt64(SourceCodec.version))
    writer.text(fingerprint)
    writer.text(slot)
    writer.integer(UInt64(UInt32(bitPattern: day)))
    writer.integer(UInt64(CalendarCodec.version))
    writer.integer(UInt64(calendars.rowCount))
    return writer.bytes
  }

  private func places() -> [UInt8] {
    var writer = ByteWriter()
    writer.integer(UInt64(tables.markets.count))
    for market in tables.markets.values {
      writer.text(market.id)
      writer.names(market.name)
      writer.text(market.currency)
      writer.integer(UInt64(UInt16(bitPattern: market.currencyExponent)))
      writer.text(market.timeZone)
      writer.place(market.centre)
    }
    writer.integer(UInt64(tables.areas.count))
    for (key, area) in tables.areas {
      writer.text(key.market)
      writer.text(key.id)
      writer.names(area.name)
      writer.place(area.centre)
      writer.integer(UInt64(UInt32(bitPattern: area.radiusMetres)))
    }
    writer.integer(UInt64(tables.categories.count))
    for (id, category) in tables.categories {
      writer.text(id)
      writer.names(category.name)
      writer.integer(UInt64(UInt32(bitPattern: category.position)))
    }
    return writer.bytes
  }
}

enum StateSection {
  static let ids = "rows.ids"
  static let starts = "rows.starts"
  static let bytes = "rows.bytes"
  static let serviceStarts = "rows.services.starts"
  static let services = "rows.services"
  static let serviceTable = "rows.services.table"
  static let serviceNameStarts = "names.services.starts"
  static let serviceNames = "names.services"
  static let serviceNameCounts = "names.services.counts"
  static let calendarIDs = "calendars.ids"
  static let calendarStarts = "calendars.starts"
  static let calendarBytes = "calendars.bytes"
  static let places = "rows.places"
  static let head = "keeper"
}

/// Reads what `StateToSave` wrote.
enum StateFile {
  /// Nil when there is no file.
  static func read(path: String, fingerprint: String) throws -> HydratedIndex? {
    guard let memory = try MappedState.memory(path: path) else { return nil }
    let file = try ColumnFileReader(memory: memory, version: Segment.formatVersion)
    var head = ByteReader(try bytes(file, StateSection.head))
    guard try head.integer() == UInt64(SourceCodec.version) else { throw StateFileError.malformed("its rows have another form") }
    guard try head.text() == fingerprint else { throw StateFileError.otherAnalysis }
    let slot = try head.text()
    let day = try head.integer32()
    guard try head.integer() == UInt64(CalendarCodec.version), let rowCount = UInt32(exactly: try head.integer()) else {
      throw StateFileError.malformed("its calendars have another form")
    }
    var tables = SourceTables(base: try base(file), serviceNames: ServiceNameCounts(base: try serviceNames(file)))
    try readPlaces(file, into: &tables)
    return HydratedIndex(
      segment: try Segment(reading: file), tables: tables,
      calendars: CalendarTables(base: try calendars(file), rowCount: rowCount),
      slot: slot, position: file.number, day: day, isSaved: true)
  }

  private static func calendars(_ file: ColumnFileReader) throws -> CalendarBase {
    let ids: Column<SIMD2<UInt64>> = try file.column(StateSection.calendarIDs)
    let starts: Column<UInt64> = try file.column(StateSection.calendarStarts, count: ids.count + 1)
    let bytes: Column<UInt8> = try file.column(StateSection.calendarBytes)
    guard follow(starts, bytes.count), ascend(ids) else {
      throw StateFileError.malformed("its calendars do not follow one another")
    }
    return CalendarBase(ids: ids, starts: starts, bytes: bytes)
  }

  private static func ascend(_ ids: Column<SIMD2<UInt64>>) -> Bool {
    zip(ids, ids.dropFirst()).allSatisfy { ($0.x, $0.y) < ($1.x, $1.y) }
  }

  private static func base(_ file: ColumnFileReader) throws -> SourceBase {
    let ids: Column<SIMD2<UInt64>> = try file.column(StateSection.ids)
    let starts: Column<UInt64> = try file.column(StateSection.starts, count: ids.count + 1)
    let bytes: Column<UInt8> = try file.column(StateSection.bytes)
    let serviceStarts: Column<UInt32> = try file.column(StateSection.serviceStarts, count: ids.count + 1)
    let services: Column<SIMD2<UInt64>> = try file.column(StateSection.services)
    let slots: Column<UInt32> = try file.column(StateSection.serviceTable)
    guard slots.count.nonzeroBitCount == 1 else { throw StateFileError.malformed("its table of services has no size of one") }
    guard follow(starts, bytes.count), follow(serviceStarts, services.count) else {
      throw StateFileError.malformed("its rows do not follow one another")
    }
    guard ascend(ids) else { throw StateFileError.malformed("its rows do not ascend by id") }
    return SourceBase(
      ids: ids, starts: starts, bytes: bytes, serviceStarts: serviceStarts, services: services,
      serviceTable: ServiceTable(slots: slots))
  }

  private static func serviceNames(_ file: ColumnFileReader) throws -> ServiceNameBase {
    let counts: Column<UInt32> = try file.column(StateSection.serviceNameCounts)
    let starts: Column<UInt64> = try file.column(StateSection.serviceNameStarts, count: counts.count + 1)
    let keys: Column<UInt8> = try file.column(StateSection.serviceNames)
    guard follow(starts, keys.count) else { throw StateFileError.malformed("its names of services do not follow one another") }
    return ServiceNameBase(starts: starts, keys: keys, counts: counts)
  }

  private static func bytes(_ file: ColumnFileReader, _ section: String) throws -> Slice<Column<UInt8>> {
    let column: Column<UInt8> = try file.column(section)
    return column[...]
  }

  /// Whether these are starts of parts of something that has `count`.
  private static func follow<Start: FixedWidthInteger & BitwiseCopyable>(_ starts: Column<Start>, _ count: Int) -> Bool {
    guard let first = starts.first, let last = starts.last, first == 0, last == count else { return false }
    var previous = first
    for start in starts.buffer {
      guard start >= previous else { return false }
      previous = start
    }
    return true
  }

  private static func readPlaces(_ file: ColumnFileReader, into tables: inout SourceTables) throws {
    var reader = ByteReader(try bytes(file, StateSection.places))
    for _ in 0..<(try reader.count()) {
      let id = try reader.text()
      tables.markets[id] = MarketRow(
        id: id, name: try reader.names(), currency: try reader.text(),
        currencyExponent: Int16(bitPattern: UInt16(truncatingIfNeeded: try reader.integer())), timeZone: try reader.text(),
        centre: try reader.place())
    }
    for _ in 0..<(try reader.count()) {
      let key = AreaKey(market: try reader.text(), id: try reader.text())
      tables.areas[key] = AreaRow(
        name: try reader.names(), centre: try reader.place(), radiusMetres: try reader.integer32())
    }
    for _ in 0..<(try reader.count()) {
      let id = try reader.text()
      tables.categories[id] = CategoryRow(name: try reader.names(), position: try reader.integer32())
    }
    try reader.end()
  }
}
