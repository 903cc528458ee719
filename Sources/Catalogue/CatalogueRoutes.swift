public import WebAPI

extension ProviderCatalogue {
  /// The routes of the catalogue.
  public func routes() -> [Route] {
    let tags = ["Catalogue"]
    return [
      Route.get("/api/v1/markets", "Markets", permission: .public, tags: tags)
        .about("The cities Qareeb serves, with their currency, time zone, weekend and languages.")
        .entityTagged()
        .async { (_: Call) in try await self.markets() },
      Route.get(
        "/api/v1/markets/{market}/areas", "Neighbourhoods of a market", permission: .public, tags: tags, errors: [.notFound]
      )
      .entityTagged()
      .async { (_: Call, input: ListAreas) in try await self.areas(of: input.market) },
      Route.get("/api/v1/providers", "Providers of a market", permission: .public, tags: tags, errors: [.notFound])
        .about("All active providers, oldest first. `meta.next_cursor` continues the list; there is none on the last page.")
        .async { (call: Call, input: ListProviders) in
          let page = try await self.providers(input)
          call.nextCursor = page.nextCursor
          return page.items
        },
    ]
  }
}

struct ListAreas: RouteInput {
  let market: String

  init(_ parameters: inout ParameterReader) {
    market = parameters.path("market", .token(2...31), about: "The market's id.", example: "amman")
  }
}

struct ListProviders: RouteInput {
  let market: String
  let category: String?
  let limit: Int
  let cursor: Identifier?

  init(_ parameters: inout ParameterReader) {
    market = parameters.query("market", .token(2...31), about: "The market's id.", example: "amman")
    category = parameters.query("category", optional: .token(2...31), about: "Only this category.", example: "barber")
    limit = parameters.query("limit", .integer(1...100), default: 20, about: "How many at most.")
    cursor = parameters.query("cursor", optional: .identifier, about: "`meta.next_cursor` of the page before.")
  }
}
