import Bytes
import Geometry
import JSON
import ProviderIndex
import Ranking
import TextAnalysis
import TextIndex
import WebAPI

/// What is asked with each keystroke.
struct SuggestInput: RouteInput {
  let words: String
  let lat: Double?
  let lon: Double?
  let limit: Int
  let answer: AnswerParameters

  init(_ parameters: inout ParameterReader) {
    words = parameters.query("q", .text(1...100), about: "What has been typed so far, in any spelling.", example: "bar")
    lat = parameters.query("lat", optional: .latitude, about: "Where the person is: the near come first.", example: 31.9539)
    lon = parameters.query("lon", optional: .longitude, about: "Where the person is.", example: 35.9106)
    limit = parameters.query(
      "limit", .integer(DiscoveryLimits.suggestions), default: DiscoveryLimits.standardSuggestions, about: "How many at most.")
    answer = AnswerParameters(&parameters)
    if lat == nil, lon != nil { parameters.need("lat", .latitude) }
    if lon == nil, lat != nil { parameters.need("lon", .longitude) }
  }
}

extension ProviderDiscovery {
  /// Completes what is being typed: categories, services and neighbourhoods by name, then providers.
  func suggest(_ input: SuggestInput, _ desk: SearchDesk, _ edition: Edition, _ call: Call, to buffer: inout ByteBuffer) throws {
    var words = TokenBuffer()
    configuration.typing.analyze(input.words, into: &words)
    let highlight = HighlightWriter(
      highlighter: Highlighter(analyzer: configuration.highlighting), words: words, lastWordIsPrefix: true)
    let centre = try place(input, edition)
    let writer = SuggestionWriter(names: edition.names, highlight: highlight, language: call.language)
    buffer.beginObject()
    buffer.beginArray("suggestions")
    if !words.isEmpty {
      try desk.searcher.search(edition.index, .suggestions(for: words, near: centre, limit: input.limit))
      let providers = desk.searcher.count
      // Names have at least half of the room, and what providers leave of theirs.
      let names = try namesFound(
        words, centre, desk, edition, call.language, atMost: max(input.limit - providers, (input.limit + 1) / 2))
      for name in names { writer.write(name, to: &buffer) }
      for rank in 0..<min(providers, input.limit - names.count) {
        guard let document = desk.document(ofHit: rank, in: edition) else { continue }
        writer.write(document, desk.searcher.figures(ofHit: rank), to: &buffer)
      }
    }
    buffer.endArray()
    buffer.endObject()
  }

  private func place(_ input: SuggestInput, _ edition: Edition) throws -> GeoCircle {
    let market = edition.directory.markets.first
    return try GeoCircle(
      centre: GeoPoint(latitude: input.lat ?? market?.lat ?? 0, longitude: input.lon ?? market?.lon ?? 0),
      radiusMetres: Double(DiscoveryLimits.radiusMetres.upperBound))
  }

  /// Names that fit, the best first within their kind; two that read the same are one.
  private func namesFound(
    _ words: TokenBuffer, _ centre: GeoCircle, _ desk: SearchDesk, _ edition: Edition, _ language: Language, atMost limit: Int
  ) throws -> [NameIndex.Meaning] {
    let names = edition.names
    var query = ProviderQuery(circle: anywhere)
    query.rules.weights = FeatureVector()
    (query.rules.weights.text, query.rules.weights.popularity) = (1, 0.3)
    query.rules.matching = MatchingRules()
    query.rules.matching.enough = 1
    (query.words, query.lastWordIsPrefix, query.limit, query.total) = (words, true, 4 * limit, .none)
    try desk.second.search(names.index, query)
    let market = names.directory.market(near: centre.centre)?.id
    var found: [NameIndex.Meaning] = []
    var texts: Set<String> = []
    for hit in desk.second.hits {
      guard let meaning = names.meaning(ofID: hit.id) else { continue }
      if meaning.kind == .area, names.directory.areas[meaning.place].market != market { continue }
      guard texts.insert(meaning.kind.rawValue + names.name(of: meaning)[language]).inserted else { continue }
      found.append(meaning)
    }
    // No kind takes all the room while others have something.
    let kinds = Set(found.map(\.kind)).count
    let share = kinds > 1 ? (limit + 1) / 2 : limit
    var taken: [NameIndex.Kind: Int] = [:]
    let fair = found.filter { meaning in
      taken[meaning.kind, default: 0] += 1
      return taken[meaning.kind, default: 0] <= share
    }
    return Array(fair.prefix(limit)).enumerated()
      .sorted { ($0.element.kind.rank, $0.offset) < ($1.element.kind.rank, $1.offset) }
      .map(\.element)
  }
}

