import Geometry
import JSON
import ProviderIndex
import Ranking
import WebAPI

/// What hits are ordered by, where not by a profile.
enum SearchOrder: String, CaseIterable, Sendable {
  case distance, rating, price, soonest

  var order: ProviderQuery.Order {
    switch self {
    case .distance: .distance
    case .rating: .rating
    case .price: .price
    case .soonest: .soonest
    }
  }
}

enum TierChoice: String, CaseIterable, Sendable {
  case silver, gold, diamond

  var tier: Tier {
    switch self {
    case .silver: .silver
    case .gold: .gold
    case .diamond: .diamond
    }
  }
}

enum FacetChoice: String, CaseIterable, Sendable {
  case category, price, rating, tier

  var facet: ProviderQuery.Facets {
    switch self {
    case .category: .category
    case .price: .price
    case .rating: .rating
    case .tier: .tier
    }
  }
}

/// What a hit shows; the id is always there.
enum HitField: String, CaseIterable, Sendable {
  case name, names, market, category, area, location
  case distance = "distance_m"
  case tier, verified, rating
  case ratingCount = "rating_count"
  case price, tags, services
  case serviceAreas = "service_areas"
  case score
  case nextFreeStart = "next_free_start"
}

struct HitFields: OptionSet, Hashable, Sendable {
  let rawValue: UInt32
  init(rawValue: UInt32) { self.rawValue = rawValue }

  init(_ field: HitField) {
    switch field {
    case .name: self = .name
    case .names: self = .names
    case .market: self = .market
    case .category: self = .category
    case .area: self = .area
    case .location: self = .location
    case .distance: self = .distance
    case .tier: self = .tier
    case .verified: self = .verified
    case .rating: self = .rating
    case .ratingCount: self = .ratingCount
    case .price: self = .price
    case .tags: self = .tags
    case .services: self = .services
    case .serviceAreas: self = .serviceAreas
    case .score: self = .score
    case .nextFreeStart: self = .nextFreeStart
    }
  }

  static let name = HitFields(rawValue: 1 << 0)
  static let names = HitFields(rawValue: 1 << 1)
  static let market = HitFields(rawValue: 1 << 2)
  static let category = HitFields(rawValue: 1 << 3)
  static let area = HitFields(rawValue: 1 << 4)
  static let location = HitFields(rawValue: 1 << 5)
  static let distance = HitFields(rawValue: 1 << 6)
  static let tier = HitFields(rawValue: 1 << 7)
  static let verified = HitFields(rawValue: 1 << 8)
  static let rating = HitFields(rawValue: 1 << 9)
  static let ratingCount = HitFields(rawValue: 1 << 10)
  static let price = HitFields(rawValue: 1 << 11)
  static let tags = HitFields(rawValue: 1 << 12)
  static let services = HitFields(rawValue: 1 << 13)
  static let serviceAreas = HitFields(rawValue: 1 << 14)
  static let score = HitFields(rawValue: 1 << 15)
  static let nextFreeStart = HitFields(rawValue: 1 << 16)

  /// What a list on a phone shows.
  static let standard: HitFields = [
    .name, .category, .area, .location, .distance, .tier, .verified, .rating, .ratingCount, .price, .tags, .score,
    .nextFreeStart,
  ]
  /// What a provider's own page shows.
  static let page: HitFields = [
    .name, .names, .market, .category, .area, .location, .tier, .verified, .rating, .ratingCount, .price, .tags, .services,
    .serviceAreas,
  ]
}

/// A box of degrees as maps give it: west, south, east, north.
struct BoxRule: TextRule {
  private static let number = "-?[0-9]{1,3}(\\.[0-9]{1,15})?"
  var schema: Schema {
    Schema(.string(Schema.StringShape(pattern: "^\(Self.number)(,\(Self.number)){3}$")), example: "\"35.86,31.93,35.93,31.98\"")
  }
  var expectation: Localized {
    Localized(
      en: "west,south,east,north in degrees, such as 35.86,31.93,35.93,31.98, the south below the north",
      ar: "الغرب،الجنوب،الشرق،الشمال بالدرجات، مثل 35.86,31.93,35.93,31.98")
  }
  var placeholder: GeoBox? { nil }
  func jsonText(of value: GeoBox?) -> String {
    value.map { "\"\($0.west),\($0.south),\($0.east),\($0.north)\"" } ?? "null"
  }

