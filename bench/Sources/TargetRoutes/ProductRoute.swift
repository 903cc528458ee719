import Bytes
import HTTPServer
import JSON
import PostgresClient

/// One row by its primary key: what the cheapest request that needs the database costs.
public enum ProductRoute {
  public static let productCount = 10_000
  public static let sql = "SELECT name, duration_minutes, price_mills FROM product WHERE id = $1"

  /// Statements that make what the route reads.
  public static let schema = [
    "DROP TABLE IF EXISTS product",
    """
    CREATE TABLE product (id int PRIMARY KEY, name text NOT NULL, duration_minutes int NOT NULL, price_mills bigint NOT NULL)
    """,
    """
    INSERT INTO product
    SELECT id, 'Cut and beard number ' || id, 15 + id % 12 * 5, 3000 + id % 40 * 250 FROM generate_series(1, \(productCount)) AS id
    """,
    "VACUUM (ANALYZE, FREEZE) product",
  ]

  enum Manner {
    /// As a feature reads: reads of one turn of the loop share a connection and its messages.
    case sharing
    /// Each with a connection to itself while it runs.
    case alone
  }

  private static let sharing = PreparedQuery(reading: sql)
  private static let alone = PreparedQuery(sql)

  static func handler(_ manner: Manner, _ database: Database) -> HTTPHandler {
    let query = manner == .sharing ? sharing : alone
    return .asynchronous { request, response in
      response.addHeader("Content-Type", "application/json")
      do {
        let row = try await database.query(query, number(in: request)).only()
        let (name, minutes, price) = try row.decode(String.self, Int32.self, Int64.self)
        response.body.beginObject()
        response.body.member("name", name)
        response.body.member("minutes", minutes)
        response.body.member("price", fixed: Int(price), places: 3)
        response.body.endObject()
      } catch {
        // Any such answer ends the benchmark.
        response.status = .serviceUnavailable
        response.body.append("\(error)" as String)
      }
    }
  }

  private static func number(in request: HTTPRequest) -> Int32 {
    request.withPathBytes { path in
      let digits = path.drop { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      return digits.prefix(9).reduce(0) { $0 * 10 + Int32($1) - Int32(UInt8(ascii: "0")) }
    }
  }
}
