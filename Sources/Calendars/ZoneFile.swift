/// Why the bytes of a time zone are not taken.
public struct ZoneError: Error, Hashable, CustomStringConvertible {
  public let zone: String
  public let reason: String

  public init(zone: String, reason: String) {
    self.zone = zone
    self.reason = reason
  }

  public var description: String { "time zone \(zone): \(reason)" }
}

extension Zone {
  /// Reads a zone as the tz database compiles it: TZif, versions 2 to 4 (RFC 9636). Anything that is not exactly that is refused.
  ///
  /// The yearly rule after the last change is spelled out up to `CalendarsLimits.lastYear`, so that asking is one look in a table.
  public convenience init(name: String, tzif bytes: [UInt8]) throws(ZoneError) {
    var reader = ZoneFileReader(zone: name, bytes: bytes)
    let first = try reader.header()
    // Version 1's part has 32-bit instants and is only there for old readers.
    try reader.skip(first.byteCount(instantBytes: 4), "its first part")
    let header = try reader.header()
    var (changes, offsets) = try reader.table(header)
    if let rule = try reader.rule() { rule.append(to: &changes, &offsets) }
    self.init(name: name, changes: changes, offsets: offsets)
  }
}

private struct ZoneFileReader {
  struct Header {
    let universalFlags: Int
    let standardFlags: Int
    let leapSeconds: Int
    let changes: Int
    let types: Int
    let letters: Int

    func byteCount(instantBytes: Int) -> Int {
      changes * (instantBytes + 1) + types * 6 + letters + leapSeconds * (instantBytes + 4) + standardFlags + universalFlags
    }
  }

  let zone: String
  private let bytes: [UInt8]
  private var position = 0

  init(zone: String, bytes: [UInt8]) {
    self.zone = zone
    self.bytes = bytes
  }

  private func refusal(_ reason: String) -> ZoneError { ZoneError(zone: zone, reason: reason) }

  mutating func skip(_ count: Int, _ what: String) throws(ZoneError) {
    guard count <= bytes.count - position else { throw refusal("\(what) is cut short") }
    position += count
  }

  private mutating func integer(bytes count: Int) throws(ZoneError) -> Int {
    let start = position
    try skip(count, "a number")
    let word = bytes[start..<position].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return count == 8 ? Int(Int64(bitPattern: word)) : Int(word)
  }

  mutating func header() throws(ZoneError) -> Header {
    guard bytes.count <= CalendarsLimits.zoneFileBytes else { throw refusal("\(bytes.count) bytes are too many") }
    let start = position
    try skip(20, "its header")
    guard bytes[start..<start + 4].elementsEqual("TZif".utf8) else { throw refusal("is no compiled time zone") }
    guard (UInt8(ascii: "2")...UInt8(ascii: "4")).contains(bytes[start + 4]) else {
      throw refusal("has a version that is not known")
    }
    var counts: [Int] = []
    for _ in 0..<6 { counts.append(try integer(bytes: 4)) }
    guard counts.allSatisfy({ $0 <= CalendarsLimits.zoneFileBytes }) else { throw refusal("counts more than it can hold") }
    return Header(
      universalFlags: counts[0], standardFlags: counts[1], leapSeconds: counts[2], changes: counts[3], types: counts[4],
      letters: counts[5])
  }

  /// The changes, and the offsets before the first and after each.
  mutating func table(_ header: Header) throws(ZoneError) -> (changes: [Int], offsets: [Int]) {
    guard header.leapSeconds == 0 else { throw refusal("counts leap seconds, which instants here do not") }
    guard (1...256).contains(header.types) else { throw refusal("has \(header.types) kinds of time") }
    guard header.byteCount(instantBytes: 8) <= bytes.count - position else { throw refusal("its table is cut short") }
    var changes: [Int] = []
    for _ in 0..<header.changes {
      let instant = try integer(bytes: 8)
      guard changes.last.map({ $0 < instant }) ?? true else { throw refusal("its changes do not ascend") }
      changes.append(instant)
    }
    var kinds: [Int] = []
    for _ in 0..<header.changes { kinds.append(try integer(bytes: 1)) }
    var offsetsByKind: [Int] = []
    for _ in 0..<header.types {
      let offset = Int(Int32(truncatingIfNeeded: try integer(bytes: 4)))
      guard CalendarsLimits.offsetSeconds.contains(offset) else { throw refusal("is \(offset) s ahead of UTC") }
      offsetsByKind.append(offset)
      try skip(2, "a kind of time")
    }
    guard kinds.allSatisfy({ $0 < header.types }) else { throw refusal("names a kind of time that it does not have") }
    try skip(header.letters + header.standardFlags + header.universalFlags, "its table")
    // Before the first change the first kind holds.
    return (changes, [offsetsByKind[0]] + kinds.map { offsetsByKind[$0] })
  }

  /// What goes on after the last change: a line of its own at the end. Nil where it says nothing.
  mutating func rule() throws(ZoneError) -> ZoneRule? {
    guard bytes.count - position >= 2, bytes[position] == UInt8(ascii: "\n"), bytes.last == UInt8(ascii: "\n") else {
      throw refusal("its last line is missing")
    }
    let line = bytes[(position + 1)..<(bytes.count - 1)]
    guard !line.isEmpty else { return nil }
    guard let rule = ZoneRule(line) else {
      throw refusal("its rule '\(String(decoding: line, as: UTF8.self))' is not understood")
    }
    return rule
  }
}
