import Bytes
import Cryptography
import Geometry
import JSON
import ProviderIndex
import Ranking
import WebAPI

/// What a search asks for, as a number: equal for the pages of one search, whatever they show of the hits.
struct SearchDigest: Equatable {
  let value: UInt64

  /// - Parameter desk: lends its memory.
  init(_ search: SearchParameters, _ desk: SearchDesk) {
    desk.signed.removeAll()
    SearchDigest.write(search, to: &desk.signed)
    let hash = ContentHash(of: desk.signed)
    value = hash.high ^ hash.low
  }

  /// Everything that decides who matches and in which order; limit, facets and what is shown do not.
  private static func write(_ search: SearchParameters, to buffer: inout ByteBuffer) {
    buffer.beginObject()
    buffer.memberIfPresent("lat", search.lat)
    buffer.memberIfPresent("lon", search.lon)
    buffer.member("radius_m", search.radiusMetres ?? SearchPreparing.standardRadius(search))
    if let box = search.box { buffer.member("bbox", [box.west, box.south, box.east, box.north]) }
    buffer.member("serves_me", search.servesMe)
    buffer.memberIfPresent("q", search.words)
    buffer.member("prefix", search.lastWordIsPrefix)
    buffer.member("category", search.categories)
    buffer.memberIfPresent("service_id", search.serviceID)
    buffer.member("tag", search.tags)
    buffer.memberIfPresent("price_min", search.lowestPrice)
    buffer.memberIfPresent("price_max", search.highestPrice)
    buffer.memberIfPresent("rating_min", search.lowestRating)
    buffer.member("verified", search.verified)
    buffer.member("tier", search.tiers.map(\.rawValue))
    buffer.member("open_now", search.openNow)
    buffer.member("provider_ids", search.providerIDs)
    buffer.memberIfPresent("available_from", search.availableFrom)
    buffer.memberIfPresent("available_to", search.availableTo)
    buffer.memberIfPresent("duration_min", search.durationMinutes)
    buffer.member("hot", search.hot)
    buffer.memberIfPresent("profile", search.profile)
    buffer.memberIfPresent("sort", search.order?.rawValue)
    buffer.endObject()
  }
}

/// Makes and reads cursors: opaque to callers, signed so that only ours are obeyed.
///
/// A cursor is base64url of: the format's number, the search's digest (8 bytes), the last hit's key (8, a double's bits), its level
/// (1; 255 without words), its id, and the first 16 bytes of the HMAC-SHA256 of all that.
struct SearchCursors: Sendable {
  enum Failure: Error {
    /// Not made with this key, or changed since.
    case forged
    /// Ours, but of another search.
    case foreign
  }

  private static let format: UInt8 = 1
  private static let noLevel: UInt8 = 255
  private static let headBytes = 18
  private static let signatureBytes = 16

  private let key: [UInt8]

  init(key: [UInt8]) { self.key = key }

  func text(_ cursor: ProviderQuery.Cursor, of digest: SearchDigest) -> String {
    var bytes: [UInt8] = [Self.format]
    bytes.reserveCapacity(Self.headBytes + cursor.id.utf8.count + Self.signatureBytes)
    Self.append(digest.value, to: &bytes)
    Self.append(cursor.key.bitPattern, to: &bytes)
    bytes.append(cursor.level?.rawValue ?? Self.noLevel)
    bytes.append(contentsOf: cursor.id.utf8)
    bytes.append(contentsOf: signature(of: bytes))
    return Base64.encode(bytes, .url)
  }

  func read(_ text: String, of digest: SearchDigest) -> Result<ProviderQuery.Cursor, Failure> {
    guard let bytes = Base64.decode(text, .url), bytes.count > Self.headBytes + Self.signatureBytes else {
      return .failure(.forged)
    }
    let signed = Array(bytes.dropLast(Self.signatureBytes))
    guard ConstantTime.areEqual(signature(of: signed), Array(bytes.suffix(Self.signatureBytes))), signed[0] == Self.format else {
      return .failure(.forged)
    }
    guard Self.number(signed[1..<9]) == digest.value else { return .failure(.foreign) }
    let level = signed[17] == Self.noLevel ? nil : MatchTier(rawValue: signed[17])
    return .success(
      ProviderQuery.Cursor(
        key: Double(bitPattern: Self.number(signed[9..<17])), id: String(decoding: signed[Self.headBytes...], as: UTF8.self),
        level: level))
  }

  private func signature(of bytes: [UInt8]) -> [UInt8] {
    Array(Digest.hmacSHA256(bytes, key: key).prefix(Self.signatureBytes))
  }

  private static func append(_ number: UInt64, to bytes: inout [UInt8]) {
    for shift in stride(from: UInt64(56), through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
