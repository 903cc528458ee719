import Columns
import PostgresClient

/// Entries at rest: sorted by id, as bytes in columns, in memory or in a mapped file.
struct SourceBase: Sendable {
  let ids: Column<SIMD2<UInt64>>
  /// An entry's bytes are from its start up to the next.
  let starts: Column<UInt64>
  let bytes: Column<UInt8>

  var count: Int { ids.count }

  func id(_ index: Int) -> PostgresUUID { PostgresUUID(high: ids[index].x, low: ids[index].y) }

  /// O(log n).
  func find(_ id: PostgresUUID) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self.id(middle) < id { low = middle + 1 } else { high = middle }
    }
    return low < count && self.id(low) == id ? low : nil
  }

  func entry(_ index: Int) throws(StateFileError) -> SourceEntry {
    try SourceCodec.entry(ArraySlice(bytes[Int(starts[index])..<Int(starts[index + 1])]))
  }
}

/// Takes entries in the order of their ids.
struct SourceBaseBuilder {
  private var ids: [SIMD2<UInt64>] = []
  private var starts: [UInt64] = [0]
  private var bytes: [UInt8] = []

  mutating func add(_ id: PostgresUUID, _ entry: SourceEntry) throws(StateFileError) {
    if let last = ids.last, PostgresUUID(high: last.x, low: last.y) >= id {
      throw .malformed("providers do not ascend by id")
    }
    ids.append(SIMD2(id.high, id.low))
    SourceCodec.append(entry, to: &bytes)
    starts.append(UInt64(bytes.count))
  }

  consuming func finish() -> SourceBase { SourceBase(ids: Column(ids), starts: Column(starts), bytes: Column(bytes)) }
}

/// The catalogue's rows at one position of the feed. A value: a copy stays as it is while the original follows on.
struct SourceTables: Sendable {
  private var base: SourceBase
  /// What has changed since the base was made; nil is removed.
  private var overlay: [PostgresUUID: SourceEntry?] = [:]
  var markets: [String: MarketRow] = [:]
  var areas: [AreaKey: NamePair] = [:]
  var categories: [String: NamePair] = [:]

  init(base: SourceBase) { self.base = base }

  /// O(log n). An unknown id has an empty entry.
  func entry(_ id: PostgresUUID) throws(StateFileError) -> SourceEntry {
    if let changed = overlay[id] { return changed ?? SourceEntry() }
    guard let index = base.find(id) else { return SourceEntry() }
    return try base.entry(index)
  }

  mutating func set(_ id: PostgresUUID, _ entry: SourceEntry) { overlay[id] = .some(entry.isEmpty ? nil : entry) }

  /// Every entry, by id. O(n + changed · log changed).
  func forEach<E: Error>(_ body: (PostgresUUID, SourceEntry) throws(E) -> Void) throws {
    var changed = overlay.keys.sorted()[...]
    func takeChanged(before id: PostgresUUID?) throws {
      while let next = changed.first, id.map({ next < $0 }) ?? true {
        changed.removeFirst()
        if let entry = overlay[next] ?? nil { try body(next, entry) }
      }
    }
    for index in 0..<base.count {
      let id = base.id(index)
      try takeChanged(before: id)
      if changed.first == id {
        changed.removeFirst()
        if let entry = overlay[id] ?? nil { try body(id, entry) }
      } else {
        try body(id, try base.entry(index))
      }
    }
    try takeChanged(before: nil)
  }

  /// All of it at rest.
  func settled() throws -> SourceBase {
    var builder = SourceBaseBuilder()
    try forEach { id, entry in try builder.add(id, entry) }
    return builder.finish()
  }

  /// Puts `settled`, which was made of `copy`, an earlier state of this, in the place of what it holds. O(changed).
  mutating func rest(on settled: SourceBase, madeOf copy: SourceTables) {
    overlay = overlay.filter { id, entry in
      guard let then = copy.overlay[id] else { return true }
      return then != entry
    }
    base = settled
  }
}
