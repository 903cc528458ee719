import Columns
import PostgresClient

/// As bytes: some 300 a provider instead of a dozen objects.
extension SourceEntry: RestingEntry {
  func append(to bytes: inout [UInt8], ids: inout [SIMD2<UInt64>]) {
    var writer = ByteWriter(bytes: bytes)
    bytes = []
    writer.integer(provider == nil ? 0 : 1)
    if let provider { Self.write(provider, &writer) }
    for service in services {
      ids.append(service.id.bits)
      Self.write(service, &writer)
    }
    writer.integer(UInt64(areas.count))
    for area in areas {
      writer.integer(UInt64(UInt16(bitPattern: area.position)))
      writer.place(area.centre)
      writer.integer(UInt64(UInt32(bitPattern: area.radiusMetres)))
    }
    bytes = writer.bytes
  }

  init(bytes: Slice<Column<UInt8>>, ids: Slice<Column<SIMD2<UInt64>>>) throws(StateFileError) {
    var reader = ByteReader(bytes)
    if try reader.integer() == 1 { provider = try Self.provider(&reader) }
    services.reserveCapacity(ids.count)
    for id in ids { services.append(try Self.service(PostgresUUID(id), &reader)) }
    for _ in 0..<(try reader.count()) {
      areas.append(
        ServiceAreaRow(
          position: Int16(bitPattern: UInt16(truncatingIfNeeded: try reader.integer())), centre: try reader.place(),
          radiusMetres: try reader.integer32()))
    }
    try reader.end()
  }

  /// The provider's market, read alone: it comes first.
  static func market(_ bytes: Slice<Column<UInt8>>) throws(StateFileError) -> String? {
    var reader = ByteReader(bytes)
    return try reader.integer() == 1 ? try reader.text() : nil
  }

  private static func write(_ provider: ProviderRow, _ writer: inout ByteWriter) {
    writer.text(provider.market)
    writer.text(provider.category)
    // A provider's area has a name, so no name is no area.
    writer.text(provider.area ?? "")
    writer.names(provider.name)
    writer.names(provider.description)
    writer.place(provider.place)
    writer.text(provider.tier)
    writer.integer(UInt64(provider.tags.count))
    for tag in provider.tags { writer.text(tag) }
    writer.integer(UInt64(UInt32(bitPattern: provider.createdOn)))
    let flags = (provider.isActive ? 1 : 0) | (provider.live.isVerified ? 2 : 0) | (provider.live.isOnline ? 4 : 0)
    writer.integer(UInt64(flags))
    writer.integer(UInt64(bitPattern: provider.live.ratingSum))
    writer.integer(UInt64(UInt32(bitPattern: provider.live.ratingCount)))
    writer.integer(UInt64(provider.live.popularity.bitPattern))
  }

  private static func write(_ service: ServiceRow, _ writer: inout ByteWriter) {
    writer.names(service.name)
    writer.integer(UInt64(bitPattern: service.price))
    writer.text(service.currency)
    writer.integer(UInt64(UInt32(bitPattern: service.durationMinutes)))
    writer.integer(UInt64(UInt32(bitPattern: service.paddingMinutes)))
    writer.integer(UInt64(UInt32(bitPattern: service.capacity)))
    writer.integer(service.isActive ? 1 : 0)
  }

  private static func provider(_ reader: inout ByteReader) throws(StateFileError) -> ProviderRow {
    let (market, category, area) = (try reader.text(), try reader.text(), try reader.text())
    let (name, description) = (try reader.names(), try reader.names())
    let place = try reader.place()
    let tier = try reader.text()
    var tags: [String] = []
    for _ in 0..<(try reader.count()) { tags.append(try reader.text()) }
    let createdOn = try reader.integer32()
    let flags = try reader.integer()
    let live = ProviderRow.LiveRow(
      ratingSum: Int64(bitPattern: try reader.integer()), ratingCount: try reader.integer32(), isVerified: flags & 2 != 0,
      popularity: Float(bitPattern: UInt32(bitPattern: try reader.integer32())), isOnline: flags & 4 != 0)
    return ProviderRow(
      market: market, category: category, area: area.isEmpty ? nil : area, name: name, description: description,
      place: place, tier: tier, tags: tags, isActive: flags & 1 != 0, createdOn: createdOn,
      live: live)
  }

  private static func service(_ id: PostgresUUID, _ reader: inout ByteReader) throws(StateFileError) -> ServiceRow {
    ServiceRow(
      id: id, name: try reader.names(), price: Int64(bitPattern: try reader.integer()), currency: try reader.text(),
      durationMinutes: try reader.integer32(), paddingMinutes: try reader.integer32(), capacity: try reader.integer32(),
      isActive: try reader.integer() == 1)
  }
}

/// Numbers seven bits a byte, texts with their length.
struct ByteWriter {
  private(set) var bytes: [UInt8]

  init(bytes: [UInt8] = []) { self.bytes = bytes }

  mutating func integer(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func double(_ value: Double) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift)) }
  }

  mutating func part(_ part: some Collection<UInt8>) {
    integer(UInt64(part.count))
    bytes.append(contentsOf: part)
  }

  mutating func text(_ text: String) { part(text.utf8) }

  mutating func place(_ place: PlaceRow) {
    double(place.latitude)
    double(place.longitude)
  }

  mutating func names(_ names: NamePair) {
    text(names.en)
    text(names.ar)
  }
}

struct ByteReader {
  private let bytes: Slice<Column<UInt8>>
  private var position: Int

  init(_ bytes: Slice<Column<UInt8>>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  var isAtEnd: Bool { position == bytes.endIndex }

  func end() throws(StateFileError) {
    guard isAtEnd else { throw .malformed("an entry goes on after its end") }
  }

  mutating func integer() throws(StateFileError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.endIndex else { throw .malformed("an entry ends early") }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    throw .malformed("a number has too many bytes")
  }

  mutating func integer32() throws(StateFileError) -> Int32 { Int32(bitPattern: UInt32(truncatingIfNeeded: try integer())) }

  /// How many follow; each has at least a byte.
  mutating func count() throws(StateFileError) -> Int {
    let count = try integer()
    guard count <= UInt64(bytes.endIndex - position) else { throw .malformed("an entry ends early") }
    return Int(count)
  }

  mutating func double() throws(StateFileError) -> Double {
    guard bytes.endIndex - position >= 8 else { throw .malformed("an entry ends early") }
    defer { position += 8 }
    return Double(bitPattern: bytes[position..<position + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) })
  }

  /// Bytes with their length before them.
  mutating func part() throws(StateFileError) -> Slice<Column<UInt8>> {
    let count = try count()
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func text() throws(StateFileError) -> String {
    guard let text = String(validating: try part(), as: UTF8.self) else { throw .malformed("a text is not UTF-8") }
    return text
  }

  mutating func place() throws(StateFileError) -> PlaceRow {
    PlaceRow(latitude: try double(), longitude: try double())
  }

  mutating func names() throws(StateFileError) -> NamePair { NamePair(en: try text(), ar: try text()) }
}
