import Bytes
public import ProviderIndex
import Ranking

/// Cursors as text: the key's bits in hexadecimal, where there were words a point and the level, a colon, the id. A decimal key might
/// not come back as the same number.
extension ProviderQuery.Cursor {
  private static let keyDigits = 16

  public init(text: String) throws(FormatProblem) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let (key, level) = Self.head(parts[0]) else {
      throw FormatProblem("\(quoted(text)): not one that a search has given")
    }
    self.init(key: key, id: String(parts[1]), level: level)
  }

  private static func head(_ text: Substring) -> (key: Double, level: MatchTier?)? {
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts[0].utf8.count == keyDigits, parts[0].utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
      let bits = UInt64(parts[0], radix: 16), !Double(bitPattern: bits).isNaN
    else { return nil }
    guard parts.count > 1 else { return (Double(bitPattern: bits), nil) }
    return MatchTier(name: parts[1]).map { (Double(bitPattern: bits), $0) }
  }

  public var text: String {
    var buffer = ByteBuffer()
    buffer.append(hex: key.bitPattern, width: Self.keyDigits)
    return String(buffer) + (level.map { ".\($0)" } ?? "") + ":" + id
  }
}
