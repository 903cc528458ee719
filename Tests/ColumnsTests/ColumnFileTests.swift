import Columns
import TestSupport
import Testing

/// A file of columns read back, and every way one can be wrong.
@Suite struct ColumnFileTests {
  static let version: UInt32 = 3

  static func sample() -> [UInt8] {
    var writer = ColumnFileWriter(version: version, number: 0x0123_4567_89AB_CDEF)
    writer.add(Column<Double>([1.5, -2, .infinity]), as: "doubles")
    writer.add(Column<UInt8>([7]), as: "bytes")
    writer.add(Column<UInt32>(), as: "nothing")
    writer.add(Column<UInt16>(Array(0..<1_000)), as: "shorts")
    return writer.bytes()
  }

  static func open(_ bytes: [UInt8], version: UInt32 = version) throws -> ColumnFileReader {
    try ColumnFileReader(memory: Column(bytes).memory, version: version)
  }

  @Test func readsWhatWasWritten() throws {
    let reader = try Self.open(Self.sample())
    #expect(reader.number == 0x0123_4567_89AB_CDEF)
    #expect(try Array(reader.column("doubles", of: Double.self)) == [1.5, -2, .infinity])
    #expect(try Array(reader.column("bytes", of: UInt8.self, count: 1)) == [7])
    #expect(try reader.column("nothing", of: UInt32.self).isEmpty)
    #expect(try Array(reader.column("shorts", of: UInt16.self)) == Array(0..<1_000))
    #expect(reader.has("bytes") && !reader.has("bits"))
  }

  @Test func refusesAWrongShape() throws {
    let reader = try Self.open(Self.sample())
    #expect(throws: ColumnFileError.missing(section: "bits")) { try reader.column("bits", of: UInt8.self) }
    #expect(throws: ColumnFileError.self) { try reader.column("doubles", of: UInt32.self) }
    #expect(throws: ColumnFileError.self) { try reader.column("doubles", of: Double.self, count: 4) }
  }

  @Test func refusesAnotherVersionAndForeignFiles() {
    #expect(throws: ColumnFileError.version(found: 3, expected: 4)) { try Self.open(Self.sample(), version: 4) }
    for foreign in [[], [0x51], Array("PK\u{3}\u{4} something else".utf8), [UInt8](repeating: 0, count: 4_096)] {
      #expect(throws: ColumnFileError.notOurs) { try Self.open(foreign) }
    }
  }

  @Test func refusesEveryTruncation() {
    let bytes = Self.sample()
    for length in 0..<bytes.count {
      #expect(throws: ColumnFileError.self, "\(length) of \(bytes.count) bytes") { try Self.open(Array(bytes[..<length])) }
    }
    #expect(throws: ColumnFileError.self) { try Self.open(bytes + [0]) }
  }

  @Test func refusesEveryFlippedBit() {
    var bytes = Self.sample()
    for index in bytes.indices {
      let mask = UInt8(1) << UInt8(index % 8)
      bytes[index] ^= mask
      #expect(throws: ColumnFileError.self, "bit \(index % 8) of byte \(index)") { try Self.open(bytes) }
      bytes[index] ^= mask
    }
    #expect(throws: Never.self) { try Self.open(bytes) }
  }

  /// The published test vectors of XXH64.
  @Test(
    arguments: [
      ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
      ("The quick brown fox jumps over the lazy dog", 0x0B24_2D36_1FDA_71BC),
    ] as [(String, UInt64)])
  func checksumsAreXXH64(text: String, expected: UInt64) {
    #expect(Checksum.of(Array(text.utf8)) == expected)
  }
}
