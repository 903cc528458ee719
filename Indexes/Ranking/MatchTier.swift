/// How a word of a query was found, the strongest first; the last is a level alone (see `MatchingRules`).
public enum MatchTier: UInt8, CaseIterable, Comparable, Sendable, CustomStringConvertible {
  /// As it was written; for a word that is still being typed, also as the beginning of another.
  case exact
  /// By its stem.
  case stem
  /// By a word that means the same.
  case synonym
  /// By the skeleton that its spellings in several scripts share.
  case phonetic
  /// With a slip or two of the finger.
  case typo
  /// Not at all: of a query's words one may be missing.
  case partial

  public static func < (one: MatchTier, other: MatchTier) -> Bool { one.rawValue < other.rawValue }

  /// As profiles, cursors and results name it.
  public var description: String {
    switch self {
    case .exact: "exact"
    case .stem: "stem"
    case .synonym: "synonym"
    case .phonetic: "phonetic"
    case .typo: "typo"
    case .partial: "partial"
    }
  }

  public init?(name: some StringProtocol) {
    guard let tier = MatchTier.allCases.first(where: { $0.description == name }) else { return nil }
    self = tier
  }
}
