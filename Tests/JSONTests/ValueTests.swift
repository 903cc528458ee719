import JSON
import Testing

@Suite struct ValueTests {
  private func value(_ text: String) throws -> JSONValue { try JSONDocument(text).root }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("1.0", 1),
    ("1e3", 1000), ("1.5e1", 15), ("1200e-2", 12), ("0.0e5", 0), ("0e99999999999999999999", 0),
    ("100000000000000000000e-2", 1_000_000_000_000_000_000),
  ])
  func readsWholeNumbersExactly(_ text: String, _ expected: Int) throws {
    #expect(try value(text).int == expected)
  }

  @Test(arguments: [
    "9223372036854775808", "-9223372036854775809", "18446744073709551616", "1.5", "1e-1", "1e19", "1e400", "-1e400", "0.1",
    "1e99999999999999999999",
    "9007199254740993.5", "99999999999999999999999999",
  ])
  func neverRoundsToAWholeNumber(_ text: String) throws {
    #expect(try value(text).int == nil)
  }

  @Test func membersKnowWhereTheyStand() throws {
    let text = "{\"a\\n\\u0628\" : \"\\ud83d\\ude00\",\n \"b\":[1,{\"c\":null}],\"\":2}"
    let root = try value(text)
    func offset(_ name: String, in object: JSONValue?) -> Int? { object?.object?.first { $0.isNamed(name) }?.byteOffset }
    // Of what is between the quotes, as it was written.
    #expect(offset("a\n\u{628}", in: root) == 2)
    #expect(offset("b", in: root) == text.utf8.count - 23)
    #expect(offset("c", in: root["b"]?.array?.first { $0.kind == .object }) == text.utf8.count - 15)
    #expect(offset("", in: root) == text.utf8.count - 4)
  }

  @Test func readsUnsignedNumbers() throws {
    #expect(try value("18446744073709551615").uint64 == UInt64.max)
    #expect(try value("18446744073709551616").uint64 == nil)
    #expect(try value("-1").uint64 == nil)
    #expect(try value("-0").uint64 == 0)
  }

  @Test func readsAmountsExactly() throws {
    #expect(try value("8.000").decimal(places: 3) == 8000)
    #expect(try value("8").decimal(places: 3) == 8000)
    #expect(try value("8.0005").decimal(places: 3) == nil)
    #expect(try value("8.00050").decimal(places: 4) == 80005)
    #expect(try value("-0.001").decimal(places: 3) == -1)
    #expect(try value("0.1").decimal(places: 1) == 1)
    #expect(try value("9223372036854775.807").decimal(places: 3) == Int.max)
    #expect(try value("9223372036854775.808").decimal(places: 3) == nil)
    #expect(try value("8.000").numberText == "8.000")
    #expect(try value("1E+2").numberText == "1E+2")
  }

  @Test func readsDoubles() throws {
    #expect(try value("0.1").double == 0.1)
    #expect(try value("-0.0").double?.sign == .minus)
    #expect(try value("5e-324").double == Double.leastNonzeroMagnitude)
    #expect(try value("1.7976931348623157e308").double == Double.greatestFiniteMagnitude)
    #expect(try value("1e400").double == nil)
    #expect(try value("18446744073709551615").double == 18_446_744_073_709_551_615.0)
    #expect(try JSONDocument("[1.5,2]").root.array?.map { $0.double } == [1.5, 2])
  }

  @Test func readsStrings() throws {
    #expect(try value(#""a\"\\\/\b\f\n\r\t\u0041\uD834\uDD1E""#).string == "a\"\\/\u{8}\u{c}\n\r\tA𝄞")
    #expect(try value(#""a\u0000b""#).string == "a\u{0}b")
    #expect(try value("\"قريب\"").isString("قريب"))
    #expect(try !value("\"قريب\"").isString("قري"))
    #expect(try value("\"ab\"").withStringBytes { $0.count } == 2)
    #expect(try value("1").withStringBytes { $0.count } == nil)
  }

  @Test func answersNothingForAnotherKind() throws {
    for text in ["null", "true", "1", "\"1\"", "[1]", "{\"a\":1}"] {
      let value = try value(text)
      #expect((value.bool != nil) == (value.kind == .bool))
      #expect((value.int != nil) == (value.kind == .number))
      #expect((value.double != nil) == (value.kind == .number))
      #expect((value.uint64 != nil) == (value.kind == .number))
      #expect((value.numberText != nil) == (value.kind == .number))
      #expect((value.string != nil) == (value.kind == .string))
      #expect((value.array != nil) == (value.kind == .array))
      #expect((value.object != nil) == (value.kind == .object))
      #expect(value.isNull == (value.kind == .null))
      #expect((value["a"] != nil) == (value.kind == .object))
    }
  }

  @Test func walksContainers() throws {
    let root = try value(#"{"a":[1,[2,3],{"x":4}],"b":{},"c":[],"d":"z"}"#)
    #expect(root.object?.map(\.name) == ["a", "b", "c", "d"])
    #expect(root["a"]?.array?.count == 3)
    #expect(root["a"]?.array?.map(\.kind) == [.number, .array, .object])
    #expect(root["d"]?.string == "z")
    #expect(root["b"]?.object?.isEmpty == true)
    #expect(root["c"]?.array?.isEmpty == true)
    #expect(root["c"]?.array.map(Array.init)?.isEmpty == true)
    #expect(root["missing"] == nil)
    #expect(root.object?.first { $0.isNamed("c") }?.value.kind == .array)
  }

  @Test func findsDuplicateNames() throws {
    #expect(try value(#"{"a":1,"b":2}"#).firstDuplicatePath() == nil)
    #expect(try value(#"{"a":1,"\u0061":2}"#).firstDuplicatePath() == "a")
    #expect(try value(#"{"services":[{},{},{"price":1,"x":2,"price":3}]}"#).firstDuplicatePath() == "services[2].price")
    #expect(try value(#"[[{"a":{"b":1,"b":2}}]]"#).firstDuplicatePath() == "[0][0].a.b")
    let many = (0..<500).map { "\"k\($0)\":0" }.joined(separator: ",")
    #expect(try value("{\(many)}").firstDuplicatePath() == nil)
    #expect(try value("{\(many),\"k250\":1}").firstDuplicatePath() == "k250")
  }

  @Test func aValueKeepsItsDocument() throws {
    var reader = JSONReader()
    let first = try reader.read(#"["first, long enough to live in the document"]"#).root
    let second = try reader.read(#"["second, which must not overwrite the first"]"#).root
    #expect(first.array?.first { _ in true }?.string == "first, long enough to live in the document")
    #expect(second.array?.first { _ in true }?.string == "second, which must not overwrite the first")
  }

  @Test func aReaderGoesOnAfterAFailure() throws {
    var reader = JSONReader()
    for round in 0..<1000 {
      if round % 3 == 0 {
        #expect(throws: JSONError.self) { try reader.read("{\"a\":") }
      } else {
        #expect(try reader.read("{\"a\":\(round)}").root["a"]?.int == round)
      }
    }
    let large = "[" + String(repeating: "1,", count: 100_000) + "1]"
    #expect(try reader.read(large).root.array?.count == 100_001)
    #expect(try reader.read("[1]").root.array?.count == 1)
  }
}
