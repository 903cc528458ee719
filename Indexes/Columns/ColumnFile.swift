/// A file of named columns: written in one go, read in place from memory the caller has mapped.
///
///     0   magic, 8 bytes              32  section count, 64 bits
///     8   format version, 32 bits     40  checksum of the table and of everything above, 64 bits
///     12  zero, 32 bits               64  the table: for each section its name (24 bytes, zero-filled), offset, byte count,
///     16  byte count of the file          checksum, element size (64 bits each), zero (8 bytes)
///     24  caller's number             …   the sections, each beginning on a cache line
///
/// Numbers are little-endian. Every byte is covered: the header and table by their checksum, a section by its own, the gaps by
/// having to be zero. What does not check out is refused by name, never trusted.
public enum ColumnFile {
  public static let magic: [UInt8] = [0x51, 0x41, 0x52, 0x45, 0x45, 0x42, 0x0A, 0x1A]  // "QAREEB", newline, DOS end of file
  static let headerBytes = 64
  static let entryBytes = 64
}

/// Why a file of columns is refused.
public enum ColumnFileError: Error, Equatable, CustomStringConvertible {
  case notOurs
  case version(found: UInt32, expected: UInt32)
  case truncated(bytes: Int, expected: UInt64)
  case damaged(part: String)
  case missing(section: String)
  case shape(section: String, reason: String)

  public var description: String {
    switch self {
    case .notOurs: "this is not an index file: it does not begin with the mark of one"
    case .version(let found, let expected):
      "the index file has format \(found); this program reads format \(expected): build the index again"
    case .truncated(let bytes, let expected):
      "the index file has \(bytes) bytes and should have \(expected): it was cut or not finished"
    case .damaged(let part): "the index file is damaged in \(part): its checksum does not match"
    case .missing(let section): "the index file has no section '\(section)'"
    case .shape(let section, let reason): "the index file's section '\(section)' is wrong: \(reason)"
    }
  }
}
