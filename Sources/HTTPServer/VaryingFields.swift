/// Fields of a request that its answer depends on: caches keep an answer for each of their values (RFC 9110, 12.5.5).
///
/// The connection writes them as one `Vary`: there are proxies (nginx before 1.23) that look at one line only, and would give one
/// client the answer made for another.
public struct VaryingFields: OptionSet, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let acceptEncoding = VaryingFields(rawValue: 1)
  public static let acceptLanguage = VaryingFields(rawValue: 2)
  public static let origin = VaryingFields(rawValue: 4)

  /// The head's line; empty where nothing matters.
  var line: StaticString {
    switch (contains(.acceptEncoding), contains(.acceptLanguage), contains(.origin)) {
    case (false, false, false): ""
    case (true, false, false): "Vary: Accept-Encoding\r\n"
    case (false, true, false): "Vary: Accept-Language\r\n"
    case (true, true, false): "Vary: Accept-Encoding, Accept-Language\r\n"
    case (false, false, true): "Vary: Origin\r\n"
    case (true, false, true): "Vary: Accept-Encoding, Origin\r\n"
    case (false, true, true): "Vary: Accept-Language, Origin\r\n"
    case (true, true, true): "Vary: Accept-Encoding, Accept-Language, Origin\r\n"
    }
  }
}
