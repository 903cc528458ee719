public import Bytes
import JSON
import WebAPI

extension DemoMarket {
  /// Appends the provider in the format that indexes are built from, with a line end. Its number, hours and the ids of its services
  /// are there for other readers.
  public func appendLine(_ provider: MadeProvider, to buffer: inout ByteBuffer) {
    buffer.beginObject()
    buffer.member("id", provider.id)
    buffer.member("number", provider.number)
    buffer.member("name", provider.name)
    buffer.member("category", provider.category)
    if let category = categories.first(where: { $0.id == provider.category }) { buffer.member("category_name", category.name) }
    if let area = areas.first(where: { $0.id == provider.area }) { buffer.member("area", area.name) }
    buffer.beginArray("services")
    for service in provider.services { appendService(service, to: &buffer) }
    buffer.endArray()
    buffer.member("lat", provider.lat)
    buffer.member("lon", provider.lon)
    buffer.member("rating", fixed: provider.ratingTenths, places: 1)
    buffer.member("rating_count", provider.ratingCount)
    buffer.member("verified", provider.isVerified)
    buffer.member("tier", provider.tier)
    buffer.member("tags", provider.tags)
    buffer.member("availability", fixed: provider.freeHundredths, places: 2)
    if let radius = provider.homeVisitRadiusMetres {
      buffer.beginArray("service_areas")
      buffer.beginObject()
      buffer.member("lat", provider.lat)
      buffer.member("lon", provider.lon)
      buffer.member("radius_m", radius)
      buffer.endObject()
      buffer.endArray()
    }
    buffer.beginObject("hours")
    buffer.member("opens", provider.hours.opens)
    buffer.member("closes", provider.hours.closes)
    buffer.member("closed_days", provider.hours.closedDays)
    buffer.endObject()
    buffer.endObject()
    buffer.append(byte: UInt8(ascii: "\n"))
  }

  private func appendService(_ service: MadeProvider.Service, to buffer: inout ByteBuffer) {
    buffer.beginObject()
    buffer.member("kind", service.kind)
    buffer.member("name", service.name)
    var price = ByteBuffer()
    price.appendJSON(fixed: service.priceMinor, places: about.currencyExponent)
    buffer.member("price", String(price))
    buffer.member("currency", about.currency)
    buffer.member("duration_min", service.durationMinutes)
    buffer.endObject()
  }
}