extension NameIndex.Kind {
  /// Where suggestions of this kind are among the others.
  fileprivate var rank: Int { NameIndex.Kind.allCases.firstIndex(of: self) ?? 0 }
}

/// Writes suggestions.
private struct SuggestionWriter {
  let names: NameIndex
  let highlight: HighlightWriter
  let language: Language

  func write(_ meaning: NameIndex.Meaning, to buffer: inout ByteBuffer) {
    buffer.beginObject()
    buffer.member("kind", meaning.kind.rawValue)
    switch meaning.kind {
    case .category: buffer.member("id", names.directory.categories[meaning.place].id)
    case .service:
      let service = names.serviceNames[meaning.place]
      writeCategory(service.category, to: &buffer)
      buffer.member("providers", service.count)
    case .area:
      let area = names.directory.areas[meaning.place]
      buffer.member("id", area.thing.id)
      buffer.beginObject("location")
      buffer.member("lat", rounded: area.lat, places: 6)
      buffer.member("lon", rounded: area.lon, places: 6)
      buffer.endObject()
      buffer.member("radius_m", area.radiusMetres)
    }
    writeText(names.name(of: meaning)[language], to: &buffer)
    buffer.endObject()
  }

  func write(_ document: Document, _ figures: HitFigures, to buffer: inout ByteBuffer) {
    buffer.beginObject()
    buffer.member("kind", text: "provider")
    HitWriter([.category, .area], language).write(document, to: &buffer)
    buffer.member("distance_m", rounded: figures.distanceMetres, places: 0)
    writeText(document.name[language], to: &buffer)
    buffer.endObject()
  }

  private func writeCategory(_ id: String, to buffer: inout ByteBuffer) {
    guard let category = names.directory.category(id) else { return }
    buffer.beginObject("category")
    buffer.member("id", category.id)
    buffer.member("name", category.name[language])
    buffer.endObject()
  }

  private func writeText(_ text: String, to buffer: inout ByteBuffer) {
    buffer.member("text", text)
    buffer.beginArray("parts")
    highlight.writeParts(of: text, to: &buffer)
    buffer.endArray()
  }
}

/// The answer of a keystroke, for the OpenAPI document.
enum Suggestions: Described {
  static var schema: Schema {
    .component("Suggestions") {
      .object([
        Schema.Property(
          "suggestions",
          .array(of: suggestion).about(
            "Categories, services, neighbourhoods and providers, in the order in which they are shown."))
      ])
    }
  }

  private static var suggestion: Schema {
    @Sendable func optional(_ name: String, _ schema: Schema) -> Schema.Property {
      Schema.Property(name, schema, isRequired: false)
    }
    return .component("Suggestion") {
      .object([
        Schema.Property("kind", Schema(.oneOf(["category", "service", "area", "provider"]))),
        Schema.Property("text", Schema.text.about("In the language of the answer.")),
        Schema.Property("parts", HighlightedText.schema),
        optional("id", Schema.text.about("Of a category, a neighbourhood or a provider; services are asked for as `q`.")),
        optional("category", ProviderMembers.named), optional("area", ProviderMembers.named),
        optional("location", ProviderMembers.place), optional("radius_m", .integer),
        optional("distance_m", Schema.integer.about("Of a provider.")),
        optional("providers", Schema.integer.about("Of a service: how many sell it.")),
      ])
    }
  }
}
