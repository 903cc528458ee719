import Geometry
import JSON
import ProviderIndex
import TextIndex

/// `lat` and `lon`, wherever a format has them.
struct PlaceDraft {
  private var latitude: Double?
  private var longitude: Double?

  mutating func takeLatitude(_ value: JSONValue) throws(FormatProblem) { latitude = try value.number(in: -90...90) }
  mutating func takeLongitude(_ value: JSONValue) throws(FormatProblem) { longitude = try value.number(in: -180...180) }

  func point() throws(FormatProblem) -> GeoPoint {
    guard let latitude else { throw FormatProblem("is missing", member: "lat") }
    guard let longitude else { throw FormatProblem("is missing", member: "lon") }
    do throws(GeometryError) {
      return try GeoPoint(latitude: latitude, longitude: longitude)
    } catch {
      throw FormatProblem(error.description)
    }
  }

  func circle(radiusMetres: Double?) throws(FormatProblem) -> GeoCircle {
    let centre = try point()
    guard let radiusMetres else { throw FormatProblem("is missing", member: "radius_m") }
    do throws(GeometryError) {
      return try GeoCircle(centre: centre, radiusMetres: radiusMetres)
    } catch {
      throw FormatProblem(error.description, member: "radius_m")
    }
  }
}

private enum CircleMember: String {
  case lat, lon
  case radius = "radius_m"
}

private enum Language: String {
  case en, ar
}

extension JSONValue {
  /// Metres above 0, at most half the way round.
  func radius() throws(FormatProblem) -> Double {
    guard let metres = double, metres > 0, metres <= Earth.longestRadiusMetres else {
      throw refusal("must be a number of metres above 0, at most \(plain(Earth.longestRadiusMetres))")
    }
    return metres
  }

  func circle() throws(FormatProblem) -> GeoCircle {
    var (place, radiusMetres) = (PlaceDraft(), Double?.none)
    try members { (member: CircleMember, value) throws(FormatProblem) in
      switch member {
      case .lat: try place.takeLatitude(value)
      case .lon: try place.takeLongitude(value)
      case .radius: radiusMetres = try value.radius()
      }
    }
    return try place.circle(radiusMetres: radiusMetres)
  }

  /// `{"en":"…","ar":"…"}`: a text in each of the market's languages.
  func translations(_ field: TextField) throws(FormatProblem) -> [ProviderRecord.Text] {
    var texts: [ProviderRecord.Text] = []
    try members { (_: Language, value) throws(FormatProblem) in
      let text = try value.text()
      if !text.isEmpty { texts.append(.init(field, text)) }
    }
    return texts
  }

  /// An amount of money: a string, because programs that read JSON's numbers round them.
  func decimalText() throws(FormatProblem) -> String {
    guard let string else { throw refusal("must be a decimal number in a string, such as \"8.000\"") }
    return string
  }
}
