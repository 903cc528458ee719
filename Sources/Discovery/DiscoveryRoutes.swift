import Bytes
import HTTPServer
import JSON
public import WebAPI

extension ErrorCode {
  /// There is no index yet.
  static let building = ErrorCode(
    "INDEX_BUILDING", .serviceUnavailable, en: "The index is being built; ask again shortly.",
    ar: "الفهرس قيد الإنشاء؛ حاول مرة أخرى بعد قليل.")
  /// The index has not followed the log as far as was asked.
  static let behind = ErrorCode(
    "INDEX_BEHIND", .serviceUnavailable, en: "The index has not reached min_position yet.", ar: "لم يبلغ الفهرس min_position بعد."
  )
}

extension ProviderDiscovery {
  /// The routes of discovery.
  public func routes() -> [Route] {
    let tags = ["Discovery"]
    let memoryErrors = [ErrorCode.behind, .building]
    let search = "/api/v1/search/providers"
    return [
      answering(
        Route.get(search, "Providers near, ranked", permission: .public, rate: .search, tags: tags, errors: memoryErrors)
          .about(Texts.search), SearchResult.self, \SearchInput.answer
      ) { discovery, call, input, edition, buffer in
        let desk = discovery.desk(of: call)
        call.nextCursor = try discovery.answer(input.search, SearchOrigin(place: .query), desk, edition, call, to: &buffer)
        buffer.endObject()
      },
      Route.post(
        search, "The same, asked in a body, or several at once", permission: .public, rate: .search, tags: tags,
        errors: memoryErrors
      )
      .about(Texts.body)
      .meta("MemoryMeta", AnswerMembers.meta)
      .writing(SearchResults.self, waitingFor: nil) { (call: Call, input: SearchBodyInput) in
        try await self.wait(for: input.body.answer.position, call)
      } then: { (call: Call, input: SearchBodyInput, buffer: inout ByteBuffer) in
        let edition = try self.begin(input.body.answer, call)
        try self.answer(input.body, self.desk(of: call), edition, call, to: &buffer)
      },
      answering(
        Route.get(
          "/api/v1/search/suggest", "Completes what is being typed", permission: .public, rate: .search, tags: tags,
          errors: memoryErrors
        )
        .about(
          "Categories, services and neighbourhoods by name, then providers, the known and the near first. For each keystroke."),
        Suggestions.self, \SuggestInput.answer
      ) { discovery, call, input, edition, buffer in
        try discovery.suggest(input, discovery.desk(of: call), edition, call, to: &buffer)
      },
      answering(
        Route.get(
          "/api/v1/providers/{id}", "One provider and what it sells", permission: .public, rate: .search, tags: tags,
          errors: [.notFound] + memoryErrors), ProviderPage.self, \ProviderInput.answer
      ) { discovery, call, input, edition, buffer in
        try discovery.showProvider(input.id, discovery.desk(of: call), edition, call, to: &buffer)
      },
      answering(
        Route.get(
          "/api/v1/services/categories", "Categories, and how many there are around a place", permission: .public, rate: .search,
          tags: tags, errors: memoryErrors), CategoryList.self, \CategoriesInput.answer
      ) { discovery, call, input, edition, buffer in
        try discovery.listCategories(input, discovery.desk(of: call), edition, call, to: &buffer)
      },
      answering(
        Route.get(
          "/api/v1/services/by-area", "What is sold in a neighbourhood, by how many, for how much", permission: .public,
          rate: .search,
          tags: tags, errors: [.notFound] + memoryErrors), ServicesHere.self, \ServicesByAreaInput.answer
      ) { discovery, call, input, edition, buffer in
        try discovery.listServices(input, discovery.desk(of: call), edition, call, to: &buffer)
      },
      answering(
        Route.get(
          "/api/v1/staff/by-area", "Who is free in a neighbourhood, and from when", permission: .public, rate: .search,
          tags: tags,
          errors: [.notFound] + memoryErrors
        )
        .about("People with their providers, the soonest free first; each start by the clock of the provider's market."),
        StaffHere.self, \StaffByAreaInput.answer
      ) { discovery, call, input, edition, buffer in
        try discovery.listStaff(input, discovery.desk(of: call), edition, call, to: &buffer)
      },
      streamRoute(tags),
    ]
  }

