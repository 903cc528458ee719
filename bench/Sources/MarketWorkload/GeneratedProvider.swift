/// A provider as it is before anybody indexes it. Figures are whole numbers of the smallest unit, so that a decimal in a file and a
/// number in memory are the same value.
public struct GeneratedProvider: Sendable {
  public enum Tier: String, Sendable, CaseIterable { case silver, gold, diamond }

  public struct Service: Sendable {
    public let name: BilingualText
    /// In thousandths of a dinar.
    public let price: Int
    public let durationMinutes: Int
  }

  public struct ServiceArea: Sendable {
    public let latitudeMicrodegrees: Int32
    public let longitudeMicrodegrees: Int32
    public let radiusMetres: Int
  }

  public let index: Int
  public let latitudeMicrodegrees: Int32
  public let longitudeMicrodegrees: Int32
  /// An index into `Market.categories`.
  public let category: Int
  public let name: BilingualText
  public let services: [Service]
  /// 0 where nobody has rated.
  public let ratingTenths: Int
  public let ratingCount: Int
  public let isVerified: Bool
  public let tier: Tier?
  /// Bit by index into `Market.tags`.
  public let tagBits: UInt16
  public let availabilityThousandths: Int
  public let serviceAreas: [ServiceArea]

  public var id: String { Market.providerID(index) }
  public var latitude: Double { Double(latitudeMicrodegrees) / 1_000_000 }
  public var longitude: Double { Double(longitudeMicrodegrees) / 1_000_000 }
  public var rating: Double { Double(ratingTenths) / 10 }
  public var availability: Double { Double(availabilityThousandths) / 1_000 }
}

extension Market {
  public func provider(at index: Int) -> GeneratedProvider {
    var random = SplitMix64(seed: seed, stream: .provider, index: index)
    let start = opening(&random)
    let category = start.category
    let name = businessName(trade: Trade.all[category], noun: start.noun, brand: start.brand, second: start.secondBrand)
    let services = offered(Trade.all[category], first: start.service, &random)
    let ratingCount = Market.ratingCount(&random)
    let tier = Market.tier(&random)
    return GeneratedProvider(
      index: index, latitudeMicrodegrees: start.latitude, longitudeMicrodegrees: start.longitude, category: category, name: name,
      services: services, ratingTenths: ratingCount == 0 ? 0 : 50 - random.below(13) * random.below(13) * random.below(13) / 54,
      ratingCount: ratingCount, isVerified: random.chance(percent: tier == nil ? 50 : 85), tier: tier, tagBits: tagBits(&random),
      availabilityThousandths: random.below(1_001), serviceAreas: Market.serviceAreas(start.latitude, start.longitude, &random))
  }

  /// What is drawn first of a provider: all that a query needs to know of one.
  struct Opening {
    let place: Int
    let latitude: Int32
    let longitude: Int32
    let category: Int
    let noun: Int
    let service: Int
    let brand: Int
    let secondBrand: Int?
  }

  func opening(of index: Int) -> Opening {
    var random = SplitMix64(seed: seed, stream: .provider, index: index)
    return opening(&random)
  }

  private func opening(_ random: inout SplitMix64) -> Opening {
    let place = places.draw(&random)
    let point = places.scatter(around: place, &random)
    let category = trades.draw(&random)
    let trade = Trade.all[category]
    return Opening(
      place: place, latitude: point.latitude, longitude: point.longitude, category: category,
      noun: random.below(trade.nouns.count), service: random.below(trade.services.count),
      brand: random.zipfRank(octaves: Lexicon.octaves),
      secondBrand: random.chance(percent: 25) ? random.zipfRank(octaves: Lexicon.octaves) : nil)
  }

  /// English puts the noun last, Arabic first.
  private func businessName(trade: Trade, noun: Int, brand: Int, second: Int?) -> BilingualText {
    let noun = trade.nouns[noun]
    let brand = lexicon.words[brand]
    guard let second else {
      return BilingualText(english: "\(brand.english) \(noun.english)", arabic: "\(noun.arabic) \(brand.arabic)")
    }
    let other = lexicon.words[second]
    return BilingualText(
      english: "\(brand.english) \(other.english) \(noun.english)", arabic: "\(noun.arabic) \(brand.arabic) \(other.arabic)")
  }

  /// Some of what the trade sells, in its order round the list; 70 % to 180 % of the usual price, in quarters of a dinar.
  private func offered(_ trade: Trade, first: Int, _ random: inout SplitMix64) -> [GeneratedProvider.Service] {
    let count = 1 + random.below(trade.services.count)
    return (0..<count).map { step in
      let service = trade.services[(first + step) % trade.services.count]
      let price = service.usualPrice * (70 + random.below(111)) / 100
      return GeneratedProvider.Service(
        name: service.name, price: max(250, price / 250 * 250), durationMinutes: service.durationMinutes)
    }
  }

  /// A few have thousands of ratings, most have some, one in eleven has none.
  private static func ratingCount(_ random: inout SplitMix64) -> Int {
    let octave = random.below(11)
    return octave == 0 ? 0 : 1 << octave | random.below(1 << octave)
  }

  private static func tier(_ random: inout SplitMix64) -> GeneratedProvider.Tier? {
    switch random.below(100) {
    case ..<60: nil
    case ..<82: .silver
    case ..<95: .gold
    default: .diamond
    }
  }

  private func tagBits(_ random: inout SplitMix64) -> UInt16 {
    var bits: UInt16 = 0
    for _ in 0..<random.below(5) { bits |= 1 << UInt16(tags.draw(&random)) }
    return bits
  }

  /// One in eight comes to people's homes: around its own place, and sometimes around another.
  private static func serviceAreas(
    _ latitude: Int32, _ longitude: Int32, _ random: inout SplitMix64
  ) -> [GeneratedProvider.ServiceArea] {
    guard random.chance(percent: 12) else { return [] }
    let count = random.chance(percent: 20) ? 2 : 1
    return (0..<count).map { area in
      let shift = area == 0 ? 0 : Int32(random.below(100_000)) - 50_000
      return GeneratedProvider.ServiceArea(
        latitudeMicrodegrees: latitude + shift, longitudeMicrodegrees: longitude - shift,
        radiusMetres: (2 + random.below(14)) * 1_000)
    }
  }
}
