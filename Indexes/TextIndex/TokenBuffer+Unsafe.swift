extension TokenBuffer {
  /// The key of an alternative, kind byte first, in place.
  public func withKey<Result>(of alternative: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result) rethrows -> Result {
    let alternative = alternatives[alternative]
    return try keys.withUnsafeBufferPointer { keys in
      try body(UnsafeBufferPointer(rebasing: keys[Int(alternative.keyStart)..<Int(alternative.keyStart + alternative.keyCount)]))
    }
  }
}
