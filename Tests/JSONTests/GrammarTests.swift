import JSON
import Testing

/// What RFC 8259 accepts and refuses, one line each.
@Suite struct GrammarTests {
  static let accepted: [String] = [
    "null", "true", "false", "0", "-0", "1", "-1", "12", "1.5", "-1.5", "0.0", "0.10", "1e1", "1E1", "1e+1", "1e-1", "0e0",
    "0e+1",
    "123456789012345678901234567890", "1e400", "-1e-400", "0.00000000000000000000000000001", " 1", "1 ", "\t1\n", "\r\n1",
    "\"\"", "\"a\"", "\" \"", "\"\\\"\"", "\"\\\\\"", "\"\\/\"", "\"\\b\\f\\n\\r\\t\"", "\"\\u0000\"", "\"\\u00e9\"",
    "\"\\uABCD\"",
    "\"\\uabcd\"", "\"\\uD834\\uDD1E\"", "\"قريب\"", "\"𝄞\"", "\"\u{2028}\u{2029}\"", "\"\u{7f}\"", "\"\u{feff}\"", "\"\\uFFFF\"",
    "[]", "[ ]", "[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[[[[]]]]", "[null,true,false]", "[\"a\",1,{}]", "[\n1\n]", "{}", "{ }",
    "{\"a\":1}", "{ \"a\" : 1 }", "{\"\":0}", "{\"a\":{\"b\":{}}}", "{\"a\":[],\"b\":[{}]}", "{\"a\":1,\"a\":2}",
    "{\"\\u0061\":1}",
    "[1e1,2E2,3e+3]", "{\"a\":\"b\"}", "\"http:\\/\\/x\"",
  ]

  static let refused: [String] = [
    "", " ", "\n", "nul", "nulll", "True", "FALSE", "undefined", "NaN", "Infinity", "-Infinity", "-", "+1", "01", "-01", "1.",
    ".5",
    "-.5", "1e", "1e+", "1e-", "1E", "0x10", "0x", "1_000", "1,000", "1.2.3", "--1", "1-", "1 2", "1e1.5", "０", "1a",
    "\"", "\"a", "a\"", "'a'", "\"\t\"", "\"\n\"", "\"\u{0}\"", "\"\u{1f}\"", "\"\\x41\"", "\"\\a\"", "\"\\\"", "\"\\u\"",
    "\"\\u1\"",
    "\"\\u12\"", "\"\\u123\"", "\"\\u12G4\"", "\"\\U1234\"", "\"\\uD800\"", "\"\\uDC00\"", "\"\\uD800\\u0041\"",
    "\"\\uD800\\uD800\"",
    "\"a\"b", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1:2]", "[1}", "[\"a\"", "[a]", "[1]]", "[]1",
    "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,\"a\":1}", "{\"a\" 1}", "{\"a\",1}", "{a:1}",
    "{1:1}",
    "{'a':1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "{\"a\"::1}", "{\"a\":}", "{:1}", "{}}", "{}{}", "{\"a\":1}x", "// c\n1",
    "/* c */1",
    "1 // c", "[1/**/]", "#1", "\u{feff}1", "\u{feff}{}", "\u{a0}1", "\u{c}1", "\u{b}[]", "1\u{0}", "\u{0}", "<html>", "a",
    "[1;2]",
  ]

  @Test(arguments: accepted) func accepts(_ text: String) throws {
    _ = try JSONDocument(text)
  }

  @Test(arguments: refused) func refuses(_ text: String) {
    #expect(throws: JSONError.self) { try JSONDocument(text) }
  }

  /// Ill-formed UTF-8: stray continuation, cut sequences, overlong forms, surrogates, past the last scalar.
  static let illFormed: [[UInt8]] = [
    [0x80], [0xBF], [0xC2], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xE2, 0x82], [0xED, 0xA0, 0x80],
    [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80],
    [0xF5, 0x80, 0x80, 0x80], [0xFE], [0xFF], [0xC3, 0x28], [0xD9, 0x85, 0xD9],
  ]

  @Test(arguments: illFormed) func refusesIllFormedText(_ bytes: [UInt8]) throws {
    let quote = UInt8(ascii: "\"")
    #expect(throws: JSONError.self) { try JSONDocument([quote] + bytes + [quote]) }
    #expect(throws: JSONError.self) { try JSONDocument([UInt8(ascii: "{"), quote] + bytes + Array("\":1}".utf8)) }
  }

  @Test func namesThePlace() throws {
    let error = #expect(throws: JSONError.self) { try JSONDocument("{\n  \"اسم\": x\n}") }
    let failure = try #require(error)
    #expect(failure.code == .syntax)
    #expect(failure.line == 2)
    #expect(failure.column == 10)
    #expect(failure.byteOffset == 14)
    #expect(failure.description.contains("line 2, column 10 (byte 14)"))
  }

  @Test func namesTheKindOfFailure() throws {
    let empty = #expect(throws: JSONError.self) { try JSONDocument("") }
    #expect(empty?.code == .empty)
    let encoding = #expect(throws: JSONError.self) { try JSONDocument([0x22, 0xFF, 0x22]) }
    #expect(encoding?.code == .encoding)
    let long = #expect(throws: JSONError.self) { try JSONDocument("[1,2,3]", limits: JSONLimits(maximumBytes: 6)) }
    #expect(long?.code == .tooLong)
    _ = try JSONDocument("[1,2,3]", limits: JSONLimits(maximumBytes: 7))
  }

  @Test(arguments: [1, 2, 3, 63, 64, 65, 66, 200, 5000])
  func limitsDepth(_ depth: Int) throws {
    let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    let objects = String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
    let siblings =
      "[" + String(repeating: "[[1],{}],", count: 100) + "1" + arrays.dropFirst(0).replacing("[", with: ",[", maxReplacements: 1)
      + "]"
    if depth <= 64 {
      _ = try JSONDocument(arrays)
      _ = try JSONDocument(objects)
    } else {
      for text in [arrays, objects] {
        let error = #expect(throws: JSONError.self) { try JSONDocument(text) }
        #expect(error?.code == .tooDeep)
      }
    }
    if depth <= 63 {
      _ = try JSONDocument(siblings)
    } else {
      let error = #expect(throws: JSONError.self) { try JSONDocument(siblings) }
      #expect(error?.code == .tooDeep)
    }
  }
}
