/// What one connection has prepared: at most `capacity` statements, the least recently used making room. Pure; O(1).
///
/// Invariants: `entries` and the list hold the same statements; a numbered slot points at an entry of the list or is nil.
struct StatementCache {
  /// One text with one set of parameter types, under the name the server knows.
  final class Entry {
    let key: Key
    /// NUL-terminated, so that libpq can be given it as it is.
    let name: [CChar]
    let number: Int?
    /// Set once the server has refused the statement; whoever used it meanwhile gets this instead of "unknown statement".
    var failure: PostgresError?
    fileprivate var newer: Entry?
    fileprivate unowned(unsafe) var older: Entry?

    fileprivate init(key: Key, name: String, number: Int?) {
      self.key = key
      self.number = number
      self.name = Array(name.utf8CString)
    }
  }

  struct Key: Hashable {
    let sql: String
    let types: [UInt32]
  }

  let capacity: Int
  private var entries: [Key: Entry] = [:]
  private var numbered: [Entry?] = []
  private var oldest: Entry?
  private unowned(unsafe) var newest: Entry?
  private var serial: UInt64 = 0

  init(capacity: Int) {
    precondition(capacity > 0, "a connection keeps at least one statement")
    self.capacity = capacity
  }

  var count: Int { entries.count }

  /// The statement, if it is prepared for these types.
  mutating func find(_ query: PreparedQuery, types: [UInt32]) -> Entry? {
    if let number = query.number, number < numbered.count, let entry = numbered[number], entry.key.types == types {
      touch(entry)
      return entry
    }
    guard let entry = entries[Key(sql: query.sql, types: types)] else { return nil }
    if let number = query.number { setSlot(number, entry) }
    touch(entry)
    return entry
  }

  /// Adds a statement; returns it with the one that had to go, whose name the server should forget.
  mutating func insert(_ query: PreparedQuery, types: [UInt32]) -> (added: Entry, evicted: Entry?) {
    let evicted = entries.count >= capacity ? oldest : nil
    if let evicted { remove(evicted) }
    serial += 1
    let entry = Entry(key: Key(sql: query.sql, types: types), name: "q\(serial)", number: query.number)
    entries[entry.key] = entry
    if let number = query.number { setSlot(number, entry) }
    append(entry)
    return (entry, evicted)
  }

  /// Forgets a statement the server does not have. Harmless for one that has gone already.
  mutating func remove(_ entry: Entry) {
    guard entries[entry.key] === entry else { return }
    entries[entry.key] = nil
    for number in numbered.indices where numbered[number] === entry { numbered[number] = nil }
    unlink(entry)
  }

  mutating func removeAll() {
    while let entry = oldest { remove(entry) }
  }

  private mutating func setSlot(_ number: Int, _ entry: Entry) {
    while numbered.count <= number { numbered.append(nil) }
    numbered[number] = entry
  }

  // MARK: Order of use

  private mutating func touch(_ entry: Entry) {
    guard newest !== entry else { return }
    unlink(entry)
    append(entry)
  }

  private mutating func append(_ entry: Entry) {
    if let newest {
      newest.newer = entry
      entry.older = newest
    } else {
      oldest = entry
      entry.older = nil
    }
    newest = entry
  }

  private mutating func unlink(_ entry: Entry) {
    let newer = entry.newer
    if let older = entry.older { older.newer = newer } else { oldest = newer }
    if let newer { newer.older = entry.older } else { newest = entry.older }
    entry.newer = nil
    entry.older = nil
  }

  func _checkInvariants() {
    var seen = 0
    var entry = oldest
    while let current = entry {
      precondition(entries[current.key] === current, "the list and the table agree")
      precondition(current.newer != nil || newest === current, "the list ends at the newest")
      seen += 1
      entry = current.newer
    }
    precondition(seen == entries.count && seen <= capacity, "each statement is in the list once")
    for case let slot? in numbered { precondition(entries[slot.key] === slot, "no slot points at what has gone") }
  }
}
