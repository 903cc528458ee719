import Columns
import Geometry
import Ranking
import SpatialIndex
import TextIndex

/// Everything that searches can see of one provider, apart from its place in a segment and its rows in the calendar: equal documents
/// are found, ranked and filtered alike.
public struct IndexedDocument: Hashable, Sendable {
  public struct Area: Hashable, Sendable, Comparable {
    public let latitude, longitude, radiusMetres: Double

    public static func < (one: Area, other: Area) -> Bool {
      (one.latitude, one.longitude, one.radiusMetres) < (other.latitude, other.longitude, other.radiusMetres)
    }
  }

  public let id: String
  public let category: String
  public let latitude, longitude: Double
  public let rating: Double
  public let ratingCount: UInt32
  public var availability: Double
  public let isVerified: Bool
  /// As the index keeps them: the tier's number, shares in steps of 1/255, a bit a flag.
  public let tier, popularity, newness: UInt8
  public var flags: UInt8
  public let services: [ProviderRecord.Service]
  /// Ascending.
  public let serviceAreas: [Area]
  /// Of the words it is found by, the tags among them.
  public let textFingerprint: UInt64

  /// The same in every process: for comparing two indexes by one number.
  public func fold(into hash: inout UInt64) {
    func fold(_ value: UInt64) {
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        hash = (hash ^ (value >> shift & 0xff)) &* 0x100_0000_01b3
      }
    }
    func fold(_ text: String) {
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      fold(UInt64(text.utf8.count))
    }
    fold(id)
    fold(category)
    for number in [latitude, longitude, rating, availability] { fold(number.bitPattern) }
    for number in [tier, popularity, newness, flags] { fold(UInt64(number)) }
    fold(UInt64(ratingCount) << 1 | (isVerified ? 1 : 0))
    for service in services {
      fold(UInt64(bitPattern: service.price ?? -1))
      fold(UInt64(service.durationMinutes))
    }
    for area in serviceAreas { for number in [area.latitude, area.longitude, area.radiusMetres] { fold(number.bitPattern) } }
    fold(textFingerprint)
  }
}

/// Reads whole documents out of a snapshot: for comparing indexes, not for searching.
public struct IndexDocuments: Sendable {
  private struct Part: Sendable {
    let part: IndexSnapshot.Part
    let fingerprints: [UInt64]
    let areas: [UInt32: [IndexedDocument.Area]]
  }

  private let parts: [Part]
  public let count: Int

  /// O(postings).
  public init(_ snapshot: IndexSnapshot) {
    count = snapshot.count
    parts = snapshot.parts.map { part in
      var areas: [UInt32: [IndexedDocument.Area]] = [:]
      for area in part.segment.areas.all {
        let (centre, radius) = (area.circle.centre, area.circle.radiusMetres)
        areas[area.owner, default: []].append(
          IndexedDocument.Area(latitude: centre.latitude, longitude: centre.longitude, radiusMetres: radius))
      }
      return Part(part: part, fingerprints: part.segment.terms.providerFingerprints(), areas: areas)
    }
  }

  /// O(segments). Nil when nobody of this id can be found.
  public subscript(_ id: String) -> IndexedDocument? {
    for part in parts.reversed() {
      if let number = part.part.segment.number(of: id), !part.part.isRemoved(number) { return document(number, part) }
    }
    return nil
  }

  /// In no particular order. O(n).
  public func forEachID(_ body: (String) -> Void) {
    for part in parts {
      for number in 0..<part.part.segment.count where !part.part.isRemoved(number) { body(part.part.segment.id(number)) }
    }
  }

  private func document(_ number: Int, _ part: Part) -> IndexedDocument {
    let segment = part.part.segment
    let facts = segment.facts(number)
    let place = segment.places[number]
    let services = Int(segment.serviceStarts[number])..<Int(segment.serviceStarts[number + 1])
    return IndexedDocument(
      id: segment.id(number), category: segment.category(number), latitude: place.x, longitude: place.y, rating: facts.rating,
      ratingCount: facts.ratingCount, availability: facts.availability, isVerified: facts.verified, tier: facts.tier,
      popularity: facts.popularity, newness: facts.newness, flags: segment.features.byte(.flags, number),
      services: services.map { service in
        let price = segment.prices[service]
        return ProviderRecord.Service(price: price < 0 ? nil : price, durationMinutes: Int(segment.durations[service]))
      },
      serviceAreas: (part.areas[UInt32(number)] ?? []).sorted(), textFingerprint: part.fingerprints[number])
  }
}
