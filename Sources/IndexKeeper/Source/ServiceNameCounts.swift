import Columns
import PostgresClient

/// A name under which services are sold, in one category of providers.
struct ServiceNameUse: Hashable, Sendable {
  var name: NamePair
  var category: String

  /// What uses are sorted by: their names, then their categories. No text of the database has a zero in it.
  fileprivate var key: [UInt8] { Array(name.en.utf8) + [0] + Array(name.ar.utf8) + [0] + Array(category.utf8) }
}

/// The names under which services are sold, each with how many providers' services bear it. Counted as rows come and go: an index that
/// has followed has the same as one made anew. A base at rest, and what has changed since beside it.
struct ServiceNameCounts: Sendable {
  private var base: ServiceNameBase
  /// Differences to the base; those that came to nothing are not kept.
  private var changes: [ServiceNameUse: Int] = [:]

  init(base: ServiceNameBase = .empty) { self.base = base }

  /// Counts what searches show of a provider. O(its services), and nothing where they are the same.
  /// - Returns: false when there was nothing to count.
  @discardableResult
  mutating func move(from before: SourceEntry, to after: SourceEntry) -> Bool {
    let isSame =
      before.services == after.services && before.provider?.isActive == after.provider?.isActive
      && before.provider?.category == after.provider?.category
    guard !isSame else { return false }
    before.shownServiceNames { add(-1, to: $0) }
    after.shownServiceNames { add(1, to: $0) }
    return true
  }

  /// What another, without a base of its own, has counted besides.
  mutating func add(_ other: ServiceNameCounts) { for (use, count) in other.changes { add(count, to: use) } }

  private mutating func add(_ count: Int, to use: ServiceNameUse) {
    let sum = (changes[use] ?? 0) + count
    changes[use] = sum == 0 ? nil : sum
  }

  /// O(names + changed · log changed).
  func settled() -> ServiceNameBase {
    guard !changes.isEmpty else { return base }
    var builder = ServiceNameBaseBuilder()
    forEach { key, count in builder.add(key, count) }
    return builder.finish()
  }

  /// Puts `settled`, which was made of `copy`, an earlier state of this, in the place of what it holds. O(changed).
  mutating func rest(on settled: ServiceNameBase, madeOf copy: ServiceNameCounts) {
    for (use, count) in copy.changes { add(-count, to: use) }
    base = settled
  }

  /// Every use there is, by key.
  private func forEach(_ body: (ArraySlice<UInt8>, Int) -> Void) {
    let changed = changes.map { (key: $0.key.key, count: $0.value) }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    var next = changed.startIndex
    for index in 0..<base.count {
      let key = ArraySlice(base.key(index))
      while next < changed.endIndex, changed[next].key.lexicographicallyPrecedes(key) {
        body(changed[next].key[...], changed[next].count)
        next += 1
      }
      var count = Int(base.counts[index])
      if next < changed.endIndex, changed[next].key.elementsEqual(key) {
        count += changed[next].count
        next += 1
      }
      if count > 0 { body(key, count) }
    }
    for change in changed[next...] where change.count > 0 { body(change.key[...], change.count) }
  }

  /// The most usual names, each with the category of most services that bear it; equal ones by name. O(names + changed · log changed).
  func mostUsual(_ limit: Int) -> [CatalogueServiceName] {
    var best = MostUsualNames(limit: limit)
    forEach { key, count in best.add(key, count) }
    return best.finish()
  }
}

extension SourceEntry {
  /// Of services that can be found.
  fileprivate func shownServiceNames(_ body: (ServiceNameUse) -> Void) {
    guard let provider, provider.isActive else { return }
    for service in services where service.isActive { body(ServiceNameUse(name: service.name, category: provider.category)) }
  }
}

/// Gathers names from uses that come by key: those of one name are beside one another.
private struct MostUsualNames {
  private struct Name {
    /// With both its zeros.
    var key: ArraySlice<UInt8>
    var count: Int
    var category: ArraySlice<UInt8>
    /// Of the category that has most.
    var categoryCount: Int
  }

  private let limit: Int
  private var names: [Name] = []

  init(limit: Int) { self.limit = limit }

  mutating func add(_ key: ArraySlice<UInt8>, _ count: Int) {
    let end = key.lastIndex(of: 0).map { $0 + 1 } ?? key.startIndex
    let (name, category) = (key[..<end], key[end...])
    if let last = names.last, last.key == name {
      names[names.count - 1].count += count
      if count > last.categoryCount {
        (names[names.count - 1].category, names[names.count - 1].categoryCount) = (category, count)
      }
      return
    }
    // What comes later with an equal count would stand behind: the order of arrival is that of names.
    if names.count >= limit * 2 { cut() }
    names.append(Name(key: name, count: count, category: category, categoryCount: count))
  }

  private mutating func cut() {
    names.sort { ($1.count, $0.key) < ($0.count, $1.key) }
    if names.count > limit { names.removeLast(names.count - limit) }
  }

  mutating func finish() -> [CatalogueServiceName] {
    cut()
    return names.map { name in
      let parts = name.key.split(separator: 0, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
      return CatalogueServiceName(
        name: NamePair(en: parts[0], ar: parts.count > 1 ? parts[1] : ""),
        category: String(decoding: name.category, as: UTF8.self),
        count: name.count)
    }
  }
}

private func < (left: (Int, ArraySlice<UInt8>), right: (Int, ArraySlice<UInt8>)) -> Bool {
  left.0 != right.0 ? left.0 < right.0 : left.1.lexicographicallyPrecedes(right.1)
}

/// Counts at rest, sorted by key, in memory or in a mapped file.
struct ServiceNameBase: Sendable {
  let starts: Column<UInt64>
  let keys: Column<UInt8>
  let counts: Column<UInt32>

  static let empty = ServiceNameBaseBuilder().finish()

  var count: Int { counts.count }

  func key(_ index: Int) -> Slice<Column<UInt8>> { keys[Int(starts[index])..<Int(starts[index + 1])] }
}

private struct ServiceNameBaseBuilder {
  private var starts: [UInt64] = [0]
  private var keys: [UInt8] = []
  private var counts: [UInt32] = []

  /// In the order of keys.
  mutating func add(_ key: ArraySlice<UInt8>, _ count: Int) {
    keys.append(contentsOf: key)
    starts.append(UInt64(keys.count))
    counts.append(UInt32(clamping: count))
  }

  consuming func finish() -> ServiceNameBase {
    ServiceNameBase(starts: Column(starts), keys: Column(keys), counts: Column(counts))
  }
}
