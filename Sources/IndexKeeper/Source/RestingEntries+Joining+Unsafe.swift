// Fills columns in place from parts: rows of a million providers are copied once, and never twice in memory as a whole and in an array.
import Columns
import PostgresClient

extension RestingEntries {
  /// The entries of several builders, one after the other.
  static func joining(_ parts: [RestingEntriesBuilder<Entry>]) throws(StateFileError) -> RestingEntries {
    var lastID: PostgresUUID?
    for part in parts {
      guard let first = part.providers.first, let last = part.providers.last else { continue }
      if let lastID, lastID >= PostgresUUID(first) { throw .malformed("providers do not ascend by id") }
      lastID = PostgresUUID(last)
    }
    guard parts.reduce(0, { $0 + $1.ids.count }) < Int(UInt32.max) else { throw .malformed("more rows than numbers for them") }
    return RestingEntries(
      providers: Column(joining: parts, \.providers), starts: Column(startsOf: parts, \.starts),
      bytes: Column(joining: parts, \.bytes), idStarts: Column(startsOf: parts, \.idStarts), ids: Column(joining: parts, \.ids))
  }
}

extension Column {
  fileprivate init<Part>(joining parts: [Part], _ values: (Part) -> [Element]) {
    let count = parts.reduce(0) { $0 + values($1).count }
    let memory = Memory(byteCount: count * MemoryLayout<Element>.stride) { room in
      let room = room.bindMemory(to: Element.self)
      var next = room.startIndex
      for part in parts { next = room[next...].initialize(fromContentsOf: values(part)) }
    }
    self.init(memory: memory, offset: 0, count: count)
  }
}

extension Column where Element: FixedWidthInteger {
  /// Each part's begin at 0 and end with where it ends; together they begin where the part before ends.
  fileprivate init<Part>(startsOf parts: [Part], _ starts: (Part) -> [Element]) {
    let count = 1 + parts.reduce(0) { $0 + starts($1).count - 1 }
    let memory = Memory(byteCount: count * MemoryLayout<Element>.stride) { room in
      let room = room.bindMemory(to: Element.self)
      room.initializeElement(at: 0, to: 0)
      var next = 1
      for part in parts {
        let base = room[next - 1]
        for start in starts(part).dropFirst() {
          room.initializeElement(at: next, to: base + start)
          next += 1
        }
      }
    }
    self.init(memory: memory, offset: 0, count: count)
  }
}
