import Columns
import PostgresClient

/// What is known of a provider by rows of one kind. It rests as bytes until something about it changes.
protocol RestingEntry: Sendable {
  /// Of a provider that has no such rows.
  init()
  var isEmpty: Bool { get }
  /// - Parameter ids: of rows in it, in order: they are kept beside the bytes.
  func append(to bytes: inout [UInt8], ids: inout [SIMD2<UInt64>])
  init(bytes: Slice<Column<UInt8>>, ids: Slice<Column<SIMD2<UInt64>>>) throws(StateFileError)
}

/// Entries at rest: sorted by provider, as bytes in columns, in memory or in a mapped file. The rows that have ids are numbered through,
/// provider after provider.
final class RestingEntries<Entry: RestingEntry>: Sendable {
  let providers: Column<SIMD2<UInt64>>
  /// An entry's bytes are from its start up to the next.
  let starts: Column<UInt64>
  let bytes: Column<UInt8>
  /// The ids of an entry's rows, likewise.
  let idStarts: Column<UInt32>
  let ids: Column<SIMD2<UInt64>>

  init(
    providers: Column<SIMD2<UInt64>>, starts: Column<UInt64>, bytes: Column<UInt8>, idStarts: Column<UInt32>,
    ids: Column<SIMD2<UInt64>>
  ) {
    (self.providers, self.starts, self.bytes, self.idStarts, self.ids) = (providers, starts, bytes, idStarts, ids)
  }

  static var empty: RestingEntries { RestingEntriesBuilder().finish() }

  var count: Int { providers.count }

  func provider(_ index: Int) -> PostgresUUID { PostgresUUID(providers[index]) }

  /// O(log n).
  func find(_ provider: PostgresUUID) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self.provider(middle) < provider { low = middle + 1 } else { high = middle }
    }
    return low < count && self.provider(low) == provider ? low : nil
  }

  func bytes(_ index: Int) -> Slice<Column<UInt8>> { bytes[Int(starts[index])..<Int(starts[index + 1])] }

  func ids(_ index: Int) -> Slice<Column<SIMD2<UInt64>>> { ids[Int(idStarts[index])..<Int(idStarts[index + 1])] }

  func entry(_ index: Int) throws(StateFileError) -> Entry { try Entry(bytes: bytes(index), ids: ids(index)) }

  /// Whose row it is that has a number. O(log n).
  func owner(ofRow number: Int) -> PostgresUUID? {
    // The last entry that begins at or before it; those without rows begin there too, and come before.
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if Int(idStarts[middle + 1]) <= number { low = middle + 1 } else { high = middle }
    }
    return low < count ? provider(low) : nil
  }
}

extension PostgresUUID {
  init(_ bits: SIMD2<UInt64>) { self.init(high: bits.x, low: bits.y) }
  var bits: SIMD2<UInt64> { SIMD2(high, low) }
}

/// Takes entries in the order of their providers.
struct RestingEntriesBuilder<Entry: RestingEntry>: Sendable {
  private(set) var providers: [SIMD2<UInt64>] = []
  private(set) var starts: [UInt64] = [0]
  private(set) var bytes: [UInt8] = []
  private(set) var idStarts: [UInt32] = [0]
  private(set) var ids: [SIMD2<UInt64>] = []

  mutating func add(_ provider: PostgresUUID, _ entry: Entry) throws(StateFileError) {
    try begin(provider)
    entry.append(to: &bytes, ids: &ids)
    try end()
  }

  /// As it is among others.
  mutating func add(_ index: Int, of others: RestingEntries<Entry>) throws(StateFileError) {
    try begin(others.provider(index))
    bytes.append(contentsOf: others.bytes(index))
    ids.append(contentsOf: others.ids(index))
    try end()
  }

  private mutating func begin(_ provider: PostgresUUID) throws(StateFileError) {
    if let last = providers.last, PostgresUUID(last) >= provider { throw .malformed("providers do not ascend by id") }
    providers.append(provider.bits)
  }

  private mutating func end() throws(StateFileError) {
    guard ids.count < Int(UInt32.max) else { throw .malformed("more rows than numbers for them") }
    starts.append(UInt64(bytes.count))
    idStarts.append(UInt32(ids.count))
  }

  consuming func finish() -> RestingEntries<Entry> {
    RestingEntries(
      providers: Column(providers), starts: Column(starts), bytes: Column(bytes), idStarts: Column(idStarts), ids: Column(ids))
  }
}
