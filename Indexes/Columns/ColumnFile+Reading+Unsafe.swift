/// A file of columns, checked whole before the first column is given out.
public struct ColumnFileReader: Sendable {
  public let number: UInt64
  private let memory: Memory
  private let sections: [String: Section]

  private struct Section {
    let offset: Int
    let byteCount: Int
    let elementSize: Int
  }

  /// Reads the table and checks every byte of `memory`. O(bytes), at the speed of memory.
  public init(memory: Memory, version: UInt32) throws(ColumnFileError) {
    let bytes = memory.bytes
    guard bytes.count >= ColumnFile.magic.count, bytes.starts(with: ColumnFile.magic) else { throw .notOurs }
    guard bytes.count >= ColumnFile.headerBytes else {
      throw .truncated(bytes: bytes.count, expected: UInt64(ColumnFile.headerBytes))
    }
    func word(_ at: Int) -> UInt64 { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) }
    let found = UInt32(truncatingIfNeeded: word(8))
    guard found == version else { throw .version(found: found, expected: version) }
    guard word(16) == UInt64(bytes.count) else { throw .truncated(bytes: bytes.count, expected: word(16)) }
    let count = word(32)
    let tableEnd = ColumnFile.headerBytes + Int(min(count, UInt64(ColumnLimits.sections))) * ColumnFile.entryBytes
    guard count <= UInt64(ColumnLimits.sections), tableEnd <= bytes.count else { throw .damaged(part: "its header") }
    let covered = [UInt8](bytes[..<40]) + [UInt8](bytes[ColumnFile.headerBytes..<tableEnd])
    guard Checksum.of(covered) == word(40), bytes[48..<ColumnFile.headerBytes].allSatisfy({ $0 == 0 }) else {
      throw .damaged(part: "its header")
    }
    number = word(24)
    self.memory = memory
    sections = try Self.readTable(bytes, count: Int(count))
  }

  private static func readTable(_ bytes: UnsafeRawBufferPointer, count: Int) throws(ColumnFileError) -> [String: Section] {
    func word(_ at: Int) -> UInt64 { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)) }
    var sections: [String: Section] = [:]
    var end = ColumnFile.headerBytes + count * ColumnFile.entryBytes
    for index in 0..<count {
      let entry = ColumnFile.headerBytes + index * ColumnFile.entryBytes
      let name = String(decoding: bytes[entry..<entry + ColumnLimits.nameBytes].prefix { $0 != 0 }, as: UTF8.self)
      let (offset, length) = (word(entry + 24), word(entry + 32))
      guard offset >= UInt64(end), length <= UInt64(bytes.count), offset <= UInt64(bytes.count) - length,
        offset % UInt64(ColumnLimits.alignment) == 0, (1...4_096).contains(word(entry + 48))
      else { throw .shape(section: name, reason: "it lies outside the file") }
      guard bytes[end..<Int(offset)].allSatisfy({ $0 == 0 }) else { throw .damaged(part: "the gap before section '\(name)'") }
      end = Int(offset + length)
      guard Checksum.of(UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<end])) == word(entry + 40) else {
        throw .damaged(part: "section '\(name)'")
      }
      sections[name] = Section(offset: Int(offset), byteCount: Int(length), elementSize: Int(word(entry + 48)))
    }
    guard bytes[end...].allSatisfy({ $0 == 0 }) else { throw .damaged(part: "what follows the last section") }
    return sections
  }

  public func has(_ name: String) -> Bool { sections[name] != nil }

  /// The column kept under `name`; `count`, where the caller knows how many values there must be.
  public func column<Element: BitwiseCopyable>(
    _ name: String, of type: Element.Type = Element.self, count expected: Int? = nil
  ) throws(ColumnFileError) -> Column<Element> {
    guard let section = sections[name] else { throw .missing(section: name) }
    let stride = MemoryLayout<Element>.stride
    guard section.elementSize == stride, section.byteCount % stride == 0 else {
      throw .shape(section: name, reason: "its values have \(section.elementSize) bytes, not \(stride)")
    }
    let count = section.byteCount / stride
    if let expected, expected != count {
      throw .shape(section: name, reason: "it has \(count) values and should have \(expected)")
    }
    return Column(memory: memory, offset: section.offset, count: count)
  }
}
