import Bytes
import HTTPServer
import JSON
import Telemetry
import WebAPI

/// A small feature with one of everything, for the tests.
enum Sort: String, CaseIterable {
  case distance, rating, price
}

struct ListShops: RouteInput {
  let limit: Int
  let latitude: Double?
  let sort: Sort
  let isOpen: Bool?
  let text: String?
  let categories: [String]
  let opens: Int?
  let closes: Int?

  init(_ p: inout ParameterReader) {
    limit = p.query("limit", .integer(1...100), default: 20, about: "How many at most.")
    latitude = p.query("latitude", optional: .latitude)
    sort = p.query("sort", .oneOf(Sort.self), default: .distance)
    isOpen = p.query("open", optional: .boolean)
    text = p.query("q", optional: .text(1...50), example: "حلاق")
    categories = p.query("category", each: .token(1...20), count: 0...3)
    opens = p.query("opens", optional: .integer(0...24))
    closes = p.query("closes", optional: .integer(0...24))
    p.check((opens ?? 0) <= (closes ?? 24), "closes", Localized(en: "after opens", ar: "بعد وقت الفتح"))
  }
}

struct GetShop: RouteInput {
  let id: Identifier
  init(_ p: inout ParameterReader) { id = p.path("id", .identifier, about: "The shop.") }
}

struct ServiceInput: BodyInput {
  static let schemaName = "ServiceInput"
  let name: String
  let price: Int
  let minutes: Int

  init(_ o: inout ObjectReader) {
    name = o.required("name", .text(1...40))
    price = o.required("price", .decimal(places: 3, 0...1_000_000), about: "In dinars.", exampleJSON: "8.000")
    minutes = o.optional("minutes", .integer(5...480), default: 30)
  }
}

struct CreateShop: RouteInput {
  let body: Body
  init(_ p: inout ParameterReader) { body = p.body(Body.self) }

  struct Body: BodyInput {
    static let schemaName = "ShopInput"
    let name: String
    let password: String
    let services: [ServiceInput]
    let nickname: String??
    let owner: ServiceInput?
    let opens: CalendarDate?

    init(_ o: inout ObjectReader) {
      name = o.required("name", .text(1...100))
      password = o.required("password", .secret(8...64))
      services = o.required("services", .array(of: .object(ServiceInput.self), 1...3))
      nickname = o.optional("nickname", .nullable(.text(1...10)))
      owner = o.optional("owner", .object(ServiceInput.self))
      opens = o.optional("opens", .date)
    }
  }
}

struct Shop: FieldAnswer {
  static let schemaName = "Shop"
  static let fields: [Field<Shop>] = [
    Field("id", "The shop's id.") { $0.id },
    Field("name", "Its name.", example: "Salon Layla") { $0.name },
    Field("rating", "One to five; nothing without reviews.") { $0.rating },
    .ifPresent("phone", "Left out when unknown.") { $0.phone },
    Field("price", "In dinars.", schema: .number, exampleJSON: "8.000") { $1.appendJSON(fixed: $0.price, places: 3) },
  ]
  let id: Identifier
  let name: String
  let rating: Double?
  let phone: String?
  let price: Int
}

extension ErrorCode {
  static let closed = ErrorCode("SHOP_CLOSED", .conflict, en: "The shop is closed.", ar: "المتجر مغلق.")
}

struct BrokenError: Error {}

struct UnreachableError: APIErrorConvertible {
  var apiError: APIError { APIError(.unavailable, retryAfterSeconds: 7) }
}

let sampleID = Identifier(high: 0x0190_C7D2_7E1B_7C3A, low: 0x9D5E_0F1A_2B3C_4D5E)

func sampleRoutes() -> [Route] {
  [
    Route.get("/api/v1/shops", "Shops", permission: .public, rate: .search, tags: ["Shops"])
      .writing([Shop].self) { (call: Call, input: ListShops, buffer: inout ByteBuffer) in
        if input.text == "explode" { buffer.append("half an answer" as StaticString); throw BrokenError() }
        if input.limit < 20 { call.nextCursor = "c2" }
        let shop = Shop(id: sampleID, name: input.text ?? "\(input.sort)", rating: input.latitude, phone: nil, price: 8000)
        [shop].writeJSON(to: &buffer)
      },
    Route.get("/api/v1/shops/{id}", "One shop", permission: .public, tags: ["Shops"], errors: [.notFound]).entityTagged()
      .async { (call: Call, input: GetShop) in
        await Task.yield()
        guard input.id == sampleID else { throw APIError.notFound }
        return Shop(id: input.id, name: "ليلى", rating: nil, phone: "+962", price: 8000)
      },
    Route.post("/api/v1/shops", "Open a shop", permission: .named("shops.write"), tags: ["Shops"], errors: [.closed]).idempotent()
      .async(status: .created) { (call: Call, input: CreateShop) in
        if input.body.name == "closed" {
          throw APIError(.closed) { $0.member("next_free", "tomorrow") }
        }
        return Shop(id: sampleID, name: input.body.name, rating: nil, phone: nil, price: input.body.services[0].price)
      },
    Route.delete("/api/v1/shops/{id}", "Close a shop", permission: .signedIn, tags: ["Shops"])
      .sync { (call: Call, input: GetShop) in NoContent() },
    Route.get("/api/v1/limited", "A few times", permission: .public, rate: .sensitive, tags: ["Shops"]).sync { (call: Call) in 1
    },
    Route.get("/api/v1/broken", "Fails", permission: .public, rate: .unlimited, tags: ["Shops"]).async { (call: Call) -> Int in
      throw BrokenError()
    },
    Route.get("/api/v1/unreachable", "Fails otherwise", permission: .public, rate: .unlimited, tags: ["Shops"])
      .sync { (call: Call) -> Int in throw UnreachableError() },
    Route.get("/api/v1/old", "Old", permission: .public, rate: .unlimited, tags: ["Shops"])
      .deprecated(
        Deprecation(
          since: Instant(unixMicroseconds: 1_700_000_000_000_000), sunset: Instant(unixMicroseconds: 1_800_000_000_000_000),
          successor: "/api/v1/shops")
      )
      .sync { (call: Call) in "old" },
    Route.get("/api/v1/stream/ticks", "Ticks", permission: .public, rate: .unlimited, tags: ["Shops"])
      .events(Int.self) { (call: Call, _: NoInput, stream: EventStream) in
        for tick in 1...3 { try await stream.send(tick, event: "tick", id: "\(tick)") }
      },
    Route.get("/metrics", "Metrics", permission: .public, rate: .unlimited, tags: ["Operations"])
      .raw(contentType: "text/plain; charset=utf-8") { (call: Call, response: HTTPResponse) in
        response.body.append("up 1\n" as StaticString)
      },
  ]
}
