import Geometry
import IndexFormats
import ProviderIndex
import Ranking
import Testing
import TextIndex

@Suite struct QueryLineTests {
  @Test func everyMemberIsRead() throws {
    let line = try Lines.query(Lines.query)
    let query = line.query
    #expect(line.id == "q-1")
    #expect(query.circle.centre == (try GeoPoint(latitude: 31.95, longitude: 35.91)))
    #expect(query.circle.radiusMetres == 10_000)
    #expect(Lines.words(query.words) == ["rose", "hair"])
    #expect(query.lastWordIsPrefix && query.allowsTypos == true)
    #expect(query.categories == ["salon", "spa"])
    #expect(query.tags == ["parking"])
    #expect(query.tiers == [.gold, .diamond])
    #expect(query.lowestPrice == 5000)
    #expect(query.highestPrice == 50_500)
    #expect(query.lowestRating == 4)
    #expect(query.verifiedOnly && query.servesCentre)
    #expect(query.ids == ["p-1"])
    #expect(query.rules == RankingProfile.default.rules)
    #expect(query.order == .rating)
    #expect(query.limit == 7)
    #expect(query.facets == [.category, .price])
    #expect(query.after == ProviderQuery.Cursor(key: 0.83, id: "p-0") || query.after?.id == "p-0")
    #expect(query.total == .exact)
  }

  @Test func onlyTheCircleMustBeThere() throws {
    let line = try Lines.query("{\"lat\":1,\"lon\":2,\"radius_m\":3,\"verified\":false,\"category\":null,\"other\":{}}")
    let query = line.query
    #expect(line.id == nil)
    #expect(query.words.isEmpty && !query.lastWordIsPrefix && query.allowsTypos == nil)
    #expect(query.categories.isEmpty && query.tags.isEmpty && query.tiers.isEmpty && query.ids == nil)
    #expect(query.lowestPrice == nil && query.highestPrice == nil && query.lowestRating == nil)
    #expect(!query.verifiedOnly && !query.servesCentre)
    #expect(query.order == .relevance && query.limit == 20 && query.facets.isEmpty && query.after == nil)
  }

  @Test func aListOfOneNeedsNoBrackets() throws {
    let query = try Lines.query(
      """
      {"lat":1,"lon":2,"radius_m":3,"category":"salon","tag":"a","tags":["b"],"tier":"gold","provider_ids":"p","facets":"tier"}
      """
    ).query
    #expect(query.categories == ["salon"] && query.tags == ["a", "b"] && query.tiers == [.gold] && query.ids == ["p"])
    #expect(query.facets == .tier)
  }

