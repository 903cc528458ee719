import TestSupport
import Testing
import WebAPI

@testable import Catalogue

@Suite struct DemoMarketTests {
  private let demo: DemoMarket

  init() throws {
    demo = try DemoMarket(file: ProjectFolder.file("data/demo/amman.json"))
  }

  @Test func theSameSeedMakesTheSameMarket() {
    #expect(demo.providers(count: 50, seed: 7) == demo.providers(count: 50, seed: 7))
    #expect(demo.providers(count: 50, seed: 7) != demo.providers(count: 50, seed: 8))
    // More providers do not change the first ones.
    #expect(Array(demo.providers(count: 80, seed: 7).prefix(50)) == demo.providers(count: 50, seed: 7))
  }

  @Test func everyProviderIsBelievable() {
    let providers = demo.providers(count: 1_000, seed: 2026)
    #expect(Set(providers.map(\.id)).count == 1_000)
    #expect(Set(providers.map(\.category)) == Set(demo.categories.map(\.id)))
    for provider in providers {
      #expect((31.8...32.1).contains(provider.lat) && (35.75...36.0).contains(provider.lon), "\(provider.id)")
      #expect(!provider.name.ar.contains("{") && !provider.name.en.contains("{"))
      #expect(provider.name.ar.unicodeScalars.contains { (0x600...0x6FF).contains($0.value) })
      #expect(!provider.services.isEmpty)
      #expect(provider.services.allSatisfy { $0.priceMinor > 0 && $0.priceMinor % 500 == 0 })
      #expect((provider.ratingCount...provider.ratingCount * 5).contains(provider.ratingSum))
    }
  }

  @Test(arguments: [
    ("{}", "market: is missing"), ("[]", "market: is missing"),
    (#"{"market":{"id":""}}"#, "market.id: must be a text"),
    (#"{"market":{"id":"x","name":{"en":"X"}}}"#, "market.name.ar: is missing"),
  ])
  func whatIsWrongWithAFileIsNamed(json: String, problem: String) {
    let error = #expect(throws: DemoMarketError.self) { try DemoMarket(json: Array(json.utf8)) }
    #expect(error?.description == problem)
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: DemoMarketError.self) { try DemoMarket(file: "/nowhere/amman.json") }
    #expect(error?.description.contains("/nowhere/amman.json") == true)
  }
}
