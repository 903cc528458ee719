extension TermIndex {
  /// A number a provider, made of its terms and their impacts in whatever order: two indexes that say the same of a provider give it
  /// the same one, wherever it stands in them. Chance gives two different ones the same once in 2^64. O(postings).
  public func providerFingerprints() -> [UInt64] {
    var sums = [UInt64](repeating: 0, count: providerCount)
    // Rows for crowded prefixes say nothing of their own.
    let own = TermKind.prefixOffset..<TermKind.firstWithoutImpacts
    for term in 0..<termCount {
      let key = dictionary.key(term)
      if let kind = key.first, own.contains(kind) { continue }
      // FNV-1a
      let hash = key.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
      forEachPosting(of: UInt32(term)) { provider, impact in sums[Int(provider)] &+= Self.mixed(hash &+ UInt64(impact)) }
    }
    return sums
  }

  /// The finaliser of SplitMix64: neighbours come out far apart, so that sums do not repeat.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
