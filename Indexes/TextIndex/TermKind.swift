/// What a term is: the first byte of its key, so that every kind is one run of the sorted dictionary.
///
/// Kinds that carry impacts come first, and those that only say yes or no last: so the impacts are one row without holes.
/// Raw values are part of the file format.
public enum TermKind: UInt8, Sendable, CaseIterable {
  /// A word as it was written, normalised.
  case surface = 1
  /// Its stem, beside the surface form.
  case stem = 2
  /// A word that means the same.
  case synonym = 3
  /// The phonetic skeleton that spellings in several scripts share.
  case phonetic = 4
  /// The identifier of a category: a filter, without impacts.
  case category = 32
  /// A tag: a filter.
  case tag = 33
  /// The identifier of a service: a filter.
  case service = 34

  /// Whether postings of this kind carry how well the term describes the provider.
  public var hasImpacts: Bool { rawValue < Self.firstWithoutImpacts }

  /// Kinds from here on are filters.
  static let firstWithoutImpacts: UInt8 = 32
  /// Between the two lie the index's own: `kind + prefixOffset` is the kind of a crowded prefix (see `CrowdedPrefixes`).
  static let prefixOffset: UInt8 = 16
}
