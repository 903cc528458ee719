import JSON
import TestSupport
import Testing

/// Two providers that one writer alone changes, always both in one transaction: whoever sees them sees two of one version, or, where
/// the version is one of those that are not active, neither.
struct OwnedPair {
  let number: Int
  private(set) var version = 1

  init(_ number: Int) { self.number = number }

  static func tag(_ number: Int) -> String { "owned-\(number)" }

  private static func id(_ number: Int, _ twin: Int) -> String { "md5('pair \(number) \(twin)')::uuid" }

  private static func isActive(_ version: Int) -> Bool { version % 5 != 0 }

  static func creation(_ number: Int) -> String {
    (0..<2).map { twin in
      """
      INSERT INTO catalogue.provider
        (id, market_id, category_id, area_id, name_en, name_ar, location, tags, rating_count, rating_sum)
      VALUES (\(id(number, twin)), 'amman', 'spa', 'area-1', 'Pair \(number) v1', 'توأم', ST_MakePoint(35.9, 31.9),
        '{owned,\(tag(number))}', 1, 4);
      INSERT INTO catalogue.service (provider_id, name_en, name_ar, price_minor, currency, duration_min)
      VALUES (\(id(number, twin)), 'Twin cut', 'قص', 1, 'JOD', 30);
      """
    }.joined()
  }

  /// What makes the next version.
  func next() -> [String] {
    let (next, ids) = (version + 1, (0..<2).map { Self.id(number, $0) }.joined(separator: ", "))
    return [
      """
      UPDATE catalogue.provider SET name_en = 'Pair \(number) v\(next)', rating_count = \(next), rating_sum = \(next * 4),
        location = ST_MakePoint(35.9, 31.85 + \(next % 100) * 0.001), is_active = \(Self.isActive(next)) WHERE id IN (\(ids))
      """,
      "UPDATE catalogue.service SET price_minor = \(next) WHERE provider_id IN (\(ids))",
    ]
  }

  /// The version that is committed, where nobody knows whether the last one was.
  var committedVersion: String { "SELECT rating_count::bigint FROM catalogue.provider WHERE id = \(Self.id(number, 0))" }
  mutating func become(_ version: Int) { self.version = version }

  // MARK: Seeing them

  static func search(_ number: Int) -> String {
    "\(ChaosReader.market)&tag=\(tag(number))&fields=name,rating_count,price,tags,services&lang=en"
  }

  /// The version that an answer shows, nil for none; throws when it shows what never was.
  static func versionShown(in answer: RawAnswer, _ number: Int) throws -> Int? {
    #expect(answer.status == 200, "\(answer.text)")
    let hits = Array(try #require(try answer.json()["data"]?["providers"]?.array, "\(answer.text)"))
    guard let first = hits.first else { return nil }
    let version = try #require(first["rating_count"]?.int)
    try #require(hits.count == 2 && isActive(version), "half of a transaction: \(answer.text)")
    for hit in hits {
      // The market's currency may be another at the moment; then prices are on request.
      let prices = [hit["price"]?["from_minor"]?.int, hit["price"]?["to_minor"]?.int] + hit.servicePrices
      let isWhole = hit["name"]?.string == "Pair \(number) v\(version)" && hit["rating_count"]?.int == version
      try #require(isWhole && prices.allSatisfy { $0 == nil || $0 == version }, "parts of several transactions: \(answer.text)")
    }
    return version
  }

  /// One reads what one wrote: exactly this version, for nobody else writes it.
  func requireShown(in answer: RawAnswer) throws {
    let shown = try Self.versionShown(in: answer, number)
    try #require(shown == (Self.isActive(version) ? version : nil), "version \(version) was committed: \(answer.text)")
  }
}

extension JSONValue {
  fileprivate var servicePrices: [Int?] { self["services"]?.array.map { $0.map { $0["price_minor"]?.int } } ?? [] }
}
