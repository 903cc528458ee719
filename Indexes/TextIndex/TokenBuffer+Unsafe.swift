extension TokenBuffer {
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
