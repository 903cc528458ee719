public import Bytes

/// A trace's 128 bits; never all zero.
public struct TraceID: Sendable, Hashable, CustomStringConvertible {
  public let high: UInt64
  public let low: UInt64

  public init?(high: UInt64, low: UInt64) {
    guard high != 0 || low != 0 else { return nil }
    self.high = high
    self.low = low
  }

  /// Draws until the id is not zero.
  public init(from random: () -> UInt64) {
    var high = random()
    var low = random()
    while high == 0 && low == 0 {
      high = random()
      low = random()
    }
    self.high = high
    self.low = low
  }

  public func write(into buffer: inout ByteBuffer) {
    buffer.append(hex: high, width: 16)
    buffer.append(hex: low, width: 16)
  }

  public var description: String {
    var buffer = ByteBuffer()
    write(into: &buffer)
    return String(buffer)
  }
}

/// A span's 64 bits; never zero.
public struct SpanID: Sendable, Hashable, CustomStringConvertible {
  public let bits: UInt64

  public init?(_ bits: UInt64) {
    guard bits != 0 else { return nil }
    self.bits = bits
  }

  public init(from random: () -> UInt64) {
    var bits = random()
    while bits == 0 { bits = random() }
    self.bits = bits
  }

  public func write(into buffer: inout ByteBuffer) { buffer.append(hex: bits, width: 16) }

  public var description: String {
    var buffer = ByteBuffer()
    write(into: &buffer)
    return String(buffer)
  }
}
