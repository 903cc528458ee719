import Bytes
import JSON
import ProviderIndex
import TextIndex
import WebAPI

/// Says which filters emptied an answer: each is left out in turn, and where that finds nobody, one more after the other.
struct EmptyAnswer {
  private struct Filter {
    let name: String
    let isAsked: Bool
    let leaveOut: (inout ProviderQuery) -> Void
  }

  private struct Relaxed {
    let names: [String]
    let matches: Int
  }

  private var relaxed: [Relaxed] = []

  init(_ search: SearchParameters, _ times: AskedTimes?, _ discovery: ProviderDiscovery, _ desk: SearchDesk, _ edition: Edition)
    throws
  {
    var base = desk.query
    (base.limit, base.after, base.facets, base.total) = (0, nil, [], .atMost(DiscoveryLimits.countedMatches))
    let filters = (Self.filters(search) + (times.map { Self.timeFilters(search, $0) } ?? [])).filter(\.isAsked)
    for filter in filters {
      var query = base
      filter.leaveOut(&query)
      try note([filter.name], query, desk, edition)
    }
    guard relaxed.isEmpty else { return }
    // No single one is to blame: they are left out together, the last first, until somebody is found.
    var (query, names) = (base, [String]())
    for filter in filters.reversed() {
      filter.leaveOut(&query)
      names.insert(filter.name, at: 0)
      if names.count > 1 { try note(names, query, desk, edition) }
      if !relaxed.isEmpty { return }
    }
    // Nobody at all is there.
    (query.circle, query.box) = (discovery.anywhere, nil)
    try note(names + [search.box == nil ? "radius_m" : "bbox"], query, desk, edition)
  }

  private mutating func note(_ names: [String], _ query: ProviderQuery, _ desk: SearchDesk, _ edition: Edition) throws {
    try desk.second.search(edition.index, query)
    if desk.second.total > 0 { relaxed.append(Relaxed(names: names, matches: desk.second.total)) }
  }

  private static func filters(_ search: SearchParameters) -> [Filter] {
    [
      Filter(name: "q", isAsked: search.words?.isEmpty == false) { $0.words = TokenBuffer() },
      Filter(name: "category", isAsked: !search.categories.isEmpty) { $0.categories = [] },
      Filter(name: "serves_me", isAsked: search.servesMe) { $0.servesCentre = false },
      Filter(name: "service_id", isAsked: search.serviceID != nil) {
        $0.ids = search.providerIDs.isEmpty ? nil : search.providerIDs.map(\.description)
      },
      Filter(name: "provider_ids", isAsked: !search.providerIDs.isEmpty && search.serviceID == nil) { $0.ids = nil },
      Filter(name: "tag", isAsked: !search.tags.isEmpty) { $0.tags = [] },
      Filter(name: "tier", isAsked: !search.tiers.isEmpty) { $0.tiers = [] },
      Filter(name: "price_min", isAsked: search.lowestPrice != nil) { $0.lowestPrice = nil },
      Filter(name: "price_max", isAsked: search.highestPrice != nil) { $0.highestPrice = nil },
      Filter(name: "rating_min", isAsked: search.lowestRating != nil) { $0.lowestRating = nil },
      Filter(name: "verified", isAsked: search.verified) { $0.verifiedOnly = false },
    ]
  }

  private static func timeFilters(_ search: SearchParameters, _ times: AskedTimes) -> [Filter] {
    [
      Filter(name: "open_now", isAsked: search.openNow) { $0.openAt = nil },
      Filter(name: "sort", isAsked: search.order == .soonest && search.availableFrom == nil && !search.hot) { query in
        (query.when, query.order) = (nil, .relevance)
      },
      Filter(name: "duration_min", isAsked: search.durationMinutes != nil && times.when != nil) {
        $0.when = times.withoutDuration($0.when)
      },
      Filter(name: "hot", isAsked: search.hot) { $0.when = times.withoutHot($0.when) },
      Filter(name: "available_from", isAsked: search.availableFrom != nil) { $0.when = times.withoutWindow($0.when) },
    ]
  }

  func write(to buffer: inout ByteBuffer) {
    buffer.beginArray("emptied_by")
    for relaxed in relaxed {
      buffer.beginObject()
      buffer.member("parameters", relaxed.names)
      buffer.member("matches_without", relaxed.matches)
      buffer.endObject()
    }
    buffer.endArray()
  }
}
