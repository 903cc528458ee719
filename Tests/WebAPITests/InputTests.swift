import Bytes
import JSON
import Testing

@testable import WebAPI

/// Headers of a request that was never sent.
final class ListedHeaders: HeaderSource {
  var values: [String: String] = [:]
  func header(_ name: StaticString) -> String? { values["\(name)"] }
}

func readInput<Input: RouteInput>(
  _ input: Input.Type, query: String = "", path: [String] = [], names: [String] = [], body: String? = nil,
  headers: [String: String] = [:]
) throws(APIError) -> Input {
  try readInput(
    input, query: Array(query.utf8), path: path, names: names, body: body.map { Array($0.utf8) }, headers: headers)
}

func readInput<Input: RouteInput>(
  _ input: Input.Type, query: [UInt8], path: [String] = [], names: [String] = [], body: [UInt8]? = nil,
  headers: [String: String] = [:]
) throws(APIError) -> Input {
  let source = ParameterSource()
  let listed = ListedHeaders()
  listed.values = headers
  source.headers = listed
  source.loadQuery(query.span.bytes)
  let whole = path.joined(separator: "/")
  var captures: [Range<Int>] = []
  for part in path {
    let start = captures.last.map { $0.upperBound + 1 } ?? 0
    captures.append(start..<start + part.utf8.count)
  }
  source.loadPath(whole.utf8Span.span.bytes, captures: captures, names: names)
  if let body { body.withUnsafeBytes { source.loadBody($0, limit: 1 << 20) } }
  return try source.read(input, description: InputDescription.of(input))
}

func problems<Input: RouteInput>(_ input: Input.Type, query: String = "", body: String? = nil) -> [String] {
  do {
    _ = try readInput(input, query: query, body: body)
    return []
  } catch {
    return error.problems.list.map { "\($0.field) \($0.code.rawValue)" + ($0.given.map { " [\($0)]" } ?? "") }
  }
}

@Suite struct QueryTests {
  @Test func readsEverythingDeclared() throws {
    let input = try readInput(
      ListShops.self, query: "limit=5&latitude=31.95&sort=rating&open=true&q=%D9%82%D8%B1%D9%8A%D8%A8+1%2B1&category=a&category=b"
    )
    #expect(input.limit == 5)
    #expect(input.latitude == 31.95)
    #expect(input.sort == .rating)
    #expect(input.isOpen == true)
    #expect(input.text == "قريب 1+1")
    #expect(input.categories == ["a", "b"])
  }

  @Test func usesDefaults() throws {
    let input = try readInput(ListShops.self)
    #expect(input.limit == 20)
    #expect(input.sort == .distance)
    #expect(input.latitude == nil)
    #expect(input.categories == [])
    #expect(try readInput(ListShops.self, query: "&&limit=7&").limit == 7)
  }

  @Test func gathersAllProblems() {
    #expect(
      problems(ListShops.self, query: "limit=0&latitude=x&sort=fast&open=1&lmit=3&q=&category=a&category=b&category=c&category=d")
        == [
          "limit out_of_range [0]", "latitude malformed [x]", "sort not_allowed [fast]", "open malformed [1]", "q too_short []",
          "category too_long", "lmit unknown",
        ])
  }

  @Test func refusesRepetitionsAndStrangers() {
    #expect(problems(ListShops.self, query: "limit=1&limit=2") == ["limit repeated"])
    #expect(problems(ListShops.self, query: "limit=1&lim%69t=2") == ["limit repeated"])
    #expect(problems(ListShops.self, query: "radius=2") == ["radius unknown"])
    #expect(problems(ListShops.self, query: "limit") == ["limit malformed []"])
    #expect(problems(ListShops.self, query: "=1") == [" unknown"])
    let error = #expect(throws: APIError.self) { try readInput(ListShops.self, query: "lmit=2") }
    #expect(error?.problems.list.first?.message(in: .en) == "is not known; did you mean “limit”?")
    #expect(error?.problems.list.first?.message(in: .ar) == "غير معروف؛ هل تقصد «limit»؟")
  }

  @Test func checksRulesOverSeveralParameters() throws {
    #expect(problems(ListShops.self, query: "opens=9&closes=8") == ["closes not_allowed"])
    #expect(problems(ListShops.self, query: "opens=9&closes=x") == ["closes malformed [x]"])
    _ = try readInput(ListShops.self, query: "opens=9&closes=17")
  }

  @Test(arguments: ["q=%", "q=%4", "q=%zz", "q=%80", "q=%C0%80", "q=%ED%A0%80", "%FF=1", "q=a&q%=1"])
  func refusesBadEncodings(_ query: String) {
    let error = #expect(throws: APIError.self) { try readInput(ListShops.self, query: query) }
    #expect(error?.code == .badRequest)
  }

  @Test func limitsWhatItReads() {
    let many = (0...WebAPILimits.queryParameters).map { "a\($0)=1" }.joined(separator: "&")
    #expect(#expect(throws: APIError.self) { try readInput(ListShops.self, query: many) }?.code == .badRequest)
    let long = "q=" + String(repeating: "a", count: WebAPILimits.queryBytes)
    #expect(#expect(throws: APIError.self) { try readInput(ListShops.self, query: long) }?.code == .badRequest)
    let given = problems(ListShops.self, query: "limit=" + String(repeating: "9", count: 2000)).first ?? ""
    #expect(given.count < 100 && given.hasSuffix("…]"))
  }

  @Test func readsPathParts() throws {
    let id = sampleID.description
    #expect(try readInput(GetShop.self, path: [id], names: ["id"]).id == sampleID)
    #expect(try readInput(GetShop.self, path: [id.replacing("-", with: "%2d")], names: ["id"]).id == sampleID)
    for bad in ["x", "%zz", "%ff", ".."] {
      let error = #expect(throws: APIError.self) { try readInput(GetShop.self, path: [bad], names: ["id"]) }
      #expect(error?.problems.list.first?.place == .path)
    }
  }

  @Test func readsHeaders() throws {
    struct Input: RouteInput {
      let key: String?
      init(_ p: inout ParameterReader) { key = p.header("x-device", optional: .token(2...8)) }
    }
    #expect(try readInput(Input.self, headers: ["x-device": "abc"]).key == "abc")
    #expect(try readInput(Input.self).key == nil)
    let error = #expect(throws: APIError.self) { try readInput(Input.self, headers: ["x-device": "a b"]) }
    #expect(error?.problems.list.first?.field == "X-Device")
  }

  @Test func describesWhatItReads() {
    let description = InputDescription.of(ListShops.self)
    #expect(description.queryNames == ["limit", "latitude", "sort", "open", "q", "category", "opens", "closes"])
    #expect(description.parameters[0].schema.defaultValue == "20")
    #expect(description.parameters[0].about == "How many at most.")
    #expect(description.parameters[5].isRepeatable)
    #expect(!description.parameters[5].isRequired)
    #expect(description.body == nil)
  }
}

