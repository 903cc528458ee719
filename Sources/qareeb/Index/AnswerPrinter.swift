import Bytes
import IndexFormats
import JSON
import ProviderIndex
import Ranking
import Terminal

/// Prints answers: lines of JSON, or tables for a person.
struct AnswerPrinter: ~Copyable {
  /// Lines are written many at a time: a call for each would cost more than most searches.
  private static let flushBytes = 64 << 10

  private let isJSON: Bool
  private let currency: Currency
  private let console: Console
  private var lines = ByteBuffer()
  private var count = 0

  init(asJSON: Bool, currency: Currency, console: Console) {
    isJSON = asJSON
    self.currency = currency
    self.console = console
  }

  mutating func print(_ answer: QueryRun.Answer) {
    count += 1
    if isJSON {
      ResultLine.write(
        to: &lines, id: answer.line.id, answer.searcher, facets: facets(of: answer), tookNanoseconds: answer.tookNanoseconds,
        cursor: answer.cursor)
    } else {
      lines.append(text(of: answer))
    }
    if lines.count >= Self.flushBytes { flush() }
  }

  mutating func finish(_ summary: QueryRun.Summary) {
    if isJSON {
      writeJSON(summary)
    } else {
      lines.append(text(of: summary))
    }
    flush()
  }

  private mutating func flush() {
    console.print(String(lines))
    lines.removeAll()
  }

  private func facets(of answer: QueryRun.Answer) -> FacetCounts? {
    FacetCounts(answer.searcher.facets, of: answer.line.query, in: currency)
  }

  /// One line a facet: `category: salon 7, barber 2`.
  private func facetLines(of answer: QueryRun.Answer) -> String {
    (facets(of: answer)?.facets ?? []).map { facet in
      let counts = facet.counts.filter { $0.count > 0 }.map { "\(withoutControls($0.value)) \($0.count)" }
      return "\(facet.name): \(counts.isEmpty ? "none" : counts.joined(separator: ", "))\n"
    }.joined()
  }

  private func text(of answer: QueryRun.Answer) -> String {
    let searcher = answer.searcher
    let name = answer.line.id.map { "Query \(withoutControls($0))" } ?? "Query \(count)"
    // Only where the profile had to go further than it begins.
    let level = searcher.level.flatMap { $0 > answer.line.query.rules.matching.first ? " (words by \($0))" : nil } ?? ""
    let title = "\(name): \(searcher.total) found\(level) in \(microseconds(answer.tookNanoseconds))\n"
    guard searcher.count > 0 else { return title + facetLines(of: answer) + "\n" }
    var table = Table([
      .init("RANK", .right), .init("PROVIDER", style: .cyan), .init("SCORE", .right), .init("METRES", .right),
    ])
    for rank in 0..<searcher.count {
      let hit = searcher.hit(rank)
      table.add(["\(rank + 1)", hit.id, fixed(hit.score, places: 4), fixed(hit.distanceMetres, places: 1)])
    }
    let rows = table.lines(columns: console.columns(of: .output), traits: console.traits(of: .output))
    return title + rows.joined(separator: "\n") + "\n" + facetLines(of: answer) + "\n"
  }

  private func text(of summary: QueryRun.Summary) -> String {
    guard let median = summary.median, let percentile99 = summary.percentile99 else { return "No queries.\n" }
    let rate = summary.searchesPerSecond.map { ", \(fixed($0, places: 0)) queries/s on one thread" } ?? ""
    return
      "\(summary.queries) queries, \(summary.searches) searches: p50 \(microseconds(median)), p99 \(microseconds(percentile99))\(rate)\n"
  }

  private mutating func writeJSON(_ summary: QueryRun.Summary) {
    lines.beginObject()
    lines.member("queries", summary.queries)
    lines.member("searches", summary.searches)
    lines.key("p50_us")
    Self.appendMicroseconds(summary.median, to: &lines)
    lines.key("p99_us")
    Self.appendMicroseconds(summary.percentile99, to: &lines)
    lines.member("qps", summary.searchesPerSecond)
    lines.endObject()
    lines.append(byte: UInt8(ascii: "\n"))
  }

  private static func appendMicroseconds(_ nanoseconds: UInt64?, to buffer: inout ByteBuffer) {
    guard let nanoseconds else { return buffer.append("null" as StaticString) }
    buffer.appendJSON(fixed: Int(clamping: nanoseconds), places: 3)
  }
}

private func microseconds(_ nanoseconds: UInt64) -> String { "\(fixed(Double(nanoseconds) / 1000, places: 1)) µs" }

/// A number with so many digits after the point, none left out.
private func fixed(_ number: Double, places: Int) -> String {
  let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
  var buffer = ByteBuffer()
  buffer.appendJSON(fixed: Int((number * scale).rounded()), places: places)
  return String(buffer)
}
