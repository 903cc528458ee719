import Bytes
import Geometry
import JSON
import ProviderIndex
import WebAPI

/// What is sold in a neighbourhood or around a place.
struct ServicesByAreaInput: RouteInput {
  let place: PlaceInput
  let categories: [String]
  let limit: Int
  let answer: AnswerParameters

  init(_ parameters: inout ParameterReader) {
    place = PlaceInput(&parameters)
    categories = parameters.query(
      "category", each: .token(1...64), count: DiscoveryLimits.values, about: "Of these categories only.")
    limit = parameters.query("limit", .integer(1...200), default: 50, about: "How many services at most.")
    answer = AnswerParameters(&parameters)
    place.check(&parameters)
  }
}

/// What is sold under one name, by how many, for how much.
private struct SoldHere {
  let name: Localized
  let category: String
  var sellers = 0
  var cheapest: Int64?
  var dearest: Int64?
  let currency: String
}

extension ProviderDiscovery {
  func listServices(
    _ input: ServicesByAreaInput, _ desk: SearchDesk, _ edition: Edition, _ call: Call, to buffer: inout ByteBuffer
  ) throws {
    var query = ProviderQuery(
      circle: try input.place.circle(edition.directory), rules: configuration.profiles.standard(forWords: false))
    query.categories = input.categories
    query.limit = DiscoveryLimits.sampledProviders
    query.total = .atMost(DiscoveryLimits.sampledProviders + 1)
    try desk.searcher.search(edition.index, query)
    let services = soldHere(desk, edition).prefix(input.limit)
    buffer.beginObject()
    buffer.beginArray("services")
    for service in services { write(service, edition.directory, call.language, to: &buffer) }
    buffer.endArray()
    buffer.member("providers", desk.searcher.count)
    buffer.member("is_complete", desk.searcher.total <= desk.searcher.count)
    buffer.endObject()
  }

  /// The most sold first, then by name.
  private func soldHere(_ desk: SearchDesk, _ edition: Edition) -> [SoldHere] {
    var sold: [Localized: SoldHere] = [:]
    for rank in 0..<desk.searcher.count {
      guard let document = desk.document(ofHit: rank, in: edition) else { continue }
      for service in document.services {
        var here =
          sold[service.name]
          ?? SoldHere(name: service.name, category: document.categoryID, currency: document.currency)
        here.sellers += 1
        if service.priceMinor >= 0 {
          here.cheapest = min(here.cheapest ?? .max, service.priceMinor)
          here.dearest = max(here.dearest ?? 0, service.priceMinor)
        }
        sold[service.name] = here
      }
    }
    return sold.values.sorted { ($1.sellers, $0.name.en, $0.name.ar) < ($0.sellers, $1.name.en, $1.name.ar) }
  }

  private func write(_ service: SoldHere, _ directory: Directory, _ language: Language, to buffer: inout ByteBuffer) {
    buffer.beginObject()
    buffer.member("name", service.name[language])
    buffer.member("names", service.name)
    buffer.beginObject("category")
    buffer.member("id", service.category)
    buffer.member("name", directory.category(service.category)?.name[language] ?? service.category)
    buffer.endObject()
    buffer.member("providers", service.sellers)
    if let cheapest = service.cheapest, let dearest = service.dearest {
      buffer.beginObject("price")
      buffer.member("from_minor", cheapest)
      buffer.member("to_minor", dearest)
      buffer.member("currency", service.currency)
      buffer.endObject()
    }
    buffer.endObject()
  }
}

enum ServicesHere: Described {
  static var schema: Schema {
    .component("ServicesHere") {
      .object([
        Schema.Property(
          "services",
          .array(
            of: .object([
              Schema.Property("name", Schema.text.about("In the language of the answer.")),
              Schema.Property("names", Localized.schema), Schema.Property("category", ProviderMembers.named),
              Schema.Property("providers", Schema.integer.about("How many sell it here.")),
              Schema.Property("price", ProviderMembers.price, isRequired: false),
            ])
          ).about("The most sold first.")),
        Schema.Property("providers", Schema.integer.about("How many providers were looked at, the best ranked.")),
        Schema.Property("is_complete", Schema.boolean.about("Whether these are all providers there.")),
      ])
    }
  }
}
