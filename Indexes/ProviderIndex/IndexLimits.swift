import TextIndex

/// Bounds of the index, each with its reason.
public enum IndexLimits {
  /// Providers of one segment: chunk numbers of the text index have 16 bits, and 2²⁸ of 4,096 would be more than anyone has.
  public static let providers = 1 << 27
  /// UUIDs have 36; this leaves room for any marketplace's own.
  public static let idBytes = 128
  /// A category or a tag is found as a term, and terms are cut beyond this: two names must not become one.
  public static let nameBytes = TextLimits.termBytes
  /// A salon with more services than this is a mistake in the data.
  public static let services = 1_000
  public static let serviceAreas = 100
  public static let tags = 100
  /// Prices are compared as doubles: exact to 2⁵³.
  public static let highestPrice: Int64 = 1 << 53
  /// Different categories of a segment: their numbers have 16 bits.
  public static let categories = 65_535
  /// Hits of one answer. The API allows 100; replays and reports ask for more.
  public static let hits = 10_000
  /// Values of one filter (categories, tags, ids): more is a mistake, and each costs time.
  public static let filterValues = 1_000
  /// Bounds of one facet: a histogram of more is not read by anyone.
  public static let facetBounds = 64
  /// Words of one query; the rest of a pasted page says nothing.
  public static let words = 16
}

/// Why the index refuses something: what, where, and what is allowed.
public enum IndexError: Error, Equatable, CustomStringConvertible {
  case record(id: String, field: String, reason: String)
  case duplicate(id: String)
  case query(field: String, reason: String)
  case full(providers: Int)

  public var description: String {
    switch self {
    case .record(let id, let field, let reason): "provider '\(id)': \(field): \(reason)"
    case .duplicate(let id): "provider '\(id)' occurs twice: an id must be unique"
    case .query(let field, let reason): "\(field): \(reason)"
    case .full(let providers): "\(providers) providers are more than a segment holds (\(IndexLimits.providers))"
    }
  }
}
