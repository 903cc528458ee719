public import Bytes
public import JSON

/// The languages answers are written in.
public enum Language: String, Sendable, CaseIterable {
  case en, ar
}

/// One text in every language.
public struct Localized: Sendable, Hashable {
  public let en: String
  public let ar: String

  public init(en: String, ar: String) {
    self.en = en
    self.ar = ar
  }

  public subscript(_ language: Language) -> String {
    switch language {
    case .en: en
    case .ar: ar
    }
  }
}

extension Localized: JSONWritable {
  public func writeJSON(to buffer: inout ByteBuffer) {
    buffer.append(byte: UInt8(ascii: "{"))
    buffer.member("en", en)
    buffer.member("ar", ar)
    buffer.append(byte: UInt8(ascii: "}"))
  }
}
