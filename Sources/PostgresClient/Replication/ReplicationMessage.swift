/// Positions in the write-ahead log (LSN) are plain numbers here; this is how people and SQL write them.
public enum LogPosition {
  /// `16/B374D848`.
  public static func text(_ position: UInt64) -> String {
    String(position >> 32, radix: 16, uppercase: true) + "/" + String(position & 0xffff_ffff, radix: 16, uppercase: true)
  }

  /// Nil for anything but two hexadecimal numbers of 32 bits with a slash between.
  public static func parse(_ text: some StringProtocol) -> UInt64? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.first != "+" && $0.first != "-" }), let high = UInt32(parts[0], radix: 16),
      let low = UInt32(parts[1], radix: 16)
    else { return nil }
    return UInt64(high) << 32 | UInt64(low)
  }
}

/// What the server sends while it replicates (PostgreSQL manual, "Streaming Replication Protocol"). Pure.
public enum ReplicationMessage: Sendable, Hashable {
  /// A piece of the log as the output plugin tells it: one message of the plugin.
  case data(ReplicationData)
  /// Nothing new up to here. Where an answer is wanted, the server ends the connection that gives none.
  case keepalive(endOfLog: UInt64, sentAt: PostgresTimestamp, wantsReply: Bool)

  /// Reads one message of the COPY.
  public init(_ bytes: [UInt8]) throws(PostgresError) {
    func integer(at offset: Int) -> UInt64 { bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    switch bytes.first {
    case UInt8(ascii: "w"):
      guard bytes.count >= ReplicationData.headerBytes else { throw Self.damaged(bytes) }
      self = .data(
        ReplicationData(
          start: integer(at: 1), endOfLog: integer(at: 9), sentAt: Self.time(integer(at: 17)), message: bytes))
    case UInt8(ascii: "k"):
      guard bytes.count == 18 else { throw Self.damaged(bytes) }
      self = .keepalive(endOfLog: integer(at: 1), sentAt: Self.time(integer(at: 9)), wantsReply: bytes[17] != 0)
    default: throw Self.damaged(bytes)
    }
  }

  private static func damaged(_ bytes: [UInt8]) -> PostgresError {
    PostgresError(
      .protocolViolation,
      "a replication message of \(bytes.count) bytes that begins with \(bytes.first.map { "\($0)" } ?? "nothing") is unknown")
  }

  private static func time(_ wire: UInt64) -> PostgresTimestamp {
    PostgresTimestamp(microsecondsSince1970: Int64(bitPattern: wire).addingReportingOverflow(microsecondsTo2000).partialValue)
  }

  static let microsecondsTo2000: Int64 = 946_684_800_000_000
}

/// A message of the output plugin and where it stands.
public struct ReplicationData: Sendable, Hashable {
  static let headerBytes = 25

  /// Where in the log it begins; 0 where the plugin does not say.
  public let start: UInt64
  public let endOfLog: UInt64
  /// By the server's clock.
  public let sentAt: PostgresTimestamp
  /// With the header, so that nothing is copied; `payload` leaves it out.
  private let message: [UInt8]

  init(start: UInt64, endOfLog: UInt64, sentAt: PostgresTimestamp, message: [UInt8]) {
    (self.start, self.endOfLog, self.sentAt, self.message) = (start, endOfLog, sentAt, message)
  }

  public var payload: ArraySlice<UInt8> { message[Self.headerBytes...] }
}

/// What the client tells the server about how far it is.
public struct ReplicationStatus: Sendable, Hashable {
  /// Received up to here.
  public var received: UInt64
  /// Kept for good up to here: the server may forget the log before it.
  public var durable: UInt64
  public var applied: UInt64
  /// The server should answer at once.
  public var wantsReply: Bool

  public init(received: UInt64, durable: UInt64, applied: UInt64, wantsReply: Bool = false) {
    (self.received, self.durable, self.applied, self.wantsReply) = (received, durable, applied, wantsReply)
  }

  /// Its form on the wire.
  func bytes(sentAt: PostgresTimestamp) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(ascii: "r")]
    let time = UInt64(bitPattern: sentAt.microsecondsSince1970 &- ReplicationMessage.microsecondsTo2000)
    for value in [received, durable, applied, time] {
      for shift in stride(from: UInt64(56), through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
    bytes.append(wantsReply ? 1 : 0)
    return bytes
  }
}
