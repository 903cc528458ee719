import Bytes
import JSON
import Testing

@Suite struct WriterTests {
  private func written(_ body: (inout ByteBuffer) -> Void) -> String {
    var buffer = ByteBuffer()
    body(&buffer)
    return String(buffer)
  }

  @Test func putsCommasWhereTheyBelong() {
    let text = written {
      $0.beginObject()
      $0.member("a", 1)
      $0.member("b", "x{")
      $0.beginArray("c")
      $0.element(true)
      $0.element(nil as Int?)
      $0.beginObject()
      $0.endObject()
      $0.beginArray()
      $0.element("[")
      $0.element("]")
      $0.endArray()
      $0.endArray()
      $0.beginObject("d")
      $0.memberIfPresent("gone", nil as Int?)
      $0.memberIfPresent("there", 2)
      $0.member("list", [1, 2, 3])
      $0.endObject()
      $0.member("e", false)
      $0.member("f", text: "plain")
      $0.key(escaped: "q\"")
      $0.element(1)
      $0.endObject()
    }
    #expect(
      text == #"{"a":1,"b":"x{","c":[true,null,{},["[","]"]],"d":{"there":2,"list":[1,2,3]},"e":false,"f":"plain","q\"":1}"#)
  }

  @Test func startsAfreshOnANewLine() {
    let text = written {
      for line in 1...2 {
        $0.beginObject()
        $0.member("line", line)
        $0.endObject()
        $0.append(byte: UInt8(ascii: "\n"))
      }
    }
    #expect(text == "{\"line\":1}\n{\"line\":2}\n")
  }

  @Test func writesNumbers() {
    #expect(written { $0.element(Int.min) } == "-9223372036854775808")
    #expect(written { $0.element(UInt64.max) } == "18446744073709551615")
    #expect(written { $0.element(0.1) } == "0.1")
    #expect(written { $0.element(-0.0) } == "-0.0")
    #expect(written { $0.element(Double.nan) } == "null")
    #expect(written { $0.element(-Double.infinity) } == "null")
    #expect(written { $0.appendJSON(fixed: 8000, places: 3) } == "8.000")
    #expect(written { $0.appendJSON(fixed: -5, places: 3) } == "-0.005")
    #expect(written { $0.appendJSON(fixed: 12, places: 0) } == "12")
    #expect(written { $0.appendJSON(fixed: Int.min, places: 18) } == "-9.223372036854775808")
    #expect(written { $0.appendJSON(rounded: 31.956578, places: 6) } == "31.956578")
    #expect(written { $0.appendJSON(rounded: 31.9500000001, places: 6) } == "31.95")
    #expect(written { $0.appendJSON(rounded: -0.0000001, places: 6) } == "0")
    #expect(written { $0.appendJSON(rounded: -1.5, places: 0) } == "-2")
    #expect(written { $0.appendJSON(rounded: 1e300, places: 2) } == "1e300")
    #expect(written { $0.appendJSON(rounded: .nan, places: 2) } == "null")
    #expect(written { $0.appendJSON(rounded: 0.05, places: 2) } == "0.05")
  }

  @Test func escapesWhatMustBeAndNothingElse() {
    #expect(
      written { $0.element("\"\\\u{8}\t\n\u{c}\r\u{0}\u{1f}/\u{7f}\u{2028}قريب𝄞") }
        == "\"\\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001f/\u{7f}\u{2028}قريب𝄞\"")
  }

  /// Every byte that needs an escape, at every place of a word, among neighbours that look alike.
  @Test func findsEscapesAtEveryPlace() throws {
    for special in (0..<128).map({ Character(Unicode.Scalar($0)) }) {
      for neighbour in ["a", "!", "#", "[", "]", " ", "م", "\u{7f}"] {
        for place in 0..<18 {
          let text =
            String(repeating: neighbour, count: place) + String(special) + String(repeating: neighbour, count: 17 - place)
          let json = written { $0.element(text) }
          #expect(try JSONDocument(json).root.string == text)
        }
      }
    }
  }
}
