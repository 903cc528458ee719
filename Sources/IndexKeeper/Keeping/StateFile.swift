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
  func write(_ segment: Segment, path: String) throws -> (tables: SettledTables, calendars: RestingEntries<PlacedCalendar>) {
    let settled = try tables.settled()
    let restingCalendars = try calendars.entries.settled()
    let serviceNames = settled.serviceNames
    var file = ColumnFileWriter(version: Segment.formatVersion, number: position)
    segment.write(into: &file)
    settled.providers.entries.write(into: &file, prefix: StateSection.providers)
    file.add(settled.providers.serviceTable.slots, as: StateSection.serviceTable)
    restingCalendars.write(into: &file, prefix: StateSection.calendars)
    file.add(serviceNames.starts, as: StateSection.serviceNameStarts)
    file.add(serviceNames.keys, as: StateSection.serviceNames)
    file.add(serviceNames.counts, as: StateSection.serviceNameCounts)
    file.add(Column(places()), as: StateSection.places)
    file.add(Column(head()), as: StateSection.head)
    let output = try WholeFile(path: path)
    try file.write { try output.write($0) }
    try output.commit()
    return (settled, restingCalendars)
  }

  private func head() -> [UInt8] {
    var writer = ByteWriter()
    writer.integer(StateFile.form)
    writer.text(fingerprint)
    writer.text(slot)
    writer.integer(UInt64(UInt32(bitPattern: day)))
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
  static let providers = "rows"
  static let serviceTable = "rows.services"
  static let serviceNameStarts = "names.services.starts"
  static let serviceNames = "names.services"
  static let serviceNameCounts = "names.services.counts"
  static let calendars = "calendars"
  static let places = "rows.places"
  static let head = "keeper"
}

/// Reads what `StateToSave` wrote.
enum StateFile {
  /// Raised whenever the form of what the keeper adds changes: an older file is hydrated anew.
  static let form: UInt64 = 3

  /// Nil when there is no file.
  static func read(path: String, fingerprint: String) throws -> HydratedIndex? {
    guard let memory = try MappedState.memory(path: path) else { return nil }
    let file = try ColumnFileReader(memory: memory, version: Segment.formatVersion)
    var head = ByteReader(try bytes(file, StateSection.head))
    guard try head.integer() == form else { throw StateFileError.malformed("its rows have another form") }
    guard try head.text() == fingerprint else { throw StateFileError.otherAnalysis }
    let slot = try head.text()
    let day = try head.integer32()
    guard let rowCount = UInt32(exactly: try head.integer()) else {
      throw StateFileError.malformed("its calendars have no number")
    }
    var tables = SourceTables(base: try providers(file), serviceNames: ServiceNameCounts(base: try serviceNames(file)))
    try readPlaces(file, into: &tables)
    return HydratedIndex(
      segment: try Segment(reading: file), tables: tables,
      calendars: CalendarTables(base: try RestingEntries(reading: file, prefix: StateSection.calendars), rowCount: rowCount),
      slot: slot, position: file.number, day: day, isSaved: true)
  }

  private static func providers(_ file: ColumnFileReader) throws -> SettledProviders {
    let slots: Column<UInt32> = try file.column(StateSection.serviceTable)
    guard slots.count.nonzeroBitCount == 1 else { throw StateFileError.malformed("its table of services has no size of one") }
    return SettledProviders(
      try RestingEntries(reading: file, prefix: StateSection.providers), serviceTable: ServiceTable(slots: slots))
  }

  private static func serviceNames(_ file: ColumnFileReader) throws -> ServiceNameBase {
    let counts: Column<UInt32> = try file.column(StateSection.serviceNameCounts)
    let starts: Column<UInt64> = try file.column(StateSection.serviceNameStarts, count: counts.count + 1)
    let keys: Column<UInt8> = try file.column(StateSection.serviceNames)
    guard starts.follow(upTo: keys.count) else {
      throw StateFileError.malformed("its names of services do not follow one another")
    }
    return ServiceNameBase(starts: starts, keys: keys, counts: counts)
  }

  private static func bytes(_ file: ColumnFileReader, _ section: String) throws -> Slice<Column<UInt8>> {
    let column: Column<UInt8> = try file.column(section)
    return column[...]
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

extension RestingEntries {
  fileprivate func write(into file: inout ColumnFileWriter, prefix: String) {
    file.add(providers, as: prefix + ".providers")
    file.add(starts, as: prefix + ".starts")
    file.add(bytes, as: prefix + ".bytes")
    file.add(idStarts, as: prefix + ".ids.starts")
    file.add(ids, as: prefix + ".ids")
  }

  fileprivate convenience init(reading file: ColumnFileReader, prefix: String) throws {
    let providers: Column<SIMD2<UInt64>> = try file.column(prefix + ".providers")
    self.init(
      providers: providers, starts: try file.column(prefix + ".starts", count: providers.count + 1),
      bytes: try file.column(prefix + ".bytes"), idStarts: try file.column(prefix + ".ids.starts", count: providers.count + 1),
      ids: try file.column(prefix + ".ids"))
    guard starts.follow(upTo: bytes.count), idStarts.follow(upTo: ids.count) else {
      throw StateFileError.malformed("its rows do not follow one another")
    }
    guard zip(providers, providers.dropFirst()).allSatisfy({ ($0.x, $0.y) < ($1.x, $1.y) }) else {
      throw StateFileError.malformed("its rows do not ascend by provider")
    }
  }
}

extension Column where Element: FixedWidthInteger {
  /// Whether these are starts of parts of something that has `count`.
  fileprivate func follow(upTo count: Int) -> Bool {
    guard let first, let last, first == 0, last == count else { return false }
    var previous = first
    for start in buffer {
      guard start >= previous else { return false }
      previous = start
    }
    return true
  }
}
