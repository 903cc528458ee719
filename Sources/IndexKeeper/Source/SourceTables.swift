import PostgresClient

/// A provider's rows as they have been since some change: what is told of it is the same as long as this object is.
final class SourceBox: Sendable {
  let entry: SourceEntry
  init(_ entry: SourceEntry) { self.entry = entry }
}

/// The rows of providers at one position of the feed: a base at rest, and above it what has changed since. A value: copied in O(1), a
/// copy stays as it is while the original follows on.
struct ProviderRows: Sendable {
  private(set) var base: SourceBase
  /// An empty entry is one that has been removed.
  private var overlay = PersistentTable<PostgresUUID, SourceBox>()
  /// Services that have come to a provider since the base was made. Some have left it again: its entry tells.
  private var movedServices = PersistentTable<PostgresUUID, PostgresUUID>()

  init(base: SourceBase) { self.base = base }

  /// O(log n). An unknown id has an empty entry.
  func entry(_ id: PostgresUUID) throws(StateFileError) -> SourceEntry {
    if let changed = overlay[id] { return changed.entry }
    guard let index = base.find(id) else { return SourceEntry() }
    return try base.entry(index)
  }

  /// Another object whenever the entry is another; also when it came to rest since, which changes nothing about it.
  func source(of id: PostgresUUID) -> AnyObject? {
    if let changed = overlay[id] { return changed.entry.isEmpty ? nil : changed }
    return base.find(id) == nil ? nil : base
  }

  /// - Parameter before: the entry as it is.
  mutating func set(_ id: PostgresUUID, _ entry: SourceEntry, before: SourceEntry) {
    guard entry != before else { return }
    overlay.set(SourceBox(entry), for: id)
    guard entry.services != before.services else { return }
    for service in entry.services where !before.services.contains(where: { $0.id == service.id }) {
      movedServices.set(id, for: service.id)
    }
  }

  /// Whose service it is; nil when there is none. O(log n).
  func owner(ofService id: PostgresUUID) throws(StateFileError) -> (id: PostgresUUID, entry: SourceEntry)? {
    for owner in [movedServices[id], base.owner(ofService: id)] {
      guard let owner else { continue }
      let entry = try entry(owner)
      if entry.services.contains(where: { $0.id == id }) { return (owner, entry) }
    }
    return nil
  }

  /// Every entry, by id. O(n + changed · log changed).
  func forEach(_ body: (PostgresUUID, SourceEntry) throws -> Void) throws {
    try walk(changed: { id, entry in try body(id, entry) }, same: { index in try body(base.id(index), try base.entry(index)) })
  }

  private func walk(changed body: (PostgresUUID, SourceEntry) throws -> Void, same: (Int) throws -> Void) throws {
    var changed: [(id: PostgresUUID, box: SourceBox)] = []
    overlay.forEach { id, box in changed.append((id, box)) }
    changed.sort { $0.id < $1.id }
    var next = changed.startIndex
    func takeChanged() throws {
      let (id, box) = changed[next]
      next += 1
      if !box.entry.isEmpty { try body(id, box.entry) }
    }
    for index in 0..<base.count {
      let id = base.id(index)
      while next < changed.endIndex, changed[next].id < id { try takeChanged() }
      if next < changed.endIndex, changed[next].id == id { try takeChanged() } else { try same(index) }
    }
    while next < changed.endIndex { try takeChanged() }
  }

  /// All of it at rest.
  func settled() throws -> SourceBase {
    var builder = SourceBaseBuilder()
    try walk(changed: { id, entry in try builder.add(id, entry) }, same: { index in try builder.add(index, of: base) })
    return builder.finish()
  }

  /// Puts `settled`, which was made of `copy`, an earlier state of this, in the place of what it holds. O(changed since).
  mutating func rest(on settled: SourceBase, madeOf copy: ProviderRows) {
    overlay = overlay.since(copy.overlay) { $0 === $1 }
    movedServices = movedServices.since(copy.movedServices) { $0 == $1 }
    base = settled
  }
}

/// The catalogue's rows at one position of the feed.
struct SourceTables: Sendable {
  var providers: ProviderRows
  var markets: [String: MarketRow] = [:]
  var areas: [AreaKey: AreaRow] = [:]
  var categories: [String: CategoryRow] = [:]
  /// Of everything that has been committed.
  var serviceNames: ServiceNameCounts

  init(base: SourceBase = .empty, serviceNames: ServiceNameCounts = ServiceNameCounts()) {
    providers = ProviderRows(base: base)
    self.serviceNames = serviceNames
  }

  mutating func rest(on settled: SettledTables, madeOf copy: SourceTables) {
    providers.rest(on: settled.providers, madeOf: copy.providers)
    serviceNames.rest(on: settled.serviceNames, madeOf: copy.serviceNames)
  }

  /// What is large of it, at rest.
  func settled() throws -> SettledTables {
    SettledTables(providers: try providers.settled(), serviceNames: serviceNames.settled())
  }
}

struct SettledTables: Sendable {
  let providers: SourceBase
  let serviceNames: ServiceNameBase
}
