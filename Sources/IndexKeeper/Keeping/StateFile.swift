import Columns
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
    case .system(let action, let path, let code): "cannot \(action) \(path): error \(code)"
    }
  }
}

/// Everything a warm start needs, at one position. The file is a segment file with the rows that documents are made of beside it.
struct StateToSave: Sendable {
  let tables: SourceTables
  let position: UInt64
  let slot: String
  let day: Int32
  let fingerprint: String

  /// Writes the file whole or not at all. Gives the rows at rest, as they are in it.
  func write(_ segment: Segment, path: String) throws -> SourceBase {
    let base = try tables.settled()
    var file = ColumnFileWriter(version: Segment.formatVersion, number: position)
    segment.write(into: &file)
    file.add(base.ids, as: StateSection.ids)
    file.add(base.starts, as: StateSection.starts)
    file.add(base.bytes, as: StateSection.bytes)
    file.add(Column(names()), as: StateSection.names)
    file.add(Column(head()), as: StateSection.head)
    let output = try WholeFile(path: path)
    try file.write { try output.write($0) }
    try output.commit()
    return base
  }

  private func head() -> [UInt8] {
    var writer = ByteWriter()
    writer.integer(UInt64(SourceCodec.version))
    writer.text(fingerprint)
    writer.text(slot)
    writer.integer(UInt64(UInt32(bitPattern: day)))
    return writer.bytes
  }

  private func names() -> [UInt8] {
    var writer = ByteWriter()
    writer.integer(UInt64(tables.markets.count))
    for market in tables.markets.values {
      writer.text(market.id)
      writer.text(market.currency)
    }
    writer.integer(UInt64(tables.areas.count))
    for (key, names) in tables.areas {
      writer.text(key.market)
      writer.text(key.id)
      writer.names(names)
    }
    writer.integer(UInt64(tables.categories.count))
    for (id, names) in tables.categories {
      writer.text(id)
      writer.names(names)
    }
    return writer.bytes
  }
}

enum StateSection {
  static let ids = "rows.ids"
  static let starts = "rows.starts"
  static let bytes = "rows.bytes"
  static let names = "rows.names"
  static let head = "keeper"
}

/// Reads what `StateToSave` wrote.
enum StateFile {
  /// Nil when there is no file.
  static func read(path: String, fingerprint: String) throws -> HydratedIndex? {
    guard let memory = try MappedState.memory(path: path) else { return nil }
    let file = try ColumnFileReader(memory: memory, version: Segment.formatVersion)
    var head = ByteReader(ArraySlice(try file.column(StateSection.head, of: UInt8.self)))
    guard try head.integer() == UInt64(SourceCodec.version) else { throw StateFileError.malformed("its rows have another form") }
    guard try head.text() == fingerprint else { throw StateFileError.otherAnalysis }
    let slot = try head.text()
    let day = try head.integer32()
    var tables = SourceTables(base: try base(file))
    try readNames(file, into: &tables)
    return HydratedIndex(
      segment: try Segment(reading: file), tables: tables, slot: slot, position: file.number, day: day, isSaved: true)
  }

  private static func base(_ file: ColumnFileReader) throws -> SourceBase {
    let ids: Column<SIMD2<UInt64>> = try file.column(StateSection.ids)
    let starts: Column<UInt64> = try file.column(StateSection.starts, count: ids.count + 1)
    let bytes: Column<UInt8> = try file.column(StateSection.bytes)
    guard let first = starts.first, let last = starts.last, first == 0, last == UInt64(bytes.count),
      zip(starts, starts.dropFirst()).allSatisfy({ $0 <= $1 })
    else { throw StateFileError.malformed("its rows do not follow one another") }
    guard zip(ids, ids.dropFirst()).allSatisfy({ ($0.x, $0.y) < ($1.x, $1.y) }) else {
      throw StateFileError.malformed("its rows do not ascend by id")
    }
    return SourceBase(ids: ids, starts: starts, bytes: bytes)
  }

  private static func readNames(_ file: ColumnFileReader, into tables: inout SourceTables) throws {
    var reader = ByteReader(ArraySlice(try file.column(StateSection.names, of: UInt8.self)))
    for _ in 0..<(try reader.count()) {
      let id = try reader.text()
      tables.markets[id] = MarketRow(id: id, currency: try reader.text())
    }
    for _ in 0..<(try reader.count()) {
      let key = AreaKey(market: try reader.text(), id: try reader.text())
      tables.areas[key] = try reader.names()
    }
    for _ in 0..<(try reader.count()) {
      let id = try reader.text()
      tables.categories[id] = try reader.names()
    }
    try reader.end()
  }
}
