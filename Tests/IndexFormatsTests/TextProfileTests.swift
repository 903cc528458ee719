import Geometry
import IndexFormats
import ProviderIndex
import Ranking
import TestSupport
import Testing
import TextIndex

/// The profile that orders by words alone.
@Suite struct TextProfileTests {
  /// Whoever is called so is found by "nail" in the way of the tier; each word has its own meaning for the test.
  private static let names: [(tier: MatchTier, name: String)] = [
    (.exact, "nail"), (.stem, "nails"), (.synonym, "manicure"), (.phonetic, "neyl"), (.typo, "nial"),
  ]

  private struct Analyzer: TextAnalyzer {
    func analyze(_ text: String, into tokens: inout TokenBuffer) {
      for (position, word) in text.split(separator: " ").enumerated() {
        tokens.beginToken(position: position, source: 0..<0)
        tokens.addAlternative(.surface, word)
        if word.hasPrefix("nail") { tokens.addAlternative(.stem, "nail") }
        if word == "manicure" || word == "nail" { tokens.addAlternative(.synonym, "HANDS") }
        if word == "neyl" || word == "nail" { tokens.addAlternative(.phonetic, "nl") }
      }
    }
  }

  private static func profile() throws -> RankingProfile {
    try ProfileFile.profile(Array(try ProjectFolder.text("data/ranking/text.json").utf8), name: "text")
  }

  private static func found(_ records: [ProviderRecord], _ members: String, profile: String = "text") throws -> [String] {
    var builder = SegmentBuilder(analyzer: Analyzer())
    for record in records { try builder.add(record) }
    let snapshot = IndexSnapshot(try builder.finish())
    var profiles = RankingProfiles()
    profiles.add(try Self.profile())
    let line = try Lines.query(
      "{\"lat\":31.95,\"lon\":35.91,\"radius_m\":10000,\"profile\":\"\(profile)\",\(members)}", profiles: profiles,
      analyzer: Analyzer())
    let searcher = Searcher()
    try searcher.search(snapshot, line.query)
    return searcher.hits.map(\.id)
  }

  private static func record(_ id: String, _ name: String, north metres: Double) throws -> ProviderRecord {
    let place = try GeoPoint(latitude: 31.95 + metres / 111_195, longitude: 35.91)
    var record = ProviderRecord(id: id, place: place, category: "")
    record.texts = [.init(.name, name)]
    return record
  }

  @Test func theCloserToWhatWasWrittenTheHigher() throws {
    // The weaker the tier, the nearer, the better rated and the cheaper.
    let records = try Self.names.map { tier, name in
      var record = try Self.record(tier.description, name, north: 9_000 - Double(tier.rawValue) * 2_000)
      (record.rating, record.verified, record.availability) = (Double(tier.rawValue), tier == .typo, tier == .typo ? 1 : 0)
      return record
    }
    #expect(try Self.found(records, "\"q\":\"nail\"") == ["exact", "stem", "synonym", "phonetic", "typo"])
    #expect(try Self.found(records, "\"q\":\"nail\",\"typos\":false") == ["exact", "stem", "synonym", "phonetic"])
  }

  @Test func distanceDecidesBetweenEquals() throws {
    let records = try [5_000.0, 200, 8_000, 10].map { try Self.record("\(Int($0))", "nail", north: $0) }
    #expect(try Self.found(records, "\"q\":\"nail\"") == ["10", "200", "5000", "8000"])
    let long = try [Self.record("long", "nail of the long name here", north: 10), Self.record("short", "nail", north: 9_000)]
    #expect(try Self.found(long, "\"q\":\"nail\"") == ["short", "long"])
  }

  /// The default profile finds words as they are written, or by their stem: nothing else, and both whatever the other finds.
  @Test func theDefaultProfileIsLiteral() throws {
    var records = try Self.names.map { tier, name in try Self.record(tier.description, name, north: 10) }
    for number in 0..<20 { records.append(try Self.record("more\(number)", "nail", north: 20)) }
    let found = try Self.found(records, "\"q\":\"nail\",\"limit\":100")
    #expect(
      found.sorted() == records.map(\.id).filter { $0.hasPrefix("more") || $0 == "exact" }.sorted(), "20 exact ones are enough")
    let literal = try Self.found(records, "\"q\":\"nail\",\"limit\":100", profile: "default")
    #expect(Set(literal) == Set(found + ["stem"]))
  }
}
