import PostgresClient

/// Entries at one position of the feed: most at rest, and above them what has changed since. A value: copied in O(1), a copy stays as it
/// is while the original follows on.
struct FollowedEntries<Entry: RestingEntry>: Sendable {
  /// An entry as it has been since some change.
  final class Changed: Sendable {
    let entry: Entry
    init(_ entry: Entry) { self.entry = entry }
  }

  private(set) var base: RestingEntries<Entry>
  /// An empty entry is one that has been removed.
  private var changes = PersistentTable<PostgresUUID, Changed>()

  init(base: RestingEntries<Entry>) { self.base = base }

  /// O(log n). An unknown id has an empty entry.
  subscript(id: PostgresUUID) -> Entry {
    get throws(StateFileError) {
      if let changed = changes[id] { return changed.entry }
      guard let index = base.find(id) else { return Entry() }
      return try base.entry(index)
    }
  }

  /// The entry as it has been since it came to differ from the base; nil where it does not.
  func changed(_ id: PostgresUUID) -> Changed? { changes[id] }

  mutating func set(_ id: PostgresUUID, _ entry: Entry) { changes.set(Changed(entry), for: id) }

  /// Every entry, by id. O(n + changed · log changed).
  func forEach(_ body: (PostgresUUID, Entry) throws -> Void) throws {
    try walk(changed: body, same: { index in try body(base.provider(index), try base.entry(index)) })
  }

  /// Those that have changed since the base was made, in no order.
  func forEachChanged(_ body: (PostgresUUID, Entry) throws -> Void) throws {
    try changes.forEach { id, changed throws in try body(id, changed.entry) }
  }

  private func walk(changed body: (PostgresUUID, Entry) throws -> Void, same: (Int) throws -> Void) throws {
    var changed: [(id: PostgresUUID, entry: Entry)] = []
    changes.forEach { id, state in changed.append((id, state.entry)) }
    changed.sort { $0.id < $1.id }
    var next = changed.startIndex
    func takeChanged() throws {
      let (id, entry) = changed[next]
      next += 1
      if !entry.isEmpty { try body(id, entry) }
    }
    for index in 0..<base.count {
      let id = base.provider(index)
      while next < changed.endIndex, changed[next].id < id { try takeChanged() }
      if next < changed.endIndex, changed[next].id == id { try takeChanged() } else { try same(index) }
    }
    while next < changed.endIndex { try takeChanged() }
  }

  /// All of them at rest.
  func settled() throws -> RestingEntries<Entry> {
    var builder = RestingEntriesBuilder<Entry>()
    try walk(changed: { id, entry in try builder.add(id, entry) }, same: { index in try builder.add(index, of: base) })
    return builder.finish()
  }

  /// Puts `settled`, which was made of `copy`, an earlier state of this, in the place of what it holds. O(changed since).
  mutating func rest(on settled: RestingEntries<Entry>, madeOf copy: Self) {
    changes = changes.since(copy.changes) { $0 === $1 }
    base = settled
  }
}
