import PostgresClient

/// The rows of providers at one position of the feed, and whose each service is. A value: copied in O(1), a copy stays as it is while the
/// original follows on.
struct ProviderRows: Sendable {
  private var entries: FollowedEntries<SourceEntry>
  /// Of the services at rest.
  private var serviceTable: ServiceTable
  /// Services that have come to a provider since the base was made. Some have left it again: its entry tells.
  private var movedServices = PersistentTable<PostgresUUID, PostgresUUID>()

  init(base: SettledProviders) {
    entries = FollowedEntries(base: base.entries)
    serviceTable = base.serviceTable
  }

  /// O(log n). An unknown id has an empty entry.
  func entry(_ id: PostgresUUID) throws(StateFileError) -> SourceEntry { try entries[id] }

  /// The market a provider is in; nil for who is not there. O(log n).
  func market(of id: PostgresUUID) throws(StateFileError) -> String? {
    if let changed = entries.changed(id) { return changed.entry.provider?.market }
    guard let index = entries.base.find(id) else { return nil }
    return try SourceEntry.market(entries.base.bytes(index))
  }

  /// Another object whenever the entry is another; also when it came to rest since, which changes nothing about it.
  func source(of id: PostgresUUID) -> AnyObject? {
    if let changed = entries.changed(id) { return changed.entry.isEmpty ? nil : changed }
    return entries.base.find(id) == nil ? nil : entries.base
  }

  /// - Parameter before: the entry as it is.
  mutating func set(_ id: PostgresUUID, _ entry: SourceEntry, before: SourceEntry) {
    guard entry != before else { return }
    entries.set(id, entry)
    guard entry.services != before.services else { return }
    for service in entry.services where !before.services.contains(where: { $0.id == service.id }) {
      movedServices.set(id, for: service.id)
    }
  }

  /// Whose service it is; nil when there is none. O(log n).
  func owner(ofService id: PostgresUUID) throws(StateFileError) -> (id: PostgresUUID, entry: SourceEntry)? {
    let base = entries.base
    let atRest = serviceTable.find(id, in: base.ids).flatMap { base.owner(ofRow: $0) }
    for owner in [movedServices[id], atRest] {
      guard let owner else { continue }
      let entry = try entry(owner)
      if entry.services.contains(where: { $0.id == id }) { return (owner, entry) }
    }
    return nil
  }

  /// Every entry, by id. O(n + changed · log changed).
  func forEach(_ body: (PostgresUUID, SourceEntry) throws -> Void) throws { try entries.forEach(body) }

  /// All of it at rest.
  func settled() throws -> SettledProviders { SettledProviders(try entries.settled()) }

  /// Puts `settled`, which was made of `copy`, an earlier state of this, in the place of what it holds. O(changed since).
  mutating func rest(on settled: SettledProviders, madeOf copy: ProviderRows) {
    entries.rest(on: settled.entries, madeOf: copy.entries)
    movedServices = movedServices.since(copy.movedServices) { $0 == $1 }
    serviceTable = settled.serviceTable
  }
}

/// The rows of providers at rest.
struct SettledProviders: Sendable {
  let entries: RestingEntries<SourceEntry>
  let serviceTable: ServiceTable

  init(_ entries: RestingEntries<SourceEntry>, serviceTable: ServiceTable) {
    self.entries = entries
    self.serviceTable = serviceTable
  }

  /// O(services).
  init(_ entries: RestingEntries<SourceEntry>) { self.init(entries, serviceTable: ServiceTable(entries.ids)) }

  static var empty: SettledProviders { SettledProviders(.empty) }
}

/// The catalogue's rows at one position of the feed.
struct SourceTables: Sendable {
  var providers: ProviderRows
  var markets: [String: MarketRow] = [:]
  var areas: [AreaKey: AreaRow] = [:]
  var categories: [String: CategoryRow] = [:]
  /// Of everything that has been committed.
  var serviceNames: ServiceNameCounts

  init(base: SettledProviders = .empty, serviceNames: ServiceNameCounts = ServiceNameCounts()) {
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
  let providers: SettledProviders
  let serviceNames: ServiceNameBase
}
