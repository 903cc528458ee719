import ChangeFeed
import PostgresClient

/// Brings the tables forward, change by change, and remembers what the open transaction has touched.
struct SourceChanges {
  private(set) var tables: SourceTables
  /// What providers were before the transaction.
  private(set) var before: [PostgresUUID: SourceEntry] = [:]
  /// Names and currencies that documents have in them: whoever uses them has another document now.
  private(set) var changedAreas: Set<AreaKey> = []
  private(set) var changedCategories: Set<String> = []
  private(set) var changedMarkets: Set<String> = []
  /// A market, an area or a category is not what it was: those who are told of them must be told anew.
  private(set) var placesHaveChanged = false
  private var tablesBefore: SourceTables?
  private var columns: [UInt32: (relation: FeedRelation, columns: SourceColumns?)] = [:]

  init(_ tables: SourceTables) { self.tables = tables }

  var usedNamesHaveChanged: Bool { !(changedAreas.isEmpty && changedCategories.isEmpty && changedMarkets.isEmpty) }

  /// Whether a provider's document depends on a name that changed.
  func usesChangedNames(_ provider: ProviderRow) -> Bool {
    changedCategories.contains(provider.category) || changedMarkets.contains(provider.market)
      || provider.area.map { changedAreas.contains(AreaKey(market: provider.market, id: $0)) } ?? false
  }

  mutating func rest(on settled: SettledTables, madeOf copy: SourceTables) {
    tables.rest(on: settled, madeOf: copy)
    tablesBefore?.rest(on: settled, madeOf: copy)
  }

  private mutating func endTransaction() {
    before = [:]
    tablesBefore = nil
    (changedAreas, changedCategories, changedMarkets, placesHaveChanged) = ([], [], [], false)
  }

  /// What follows is one transaction.
  mutating func beginTransaction() { tablesBefore = tables }

  /// Ends the open transaction. True when names of services have changed.
  mutating func commitTransaction() throws -> Bool {
    var haveChanged = false
    let touched = before
    endTransaction()
    for (id, before) in touched where tables.serviceNames.move(from: before, to: try tables.providers.entry(id)) {
      haveChanged = true
    }
    return haveChanged
  }

  /// Takes back what the open transaction did.
  mutating func abandonTransaction() {
    if let tablesBefore { tables = tablesBefore }
    endTransaction()
  }

  mutating func apply(_ change: FeedChange) throws {
    switch change {
    case .insert(let row):
      guard let columns = try columns(of: row.relation) else { return }
      try put(row, columns)
    case .update(let old, let new):
      guard let columns = try columns(of: new.relation) else { return }
      // An old tuple means that the identity changed, or that all of it is kept: what is large and unchanged is then taken from it.
      if let old, try key(of: old, columns) != key(of: new, columns) {
        try move(from: old, to: new, columns)
      } else {
        try put(new, columns)
      }
    case .delete(let row):
      guard let columns = try columns(of: row.relation) else { return }
      try remove(row, columns)
    case .truncate(let relations):
      for relation in relations { if let columns = try columns(of: relation) { try removeAll(columns.table) } }
    }
  }

  /// Nil for tables that documents are not made of.
  private mutating func columns(of relation: FeedRelation) throws(FeedError) -> SourceColumns? {
    if let known = columns[relation.id], known.relation == relation { return known.columns }
    let table = SourceTable(rawValue: relation.name)
    var found: SourceColumns?
    if let table { found = try SourceColumns(table, relation) }
    columns[relation.id] = (relation, found)
    return found
  }

  private mutating func touch(_ id: PostgresUUID, _ body: (inout SourceEntry) throws -> Void) throws {
    let entry = try tables.providers.entry(id)
    var changed = entry
    try body(&changed)
    if before[id] == nil { before[id] = entry }
    tables.providers.set(id, changed, before: entry)
  }

