import Geometry
import ProviderIndex
import Ranking
import TestSupport
import Testing
import TextIndex

/// What an index says of a provider does not depend on how it came to say it; whatever differs is seen.
@Suite struct IndexDocumentsTests {
  private func built(_ records: some Sequence<ProviderRecord>) throws -> IndexDocuments {
    var builder = SegmentBuilder(analyzer: TieredAnalyzer())
    for record in records { try builder.add(record) }
    return IndexDocuments(IndexSnapshot(try builder.finish()))
  }

  @Test func aWrittenIndexSaysWhatABuiltOneDoes() throws {
    var random = SeededRandom()
    var market = try RandomMarket(random)
    let writer = IndexWriter(analyzer: TieredAnalyzer())
    var records: [String: ProviderRecord] = [:]
    for position in 0..<12 {
      for _ in 0..<40 {
        let id = "p\(Int.random(in: 0..<150, using: &random))"
        if Int.random(in: 0..<5, using: &random) == 0 {
          writer.remove(id: id)
          records[id] = nil
        } else {
          let record = try market.record(id)
          try writer.upsert(record)
          records[id] = record
        }
      }
      for id in records.keys.sorted().prefix(5) {
        try writer.apply(.rating(3.5, count: 7), to: id)
        records[id]?.rating = 3.5
        records[id]?.ratingCount = 7
      }
      let written = IndexDocuments(try writer.publish(position: UInt64(position)))
      if let merge = writer.dueMerge() { writer.finish(try merge.run()) }
      let fresh = try built(records.values.shuffled(using: &random))
      #expect(written.count == records.count && fresh.count == records.count)
      var ids: Set<String> = []
      written.forEachID { ids.insert($0) }
      #expect(ids == Set(records.keys))
      for id in records.keys {
        let (one, other) = (try #require(written[id]), try #require(fresh[id]))
        #expect(one == other)
        var (hash, otherHash): (UInt64, UInt64) = (1, 1)
        one.fold(into: &hash)
        other.fold(into: &otherHash)
        #expect(hash == otherHash)
      }
      #expect(written["nobody"] == nil)
    }
  }

  @Test func everyDifferenceIsSeen() throws {
    var record = ProviderRecord(id: "p", place: try GeoPoint(latitude: 31.95, longitude: 35.91), category: "salon")
    record.texts = [.init(.name, "one two"), .init(.description, "three")]
    record.services = [.init(price: 5, durationMinutes: 30)]
    record.tags = ["wifi"]
    let changes: [(inout ProviderRecord) throws -> Void] = [
      { $0.place = try GeoPoint(latitude: 31.95, longitude: 35.92) }, { $0.category = "spa" },
      { $0.texts[0] = .init(.name, "one too") }, { $0.texts[1] = .init(.name, "three") }, { $0.texts.removeLast() },
      { $0.services[0].price = nil }, { $0.services[0].durationMinutes = 31 }, { $0.services = [] }, { $0.tags = ["wife"] },
      { $0.rating = 1 }, { $0.ratingCount = 1 }, { $0.verified = true }, { $0.tier = .gold }, { $0.availability = 0.5 },
      { $0.popularity = 0.5 }, { $0.newness = 0.5 }, { $0.flags = .online },
      { $0.serviceAreas = [try GeoCircle(centre: $0.place, radiusMetres: 100)] },
    ]
    let same = try #require(try built([record])["p"])
    #expect(try built([record])["p"] == same)
    for change in changes {
      var other = record
      try change(&other)
      let document = try #require(try built([other])["p"])
      var (hash, otherHash): (UInt64, UInt64) = (1, 1)
      same.fold(into: &hash)
      document.fold(into: &otherHash)
      #expect(document != same && hash != otherHash, "\(document)")
    }
  }
}
