import Bytes
import TestSupport
import Testing
import WebAPI

@testable import DemoMarkets

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

  /// The labels of `data/golden/` hold for these bytes alone: whoever changes the words or the making labels again, and then changes this.
  @Test func theStandardMarketIsTheSameToTheByte() {
    var text = ByteBuffer()
    for provider in demo.providers(count: DemoMarket.standardCount, seed: DemoMarket.standardSeed) {
      demo.appendLine(provider, to: &text)
    }
    let hash = text.withUnsafeBytes { bytes in
      // FNV-1a: no library, the same everywhere.
      bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
    #expect(String(hash, radix: 16) == "b0ce15fb3e8c544d")
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
      #expect((0...50).contains(provider.ratingTenths) && provider.hours.opens < provider.hours.closes)
      #expect(provider.category != "cleaning" || provider.homeVisitRadiusMetres != nil)
    }
  }

  @Test func staffKeepBelievableHours() throws {
    let providers = demo.providers(count: 1_000, seed: 2026)
    var ids: Set<Identifier> = []
    var (breaks, pastMidnight, counts) = (0, 0, Set<Int>())
    for provider in providers {
      let staff = demo.staff(of: provider, seed: 2026)
      #expect(staff == demo.staff(of: provider, seed: 2026))
      counts.insert(staff.count)
      for member in staff {
        #expect(ids.insert(member.id).inserted)
        #expect(member.shifts.allSatisfy { (1...7).contains($0.weekday) && !$0.minutes.isEmpty && $0.minutes.lowerBound >= 0 })
        #expect(member.shifts.allSatisfy { $0.minutes.upperBound <= 1_440 && $0.minutes.lowerBound % 15 == 0 })
        for (earlier, later) in zip(member.shifts, member.shifts.dropFirst()) {
          #expect((earlier.weekday, earlier.minutes.upperBound) < (later.weekday, later.minutes.lowerBound))
          if earlier.weekday == later.weekday, earlier.minutes.lowerBound > 0 { breaks += 1 }
        }
        let fridays = member.shifts.filter { $0.weekday == 5 }
        #expect(fridays.allSatisfy { $0.minutes.lowerBound >= 14 * 60 || $0.minutes.lowerBound == 0 })
        pastMidnight += fridays.count { $0.minutes.lowerBound == 0 }
        #expect(member.shifts.reduce(0) { $0 + $1.minutes.count } > 15 * 60, "\(provider.id)")
      }
    }
    #expect(counts == [1, 2, 3, 4, 5, 6])
    #expect(breaks > 5_000 && pastMidnight > 50, "\(breaks) breaks, \(pastMidnight) evenings past midnight")
    #expect(ids.count > 2_000 && ids.count < 3_500, "\(ids.count)")
  }

  /// A town has one Waleed the barber on many a corner, but not the same sign over every door.
  @Test func namesAreVaried() {
    let providers = demo.providers(count: DemoMarket.standardCount, seed: DemoMarket.standardSeed)
    #expect(Set(providers.map(\.name.ar)).count > providers.count * 3 / 4)
    #expect(Set(providers.flatMap(\.nameWords)).count > 350)
    #expect(Set(providers.map(\.area)).count == demo.areas.count)
  }

  @Test func aNamePromisesWhatIsSold() {
    let providers = demo.providers(count: 1_000, seed: 2026)
    let nailBars = providers.filter { $0.name.en.contains("Nail Bar") }
    #expect(!nailBars.isEmpty)
    #expect(nailBars.allSatisfy { $0.services.contains { $0.kind == "gel-nails" } })
    let brides = providers.filter { $0.category == "salon" && $0.nameWords == ["arous"] }
    #expect(!brides.isEmpty)
    #expect(brides.allSatisfy { $0.services.contains { $0.kind == "bridal" } })
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

  @Test(arguments: [
    (
      #""pedicure", "gel-nails""#, #""pedicure", "gel-snails""#,
      "forms.salon: {name} Nail Bar sells gel-snails, which is no service"
    ),
    (#""id": "amira""#, #""id": "amir""#, "names: amir is two words, الأمير and الأميرة"),
    (#""people": "both""#, #""people": "all""#, "kinds.clinic.people: must be men, women or both"),
    (#""closed": [5, 7]"#, #""closed": []"#, "hours.salon: opening, closing and a day off are needed"),
  ])
  func wordsThatDoNotFitAreNamed(right: String, wrong: String, problem: String) throws {
    let text = try ProjectFolder.text("data/demo/amman.json")
    let broken = text.replacing(right, with: wrong)
    #expect(broken.utf8.count != text.utf8.count)
    let error = #expect(throws: DemoMarketError.self) { _ = try DemoMarket(json: Array(broken.utf8)) }
    #expect(error?.description == problem)
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: DemoMarketError.self) { try DemoMarket(file: "/nowhere/amman.json") }
    #expect(error?.description.contains("/nowhere/amman.json") == true)
  }
}
