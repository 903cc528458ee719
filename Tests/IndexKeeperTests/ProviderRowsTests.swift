import PostgresClient
import TestSupport
import Testing

@testable import IndexKeeper

/// Rows and counts without a database: against dictionaries, through changes, copies and rests.
@Suite struct ProviderRowsTests {
  private var random = SeededRandom()

  private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

  private mutating func names(_ count: Int) -> NamePair {
    let n = number(0..<count)
    return NamePair(en: "name \(n)", ar: n % 3 == 0 ? "اسم" : "اسم \(n)")
  }

  private func id(_ n: Int) -> PostgresUUID { PostgresUUID(high: UInt64(n) &* 0x9E37_79B9_7F4A_7C15, low: UInt64(n)) }

  private mutating func entry(services: [Int]) -> SourceEntry {
    var entry = SourceEntry()
    guard number(0..<8) > 0 else { return entry }
    entry.provider = ProviderRow(
      market: "amman", category: "category \(number(0..<3))", area: number(0..<2) == 0 ? nil : "area", name: names(50),
      description: names(9), place: PlaceRow(latitude: Double(number(0..<90)), longitude: -1.5), tier: "gold",
      tags: (0..<number(0..<3)).map { "tag \($0)" }, isActive: number(0..<5) > 0, createdOn: Int32(number(0..<30_000)),
      live: ProviderRow.LiveRow(
        ratingSum: Int64(number(0..<100)), ratingCount: Int32(number(0..<50)), isVerified: true, popularity: 0.25, isOnline: false
      ))
    for service in services {
      entry.put(
        ServiceRow(
          id: id(service), name: names(20), price: Int64(number(0..<9_000)), currency: "JOD", durationMinutes: 30,
          paddingMinutes: Int32(number(0..<9)), capacity: 2, isActive: number(0..<4) > 0))
    }
    if number(0..<2) == 0 {
      entry.put(ServiceAreaRow(position: -3, centre: PlaceRow(latitude: 1.25, longitude: 2.5), radiusMetres: 100))
    }
    return entry
  }

  /// A model that has forgotten nothing.
  private struct Model {
    var entries: [PostgresUUID: SourceEntry] = [:]
    var owners: [PostgresUUID: PostgresUUID] = [:]
  }