  /// A route that is answered at once from the newest edition, or after waiting for the position it asks for.
  private func answering<Input: RouteInput, Output: Described>(
    _ declaration: RouteDeclaration, _ output: Output.Type, _ parameters: @escaping @Sendable (Input) -> AnswerParameters,
    _ answer: @escaping @Sendable (ProviderDiscovery, Call, Input, Edition, inout ByteBuffer) throws -> Void
  ) -> Route {
    declaration.entityTagged().meta("MemoryMeta", AnswerMembers.meta)
      .writing(output, waitingFor: "min_position") { (call: Call, input: Input) in
        try await self.wait(for: parameters(input).position, call)
      } then: { (call: Call, input: Input, buffer: inout ByteBuffer) in
        let edition = try self.begin(parameters(input), call)
        try answer(self, call, input, edition, &buffer)
      }
  }

  // MARK: What all answers have in common

  private func wait(for position: FeedPosition?, _ call: Call) async throws {
    guard let position else { return }
    _ = try await board.wait(for: position, atMostMilliseconds: configuration.positionWaitMilliseconds, on: call.request.loop)
  }

  /// The edition to answer from, as `meta` tells; refused where it is older than what was asked for.
  private func begin(_ parameters: AnswerParameters, _ call: Call) throws -> Edition {
    if let language = parameters.language { call.language = language }
    guard let edition = desk(of: call).latest() else { throw building() }
    if let asked = parameters.position, edition.position < asked {
      throw APIError(.behind, retryAfterSeconds: 1) { details in
        details.member("position", edition.position)
        details.member("min_position", asked)
        details.member("behind_bytes", asked.value - edition.position.value)
      }
    }
    call.meta.member("position", edition.position)
    call.meta.memberIfPresent("age_ms", state.ageMilliseconds())
    return edition
  }

  private func building() -> APIError {
    let building = state.building()
    var reason: Localized?
    if let rows = building.rows, let expected = building.expectedRows, expected > 0 {
      reason = Localized(
        en: "The index is being built: \(rows) of about \(expected) rows have been read.",
        ar: "الفهرس قيد الإنشاء: قُرئ \(rows) من نحو \(expected) صفًا.")
    }
    return APIError(.building, reason: reason, retryAfterSeconds: 2) { details in
      details.member("phase", building.phase)
      details.memberIfPresent("rows", building.rows)
      details.memberIfPresent("expected_rows", building.expectedRows)
    }
  }

  /// One search, or each of a batch.
  private func answer(
    _ body: SearchBody, _ desk: SearchDesk, _ edition: Edition, _ call: Call, to buffer: inout ByteBuffer
  ) throws {
    if let search = body.search {
      call.nextCursor = try answer(search, SearchOrigin(place: .body), desk, edition, call, to: &buffer)
      return buffer.endObject()
    }
    buffer.beginObject()
    buffer.beginArray("results")
    for (number, item) in body.batch.enumerated() {
      let origin = SearchOrigin(place: .body, prefix: "searches[\(number)].")
      let next = try answer(item.search, origin, desk, edition, call, to: &buffer)
      buffer.memberIfPresent("next_cursor", next)
      buffer.endObject()
    }
    buffer.endArray()
    buffer.endObject()
  }
}

private enum Texts {
  static let search = """
    Everybody who fits, best first, from memory. Say where with `lat` and `lon` (and `radius_m`), or with `bbox`.

    Repeat `category`, `tier` or `provider_ids` for one of several, `tag` for all of several. Prices are in minor units of the market's \
    currency: `price_max=10000` is 10 dinars. A visit begins on a quarter of an hour and never in the past.

    `available_from` with `available_to` asks for a free start between them, `hot` for one within four hours, `sort=soonest` for any, \
    the soonest first; `open_now` asks who works at this moment. Hits then tell `next_free_start`.

    Without `profile` and `sort` the market's own profile ranks, and another one where there are words in `q`. \
    `meta.next_cursor` continues the list: ask the same again with `cursor`. \
    Where nobody fits, `emptied_by` says without which parameters somebody would. \
    Write with the API, then ask with `min_position` for an answer that knows of it.
    """
  static let body = """
    Lists where the query repeats: `{"lat":31.95,"lon":35.91,"category":["barber","salon"],"facets":["tier"]}`. \
    With `searches`, up to \(DiscoveryLimits.batch.upperBound) of them, each is answered on its own, all from the same state; \
    when one of them is not valid none is answered.
    """
}
