import PostgresClient
import ProviderIndex

/// Compares an index with what one made of the database at the same position says: its rows one by one, and every document that searches
/// read. Two hashes over all of it say the same in one number each.
struct IndexComparison {
  private(set) var differences: DifferenceList
  private(set) var indexHash = HashOfAll()
  private(set) var databaseHash = HashOfAll()
  private(set) var rows = 0
  private(set) var documents = 0
  /// Whose rows differ: that their documents do is no news.
  private var strangers: Set<PostgresUUID> = []

  init(limit: Int) { differences = DifferenceList(limit: limit) }

  mutating func compare(_ index: SourceTables, with database: SourceTables) throws {
    compare("market", index.markets, database.markets) { $0 }
    compare("area", index.areas, database.areas) { "\($0.market)/\($0.id)" }
    compare("category", index.categories, database.categories) { $0 }
    try database.providers.forEach { id, entry in
      rows += 1
      databaseHash.add(id, entry)
      compare(id, try index.providers.entry(id), entry)
    }
    try index.providers.forEach { id, entry in
      indexHash.add(id, entry)
      guard try database.providers.entry(id).isEmpty else { return }
      compare(id, entry, SourceEntry())
    }
  }

  private mutating func compare<Key: Hashable, Row: Hashable>(
    _ table: String, _ index: [Key: Row], _ database: [Key: Row], _ name: (Key) -> String
  ) {
    for key in Set(index.keys).union(database.keys).sorted(by: { name($0) < name($1) }) where index[key] != database[key] {
      add("\(table) \(name(key))", MemberDifferences.between(index[key], database[key], at: "row"))
    }
  }

  private mutating func compare(_ id: PostgresUUID, _ index: SourceEntry, _ database: SourceEntry) {
    guard index != database else { return }
    strangers.insert(id)
    let subject = id.description
    guard index.provider != nil, database.provider != nil else {
      let there = ["is not there", "is there"]
      differences.add(
        subject, "row", index: there[index.provider == nil ? 0 : 1], database: there[database.provider == nil ? 0 : 1])
      return
    }
    add(subject, MemberDifferences.between(index.provider, database.provider, at: "row"))
    add(subject, "row.services", index.services, database.services) { $0.id }
    add(subject, "row.areas", index.areas, database.areas) { $0.position }
  }

  private mutating func add<Row: Hashable, Key: Hashable & Comparable>(
    _ subject: String, _ path: String, _ index: [Row], _ database: [Row], _ key: (Row) -> Key
  ) {
    let mine = Dictionary(index.map { (key($0), $0) }) { first, _ in first }
    let theirs = Dictionary(database.map { (key($0), $0) }) { first, _ in first }
    for key in Set(mine.keys).union(theirs.keys).sorted() where mine[key] != theirs[key] {
      add(subject, MemberDifferences.between(mine[key], theirs[key], at: "\(path).\(key)"))
    }
  }

  private mutating func add(_ subject: String, _ found: [MemberDifferences.Difference]) {
    for difference in found {
      differences.add(subject, difference.path, index: difference.one, database: difference.other)
    }
  }

  // MARK: Calendars

  mutating func compare(_ index: CalendarTables, with database: CalendarTables) throws {
    try database.entries.forEach { id, placed in
      databaseHash.add(id, placed.entry)
      compare(id, try index.calendar(id).entry, placed.entry)
    }
    try index.entries.forEach { id, placed in
      indexHash.add(id, placed.entry)
      if try database.calendar(id).entry.isEmpty { compare(id, placed.entry, CalendarEntry()) }
    }
  }

  private mutating func compare(_ id: PostgresUUID, _ index: CalendarEntry, _ database: CalendarEntry) {
    guard index != database else { return }
    add(id.description, MemberDifferences.between(index, database, at: "calendar"))
  }

  // MARK: Documents

  mutating func compare(_ index: IndexSnapshot, with database: IndexSnapshot) {
    let (mine, theirs) = (IndexDocuments(index), IndexDocuments(database))
    var ids: Set<String> = []
    mine.forEachID { ids.insert($0) }
    theirs.forEachID { ids.insert($0) }
    documents = theirs.count
    for id in ids.sorted() {
      let (one, other) = (mine[id]?.asRowsSay, theirs[id]?.asRowsSay)
      if let one { indexHash.add(one) }
      if let other { databaseHash.add(other) }
      guard one != other, !(PostgresUUID(id).map(strangers.contains) ?? false) else { continue }
      guard let one, let other else {
        differences.add(
          id, "document", index: one == nil ? "is not there" : "is there", database: other == nil ? "is not there" : "is there")
        continue
      }
      for difference in MemberDifferences.between(one, other, at: "document") {
        let isOfWords = difference.path == "document.textFingerprint"
        differences.add(
          id, isOfWords ? "document.words" : difference.path, index: isOfWords ? "other words" : difference.one,
          database: isOfWords ? "" : difference.other)
      }
    }
  }
}

extension IndexedDocument {
  /// Without what the clock changes: whether it is open now, and how much of the coming hours is free.
  fileprivate var asRowsSay: IndexedDocument {
    var document = self
    document.flags &= ProviderRecord.Flags.online.rawValue
    document.availability = 0
    return document
  }
}

/// FNV-1a over everything, in order.
struct HashOfAll: Sendable {
  private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ id: PostgresUUID, _ entry: SourceEntry) {
    fold(id, entry)
  }

  /// Without the numbers of its staff, which depend on how the index came about.
  mutating func add(_ id: PostgresUUID, _ calendar: CalendarEntry) {
    guard !calendar.isEmpty else { return }
    fold(id, PlacedCalendar(entry: calendar))
  }

  mutating func add(_ document: IndexedDocument) { document.fold(into: &value) }

  private mutating func fold(_ provider: PostgresUUID, _ entry: some RestingEntry) {
    var (bytes, ids): ([UInt8], [SIMD2<UInt64>]) = ([], [])
    entry.append(to: &bytes, ids: &ids)
    for byte in provider.description.utf8 { fold(byte) }
    for id in ids { for byte in PostgresUUID(id).description.utf8 { fold(byte) } }
    for byte in bytes { fold(byte) }
  }

  private mutating func fold(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

  var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
