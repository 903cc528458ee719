import Bytes
public import ProviderIndex

/// Cursors as text: the key's bits in hexadecimal, a colon, the id. A decimal key might not come back as the same number.
extension ProviderQuery.Cursor {
  private static let keyDigits = 16

  public init(text: String) throws(FormatProblem) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].utf8.count == Self.keyDigits, parts[0].utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
      let bits = UInt64(parts[0], radix: 16), !Double(bitPattern: bits).isNaN
    else { throw FormatProblem("\(quoted(text)): not one that a search has given") }
    self.init(key: Double(bitPattern: bits), id: String(parts[1]))
  }

  public var text: String {
    var buffer = ByteBuffer()
    buffer.append(hex: key.bitPattern, width: Self.keyDigits)
    return "\(String(buffer)):\(id)"
  }
}
