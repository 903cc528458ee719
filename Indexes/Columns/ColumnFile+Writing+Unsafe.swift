/// Collects columns under names, and gives the file's bytes part by part, so that no second copy of the index is ever made.
public struct ColumnFileWriter {
  private let version: UInt32
  private let number: UInt64
  private var sections: [Section] = []

  private struct Section {
    let name: String
    let elementSize: Int
    let memory: Memory
    let bytes: UnsafeRawBufferPointer
  }

  /// - Parameter number: the caller's own, kept in the header (an index keeps its feed position there).
  public init(version: UInt32, number: UInt64) {
    self.version = version
    self.number = number
  }

  public mutating func add<Element>(_ column: Column<Element>, as name: String) {
    precondition(
      name.utf8.count <= ColumnLimits.nameBytes && !name.isEmpty, "a section's name has 1 to \(ColumnLimits.nameBytes) bytes")
    precondition(!sections.contains { $0.name == name }, "two sections named '\(name)'")
    precondition(sections.count < ColumnLimits.sections, "more than \(ColumnLimits.sections) sections")
    sections.append(
      Section(
        name: name, elementSize: MemoryLayout<Element>.stride, memory: column.memory, bytes: UnsafeRawBufferPointer(column.buffer)
      ))
  }

  /// Calls `write` with each part of the file, in order.
  public func write(_ write: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    var table: [UInt8] = []
    var offset = aligned(ColumnFile.headerBytes + sections.count * ColumnFile.entryBytes)
    let start = offset
    for section in sections {
      table.append(contentsOf: section.name.utf8)
      table.append(contentsOf: [UInt8](repeating: 0, count: ColumnLimits.nameBytes - section.name.utf8.count))
      for value in [offset, section.bytes.count, Int(bitPattern: UInt(Checksum.of(section.bytes))), section.elementSize, 0] {
        append(UInt64(UInt(bitPattern: value)), to: &table)
      }
      offset = aligned(offset + section.bytes.count)
    }
    var head = ColumnFile.magic
    append(UInt64(version), to: &head)
    for value in [UInt64(offset), number, UInt64(sections.count)] { append(value, to: &head) }
    append(Checksum.of(head + table), to: &head)
    head.append(contentsOf: [UInt8](repeating: 0, count: ColumnFile.headerBytes - head.count))
    head.append(contentsOf: table)
    head.append(contentsOf: [UInt8](repeating: 0, count: start - head.count))
    try head.withUnsafeBytes(write)
    let gap = [UInt8](repeating: 0, count: ColumnLimits.alignment)
    for section in sections {
      try write(section.bytes)
      let missing = aligned(section.bytes.count) - section.bytes.count
      try gap.withUnsafeBytes { try write(UnsafeRawBufferPointer(rebasing: $0[..<missing])) }
    }
  }

  /// The whole file, for tests and small indexes.
  public func bytes() -> [UInt8] {
    var whole: [UInt8] = []
    write { whole.append(contentsOf: $0) }
    return whole
  }

  private func aligned(_ offset: Int) -> Int {
    (offset + ColumnLimits.alignment - 1) / ColumnLimits.alignment * ColumnLimits.alignment
  }

  private func append(_ value: UInt64, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
