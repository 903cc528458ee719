import AvailabilityIndex
import Columns
import ProviderIndex
import TestSupport
import Testing

@Suite struct SegmentFileTests {
  static func bytes(_ segment: Segment, position: UInt64 = 0) -> [UInt8] {
    var file = ColumnFileWriter(version: Segment.formatVersion, number: position)
    segment.write(into: &file)
    return file.bytes()
  }

  static func open(_ bytes: [UInt8]) throws -> (segment: Segment, position: UInt64) {
    let reader = try ColumnFileReader(memory: Column(bytes).memory, version: Segment.formatVersion)
    return (try Segment(reading: reader), reader.number)
  }

  @Test(arguments: [0, 1, 700]) func whatIsReadAnswersAlike(count: Int) throws {
    var market = try RandomMarket(SeededRandom(stream: "whatIsReadAnswersAlike\(count)"))
    var calendar: AvailabilityCalendar?
    let records = try market.records(count, calendar: &calendar)
    let bytes = Self.bytes(try SearchTests.segment(records), position: 77)
    let (segment, position) = try Self.open(bytes)
    segment._checkInvariants()
    #expect(position == 77 && segment.count == count && Self.bytes(segment, position: 77) == bytes)
    let (snapshot, scan) = (IndexSnapshot(segment, calendar: calendar), LinearScan(records, calendar: calendar))
    let searcher = Searcher()
    for _ in 0..<100 { try SearchTests.check(searcher, snapshot, scan, market.query(records)) }
  }

  /// A file whose checksums are right and whose columns do not fit each other is refused too.
  @Test func columnsThatDoNotFitAreRefused() throws {
    var market = try RandomMarket(SeededRandom())
    var calendar: AvailabilityCalendar?
    let names = [
      "tree.count", "tree.places", "tree.boxes", "tree.levels", "areas.owners", "areas.circles", "areas.boxes", "areas.levels",
      "terms.keys", "terms.keyOffsets", "features", "shares", "counts", "vectors", "places", "ids.starts", "ids.bytes",
      "ids.table",
      "categories", "categories.starts", "services.starts", "services.prices", "services.durations", "staff",
    ]
    let records = try market.records(300, calendar: &calendar)
    let bytes = Self.bytes(try SearchTests.segment(records))
    for name in names {
      #expect(throws: ColumnFileError.self, "\(name) left out") { try Self.open(Self.without(name, bytes)) }
    }
  }

  /// The file with a section renamed, its checksums made right again.
  static func without(_ name: String, _ bytes: [UInt8]) throws -> [UInt8] {
    var bytes = bytes
    let wanted = Array(name.utf8) + [UInt8](repeating: 0, count: 24 - name.utf8.count)
    let count = Int(bytes[32]) | Int(bytes[33]) << 8
    let entry = try #require((0..<count).map { 64 + $0 * 64 }.first { Array(bytes[$0..<$0 + 24]) == wanted })
    bytes[entry] = UInt8(ascii: "#")
    let checksum = Checksum.of(Array(bytes[..<40]) + Array(bytes[64..<64 + count * 64]))
    for byte in 0..<8 { bytes[40 + byte] = UInt8(truncatingIfNeeded: checksum >> UInt64(8 * byte)) }
    return bytes
  }

  private static let extremes: [UInt64] =
    [0, .max, 1 << 63, 1 << 63 - 1, 0x8000_0000_8000_0000, 0x7FFF_FFFF_7FFF_FFFF, 0xFF80_0000_7FC0_0000]
    + [-Double.infinity, .infinity, .nan, -.greatestFiniteMagnitude, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
    .map(\.bitPattern)

  /// Numbers that fit and mean nothing: wrong answers perhaps, never a trap.
  @Test func damagedNumbersTrapNowhere() throws {
    var market = try RandomMarket(SeededRandom())
    var calendar: AvailabilityCalendar?
    let records = try market.records(300, calendar: &calendar)
    let bytes = Self.bytes(try SearchTests.segment(records))
    let count = Int(bytes[32]) | Int(bytes[33]) << 8
    let searcher = Searcher()
    var opened = 0
    for _ in 0..<150 {
      var damaged = bytes
      let entry = 64 + Int.random(in: 0..<count, using: &market.random) * 64
      func number(_ at: Int) -> Int { (0..<8).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
      let (offset, length) = (number(entry + 24), number(entry + 32))
      guard length > 0 else { continue }
      for _ in 0..<4 {
        damaged[offset + Int.random(in: 0..<length, using: &market.random)] = .random(in: 0...255, using: &market.random)
      }
      if length >= 8, Bool.random(using: &market.random) {
        // The ends of every kind of number, where a conversion would trap.
        let word = offset + Int.random(in: 0..<length / 8, using: &market.random) * 8
        let extreme = Self.extremes.randomElement(using: &market.random) ?? 0
        for byte in 0..<8 { damaged[word + byte] = UInt8(truncatingIfNeeded: extreme >> UInt64(8 * byte)) }
      }
      let section = Checksum.of(Array(damaged[offset..<offset + length]))
      for byte in 0..<8 { damaged[entry + 40 + byte] = UInt8(truncatingIfNeeded: section >> UInt64(8 * byte)) }
      let header = Checksum.of(Array(damaged[..<40]) + Array(damaged[64..<64 + count * 64]))
      for byte in 0..<8 { damaged[40 + byte] = UInt8(truncatingIfNeeded: header >> UInt64(8 * byte)) }
      guard let segment = try? Self.open(damaged).segment else { continue }
      opened += 1
      let snapshot = IndexSnapshot(segment, calendar: calendar)
      for _ in 0..<20 { try searcher.search(snapshot, market.query(records)) }
    }
    #expect(opened > 20)
  }
}
