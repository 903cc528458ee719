import Bytes
import Geometry
import JSON
import ProviderIndex
import Ranking
import TextAnalysis
import TextIndex
import WebAPI

/// Writes hits: copies of what the documents hold ready, with the two numbers that depend on the search.
struct HitWriter {
  let fields: HitFields
  let language: Language
  /// What is copied before the services.
  private let parts: Document.Parts

  init(_ chosen: [HitField], _ language: Language) {
    self.init(chosen.isEmpty ? .standard : chosen.reduce(into: []) { $0.formUnion(HitFields($1)) }, language)
  }

  init(_ fields: HitFields, _ language: Language) {
    self.fields = fields
    self.language = language
    parts = Self.parts(fields, isEnglish: language == .en)
  }

  private static func parts(_ fields: HitFields, isEnglish: Bool) -> Document.Parts {
    var parts = Document.Parts.id
    func add(_ field: HitFields, _ part: Document.Part) {
      if fields.contains(field) { parts.insert(Document.Parts(part)) }
    }
    add(.name, isEnglish ? .nameEnglish : .nameArabic)
    add(.names, .names)
    add(.market, .market)
    add(.category, isEnglish ? .categoryEnglish : .categoryArabic)
    add(.area, isEnglish ? .areaEnglish : .areaArabic)
    add(.location, .location)
    add(.tier, .tier)
    add(.verified, .verified)
    add(.rating, .rating)
    add(.ratingCount, .ratingCount)
    add(.price, .price)
    add(.tags, .tags)
    return parts
  }

  /// The members of a provider, in an object that has been begun.
  func write(_ document: Document, to buffer: inout ByteBuffer) {
    document.append(parts, to: &buffer)
    if fields.contains(.services) { writeServices(document, to: &buffer) }
    if fields.contains(.serviceAreas) { document.append(Document.Parts(.serviceAreas), to: &buffer) }
  }

  private func writeServices(_ document: Document, to buffer: inout ByteBuffer) {
    buffer.beginArray("services")
    for service in document.services { service.write(to: &buffer, currency: document.currency, language: language) }
    buffer.endArray()
  }

  /// What depends on the search. Metres are whole: nobody walks a decimetre, and no position is that sure.
  func write(_ figures: HitFigures, to buffer: inout ByteBuffer) {
    if fields.contains(.distance) { buffer.member("distance_m", rounded: figures.distanceMetres, places: 0) }
    if fields.contains(.score) { buffer.member("score", rounded: figures.score, places: 4) }
  }
}

/// Marks what of a shown text the words of a search have found.
struct HighlightWriter {
  let highlighter: Highlighter
  let words: TokenBuffer
  let lastWordIsPrefix: Bool

  /// What was found in a hit: in its name, and in the names of what it sells.
  func write(_ document: Document, _ language: Language, to buffer: inout ByteBuffer) {
    buffer.beginObject("highlight")
    buffer.beginArray("name")
    writeParts(of: document.name[language], to: &buffer)
    buffer.endArray()
    buffer.beginArray("services")
    var shown = 0
    for service in document.services where shown < DiscoveryLimits.highlightedServices {
      let name = service.name[language]
      let ranges = highlighter.ranges(in: name, foundBy: words, lastWordIsPrefix: lastWordIsPrefix)
      guard !ranges.isEmpty else { continue }
      shown += 1
      buffer.beginArray()
      HighlightWriter.write(name, ranges, to: &buffer)
      buffer.endArray()
    }
    buffer.endArray()
    buffer.endObject()
  }

  func writeParts(of text: String, to buffer: inout ByteBuffer) {
    HighlightWriter.write(text, highlighter.ranges(in: text, foundBy: words, lastWordIsPrefix: lastWordIsPrefix), to: &buffer)
  }

  /// The text in parts that add up to it: no client has to agree with us on what an offset counts, in whichever direction it is read.
  private static func write(_ text: String, _ ranges: [Range<Int>], to buffer: inout ByteBuffer) {
    var start = 0
    let end = text.utf8.count
    for range in ranges {
      if start < range.lowerBound { write(text, start..<range.lowerBound, isMatch: false, to: &buffer) }
      write(text, range, isMatch: true, to: &buffer)
      start = range.upperBound
    }
    if start < end { write(text, start..<end, isMatch: false, to: &buffer) }
  }

  private static func write(_ text: String, _ range: Range<Int>, isMatch: Bool, to buffer: inout ByteBuffer) {
    let utf8 = text.utf8
    let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
    buffer.beginObject()
    buffer.member("text", String(text[start..<utf8.index(start, offsetBy: range.count)]))
    buffer.member("match", isMatch)
    buffer.endObject()
  }
}

/// Why hits have their scores: each feature's value is what the engine itself scores with that feature alone.
struct ScoreParts {
  private var values: [Feature: [String: Double]] = [:]
  private let rules: RankingRules

  /// One search for each feature that counts, among the hits of the last search alone.
  init(_ desk: SearchDesk, _ edition: Edition) throws {
    let hits = desk.searcher.hits
    rules = desk.query.rules
    var query = desk.query
    query.ids = hits.map(\.id)
    (query.order, query.after, query.limit, query.total, query.facets) = (.relevance, nil, max(hits.count, 1), .none, [])
    if let level = desk.searcher.level { (query.rules.matching.first, query.rules.matching.last) = (level, level) }
    for feature in Feature.allCases where rules.weights[feature] > 0 && !hits.isEmpty {
      query.rules.weights = FeatureVector()
      query.rules.weights[feature] = 1
      try desk.second.search(edition.index, query)
      values[feature] = Dictionary(desk.second.hits.map { ($0.id, $0.score) }, uniquingKeysWith: { first, _ in first })
    }
  }

  func write(ofHit hit: SearchHit, to buffer: inout ByteBuffer) {
    buffer.beginObject("explanation")
    buffer.member("score", hit.score)
    buffer.beginArray("parts")
    for feature in Feature.allCases {
      guard let value = values[feature]?[hit.id] else { continue }
      buffer.beginObject()
      buffer.member("feature", feature.description)
      buffer.member("weight", rules.weights[feature])
      buffer.member("value", value)
      buffer.member("contribution", rules.weights[feature] * value)
      buffer.endObject()
    }
    buffer.endArray()
    buffer.endObject()
  }
}