  func value(of text: String) -> GeoBox?? {
    let parts = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var sides: [Double] = []
    for part in parts {
      guard let side = Self.degrees(String(Substring(part))) else { return nil }
      sides.append(side)
    }
    guard let box = try? GeoBox(south: sides[1], west: sides[0], north: sides[3], east: sides[2]) else { return nil }
    return .some(box)
  }

  /// A plain decimal: what `Double` would also read (hexadecimal, infinity) is no coordinate.
  private static func degrees(_ text: String) -> Double? {
    guard !text.isEmpty, text.utf8.count <= 20,
      text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || (0x30...0x39).contains($0) })
    else { return nil }
    return Double(text)
  }
}

/// Reads the same parameters from a query and from a body, so that they are declared once.
protocol MemberReading {
  mutating func value<R: ScalarRule>(_ name: String, _ rule: R, _ about: String, example: R.Value?) -> R.Value?
  mutating func value<R: ScalarRule>(_ name: String, _ rule: R, default value: R.Value, _ about: String) -> R.Value
  mutating func list<R: ScalarRule>(
    _ name: String, _ rule: R, _ count: ClosedRange<Int>, _ about: String, example: R.Value?
  ) -> [R.Value]
  mutating func choices<C: CaseIterable & RawRepresentable<String> & Equatable & Sendable>(
    _ name: String, _ choice: C.Type, _ about: String
  ) -> [C]
  func isGiven(_ name: String) -> Bool
  mutating func need<R: ScalarRule>(_ name: String, _ rule: R)
  mutating func report(_ name: String, _ code: FieldProblem.Code, _ expected: @autoclosure () -> Localized)
}

extension ParameterReader: MemberReading {
  mutating func value<R: ScalarRule>(_ name: String, _ rule: R, _ about: String, example: R.Value?) -> R.Value? {
    isLeftOut(name) ? nil : query(name, optional: rule, about: about, example: example)
  }

  mutating func value<R: ScalarRule>(_ name: String, _ rule: R, default value: R.Value, _ about: String) -> R.Value {
    isLeftOut(name) ? value : query(name, rule, default: value, about: about)
  }

  mutating func list<R: ScalarRule>(
    _ name: String, _ rule: R, _ count: ClosedRange<Int>, _ about: String, example: R.Value?
  ) -> [R.Value] {
    if count.lowerBound == 0, isLeftOut(name) { return [] }
    return query(name, each: rule, count: count, about: about, example: example.map { [$0] })
  }

  mutating func choices<C: CaseIterable & RawRepresentable<String> & Equatable & Sendable>(
    _ name: String, _ choice: C.Type, _ about: String
  ) -> [C] {
    isLeftOut(name) ? [] : query(name, optional: .choices(choice), about: about) ?? []
  }
}

extension ObjectReader: MemberReading {
  mutating func value<R: ScalarRule>(_ name: String, _ rule: R, _ about: String, example: R.Value?) -> R.Value? {
    optional(name, rule, about: about, exampleJSON: example.map(rule.jsonText(of:)))
  }

  mutating func value<R: ScalarRule>(_ name: String, _ rule: R, default value: R.Value, _ about: String) -> R.Value {
    optional(name, rule, default: value, about: about)
  }

  mutating func list<R: ScalarRule>(
    _ name: String, _ rule: R, _ count: ClosedRange<Int>, _ about: String, example: R.Value?
  ) -> [R.Value] {
    optional(name, .array(of: rule, count), about: about, exampleJSON: example.map { "[\(rule.jsonText(of: $0))]" }) ?? []
  }

  mutating func choices<C: CaseIterable & RawRepresentable<String> & Equatable & Sendable>(
    _ name: String, _ choice: C.Type, _ about: String
  ) -> [C] {
    optional(name, .array(of: .oneOf(choice), 0...20), about: about) ?? []
  }
}
