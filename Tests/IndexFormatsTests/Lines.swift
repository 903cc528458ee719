import Bytes
import IndexFormats
import JSON
import ProviderIndex
import Ranking
import TextIndex

/// Shorthand for reading one line of each kind.
enum Lines {
  static let provider = """
    {"id":"p-1","name":{"en":"Rose Salon","ar":"صالون الوردة"},"category":"salon","services":[{"name":{"en":"Haircut","ar":"قص شعر"},\
    "price":"8.000","currency":"JOD","duration_min":40},{"name":{"en":"Colour"},"duration_min":90}],"lat":31.95,"lon":35.91,\
    "rating":4.6,"rating_count":120,"verified":true,"tier":"gold","tags":["parking","wifi"],"availability":0.4,\
    "service_areas":[{"lat":31.9,"lon":35.9,"radius_m":5000}]}
    """
  static let query = """
    {"id":"q-1","lat":31.95,"lon":35.91,"radius_m":10000,"q":"Rose hair","prefix":true,"typos":true,"category":["salon","spa"],\
    "tag":["parking"],"tier":["gold","diamond"],"price_min":"5.000","price_max":"50.5","rating_min":4,"verified":true,"serves_me":true,\
    "provider_ids":["p-1"],"profile":"default","sort":"rating","limit":7,"facets":["category","price"],"cursor":"3fea8f5c28f5c290:p-0"}
    """

  static func record(_ line: String, currency: Currency? = nil) throws -> ProviderRecord {
    var lines = ProviderLines(currency: currency)
    return try lines.record(try JSONDocument(line).root)
  }

  static func query(
    _ line: String, profiles: RankingProfiles = RankingProfiles(), currency: Currency = .jordanianDinar,
    analyzer: some TextAnalyzer = CaseFoldingSplitter()
  ) throws -> QueryLine {
    try QueryLines(profiles: profiles, currency: currency, analyzer: analyzer).query(try JSONDocument(line).root)
  }

  /// What is said about a provider that is right but for `member`, which replaces one of the same name.
  static func providerProblem(_ members: String) -> String? {
    problem { _ = try record("{\"id\":\"p\",\"lat\":1,\"lon\":2,\(members)}") }
  }

  static func queryProblem(_ members: String, currency: Currency = .jordanianDinar) -> String? {
    problem { _ = try query("{\"lat\":1,\"lon\":2,\"radius_m\":3,\(members)}", currency: currency) }
  }

  static func problem(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch {
      return "\(error)"
    }
  }

  static func words(_ tokens: TokenBuffer) -> [String] {
    tokens.alternatives.indices.map { String(decoding: tokens.key(of: $0).dropFirst(), as: UTF8.self) }
  }
}
