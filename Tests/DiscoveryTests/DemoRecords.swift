import Discovery
import Geometry
import ProviderIndex
import Ranking
import TextIndex
import WebAPI

extension ProviderRecord {
  /// What the index makes of a provider's details. Availability and opening hours are not among them: whoever knows adds them.
  init(_ details: ProviderDetails) throws {
    self.init(
      id: details.id.description, place: try GeoPoint(latitude: details.lat, longitude: details.lon),
      category: details.category.id)
    add(.name, details.name)
    texts.append(Text(.category, details.category.id))
    add(.category, details.category.name)
    if let area = details.area { add(.area, area.name) }
    for service in details.services { add(.service, service.name) }
    services = details.services.map { Service(price: $0.priceMinor, durationMinutes: $0.durationMinutes) }
    tags = details.tags
    rating = Double(details.ratingTenths ?? 0) / 10
    ratingCount = UInt32(clamping: details.ratingCount)
    verified = details.isVerified
    tier = Tier(name: details.tier) ?? .none
    // Half at fifty voices: what separates the known from the unknown, not the famous from the known.
    popularity = Double(details.ratingCount) / Double(details.ratingCount + 50)
    serviceAreas = try details.serviceAreas.map {
      try GeoCircle(centre: GeoPoint(latitude: $0.lat, longitude: $0.lon), radiusMetres: Double($0.radiusMetres))
    }
  }

  private mutating func add(_ field: TextField, _ name: Localized) {
    texts.append(Text(field, name.en))
    if name.ar != name.en { texts.append(Text(field, name.ar)) }
  }
}