  @Test func pricesAreInTheIndexsCurrency() throws {
    let riyal = try Currency(code: "SAR")
    #expect(
      try Lines.query("{\"lat\":1,\"lon\":2,\"radius_m\":3,\"price_max\":\"50.5\"}", currency: riyal).query.highestPrice == 5050)
    #expect(
      Lines.queryProblem("\"price_max\":\"50.505\"", currency: riyal)
        == "price_max: \"50.505\": SAR has at most 2 digits after the point")
  }

  @Test(arguments: [
    ("\"radius_m\":3", "radius_m: is given twice"),
    ("\"id\":7", "id: 7: must be a string"),
    ("\"q\":7", "q: 7: must be a string"),
    ("\"q\":\"a b c d e f g h i j k l m n o p q\"", "q: 17 words: must be at most 16"),
    ("\"prefix\":1", "prefix: 1: must be true or false"),
    ("\"typos\":\"\"", "typos: \"\": must be true or false"),
    ("\"category\":[\"\"]", "category[0]: \"\": must have 1 to 128 bytes"),
    ("\"category\":{}", "category: an object: must be a string"),
    ("\"tag\":[1]", "tag[0]: 1: must be a string"),
    (
      "\"tier\":[\"silver\",\"dimond\"]", "tier[1]: \"dimond\": must be one of none, silver, gold, diamond; did you mean diamond?"
    ),
    ("\"price_min\":5", "price_min: 5: must be a decimal number in a string, such as \"8.000\""),
    ("\"price_max\":\"5.0000\"", "price_max: \"5.0000\": JOD has at most 3 digits after the point"),
    ("\"price_min\":\"5.001\",\"price_max\":\"5\"", "price_min: \"5.001\": must not be above price_max, \"5\""),
    ("\"rating_min\":6", "rating_min: 6: must be a number from 0 to 5"),
    ("\"verified\":\"true\"", "verified: \"true\": must be true or false"),
    ("\"serves_me\":0", "serves_me: 0: must be true or false"),
    ("\"provider_ids\":[null]", "provider_ids[0]: null: must be a string"),
    ("\"profile\":\"defualt\"", "profile: \"defualt\": must be one of default; did you mean default?"),
    ("\"sort\":\"soonest\"", "sort: \"soonest\": must be one of relevance, distance, rating, price"),
    ("\"sort\":\"ratings\"", "sort: \"ratings\": must be one of relevance, distance, rating, price; did you mean rating?"),
    ("\"limit\":-1", "limit: -1: must be a whole number from 0 to 10000"),
    ("\"limit\":10001", "limit: 10001: must be a whole number from 0 to 10000"),
    ("\"limit\":1e30", "limit: 1e30: must be a whole number from 0 to 10000"),
    ("\"facets\":[\"tiers\"]", "facets[0]: \"tiers\": must be one of category, price, rating, tier; did you mean tier?"),
    ("\"cursor\":\"x\"", "cursor: \"x\": not one that a search has given"),
    ("\"cursor\":\"7ff8000000000000:a\"", "cursor: \"7ff8000000000000:a\": not one that a search has given"),
    ("\"cursor\":\"+fea8f5c28f5c290:a\"", "cursor: \"+fea8f5c28f5c290:a\": not one that a search has given"),
  ])
  func whatIsWrongIsSaid(_ members: String, _ problem: String) {
    #expect(Lines.queryProblem(members) == problem)
  }

  @Test(arguments: [
    ("{\"lon\":2,\"radius_m\":3}", "lat: is missing"),
    ("{\"lat\":1,\"radius_m\":3}", "lon: is missing"),
    ("{\"lat\":1,\"lon\":2}", "radius_m: is missing"),
    ("{\"lat\":1,\"lon\":2,\"radius_m\":0}", "radius_m: 0: must be a number of metres above 0, at most 20015115"),
    ("{\"lat\":1,\"lon\":2,\"radius_m\":-5}", "radius_m: -5: must be a number of metres above 0, at most 20015115"),
    ("{\"lat\":1,\"lon\":2,\"radius_m\":3e7}", "radius_m: 3e7: must be a number of metres above 0, at most 20015115"),
    ("{\"lat\":1,\"lon\":2,\"radius_m\":1e999}", "radius_m: 1e999: must be a number of metres above 0, at most 20015115"),
    ("{\"lat\":-91,\"lon\":2,\"radius_m\":3}", "lat: -91: must be a number from -90 to 90"),
    ("{\"lat\":1,\"lon\":181,\"radius_m\":3}", "lon: 181: must be a number from -180 to 180"),
    ("7", "7: must be an object"),
  ])
  func aCircleIsNeeded(_ line: String, _ problem: String) {
    #expect(Lines.problem { _ = try Lines.query(line) } == problem)
  }

  @Test func tenKilobytesOfWordsAreRefused() {
    #expect(Lines.queryProblem("\"q\":\"\(String(repeating: "x", count: 10_240))\"") == "q: 10240 bytes: must be at most 2048")
  }

  @Test func tooManyValuesAreRefused() {
    let values = Array(repeating: "\"a\"", count: 1001).joined(separator: ",")
    #expect(Lines.queryProblem("\"provider_ids\":[\(values)]") == "provider_ids: 1001 values: must be at most 1000")
    #expect(Lines.queryProblem("\"category\":[\(values)]") == "category: 1001 values: must be at most 1000")
  }
}