@Suite struct BodyTests {
  static let good = #"{"name":"A","password":"12345678","services":[{"name":"cut","price":8.000}]}"#

  @Test func readsBodies() throws {
    let body = try readInput(
      CreateShop.self,
      body:
        #"{"name":"صالون","password":"12345678","services":[{"name":"cut","price":8.5,"minutes":45},{"name":"b","price":1}],"nickname":null,"opens":"2026-11-21"}"#
    ).body
    #expect(body.name == "صالون")
    #expect(body.services.map(\.price) == [8500, 1000])
    #expect(body.services.map(\.minutes) == [45, 30])
    #expect(body.nickname == .some(.none))
    #expect(body.opens == CalendarDate(year: 2026, month: 11, day: 21))
    #expect(try readInput(CreateShop.self, body: BodyTests.good).body.nickname == nil)
  }

  @Test func gathersProblemsByPath() {
    #expect(
      problems(
        CreateShop.self,
        body:
          #"{"name":"","services":[{"name":"x","price":"8"},{"nam":"y","price":1.0005},7],"owner":{"name":1},"colour":"red","nickname":5}"#
      )
        == [
          "name too_short []", "password missing", "services[0].price malformed [8]", "services[1].name missing",
          "services[1].price malformed [1.0005]", "services[1].nam unknown", "services[2] malformed [7]",
          "nickname malformed [5]",
          "owner.name malformed [1]", "owner.price missing", "colour unknown",
        ])
  }

  @Test func neverRepeatsSecrets() {
    let found = problems(CreateShop.self, body: #"{"name":"A","password":"hunter2","services":[{"name":"cut","price":1}]}"#)
    #expect(found == ["password too_short"])
  }

  @Test func refusesWhatIsNoObject() {
    for body in ["[]", "1", "null", "\"x\"", "true"] { #expect(problems(CreateShop.self, body: body) == [" malformed"]) }
    #expect(problems(CreateShop.self) == [" missing"])
    #expect(problems(CreateShop.self, body: #"{"name":"A","name":"B"}"#) == ["name repeated"])
    #expect(
      problems(CreateShop.self, body: #"{"name":"A","password":"12345678","services":[{"name":"a","price":1,"price":2}]}"#)
        == ["services[0].price repeated"])
    let error = #expect(throws: APIError.self) { try readInput(CreateShop.self, body: "{\"name\":") }
    #expect(error?.code == .badRequest)
    #expect(error?.reason?.en.contains("line 1, column") == true)
    let deep = #"{"name":"# + String(repeating: "[", count: 100) + String(repeating: "]", count: 100) + "}"
    #expect(#expect(throws: APIError.self) { try readInput(CreateShop.self, body: deep) }?.code == .badRequest)
  }

  @Test func boundsWhatItReports() {
    let members = (0..<500).map { "\"m\($0)\":0" }.joined(separator: ",")
    let error = #expect(throws: APIError.self) { try readInput(CreateShop.self, body: "{\(members)}") }
    #expect(error?.problems.list.count == WebAPILimits.reportedProblems)
    #expect(error?.problems.isComplete == false)
  }

  @Test func describesBodies() {
    let schema = CreateShop.Body.schema
    #expect(schema.propertyNames == ["name", "password", "services", "nickname", "owner", "opens"])
    var writer = SchemaWriter()
    var buffer = ByteBuffer()
    writer.write(schema, to: &buffer)
    #expect(writer.mentioned.map(\.name) == ["ShopInput"])
    var components = SchemaComponents()
    components.add(writer.mentioned)
    #expect(components.texts.keys.sorted() == ["ServiceInput", "ShopInput"])
    #expect(
      components.texts["ServiceInput"]
        == #"{"type":"object","properties":{"name":{"type":"string","pattern":"^[^\\u0000-\\u001F\\u007F]*$","minLength":1,"maxLength":40},"price":{"type":"number","minimum":0.0,"maximum":1000.0,"description":"In dinars.","examples":[8.000]},"minutes":{"type":"integer","minimum":5,"maximum":480,"default":30}},"required":["name","price"],"additionalProperties":false}"#
    )
    #expect(components.texts["ShopInput"]?.contains(#""nickname":{"type":["string","null"]"#) == true)
    #expect(components.texts["ShopInput"]?.contains(#""format":"password""#) == true)
    #expect(components.texts["ShopInput"]?.contains(#""writeOnly":true"#) == true)
  }
}