  private func key(of row: FeedRow, _ columns: SourceColumns) throws(FeedError) -> [String] {
    var reader = SourceRowReader(row, columns)
    switch columns.table {
    case .market, .category: return [try reader.take()]
    case .area: return [try reader.take(), try reader.take()]
    case .provider: return ["\(try reader.take(as: PostgresUUID.self))"]
    case .service: return ["\(try reader.take(as: PostgresUUID.self))", "\(try reader.take(as: PostgresUUID.self))"]
    case .serviceArea: return ["\(try reader.take(as: PostgresUUID.self))", "\(try reader.take(as: Int16.self))"]
    }
  }

  private mutating func put(_ row: FeedRow, _ columns: SourceColumns, before old: SourceEntry? = nil) throws {
    var reader = SourceRowReader(row, columns)
    switch columns.table {
    case .market:
      let market = try MarketRow(&reader) { tables.markets[$0] }
      let known = tables.markets.updateValue(market, forKey: market.id)
      if known?.currency != market.currency { changedMarkets.insert(market.id) }
      if known != market { placesHaveChanged = true }
    case .area:
      let key = AreaKey(market: try reader.take(), id: try reader.take())
      let area = try AreaRow(&reader, before: tables.areas[key])
      let known = tables.areas.updateValue(area, forKey: key)
      if known?.name != area.name { changedAreas.insert(key) }
      if known != area { placesHaveChanged = true }
    case .category:
      let id: String = try reader.take()
      let category = try CategoryRow(&reader, before: tables.categories[id])
      let known = tables.categories.updateValue(category, forKey: id)
      if known?.name != category.name { changedCategories.insert(id) }
      if known != category { placesHaveChanged = true }
    case .provider:
      try touch(try reader.take()) { $0.provider = try ProviderRow(&reader, before: (old ?? $0).provider) }
    case .service:
      try touch(try reader.take()) { entry in
        let known = old ?? entry
        // The old row may have had another id; then it is the only one in `old`.
        entry.put(try ServiceRow(&reader) { id in known.services.first { $0.id == id || old != nil } })
      }
    case .serviceArea: try touch(try reader.take()) { $0.put(try ServiceAreaRow(&reader)) }
    }
  }

  private mutating func remove(_ row: FeedRow, _ columns: SourceColumns) throws {
    var reader = SourceRowReader(row, columns)
    switch columns.table {
    case .market:
      let id: String = try reader.take()
      tables.markets[id] = nil
      changedMarkets.insert(id)
      placesHaveChanged = true
    case .area:
      let key = AreaKey(market: try reader.take(), id: try reader.take())
      tables.areas[key] = nil
      changedAreas.insert(key)
      placesHaveChanged = true
    case .category:
      let id: String = try reader.take()
      tables.categories[id] = nil
      changedCategories.insert(id)
      placesHaveChanged = true
    case .provider: try touch(try reader.take()) { $0.provider = nil }
    case .service: try touch(try reader.take()) { $0.removeService(try reader.take()) }
    case .serviceArea: try touch(try reader.take()) { $0.removeArea(try reader.take()) }
    }
  }

  /// A row whose identity changed. What is large and unchanged stays what it was under the old one.
  private mutating func move(from old: FeedRow, to new: FeedRow, _ columns: SourceColumns) throws {
    var known: SourceEntry?
    if columns.table == .provider || columns.table == .service {
      var reader = SourceRowReader(old, columns)
      var entry = try tables.providers.entry(try reader.take())
      if columns.table == .service {
        let id: PostgresUUID = try reader.take()
        entry.services = entry.services.filter { $0.id == id }
      }
      known = entry
    }
    try remove(old, columns)
    try put(new, columns, before: known)
  }

  private mutating func removeAll(_ table: SourceTable) throws {
    placesHaveChanged = true
    switch table {
    case .market:
      changedMarkets.formUnion(tables.markets.keys)
      tables.markets = [:]
    case .area:
      changedAreas.formUnion(tables.areas.keys)
      tables.areas = [:]
    case .category:
      changedCategories.formUnion(tables.categories.keys)
      tables.categories = [:]
    case .provider, .service, .serviceArea:
      var ids: [PostgresUUID] = []
      try tables.providers.forEach { id, _ in ids.append(id) }
      for id in ids {
        try touch(id) { entry in
          switch table {
          case .provider: entry.provider = nil
          case .service: entry.services = []
          default: entry.areas = []
          }
        }
      }
    }
  }
}
