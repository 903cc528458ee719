/// What a document may be at most. A document that is more is refused before anything walks it.
public struct JSONLimits: Sendable {
  /// The reader takes up to 13 bytes of memory a byte of text while it works, so this also bounds memory.
  public var maximumBytes: Int
  /// The reader itself does not recurse, what walks a document does: 64 levels are far more than any API body has
  /// and far fewer than a 512 kB stack holds.
  public var maximumDepth: Int

  /// Text longer than this is read into memory of its own; shorter text reuses the reader's.
  static let maximumReusedBytes = 64 << 10
  /// Objects up to this size are searched for duplicate names pair by pair, which needs no memory.
  static let pairwiseSearchLimit = 16

  public init(maximumBytes: Int = 16 << 20, maximumDepth: Int = 64) {
    precondition(maximumDepth >= 1 && maximumDepth <= 256, "a document is walked recursively: at most 256 levels")
    self.maximumBytes = maximumBytes
    self.maximumDepth = maximumDepth
  }

  public static let standard = JSONLimits()
}
