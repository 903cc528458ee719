import MarketWorkload
import Testing

@Suite struct MarketTests {
  private let market = Market(providerCount: 20_000)

  private func lines(providers: Range<Int>, queries: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    for index in providers { market.provider(at: index).appendLine(to: &bytes) }
    for queryClass in QueryClass.allCases {
      for index in queries { market.query(queryClass, index).appendLine(to: &bytes) }
    }
    return bytes
  }

  /// FNV-1a.
  private func hash(_ bytes: [UInt8]) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// A change of this number is a change of the data set: committed results no longer compare.
  @Test func theDataSetIsTheSameEverywhere() {
    #expect(hash(lines(providers: 0..<500, queries: 0..<100)) == 5_134_478_228_529_020_031)
  }

  @Test func everyPartCanBeMadeAgainAlone() {
    let whole = lines(providers: 0..<50, queries: 0..<5)
    var alone: [UInt8] = []
    Market(providerCount: 20_000).provider(at: 49).appendLine(to: &alone)
    #expect(whole.split(separator: 10)[49] == alone.dropLast())
    #expect(Market(providerCount: 20_000, seed: 1).provider(at: 49).latitude != market.provider(at: 49).latitude)
  }

  @Test func figuresStayWithinTheirRanges() {
    for index in 0..<market.providerCount {
      let provider = market.provider(at: index)
      #expect((-90...90).contains(provider.latitude) && (-180...180).contains(provider.longitude))
      #expect(provider.ratingCount == 0 ? provider.rating == 0 : (1...5).contains(provider.rating))
      #expect((0...1).contains(provider.availability))
      #expect(!provider.services.isEmpty && provider.services.allSatisfy { $0.price >= 250 && $0.durationMinutes > 0 })
      #expect(!provider.name.english.isEmpty && !provider.name.arabic.isEmpty)
    }
  }

  /// The lines are written without escapes: no text may need one.
  @Test func textsNeedNoEscapes() {
    for index in 0..<market.providerCount {
      let provider = market.provider(at: index)
      for text in [provider.name] + provider.services.map(\.name) {
        #expect((text.english + text.arabic).unicodeScalars.allSatisfy { $0.value >= 32 && $0 != "\"" && $0 != "\\" })
      }
    }
  }

  @Test func queriesAskForWhatTheirClassIs() {
    for index in 0..<1_000 {
      let filters = market.query(.b, index)
      #expect(!filters.categories.isEmpty || filters.priceMaximum != nil || filters.ratingMinimumTenths != nil)
      let words = market.query(.c, index).text?.split(separator: " ").count ?? 0
      #expect((1...2).contains(words))
      let typed = market.query(.d, index)
      #expect(typed.endsInPrefix && (1...4).contains(typed.text?.split(separator: " ").last?.count ?? 0))
      let window = market.query(.e, index).window
      #expect(window.map { !$0.slots.isEmpty && $0.slots.upperBound <= 96 && $0.day < Market.horizonDays } == true)
      #expect((market.query(.f, index).text == nil) == index.isMultiple(of: 2))
    }
  }

  @Test func calendarsAreOpenByDayAndClosedByNight() {
    var free = 0
    for index in 0..<500 {
      #expect((1...6).contains(market.staffCount(ofProvider: index)))
      for day in 0..<Market.horizonDays {
        let slots = market.freeSlots(ofProvider: index, staff: 0, day: day)
        free += slots.low.nonzeroBitCount + slots.high.nonzeroBitCount
        #expect(slots.low & (1 << 36 - 1) == 0, "before nine")
        #expect(slots.high >> 24 == 0, "after ten in the evening")
      }
      #expect((0..<7).contains { market.freeSlots(ofProvider: index, staff: 0, day: $0) == .none }, "a day off a week")
    }
    #expect((1_000...14_000).contains(free / 28), "days are neither empty nor untouched")
  }

  @Test func updatesAreOfProvidersThatThereAre() {
    let updates = (0..<1_000).map { market.availabilityUpdate($0) }
    #expect(updates.allSatisfy { $0.providerIndex < market.providerCount && (0...1).contains($0.availability) })
    #expect(Set(updates.map(\.providerIndex)).count > 900)
  }
}
