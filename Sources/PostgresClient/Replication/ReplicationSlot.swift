/// A logical slot as the server made it.
public struct CreatedSlot: Sendable, Hashable {
  public let name: String
  /// Everything committed after this comes through the slot, everything before is in the snapshot.
  public let position: UInt64
  /// For `SET TRANSACTION SNAPSHOT`, until the connection is used for anything else.
  public let snapshot: String
}

/// What the server says about a slot.
public struct SlotState: Sendable, Hashable {
  /// The server's process that streams from it, where one does.
  public let activeProcess: Int32?
  /// The server keeps the log from here; nil when it has given that up.
  public let confirmedPosition: UInt64?
  /// `reserved`, `extended`, `unreserved` or `lost`.
  public let logState: String

  /// The server has removed log that the slot needed: it is of no more use.
  public var isLost: Bool { logState == "lost" }
}

/// What a stream is asked for.
public struct StreamRequest: Sendable {
  public var slot: String
  /// The last position that was handled; the server goes back no further than the slot does.
  public var from: UInt64
  public var publication: String

  public init(slot: String, from: UInt64, publication: String) {
    (self.slot, self.from, self.publication) = (slot, from, publication)
  }

  /// Protocol 1: transactions come whole, after their commit. Binary values where types have them.
  var command: String {
    let name = "\"" + publication.replacingQuotes("\"") + "\""
    return """
      START_REPLICATION SLOT "\(slot.replacingQuotes("\""))" LOGICAL \(LogPosition.text(from)) \
      (proto_version '1', publication_names '\(name.replacingQuotes("'"))', binary 'true')
      """
  }
}

extension String {
  /// Doubled, as SQL writes a quote inside quotes.
  func replacingQuotes(_ quote: Character) -> String {
    String(flatMap { $0 == quote ? [quote, quote] : [$0] })
  }
}
