import Columns
import ProviderIndex

/// What an index file says about itself, after every byte of it has been checked.
public struct IndexFileFacts: Sendable, Hashable {
  public let position: UInt64
  /// The replication slot from which it is brought forward.
  public let slot: String
  /// Says which words its analyser made.
  public let fingerprint: String
  public let providers: Int
  public let byteCount: Int

  /// Nil when there is no file; throws why it cannot be used. O(bytes).
  public static func read(path: String) throws -> IndexFileFacts? {
    guard let memory = try MappedState.memory(path: path) else { return nil }
    let file = try ColumnFileReader(memory: memory, version: Segment.formatVersion)
    let bytes: Column<UInt8> = try file.column(StateSection.head)
    var head = ByteReader(bytes[...])
    guard try head.integer() == UInt64(StateFile.form) else { throw StateFileError.malformed("its rows have another form") }
    let (fingerprint, slot) = (try head.text(), try head.text())
    return IndexFileFacts(
      position: file.number, slot: slot, fingerprint: fingerprint, providers: try Segment(reading: file).count,
      byteCount: memory.bytes.count)
  }
}

/// What an index is made of.
public enum IndexSource {
  public static let publication = "qareeb"
  /// Tables that the publication must have, as `schema.table`.
  public static let tables =
    SourceTable.allCases.map(\.rawValue) + CalendarTable.allCases.map(\.rawValue)
}
