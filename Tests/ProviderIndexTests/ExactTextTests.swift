import Geometry
import ProviderIndex
import Testing
import TextIndex

/// Two ways to write a letter make two ids, two categories and two tags, wherever they are kept.
@Suite struct ExactTextTests {
  static let composed = "caf\u{E9}"
  static let decomposed = "cafe\u{301}"

  private static func record(_ id: String, _ change: (inout ProviderRecord) -> Void = { _ in }) throws -> ProviderRecord {
    var record = ProviderRecord(id: id, place: try AwkwardInputTests.place(), category: "")
    change(&record)
    return record
  }

  private static func search(_ snapshot: IndexSnapshot, _ change: (inout ProviderQuery) -> Void = { _ in }) throws -> Searcher {
    var query = try AwkwardInputTests.query()
    change(&query)
    let searcher = Searcher()
    try searcher.search(snapshot, query)
    return searcher
  }

  /// `String` would say that they are equal.
  private static func bytes(_ texts: some Sequence<String>) -> [[UInt8]] { texts.map { Array($0.utf8) } }

  @Test func keysAreComparedByTheirBytes() {
    #expect(Self.composed == Self.decomposed)
    #expect(ExactText(Self.composed) != ExactText(Self.decomposed))
    #expect(ExactText(Self.composed) == ExactText(String(decoding: Array(Self.composed.utf8), as: UTF8.self)))
    #expect(Set([ExactText(Self.composed), ExactText(Self.decomposed), ExactText(Self.composed)]).count == 2)
  }

  @Test func idsThatLookAlikeAreTwoWhileTheyWait() throws {
    let writer = IndexWriter(analyzer: CaseFoldingSplitter())
    for id in [Self.decomposed, Self.composed] { try writer.upsert(try Self.record(id)) }
    #expect(writer.count == 2)
    #expect(try writer.apply(.rating(4, count: 1), to: Self.composed))
    let found = try Self.search(try writer.publish(position: 1)) { $0.order = .rating }
    #expect(Self.bytes(found.hits.map(\.id)) == Self.bytes([Self.composed, Self.decomposed]))
    #expect(found.hits.map(\.key) == [4, 0])

    // One waits again: the other is neither removed nor changed with it.
    try writer.upsert(try Self.record(Self.decomposed) { $0.rating = 2 })
    #expect(writer.count == 2 && writer.remove(id: Self.composed) && writer.count == 1)
    let left = try Self.search(try writer.publish(position: 2)) { $0.order = .rating }
    #expect(Self.bytes(left.hits.map(\.id)) == Self.bytes([Self.decomposed]) && left.hits.map(\.key) == [2])
  }

  @Test func categoriesAndTagsThatLookAlikeAreTwo() throws {
    let records = try [
      Self.record("a") { ($0.category, $0.tags) = (Self.composed, [Self.composed, Self.decomposed]) },
      Self.record("b") { ($0.category, $0.tags) = (Self.decomposed, [Self.decomposed]) },
    ]
    let segment = try SearchTests.segment(records)
    let snapshot = IndexSnapshot(segment)
    for (name, owners) in [(Self.composed, ["a"]), (Self.decomposed, ["b"])] {
      #expect(try Self.search(snapshot) { $0.categories = [name] }.hits.map(\.id) == owners)
    }
    #expect(try Self.search(snapshot) { $0.tags = [Self.composed] }.hits.map(\.id) == ["a"])
    #expect(try Self.search(snapshot) { $0.tags = [Self.decomposed] }.hits.map(\.id) == ["a", "b"])
    let facets = try Self.search(snapshot) { $0.facets = .category }.facets
    #expect(Self.bytes(facets.categories.map(\.name)) == Self.bytes([Self.decomposed, Self.composed]))
    let names = try ["a", "b"].map { segment.category(try #require(segment.number(of: $0))) }
    #expect(Self.bytes(names) == Self.bytes([Self.composed, Self.decomposed]))
  }
}
