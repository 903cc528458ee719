import Geometry
import IndexFormats
import JSON
import ProviderIndex
import Ranking
import Testing
import TextIndex

@Suite struct ProviderLineTests {
  @Test func everyMemberIsRead() throws {
    let record = try Lines.record(Lines.provider)
    #expect(record.id == "p-1")
    #expect(record.category == "salon")
    #expect(record.place == (try GeoPoint(latitude: 31.95, longitude: 35.91)))
    #expect(
      record.texts == [
        .init(.name, "Rose Salon"), .init(.name, "صالون الوردة"), .init(.category, "salon"), .init(.service, "Haircut"),
        .init(.service, "قص شعر"), .init(.service, "Colour"),
      ])
    #expect(record.services == [.init(price: 8000, durationMinutes: 40), .init(price: nil, durationMinutes: 90)])
    #expect(record.rating == 4.6)
    #expect(record.ratingCount == 120)
    #expect(record.verified)
    #expect(record.tier == .gold)
    #expect(record.tags == ["parking", "wifi"])
    #expect(record.availability == 0.4)
    #expect(record.serviceAreas.map(\.radiusMetres) == [5000])
    #expect(record.serviceAreas.first?.centre == (try GeoPoint(latitude: 31.9, longitude: 35.9)))
  }

  @Test func onlyIdAndPlaceMustBeThere() throws {
    let record = try Lines.record("{\"id\":\"p\",\"lat\":-90,\"lon\":180,\"rating\":null,\"name\":null}")
    #expect(record.texts.isEmpty && record.services.isEmpty && record.tags.isEmpty && record.serviceAreas.isEmpty)
    #expect(record.category == "" && record.rating == 0 && record.ratingCount == 0 && !record.verified)
    #expect(record.tier == Tier.none && record.availability == 0)
  }

  @Test func unknownMembersAreIgnored() throws {
    let record = try Lines.record(
      "{\"id\":\"p\",\"lat\":1,\"lon\":2,\"colour\":[{\"a\":null}],\"name\":{\"fr\":7},\"services\":[{\"code\":true}]}")
    #expect(record.texts.isEmpty && record.services == [.init(price: nil, durationMinutes: 0)])
  }

  @Test(arguments: [
    ("\"id\":\"x\"", "id: is given twice"),
    ("\"name\":\"Rose\"", "name: \"Rose\": must be an object"),
    ("\"name\":{\"en\":1}", "name.en: 1: must be a string"),
    ("\"category\":\"\"", "category: \"\": must have 1 to 128 bytes"),
    ("\"category\":[]", "category: an array: must be a string"),
    ("\"services\":{}", "services: an object: must be an array"),
    ("\"services\":[7]", "services[0]: 7: must be an object"),
    ("\"services\":[{},{\"price\":8.0}]", "services[1].price: 8.0: must be a decimal number in a string, such as \"8.000\""),
    ("\"services\":[{\"price\":\"8.0005\"}]", "services[0].price: \"8.0005\": JOD has at most 3 digits after the point"),
    ("\"services\":[{\"price\":\"-1\"}]", "services[0].price: \"-1\": must be a decimal number such as \"8.000\""),
    ("\"services\":[{\"price\":\"99999999999999\"}]", "services[0].price: \"99999999999999\": is more than any price"),
    (
      "\"services\":[{\"price\":\"1\",\"currency\":\"JDO\"}]",
      "services[0].currency: \"JDO\": must be the code of a currency in use, such as JOD, SAR or USD (ISO 4217)"
    ),
    (
      "\"services\":[{\"price\":\"1\"},{\"price\":\"1\",\"currency\":\"SAR\"}]",
      "services[1].currency: SAR: all prices of one index are in one currency, here JOD"
    ),
    ("\"services\":[{\"duration_min\":70000}]", "services[0].duration_min: 70000: must be a whole number from 0 to 65535"),
    ("\"services\":[{\"duration_min\":1.5}]", "services[0].duration_min: 1.5: must be a whole number from 0 to 65535"),
    ("\"rating\":5.1", "rating: 5.1: must be a number from 0 to 5"),
    ("\"rating\":-0.1", "rating: -0.1: must be a number from 0 to 5"),
    ("\"rating\":1e400", "rating: 1e400: must be a number from 0 to 5"),
    ("\"rating_count\":-1", "rating_count: -1: must be a whole number from 0 to 4294967295"),
    ("\"verified\":\"yes\"", "verified: \"yes\": must be true or false"),
    ("\"tier\":\"golf\"", "tier: \"golf\": must be one of none, silver, gold, diamond; did you mean gold?"),
    ("\"tags\":[\"a\",\"\"]", "tags[1]: \"\": must have 1 to 128 bytes"),
    ("\"tags\":\"a\"", "tags: \"a\": must be an array"),
    ("\"availability\":1.01", "availability: 1.01: must be a number from 0 to 1"),
    ("\"service_areas\":[{\"lat\":1,\"lon\":2}]", "service_areas[0].radius_m: is missing"),
    (
      "\"service_areas\":[{\"lat\":1,\"lon\":2,\"radius_m\":0}]",
      "service_areas[0].radius_m: 0: must be a number of metres above 0, at most 20015115"
    ),
    ("\"service_areas\":[{\"lat\":-91,\"lon\":2}]", "service_areas[0].lat: -91: must be a number from -90 to 90"),
  ])
  func whatIsWrongIsSaid(_ members: String, _ problem: String) {
    #expect(Lines.providerProblem(members) == problem)
  }

  @Test(arguments: [
    ("{\"lat\":1,\"lon\":2}", "id: is missing"),
    ("{\"id\":\"\",\"lat\":1,\"lon\":2}", "id: \"\": must have 1 to 128 bytes"),
    ("{\"id\":7,\"lat\":1,\"lon\":2}", "id: 7: must be a string"),
    ("{\"id\":\"p\",\"lon\":2}", "lat: is missing"),
    ("{\"id\":\"p\",\"lat\":1,\"lon\":null}", "lon: is missing"),
    ("{\"id\":\"p\",\"lat\":\"1\",\"lon\":2}", "lat: \"1\": must be a number from -90 to 90"),
    ("{\"id\":\"p\",\"lat\":90.0001,\"lon\":2}", "lat: 90.0001: must be a number from -90 to 90"),
    ("{\"id\":\"p\",\"lat\":1,\"lon\":-180.5}", "lon: -180.5: must be a number from -180 to 180"),
    ("[1]", "an array: must be an object"),
    ("null", "null: must be an object"),
  ])
  func aPlaceAndAnIdAreNeeded(_ line: String, _ problem: String) {
    #expect(Lines.problem { _ = try Lines.record(line) } == problem)
  }

  @Test func neighbourhoodsAndCategoriesAreFoundByTheirNames() throws {
    let line =
      #"{"id":"p","lat":1,"lon":2,"area":{"en":"Abdoun","ar":"عبدون"},"category_name":{"en":"Barber","ar":"حلاق"},"category":"barber"}"#
    #expect(
      try Lines.record(line).texts == [
        .init(.area, "Abdoun"), .init(.area, "عبدون"), .init(.category, "Barber"), .init(.category, "حلاق"),
        .init(.category, "barber"),
      ])
    #expect(try Lines.record(#"{"id":"p","lat":1,"lon":2,"area":"Abdoun"}"#).texts == [.init(.area, "Abdoun")])
    #expect(Lines.providerProblem(#""area":7"#) == "area: 7: must be an object")
  }

  @Test func tooManyAreRefused() {
    #expect(
      Lines.providerProblem("\"services\":[\(Array(repeating: "{}", count: 1001).joined(separator: ","))]")
        == "services: must be at most 1000")
    #expect(
      Lines.providerProblem("\"tags\":[\(Array(repeating: "\"a\"", count: 101).joined(separator: ","))]")
        == "tags: must be at most 100")
  }

  @Test func messagesShowLittleAndNoControls() throws {
    let long = String(repeating: "ب", count: 100_000)
    let problem = try #require(Lines.providerProblem("\"tier\":\"\(long)\""))
    #expect(problem.count < 200 && problem.contains("…\""))
    #expect(Lines.providerProblem("\"tier\":\"\\u001b[2J\\u202e\"")?.hasPrefix("tier: \"\\u{1B}[2J\\u{202E}\"") == true)
    #expect(Lines.providerProblem("\"\\n\\u0007\":1,\"\\n\\u0007\":2") == "\"\\n\\u{07}\": is given twice")
  }

  @Test func theFirstPriceDecidesTheCurrency() throws {
    var lines = ProviderLines()
    func read(_ services: String) throws -> ProviderRecord {
      try lines.record(try JSONDocument("{\"id\":\"p\",\"lat\":1,\"lon\":2,\"services\":[\(services)]}").root)
    }
    _ = try read("{\"currency\":\"USD\"}")
    #expect(lines.currency == nil)
    // A line that is refused decides nothing.
    #expect(Lines.problem { _ = try read("{\"price\":\"1\",\"currency\":\"USD\"},{\"price\":\"\"}") } != nil)
    #expect(lines.currency == nil)
    #expect(try read("{\"price\":\"20.5\",\"currency\":\"SAR\"}").services.map(\.price) == [2050])
    #expect(lines.currency?.code == "SAR")
    #expect(try read("{\"price\":\"20.5\"}").services.map(\.price) == [2050])
    #expect(Lines.problem { _ = try read("{\"price\":\"1\",\"currency\":\"JOD\"}") } != nil)
    #expect(
      try Lines.record("{\"id\":\"p\",\"lat\":1,\"lon\":2,\"services\":[{\"price\":\"700\"}]}", currency: Currency(code: "JPY"))
        .services.map(\.price) == [700])
  }
}
