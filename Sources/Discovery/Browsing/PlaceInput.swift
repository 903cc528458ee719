import Geometry
import WebAPI

/// A neighbourhood by its name, or a circle.
struct PlaceInput {
  let area: String?
  let market: String?
  let lat: Double?
  let lon: Double?
  let radiusMetres: Int?

  /// A circle that nobody chose, so wide that what is in it is still next door.
  private static let standardMetres = 3_000

  init(_ parameters: inout ParameterReader) {
    area = parameters.query("area", optional: .token(1...64), about: "A neighbourhood's id.", example: "sweifieh")
    market = parameters.query("market", optional: .token(1...64), about: "Its market, where several have one of that id.")
    lat = parameters.query("lat", optional: .latitude, about: "Around here, instead of a neighbourhood.")
    lon = parameters.query("lon", optional: .longitude, about: "Around here.")
    radiusMetres = parameters.query(
      "radius_m", optional: .integer(DiscoveryLimits.radiusMetres), about: "How far; what the neighbourhood reaches, or 3,000.")
  }

  /// Looks at what goes together, when all parameters have been declared.
  func check(_ parameters: inout ParameterReader) {
    guard area == nil else {
      if lat != nil || lon != nil {
        parameters.report(
          "area", .notAllowed, Localized(en: "left out where lat and lon are given", ar: "محذوفًا عند استخدام lat و lon"))
      }
      return
    }
    if lat == nil { parameters.need("lat", .latitude) }
    if lon == nil { parameters.need("lon", .longitude) }
  }

  func circle(_ directory: Directory) throws -> GeoCircle {
    guard let area else {
      return try GeoCircle(
        centre: GeoPoint(latitude: lat ?? 0, longitude: lon ?? 0), radiusMetres: Double(radiusMetres ?? Self.standardMetres))
    }
    guard let found = directory.areas.first(where: { $0.thing.id == area && (market ?? $0.market) == $0.market }) else {
      throw APIError(
        .notFound, reason: Localized(en: "There is no neighbourhood of that name.", ar: "لا يوجد حي بهذا الاسم."))
    }
    return try GeoCircle(
      centre: GeoPoint(latitude: found.lat, longitude: found.lon), radiusMetres: Double(radiusMetres ?? found.radiusMetres))
  }
}
