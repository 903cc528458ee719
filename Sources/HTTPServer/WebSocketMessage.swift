/// What one side tells the other.
public enum WebSocketMessage: Sendable, Hashable {
  case text(String)
  case binary([UInt8])
}

/// Why a WebSocket ends (RFC 6455, 7.4).
public struct WebSocketCloseCode: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
  public let rawValue: UInt16

  public init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  public static let normal = WebSocketCloseCode(rawValue: 1000)
  /// The server is going, or the page is.
  public static let goingAway = WebSocketCloseCode(rawValue: 1001)
  public static let protocolError = WebSocketCloseCode(rawValue: 1002)
  public static let unsupportedData = WebSocketCloseCode(rawValue: 1003)
  /// Stands for a Close without a code; never sent.
  public static let none = WebSocketCloseCode(rawValue: 1005)
  /// Stands for an end without a Close; never sent.
  public static let lost = WebSocketCloseCode(rawValue: 1006)
  public static let invalidData = WebSocketCloseCode(rawValue: 1007)
  public static let policyViolation = WebSocketCloseCode(rawValue: 1008)
  public static let messageTooBig = WebSocketCloseCode(rawValue: 1009)
  public static let internalError = WebSocketCloseCode(rawValue: 1011)

  /// Whether a Close may carry it: the registered ones that are not reserved, and those left to libraries and applications.
  public var maySend: Bool {
    switch rawValue {
    case 1004, 1005, 1006: false
    case 1000...1011, 3000...4999: true
    default: false
    }
  }

  public var description: String { String(rawValue) }
}

/// The connection has ended or is ending, so nothing more can be sent.
public struct WebSocketClosed: Error, Sendable, Hashable {
  /// The client's code; `lost` while it has not said one.
  public let code: WebSocketCloseCode
}
