import AvailabilityIndex
import Bytes
import Geometry
import JSON
import ProviderIndex
import WebAPI

/// Who is free in a neighbourhood or around a place.
struct StaffByAreaInput: RouteInput {
  let place: PlaceInput
  let categories: [String]
  let availableFrom: Instant?
  let availableTo: Instant?
  let durationMinutes: Int?
  let limit: Int
  let answer: AnswerParameters

  init(_ parameters: inout ParameterReader) {
    place = PlaceInput(&parameters)
    categories = parameters.query(
      "category", each: .token(1...64), count: DiscoveryLimits.values, about: "Of these categories only.")
    availableFrom = parameters.query(
      "available_from", optional: .instant, about: "Free from when; from now on where nothing is said.")
    availableTo = parameters.query("available_to", optional: .instant, about: "Until when a visit may begin.")
    durationMinutes = parameters.query(
      "duration_min", optional: .integer(DiscoveryLimits.durationMinutes),
      about: "How long the visit takes; 15 where nothing is said.")
    limit = parameters.query("limit", .integer(1...200), default: 50, about: "How many people at most.")
    answer = AnswerParameters(&parameters)
    if availableFrom != nil, availableTo == nil { parameters.need("available_to", .instant) }
    if availableTo != nil, availableFrom == nil { parameters.need("available_from", .instant) }
    if let availableFrom, let availableTo, availableTo <= availableFrom {
      parameters.report("available_to", .notAllowed, Localized(en: "after available_from", ar: "بعد available_from"))
    }
    place.check(&parameters)
  }

  /// The same as a search for who is free soonest.
  var search: SearchParameters {
    var search = SearchParameters()
    (search.availableFrom, search.availableTo, search.durationMinutes) = (availableFrom, availableTo, durationMinutes)
    search.order = .soonest
    return search
  }
}

/// Somebody who is free, and from when.
private struct FreeMember {
  let member: StaffMember
  let provider: Document
  let distanceMetres: Double
  let start: Int
}

extension ProviderDiscovery {
  func listStaff(
    _ input: StaffByAreaInput, _ desk: SearchDesk, _ edition: Edition, _ call: Call, to buffer: inout ByteBuffer
  ) throws {
    try checkCategories(input.categories, edition.directory)
    if let to = input.availableTo, !AskedTimes.isWithinCalendars(to, now: call.receivedAt) {
      throw APIError([FieldProblem("available_to", .query, .outOfRange, expected: AskedTimes.calendarRange)])
    }
    var query = ProviderQuery(
      circle: try input.place.circle(edition.directory), rules: configuration.profiles.standard(forWords: false))
    query.categories = input.categories
    query.when = AskedTimes(input.search, minutes: input.durationMinutes, now: call.receivedAt).when
    query.order = .soonest
    query.limit = DiscoveryLimits.sampledProviders
    query.total = .atMost(DiscoveryLimits.sampledProviders + 1)
    try desk.searcher.search(edition.index, query)
    let starts = query.when.flatMap { FreeStartWriter(edition, $0) }
    let free = starts.map { freeMembers($0, desk, edition) } ?? []
    buffer.beginObject()
    buffer.beginArray("staff")
    for member in free.prefix(input.limit) {
      buffer.beginObject()
      buffer.member("id", member.member.id)
      buffer.member("name", member.member.name[call.language])
      buffer.member("names", member.member.name)
      starts?.write(start: member.start, market: member.provider.market, to: &buffer)
      buffer.beginObject("provider")
      HitWriter([.name, .category, .area, .location, .tier, .verified, .rating, .ratingCount], call.language)
        .write(member.provider, to: &buffer)
      buffer.member("distance_m", rounded: member.distanceMetres, places: 0)
      buffer.endObject()
      buffer.endObject()
    }
    buffer.endArray()
    buffer.member("total", free.count)
    buffer.member("providers", desk.searcher.count)
    buffer.member("is_complete", desk.searcher.total <= desk.searcher.count)
    buffer.endObject()
  }

  private func checkCategories(_ categories: [String], _ directory: Directory) throws {
    let unknown = categories.filter { directory.category($0) == nil }
    guard let first = unknown.first else { return }
    let names = directory.categories.map(\.id).joined(separator: ", ")
    throw APIError([
      FieldProblem(
        "category", .query, .notAllowed, expected: Localized(en: "one of \(names)", ar: "واحدًا من: \(names)"), given: first)
    ])
  }

  /// The soonest first, then the nearest.
  private func freeMembers(_ starts: FreeStartWriter, _ desk: SearchDesk, _ edition: Edition) -> [FreeMember] {
    var free: [FreeMember] = []
    for rank in 0..<desk.searcher.count {
      guard let id = desk.searcher.identifier(ofHit: rank), let provider = desk.documents.document(of: id, in: edition) else {
        continue
      }
      let distance = desk.searcher.figures(ofHit: rank).distanceMetres
      for member in edition.staff.staff(of: id) {
        guard let start = starts.start(of: member.row..<member.row + 1) else { continue }
        free.append(FreeMember(member: member, provider: provider, distanceMetres: distance, start: start))
      }
    }
    // A stable order of who is alike in both: that of providers, and of people within one.
    return free.enumerated()
      .sorted {
        ($0.element.start, $0.element.distanceMetres, $0.offset) < ($1.element.start, $1.element.distanceMetres, $1.offset)
      }
      .map(\.element)
  }
}

enum StaffHere: Described {
  static var schema: Schema {
    .component("StaffHere") {
      .object([
        Schema.Property(
          "staff",
          .array(
            of: .object([
              Schema.Property("id", Identifier.schema),
              Schema.Property("name", Schema.text.about("In the language of the answer.")),
              Schema.Property("names", Localized.schema), Schema.Property("next_free_start", ProviderMembers.freeStart),
              Schema.Property("provider", ProviderHit.schema),
            ])
          ).about("The soonest free first, then the nearest.")),
        Schema.Property("total", Schema.integer.about("How many people are free, of the providers looked at.")),
        Schema.Property("providers", Schema.integer.about("How many providers were looked at, the soonest free.")),
        Schema.Property("is_complete", Schema.boolean.about("Whether these are all providers there who have somebody free.")),
      ])
    }
  }
}
