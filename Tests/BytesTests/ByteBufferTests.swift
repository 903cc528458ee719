import Bytes
import Testing

@Suite struct ByteBufferTests {
  @Test func growsAndKeepsWhatWasWritten() {
    var buffer = ByteBuffer()
    var expected: [UInt8] = []
    for index in 0..<5_000 {
      buffer.append(byte: UInt8(truncatingIfNeeded: index &* 31))
      expected.append(UInt8(truncatingIfNeeded: index &* 31))
    }
    #expect([UInt8](buffer) == expected)
  }

  @Test(arguments: [
    (Int.min, "-9223372036854775808"), (Int.max, "9223372036854775807"), (0, "0"), (-1, "-1"), (10, "10"), (99, "99"),
    (100, "100"),
  ])
  func writesDecimals(value: Int, text: String) {
    var buffer = ByteBuffer()
    buffer.append(decimal: value)
    #expect(String(buffer) == text)
  }

  @Test(arguments: [(UInt64(0), 1, "0"), (255, 1, "ff"), (255, 4, "00ff"), (.max, 1, "ffffffffffffffff"), (16, 1, "10")])
  func writesHexadecimal(value: UInt64, width: Int, text: String) {
    var buffer = ByteBuffer()
    buffer.append(hex: value, width: width)
    #expect(String(buffer) == text)
  }

  @Test func dropsFromEitherEnd() {
    var buffer = ByteBuffer()
    buffer.append("قريب is near")
    buffer.removeFirst("قريب ".utf8.count)
    buffer.truncate(to: 2)
    #expect(String(buffer) == "is")
    let second = buffer[1]
    #expect(second == UInt8(ascii: "s"))
  }

  @Test func clearingKeepsMemoryUpToTheGivenBound() {
    var buffer = ByteBuffer()
    buffer.append(contentsOf: [UInt8](repeating: 7, count: 100_000))
    let grown = buffer.capacity
    buffer.removeAll()
    let kept = buffer.capacity
    #expect(kept == grown)
    buffer.removeAll(keepingAtMost: 4_096)
    let (capacity, isEmpty) = (buffer.capacity, buffer.isEmpty)
    #expect(capacity == 4_096)
    #expect(isEmpty)
  }

  @Test func illFormedTextIsReplaced() {
    var buffer = ByteBuffer()
    buffer.append(contentsOf: [0x61, 0xff, 0x62])
    #expect(String(buffer) == "a\u{FFFD}b")
  }
}
