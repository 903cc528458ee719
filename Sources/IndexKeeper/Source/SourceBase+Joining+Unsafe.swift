// Fills columns in place from parts: rows of a million providers are copied once, and never twice in memory as a whole and in an array.
import Columns
import PostgresClient

extension SourceBase {
  /// The rows of several builders, one after the other.
  static func joining(_ parts: [SourceBaseBuilder]) throws(StateFileError) -> SourceBase {
    var lastID: PostgresUUID?
    for part in parts {
      guard let first = part.ids.first, let last = part.ids.last else { continue }
      if let lastID, lastID >= PostgresUUID(first) { throw .malformed("providers do not ascend by id") }
      lastID = PostgresUUID(last)
    }
    guard parts.reduce(0, { $0 + $1.services.count }) < Int(UInt32.max) else {
      throw .malformed("more services than numbers for them")
    }
    let ids = Column(joining: parts, \.ids)
    let starts = Column(startsOf: parts, \.starts)
    let serviceStarts = Column(startsOf: parts, \.serviceStarts)
    let services = Column(joining: parts, \.services)
    return SourceBase(
      ids: ids, starts: starts, bytes: Column(joining: parts, \.bytes), serviceStarts: serviceStarts, services: services,
      serviceTable: ServiceTable(services))
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
