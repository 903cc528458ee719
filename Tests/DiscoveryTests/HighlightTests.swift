import Discovery
import JSON
import TestSupport
import Testing
import WebAPI

/// What is marked, in both languages and between them: parts that add up to the text, whatever direction it is read in.
@Suite struct HighlightTests {
  private static let demo = Result { try DemoDiscovery() }

  private struct Marked {
    let text: String
    let matches: [String]

    init(_ parts: JSONValue?) {
      let parts = parts?.elements ?? []
      text = parts.compactMap { $0["text"]?.string }.joined()
      matches = parts.filter { $0["match"]?.bool == true }.compactMap { $0["text"]?.string }
    }
  }

  private static func encoded(_ text: String) -> String { text.utf8.map { "%" + String($0, radix: 16).padded }.joined() }

  @Test(arguments: [
    ("haircut", "en", "haircut"), ("haircuts", "en", "haircut"), ("قص شعر", "ar", "شعر"), ("haircut", "ar", "شعر"),
    ("قص شعر haircut", "ar", "شعر"), ("haircut قص", "en", "haircut"),
  ])
  func servicesAreMarked(_ words: String, _ language: String, _ match: String) async throws {
    try await Self.demo.get().serve { client, _ in
      let data = try await client.get(
        "/api/v1/search/providers?\(nearby)&q=\(Self.encoded(words))&highlight=true&lang=\(language)&fields=name,services&limit=10"
      ).data
      let hits = data?["providers"]?.elements ?? []
      #expect(!hits.isEmpty, "\(words)")
      var found = 0
      for hit in hits {
        let names = Set(hit["services"]?.elements.compactMap { $0["name"]?.string } ?? [])
        #expect(Marked(hit["highlight"]?["name"]).text == hit["name"]?.string)
        for service in hit["highlight"]?["services"]?.elements ?? [] {
          let marked = Marked(service)
          #expect(names.contains(marked.text))
          #expect(!marked.matches.isEmpty)
          if marked.matches.contains(where: { $0.lowercased().contains(match) }) { found += 1 }
        }
      }
      #expect(found > 0, "\(words) marks \(match)")
    }
  }

  /// A name is found and marked in either script, whichever is shown.
  @Test func namesAreMarkedAcrossScripts() async throws {
    let demo = try Self.demo.get()
    let named = try #require(demo.details.first { $0.name.en.contains("Fadi") && $0.name.ar.contains("فادي") })
    try await demo.serve { client, _ in
      for (words, language, match) in [("Fadi", "ar", "فادي"), ("فادي", "en", "Fadi"), ("fady", "ar", "فادي")] {
        let data = try await client.get(
          "/api/v1/search/providers?\(nearby)&radius_m=50000&q=\(Self.encoded(words))&highlight=true&lang=\(language)&limit=100"
        ).data
        let hit = try #require(data?["providers"]?.elements.first { $0["id"]?.string == named.id.description }, "\(words)")
        let marked = Marked(hit["highlight"]?["name"])
        #expect(marked.matches.contains(match), "\(words) in \(language): \(marked)")
      }
    }
  }

  @Test func nothingIsMarkedWithoutWords() async throws {
    try await Self.demo.get().serve { client, _ in
      let data = try await client.get("/api/v1/search/providers?\(nearby)&highlight=true&limit=1").data
      #expect(data?["providers"]?.elements.first?["highlight"] == nil)
    }
  }
}

extension String {
  fileprivate var padded: String { count < 2 ? "0" + self : self }
}
