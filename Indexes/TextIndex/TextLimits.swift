/// Bounds of the text index, each with its reason.
public enum TextLimits {
  /// Bytes of a term without its kind. Longer words are cut at a character's edge, alike when they are indexed and when they are
  /// asked for, so they still find each other. A key then has at most 64 bytes, and an automaton over its characters one word.
  @inlinable public static var termBytes: Int { 63 }
  /// Bytes of a term with its kind.
  @inlinable public static var keyBytes: Int { termBytes + 1 }
  /// Words of a query that are looked for: beyond them a pasted page says nothing, and every word must be found.
  @inlinable public static var queryWords: Int { 16 }
  /// Bytes of a query that are read: sixteen words of the longest kind, and what is dropped between them.
  @inlinable public static var queryBytes: Int { 2_048 }
  /// Providers of one chunk: the unit of masks. 512 bytes of mask stay in the first cache.
  @inlinable public static var chunkProviders: Int { 4_096 }
  /// 64-bit words of a chunk's mask.
  @inlinable public static var chunkWords: Int { chunkProviders / 64 }
  /// Postings in a chunk up to which they are kept as a row of 2-byte offsets: there a row and a bitmap have the same size.
  @inlinable public static var arrayPostings: Int { 256 }
  /// A prefix that more terms than this begin with has postings of its own, so that a typed letter never unites more rows.
  @inlinable public static var crowdedPrefixTerms: Int { 64 }
  /// Terms that a leaf of the dictionary's trie may hold: trying them one by one is cheaper than descending further.
  @inlinable public static var trieLeafTerms: Int { 16 }
  /// Edits the automaton can allow: with three, most words of a language are neighbours of one another.
  @inlinable public static var edits: Int { 2 }
  /// Chunk numbers are kept in 16 bits.
  @inlinable public static var providers: Int { (Int(UInt16.max) + 1) * chunkProviders }
  /// Longest prefix of section names: a section's name has 24 bytes, and the longest of ours 14.
  @inlinable public static var sectionPrefixBytes: Int { 10 }
}
