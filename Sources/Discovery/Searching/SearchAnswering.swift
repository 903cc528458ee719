import Bytes
import JSON
import ProviderIndex
import Ranking
import Telemetry
import TextAnalysis
import TextIndex
import WebAPI

extension ProviderDiscovery {
  /// Searches and writes a result, an object; gives where the next page begins.
  func answer(
    _ search: SearchParameters, _ origin: SearchOrigin, _ desk: SearchDesk, _ edition: Edition, _ call: Call,
    to buffer: inout ByteBuffer
  ) throws -> String? {
    var preparing = SearchPreparing(self, edition, origin, now: call.receivedAt)
    try preparing.prepare(search, desk)
    do throws(IndexError) {
      try desk.searcher.search(edition.index, desk.query)
    } catch {
      throw Self.refusal(error, origin)
    }
    buffer.beginObject()
    try writeHits(search, preparing.times, desk, edition, call, to: &buffer)
    writeTotal(desk, to: &buffer)
    if let cut = desk.query.words.cutOffset { Self.writeNotice(cut, call.language, to: &buffer) }
    if !search.facets.isEmpty { FacetWriter(desk, edition, call.language).write(search.facets, to: &buffer) }
    if desk.searcher.count == 0, search.cursor == nil {
      try EmptyAnswer(search, preparing.times, self, desk, edition).write(to: &buffer)
    }
    return nextCursor(search, desk)
  }

  /// What only the index knows to be too much.
  private static func refusal(_ error: IndexError, _ origin: SearchOrigin) -> any Error {
    guard case .query(let field, let reason) = error else { return error }
    return APIError([origin.problem(field, .notAllowed, Localized(en: reason, ar: "قيمة يقبلها الفهرس"))])
  }

  private func writeHits(
    _ search: SearchParameters, _ times: AskedTimes?, _ desk: SearchDesk, _ edition: Edition, _ call: Call,
    to buffer: inout ByteBuffer
  ) throws {
    let writer = HitWriter(search.fields, call.language)
    let highlight =
      search.highlight && !desk.query.words.isEmpty
      ? HighlightWriter(
        highlighter: Highlighter(analyzer: configuration.highlighting), words: desk.query.words,
        lastWordIsPrefix: desk.query.lastWordIsPrefix) : nil
    let starts = freeStarts(search, times, writer.fields, desk, edition)
    let parts = search.explain ? try ScoreParts(desk, edition) : nil
    buffer.beginArray("providers")
    desk.forEachDocument(in: edition) { rank, document in
      guard let document else {
        // Editions are made of an index and providers of one position, so this is a mistake of whoever made this one.
        return call.logger.error("nothing is known of a provider of the index", ["id": .public(desk.searcher.hit(rank).id)])
      }
      buffer.beginObject()
      writer.write(document, to: &buffer)
      let figures = desk.searcher.figures(ofHit: rank)
      writer.write(figures, to: &buffer)
      starts?.write(figures, market: document.market, to: &buffer)
      highlight?.write(document, call.language, to: &buffer)
      parts?.write(ofHit: desk.searcher.hit(rank), to: &buffer)
      buffer.endObject()
    }
    buffer.endArray()
  }

  /// Hits tell from when they are free where times were asked for, or where somebody asks them to.
  private func freeStarts(
    _ search: SearchParameters, _ times: AskedTimes?, _ fields: HitFields, _ desk: SearchDesk, _ edition: Edition
  ) -> FreeStartWriter? {
    guard let times, fields.contains(.nextFreeStart) else { return nil }
    let isChosen = search.fields.contains(.nextFreeStart)
    return (desk.query.when ?? (isChosen ? times.fromNowOn : nil)).flatMap { FreeStartWriter(edition, $0) }
  }

  private func writeTotal(_ desk: SearchDesk, to buffer: inout ByteBuffer) {
    buffer.member("total", desk.searcher.total)
    buffer.member("total_is_exact", desk.searcher.totalIsExact)
    if let level = desk.searcher.level { buffer.member("level", level.description) }
  }

  private static func writeNotice(_ offset: Int, _ language: Language, to buffer: inout ByteBuffer) {
    let notice = Localized(
      en: "Only the beginning of q was searched for, as far as byte \(offset).",
      ar: "جرى البحث عن بداية q فقط، حتى البايت \(offset).")
    buffer.member("notice", notice[language])
  }

  /// Only a full page has a next one.
  private func nextCursor(_ search: SearchParameters, _ desk: SearchDesk) -> String? {
    let count = desk.searcher.count
    guard count == search.limit, count > 0 else { return nil }
    if search.cursor == nil, desk.searcher.totalIsExact, desk.searcher.total <= count { return nil }
    return cursors.text(desk.searcher.hit(count - 1).cursor, of: SearchDigest(search, desk))
  }
}

/// Writes how all matches divide.
struct FacetWriter {
  private let facets: SearchFacets
  private let desk: SearchDesk
  private let directory: Directory
  private let language: Language

  init(_ desk: SearchDesk, _ edition: Edition, _ language: Language) {
    facets = desk.searcher.facets
    self.desk = desk
    directory = edition.directory
    self.language = language
  }

  func write(_ asked: [FacetChoice], to buffer: inout ByteBuffer) {
    buffer.beginObject("facets")
    for facet in FacetChoice.allCases where asked.contains(facet) {
      switch facet {
      case .category: writeCategories(to: &buffer)
      case .price: writePrices(to: &buffer)
      case .rating: writeRatings(to: &buffer)
      case .tier: writeTiers(to: &buffer)
      }
    }
    buffer.endObject()
  }

  private func writeCategories(to buffer: inout ByteBuffer) {
    buffer.beginArray("category")
    for category in facets.categories {
      buffer.beginObject()
      buffer.member("id", category.name)
      buffer.member("name", directory.category(category.name)?.name[language] ?? category.name)
      buffer.member("count", category.count)
      buffer.endObject()
    }
    buffer.endArray()
  }

  /// Each step up to below the next; the last has no end. Who has no price is in none.
  private func writePrices(to buffer: inout ByteBuffer) {
    let bounds = desk.query.priceBounds
    buffer.beginArray("price")
    for (step, count) in facets.prices.enumerated() {
      buffer.beginObject()
      buffer.member("from_minor", bounds[step])
      if step + 1 < bounds.count { buffer.member("below_minor", bounds[step + 1]) }
      buffer.member("count", count)
      buffer.endObject()
    }
    buffer.endArray()
  }

  private func writeRatings(to buffer: inout ByteBuffer) {
    let bounds = desk.query.ratingBounds
    buffer.beginArray("rating")
    for (step, count) in facets.ratings.enumerated() {
      buffer.beginObject()
      buffer.member("from", rounded: bounds[step], places: 1)
      if step + 1 < bounds.count { buffer.member("below", rounded: bounds[step + 1], places: 1) }
      buffer.member("count", count)
      buffer.endObject()
    }
    buffer.endArray()
  }

  private func writeTiers(to buffer: inout ByteBuffer) {
    buffer.beginArray("tier")
    for choice in TierChoice.allCases {
      buffer.beginObject()
      buffer.member("id", choice.rawValue)
      buffer.member("count", facets.count(of: choice.tier))
      buffer.endObject()
    }
    buffer.endArray()
  }
}
