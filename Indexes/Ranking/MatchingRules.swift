/// What each way to find a word is worth, and when the weaker ways are tried at all.
///
/// At a *level*, every word of the query must be found by that tier or a stronger one. A search runs at the strongest level, from
/// `first` to `last`, that has `enough` matches, all filters and the circle applied; where none has, at the strongest of those that have
/// the most. Levels hold one another, so a level that finds no more than a stronger one is never the one that answers.
///
/// At the level `partial`, one word of several may be missing altogether; whoever has all of them has a text feature above one half,
/// the others one below. It is tried for hits ordered by relevance alone: nobody wants the nearest of those who are not quite meant.
@frozen
public struct MatchingRules: Hashable, Sendable {
  public var exact = 1.0
  /// Of a longer word that begins with the one being typed; it belongs to the exact tier.
  public var prefix = 0.9
  public var stem = 0.8
  public var synonym = 0.7
  public var phonetic = 0.5
  /// With one edit; two count half of it.
  public var typo = 0.4
  /// So many matches are a page worth looking at without guessing what else may have been meant.
  public var enough = 10
  /// Tiers up to this one are always tried together.
  public var first = MatchTier.exact
  /// Weaker ones are not tried.
  public var last = MatchTier.typo

  public init() {}

  /// Exact and stem together, whatever they find, and nothing weaker.
  public static let literal: MatchingRules = {
    var rules = MatchingRules()
    (rules.first, rules.last) = (.stem, .stem)
    return rules
  }()

  public func weight(of tier: MatchTier) -> Double {
    switch tier {
    case .exact: exact
    case .stem: stem
    case .synonym: synonym
    case .phonetic: phonetic
    case .typo: typo
    case .partial: 0
    }
  }

  /// What the rules must be. A guess never counts more than what was written: nothing more than the exact word, and a beginning with a
  /// slip not more than one without.
  func check() throws(RankingError) {
    for (name, weight, bound, most) in [
      ("exact", exact, "exact", exact), ("prefix", prefix, "exact", exact), ("stem", stem, "exact", exact),
      ("synonym", synonym, "exact", exact), ("phonetic", phonetic, "exact", exact), ("typo", typo, "prefix", prefix),
    ] {
      guard weight >= 0, weight <= 1 else {
        throw RankingError(field: "matching.weights.\(name)", reason: "\(weight): must be a number from 0 to 1")
      }
      guard weight <= most else {
        throw RankingError(
          field: "matching.weights.\(name)", reason: "\(weight): must not be above matching.weights.\(bound), \(most)")
      }
    }
    guard enough >= 0, enough <= RankingLimits.mostEnough else {
      throw RankingError(
        field: "matching.enough", reason: "\(enough): must be a whole number from 0 to \(RankingLimits.mostEnough)")
    }
    guard first <= last else {
      throw RankingError(field: "matching.first", reason: "\"\(first)\": must not be weaker than matching.last, \"\(last)\"")
    }
  }

  /// Whether `check` finds nothing wrong.
  var isSound: Bool {
    let all = SIMD8(exact, prefix, stem, synonym, phonetic, typo, 0, 0)
    return ((all .>= 0) .& (all .<= exact)) == SIMDMask(repeating: true) && exact <= 1 && typo <= prefix && enough >= 0
      && enough <= RankingLimits.mostEnough
      && first <= last
  }
}
