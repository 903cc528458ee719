import Bytes
import Geometry
import JSON
import ProviderIndex
import WebAPI

/// Which provider.
struct ProviderInput: RouteInput {
  let id: Identifier
  let answer: AnswerParameters

  init(_ parameters: inout ParameterReader) {
    id = parameters.path("id", .identifier, about: "The provider's id.")
    answer = AnswerParameters(&parameters)
  }
}

/// Categories, and how many of each there are around a place.
struct CategoriesInput: RouteInput {
  let lat: Double?
  let lon: Double?
  let radiusMetres: Int
  let answer: AnswerParameters

  init(_ parameters: inout ParameterReader) {
    lat = parameters.query("lat", optional: .latitude, about: "Counts the providers around here.", example: 31.9539)
    lon = parameters.query("lon", optional: .longitude, about: "Counts the providers around here.", example: 35.9106)
    radiusMetres = parameters.query(
      "radius_m", .integer(DiscoveryLimits.radiusMetres), default: DiscoveryLimits.standardRadiusMetres,
      about: "How far to count.")
    answer = AnswerParameters(&parameters)
    if lat == nil, lon != nil { parameters.need("lat", .latitude) }
    if lon == nil, lat != nil { parameters.need("lon", .longitude) }
  }
}

extension ProviderDiscovery {
  /// A provider with everything that is known of it.
  func showProvider(
    _ id: Identifier, _ desk: SearchDesk, _ edition: Edition, _ call: Call, to buffer: inout ByteBuffer
  ) throws {
    guard let document = desk.documents.document(of: id, in: edition) else { throw APIError.notFound }
    buffer.beginObject()
    HitWriter(.page, call.language).write(document, to: &buffer)
    buffer.endObject()
  }

  /// All categories, in their own order.
  func listCategories(
    _ input: CategoriesInput, _ desk: SearchDesk, _ edition: Edition, _ call: Call, to buffer: inout ByteBuffer
  ) throws {
    var counts: [String: Int]?
    if let lat = input.lat, let lon = input.lon {
      var query = ProviderQuery(
        circle: try GeoCircle(
          centre: GeoPoint(latitude: lat, longitude: lon), radiusMetres: Double(input.radiusMetres)))
      (query.limit, query.facets) = (0, .category)
      try desk.searcher.search(edition.index, query)
      counts = Dictionary(desk.searcher.facets.categories.map { ($0.name, $0.count) }, uniquingKeysWith: +)
    }
    buffer.beginArray()
    for category in edition.directory.categories {
      buffer.beginObject()
      buffer.member("id", category.id)
      buffer.member("name", category.name[call.language])
      buffer.member("names", category.name)
      if let counts { buffer.member("providers", counts[category.id] ?? 0) }
      buffer.endObject()
    }
    buffer.endArray()
  }
}

/// Answers of browsing, for the OpenAPI document.
enum ProviderPage: Described {
  static var schema: Schema { .component("ProviderPage") { .object(ProviderMembers.all) } }
}

enum CategoryList: Described {
  static var schema: Schema {
    .array(
      of: .component("CategoryCount") {
        .object([
          Schema.Property("id", Schema.text.about("Its name in queries.").example("\"barber\"")),
          Schema.Property("name", Schema.text.about("In the language of the answer.")),
          Schema.Property("names", Localized.schema),
          Schema.Property("providers", Schema.integer.about("How many are around the place asked for."), isRequired: false),
        ])
      })
  }
}
