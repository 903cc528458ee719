public import Bytes
public import JSON

/// Names one request in headers, answers, logs and traces: the caller's own name for it when that is sane, else a new UUID.
public struct RequestID: Sendable, Equatable {
  private enum Origin: Sendable, Equatable {
    case made(Identifier)
    case given(String)
  }

  private let origin: Origin

  public init(_ made: Identifier) { origin = .made(made) }

  /// `nil` unless it is short and made of characters that mean nothing in a header, a log line or a shell.
  public init?(given text: RawSpan) {
    guard WebAPILimits.requestIDBytes.contains(text.byteCount) else { return nil }
    for index in 0..<text.byteCount {
      switch text.byte(index) {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        continue
      case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): continue
      default: return nil
      }
    }
    origin = .given(String(ascii: text))
  }

  public func write(to buffer: inout ByteBuffer) {
    switch origin {
    case .made(let identifier): identifier.write(to: &buffer)
    case .given(let text): buffer.append(text)
    }
  }
}

extension RequestID: JSONWritable {
  public func writeJSON(to buffer: inout ByteBuffer) {
    buffer.append(byte: UInt8(ascii: "\""))
    write(to: &buffer)
    buffer.append(byte: UInt8(ascii: "\""))
  }
}

extension RequestID: CustomStringConvertible {
  public var description: String {
    var buffer = ByteBuffer()
    write(to: &buffer)
    return String(buffer)
  }
}
