import Bytes
import JSON
import WebAPI

/// A provider as answers show it: each member's JSON text, ready to be copied into an answer.
final class Document: Sendable {
  /// The members, in the order in which they lie. Each text but the first begins with its comma.
  enum Part: Int, CaseIterable {
    case id, nameEnglish, nameArabic, names, market, categoryEnglish, categoryArabic, areaEnglish, areaArabic, location, tier
    case verified, rating, ratingCount, price, tags, serviceAreas
  }

  /// Some of the members.
  struct Parts: OptionSet, Sendable {
    let rawValue: UInt32
    init(rawValue: UInt32) { self.rawValue = rawValue }
    init(_ part: Part) { rawValue = 1 << UInt32(part.rawValue) }

    static let id = Parts(.id)

    /// Those that lie side by side, together.
    func forEachRun(_ body: (Range<Int>) -> Void) {
      var left = rawValue
      while left != 0 {
        let first = left.trailingZeroBitCount
        body(first..<first + (~(left >> UInt32(first))).trailingZeroBitCount)
        // The carry goes through the lowest run.
        left &= left &+ 1 << UInt32(first)
      }
    }
  }

  struct Service: Sendable {
    let id: Identifier
    let name: Localized
    /// -1 on request.
    let priceMinor: Int64
    let durationMinutes: UInt16
    let paddingMinutes: UInt16
    let capacity: UInt16
  }

  let bytes: [UInt8]
  /// Part p ends where its entry says, and begins where the one before ends. A part that does not apply is empty. Beside the other
  /// properties, because whoever reads a document waits for memory more than for anything else.
  private let ends: InlineArray<17, UInt32>
  let services: [Service]
  let name: Localized
  let categoryID: String
  let areaID: String?
  let market: String
  let currency: String
  let lat: Double
  let lon: Double

  init(_ details: ProviderDetails) {
    name = details.name
    categoryID = details.category.id
    areaID = details.area?.id
    market = details.market
    currency = details.currency
    (lat, lon) = (details.lat, details.lon)
    services = details.services.map {
      Service(
        id: $0.id, name: $0.name, priceMinor: $0.priceMinor ?? -1,
        durationMinutes: UInt16(clamping: $0.durationMinutes),
        paddingMinutes: UInt16(clamping: $0.paddingMinutes), capacity: UInt16(clamping: $0.capacity))
    }
    var buffer = ByteBuffer(capacity: 768)
    var ends = InlineArray<17, UInt32>(repeating: 0)
    for part in Part.allCases {
      Document.write(part, of: details, to: &buffer)
      ends[part.rawValue] = UInt32(buffer.count)
    }
    bytes = [UInt8](buffer)
    self.ends = ends
  }

  private static func write(_ part: Part, of details: ProviderDetails, to buffer: inout ByteBuffer) {
    switch part {
    case .id: buffer.member("id", details.id)
    case .nameEnglish: buffer.member("name", details.name.en)
    case .nameArabic: buffer.member("name", details.name.ar)
    case .names: buffer.member("names", details.name)
    case .market: buffer.member("market", details.market)
    case .categoryEnglish: write("category", details.category, .en, to: &buffer)
    case .categoryArabic: write("category", details.category, .ar, to: &buffer)
    case .areaEnglish: if let area = details.area { write("area", area, .en, to: &buffer) }
    case .areaArabic: if let area = details.area { write("area", area, .ar, to: &buffer) }
    case .location:
      buffer.beginObject("location")
      writePlace(details.lat, details.lon, to: &buffer)
      buffer.endObject()
    case .tier: buffer.member("tier", details.tier)
    case .verified: buffer.member("verified", details.isVerified)
    case .rating: if let tenths = details.ratingTenths { buffer.member("rating", fixed: tenths, places: 1) }
    case .ratingCount: buffer.member("rating_count", details.ratingCount)
    case .price: writePrice(details, to: &buffer)
    case .tags: buffer.member("tags", details.tags)
    case .serviceAreas:
      buffer.beginArray("service_areas")
      for area in details.serviceAreas {
        buffer.beginObject()
        writePlace(area.lat, area.lon, to: &buffer)
        buffer.member("radius_m", area.radiusMetres)
        buffer.endObject()
      }
      buffer.endArray()
    }
  }

  private static func write(_ name: StaticString, _ thing: NamedThing, _ language: Language, to buffer: inout ByteBuffer) {
    buffer.beginObject(name)
    buffer.member("id", thing.id)
    buffer.member("name", thing.name[language])
    buffer.endObject()
  }

  /// Six places are a tenth of a metre.
  private static func writePlace(_ lat: Double, _ lon: Double, to buffer: inout ByteBuffer) {
    buffer.member("lat", rounded: lat, places: 6)
    buffer.member("lon", rounded: lon, places: 6)
  }

  private static func writePrice(_ details: ProviderDetails, to buffer: inout ByteBuffer) {
    let prices = details.services.compactMap(\.priceMinor)
    guard let lowest = prices.min(), let highest = prices.max() else { return }
    buffer.beginObject("price")
    buffer.member("from_minor", lowest)
    buffer.member("to_minor", highest)
    buffer.member("currency", details.currency)
    buffer.endObject()
  }

  /// Where the part of a number begins; behind the last, where that ends.
  func start(of part: Int) -> Int { part == 0 ? 0 : Int(ends[part - 1]) }
}

extension Document.Service {
  func write(to buffer: inout ByteBuffer, currency: String, language: Language) {
    buffer.beginObject()
    buffer.member("id", id)
    buffer.member("name", name[language])
    buffer.member("names", name)
    if priceMinor >= 0 {
      buffer.member("price_minor", priceMinor)
      buffer.member("currency", currency)
    }
    buffer.member("duration_min", Int(durationMinutes))
    buffer.member("padding_min", Int(paddingMinutes))
    buffer.member("capacity", Int(capacity))
    buffer.endObject()
  }
}
