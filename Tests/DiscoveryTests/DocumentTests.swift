import Geometry
import JSON
import ProviderIndex
import TestSupport
import Testing
import WebAPI

@testable import Discovery

/// What is shown of providers is made once and used as long as it is true.
@Suite struct DocumentTests {
  private static let demo = Result { try DemoDiscovery(providers: 60) }

  private static func providers(_ edition: Edition) throws -> ProvidersInMemory {
    try #require(edition.providers as? ProvidersInMemory)
  }

  /// The same details but for the name of the first.
  private static func renamed(_ demo: DemoDiscovery) -> [ProviderDetails] {
    var details = demo.details
    details[0].name = Localized(en: "Another name", ar: details[0].name.ar)
    return details
  }

  @Test func aDocumentIsMadeOnce() throws {
    let demo = try DemoDiscovery(providers: 60)
    var table = DocumentTable(slots: 1 << 16)
    table.take(demo.edition)
    let first = demo.details.map { table.document(of: $0.id, in: demo.edition) }
    #expect(try Self.providers(demo.edition).askedCount == 60)
    for (details, document) in zip(demo.details, first) {
      #expect(table.document(of: details.id, in: demo.edition) === document)
      #expect(document?.name == details.name)
    }
    #expect(try Self.providers(demo.edition).askedCount == 60)
    #expect(table.document(of: Identifier(high: 1, low: 2), in: demo.edition) == nil)
  }

  @Test func onlyWhatHasChangedIsMadeAgain() throws {
    let demo = try Self.demo.get()
    var table = DocumentTable(slots: 1 << 16)
    table.take(demo.edition)
    let first = demo.details.map { table.document(of: $0.id, in: demo.edition) }
    let later = try DemoDiscovery.edition(of: Self.renamed(demo), demo.demo, demo.analyzer, position: 9, after: demo.edition)
    table.take(later)
    #expect(table.document(of: demo.details[0].id, in: later)?.name.en == "Another name")
    for number in 1..<60 { #expect(table.document(of: demo.details[number].id, in: later) === first[number]) }
    #expect(try Self.providers(later).askedCount == 1)
    // Other names of categories and neighbourhoods are shown at once, everywhere.
    let renamed = Edition(
      index: later.index, providers: later.providers, directory: DemoDiscovery.directory(of: demo.demo), names: later.names)
    table.take(renamed)
    #expect(table.document(of: demo.details[7].id, in: renamed) !== first[7])
  }

  /// Many in one set take turns; what is shown is always the one that was asked for.
  @Test func aFullTableIsStillRight() throws {
    let demo = try Self.demo.get()
    var table = DocumentTable(slots: 4)
    table.take(demo.edition)
    var random = SeededRandom()
    for _ in 0..<500 {
      let details = try #require(demo.details.randomElement(using: &random))
      #expect(table.document(of: details.id, in: demo.edition)?.name == details.name)
    }
  }

  @Test func aSetHoldsFour() throws {
    let demo = try DemoDiscovery(providers: 60)
    var table = DocumentTable(slots: 4)
    table.take(demo.edition)
    let four = demo.details.prefix(4)
    for _ in 0..<3 {
      for details in four { #expect(table.document(of: details.id, in: demo.edition)?.name == details.name) }
    }
    #expect(try Self.providers(demo.edition).askedCount == 4)
  }

  /// What nobody shows any more is let go, also when nobody asks for it again.
  @Test func whatIsGoneIsLetGo() throws {
    let demo = try Self.demo.get()
    var table = DocumentTable(slots: 64)
    weak var gone: AnyObject?
    weak var kept: AnyObject?
    let later = try DemoDiscovery.edition(
      of: Array(demo.details.dropFirst()), demo.demo, demo.analyzer, position: 9, after: demo.edition)
    do {
      var details = demo.details[0]
      details.name = Localized(en: "Soon gone", ar: "سيختفي")
      let edition = try DemoDiscovery.edition(of: [details], demo.demo, demo.analyzer, position: 8, after: demo.edition)
      table.take(edition)
      let document = table.document(of: details.id, in: edition)
      gone = edition.providers.source(of: details.id)
      #expect(document != nil && gone != nil)
      table.take(later)
      kept = table.document(of: demo.details[1].id, in: later)
    }
    for _ in 0..<(64 / DiscoveryLimits.sweptDocuments) { table.take(later) }
    #expect(gone == nil)
    #expect(kept != nil)
  }

  /// Over HTTP: a second search of the same hits asks nobody for details.
  @Test func aWarmSearchAsksForNothing() async throws {
    let demo = try DemoDiscovery(providers: 60)
    try await demo.serve { client, _ in
      let first = try await client.get("/api/v1/search/providers?\(nearby)&limit=20")
      let asked = try Self.providers(demo.edition).askedCount
      #expect(asked == 20)
      let second = try await client.get("/api/v1/search/providers?\(nearby)&limit=20")
      #expect(try Self.providers(demo.edition).askedCount == asked)
      #expect(first.text.split(separator: ",\"meta\":").first == second.text.split(separator: ",\"meta\":").first)
    }
  }
}