  private func requireEqual(_ rows: ProviderRows, _ counts: ServiceNameCounts, _ model: Model, _ note: String) throws {
    var seen: [(PostgresUUID, SourceEntry)] = []
    try rows.forEach { seen.append(($0, $1)) }
    let expected = model.entries.filter { !$0.value.isEmpty }
    #expect(seen.count == expected.count && seen.allSatisfy { expected[$0.0] == $0.1 }, "\(note)")
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0.0 < $1.0 }, "\(note)")
    for number in 0..<130 {
      let id = id(number)
      #expect(try rows.entry(id) == expected[id] ?? SourceEntry(), "\(note)")
      #expect(try rows.market(of: id) == expected[id]?.provider?.market, "\(note)")
      #expect((rows.source(of: id) != nil) == (expected[id] != nil), "\(note)")
    }
    for number in 1_000..<1_400 {
      #expect(try rows.owner(ofService: id(number))?.id == model.owners[id(number)], "\(note)")
    }
    var anew = ServiceNameCounts()
    for entry in expected.values { anew.move(from: SourceEntry(), to: entry) }
    #expect(counts.mostUsual(1_000) == anew.mostUsual(1_000), "\(note)")
    #expect(counts.mostUsual(3) == Array(anew.mostUsual(1_000).prefix(3)), "\(note)")
  }

  @Test mutating func followAModelThroughRests() throws {
    var tables = SourceTables()
    var model = Model()
    var copies: [(SourceTables, Model)] = []
    for round in 0..<60 {
      for _ in 0..<number(0..<25) { try change(&tables, &model) }
      switch number(0..<4) {
      case 0:
        // At rest, while it is followed on.
        let copy = tables
        for _ in 0..<number(0..<10) { try change(&tables, &model) }
        tables.rest(on: try copy.settled(), madeOf: copy)
      case 1: copies.append((tables, model))
      default: break
      }
      try requireEqual(tables.providers, tables.serviceNames, model, "round \(round)")
    }
    for (tables, model) in copies { try requireEqual(tables.providers, tables.serviceNames, model, "copy") }
    #expect(try files(of: tables.settled()) == files(of: anew(model).settled()), "what rests depends on how it came about")
  }

  /// One provider gets other rows: services of its own, of others, new ones.
  private mutating func change(_ tables: inout SourceTables, _ model: inout Model) throws {
    let id = id(number(0..<120))
    let before = try tables.providers.entry(id)
    let entry = entry(services: (0..<number(0..<5)).map { _ in number(1_000..<1_400) })
    // A service has one owner: first it leaves the others.
    for service in entry.services {
      guard let owner = model.owners[service.id], owner != id else { continue }
      let old = try tables.providers.entry(owner)
      var new = old
      new.removeService(service.id)
      try set(owner, new, old, &tables, &model)
    }
    try set(id, entry, before, &tables, &model)
  }

  private func set(
    _ id: PostgresUUID, _ entry: SourceEntry, _ before: SourceEntry, _ tables: inout SourceTables, _ model: inout Model
  ) throws {
    let source = tables.providers.source(of: id)
    tables.providers.set(id, entry, before: before)
    tables.serviceNames.move(from: before, to: entry)
    #expect((tables.providers.source(of: id) === source) == (entry == before), "its source says whether it changed")
    for service in before.services where model.owners[service.id] == id { model.owners[service.id] = nil }
    for service in entry.services { model.owners[service.id] = id }
    model.entries[id] = entry
  }

  private func anew(_ model: Model) -> SourceTables {
    var tables = SourceTables()
    for (id, entry) in model.entries {
      tables.providers.set(id, entry, before: SourceEntry())
      tables.serviceNames.move(from: SourceEntry(), to: entry)
    }
    return tables
  }

  private func files(of settled: SettledTables) -> [[UInt8]] {
    let (base, names) = (settled.providers.entries, settled.serviceNames)
    return [
      Array(base.bytes), base.starts.flatMap(bytes), base.providers.flatMap(bytes), base.ids.flatMap(bytes),
      base.idStarts.flatMap(bytes), settled.providers.serviceTable.slots.flatMap(bytes), Array(names.keys),
      names.starts.flatMap(bytes), names.counts.flatMap(bytes),
    ]
  }

  private func bytes<Value: BitwiseCopyable>(_ value: Value) -> [UInt8] { withUnsafeBytes(of: value) { Array($0) } }

  /// What is half or more of a tenth counts as one.
  @Test func ratingsAreTenthsRoundedHalfUp() {
    func tenths(_ sum: Int64, _ count: Int32) -> Int? {
      ProviderRow.LiveRow(ratingSum: sum, ratingCount: count, isVerified: false, popularity: 0, isOnline: false).ratingTenths
    }
    #expect(tenths(0, 0) == nil && tenths(1, 1) == 10 && tenths(5, 1) == 50)
    #expect(tenths(89, 20) == 45 && tenths(889, 200) == 44 && tenths(891, 200) == 45 && tenths(17, 4) == 43)
    #expect(tenths(.max, .max) == 50 && tenths(-1, 1) == 0)
  }

  /// The names of services wait for their turn, those of places do not; nothing is made anew where nothing changed.
  @Test mutating func shownNamesChangeWithWhatTheyTell() throws {
    var tables = SourceTables()
    var shown = ShownNames(tables, intervalMilliseconds: 100, now: 1_000)
    let first = shown.current(tables, now: 2_000)
    #expect(shown.current(tables, now: 3_000) === first)
    var entry = SourceEntry()
    while !(entry.provider?.isActive ?? false) || !entry.services.contains(where: \.isActive) {
      entry = self.entry(services: [1_000])
    }
    tables.serviceNames.move(from: SourceEntry(), to: entry)
    shown.serviceNamesHaveChanged()
    let second = shown.current(tables, now: 3_000)
    #expect(second !== first && second.places === first.places && second.serviceNames.count == 1)

    var more = entry
    more.put(with(entry.services[0]) { ($0.id, $0.name, $0.isActive) = (id(7), NamePair(en: "other", ar: "آخر"), true) })
    tables.serviceNames.move(from: entry, to: more)
    shown.serviceNamesHaveChanged()
    #expect(shown.current(tables, now: 3_050) === second)
    tables.categories["spa"] = CategoryRow(name: NamePair(en: "Spa", ar: "سبا"), position: 1)
    shown.placesHaveChanged()
    let third = shown.current(tables, now: 3_060)
    #expect(third.categories.map(\.id) == ["spa"] && third.places !== second.places && third.serviceNames == second.serviceNames)
    let fourth = shown.current(tables, now: 3_100)
    #expect(fourth.serviceNames.count == 2 && fourth.places === third.places)
    // There and back again.
    tables.serviceNames.move(from: more, to: entry)
    tables.serviceNames.move(from: entry, to: more)
    shown.serviceNamesHaveChanged()
    #expect(shown.current(tables, now: 4_000) === fourth)
  }

  private func with<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
    var copy = value
    change(&copy)
    return copy
  }
}
