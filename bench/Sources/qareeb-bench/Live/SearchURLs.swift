import BenchKit
import MarketWorkload

/// The queries of the workload as the API is asked them.
struct SearchURLs {
  static let path = "/api/v1/search/providers"
  static let classes: [QueryClass] = [.a, .b, .c, .d]

  /// Query strings, each with its question mark; of all classes by turns, or of one.
  let queries: [String]

  init(_ market: LiveMarket, perClass: Int, only queryClass: QueryClass? = nil) {
    let classes = queryClass.map { [$0] } ?? SearchURLs.classes
    queries = (0..<perClass).flatMap { index in classes.map { SearchURLs.text(market.market.query($0, index)) } }
  }

  private static func text(_ query: GeneratedQuery) -> String {
    var members = [
      "lat=\(query.latitude)", "lon=\(query.longitude)", "radius_m=\(query.radiusMetres)", "limit=\(GeneratedQuery.limit)",
    ]
    if let text = query.text {
      members.append("q=\(encoded(text))")
      if query.endsInPrefix { members.append("prefix=true") }
    }
    members += query.categories.map { "category=\(Market.categories[$0])" }
    // Thousandths of a dinar are its minor units.
    if let price = query.priceMaximum { members.append("price_max=\(price)") }
    if let rating = query.ratingMinimumTenths { members.append("rating_min=\(rating / 10).\(rating % 10)") }
    return "?" + members.joined(separator: "&")
  }

  /// RFC 3986: everything but letters and digits as its bytes.
  private static func encoded(_ text: String) -> String {
    text.utf8.map { byte -> String in
      let isPlain = byte < 0x80 && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }.joined()
  }

  /// A script for wrk that asks them one after another, each thread from another place on; requests are made beforehand.
  func script(path: String) -> String {
    """
    local queries = {
    \(queries.map { "\"\($0)\"," }.joined(separator: "\n"))
    }
    local threads, requests, at = 0, {}, 0
    function setup(thread)
      thread:set("number", threads)
      threads = threads + 1
    end
    function init()
      for i, query in ipairs(queries) do requests[i] = wrk.format("GET", "\(path)" .. query) end
      at = number * 997 % #requests
    end
    function request()
      at = at % #requests + 1
      return requests[at]
    end

    """
  }
}
