extension TokenBuffer {
  /// A term of the last token that is UTF-8 already: whole scalars, at most `TextLimits.termBytes`.
  public mutating func addAlternative(_ kind: TermKind, weight: Float = 1, utf8 term: RawSpan) {
    beginAlternative(kind, weight: weight)
    term.withUnsafeBytes { append(wholeScalars: $0) }
  }

  /// The key of an alternative, kind byte first, in place.
  public func withKey<Result>(of alternative: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    let range = keyRange(of: alternative)
    return try keys.withUnsafeBufferPointer { try body(UnsafeBufferPointer(rebasing: $0[range])) }
  }

  /// All keys, one after the other; `keyRange(of:)` says where each is.
  @inline(__always)
  func withKeys<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    try keys.withUnsafeBufferPointer(body)
  }
}
