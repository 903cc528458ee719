public import Geometry
import Ranking
public import TextIndex

extension ProviderQuery {
  /// Completes what is being typed: providers in the circle that have every word, the last one perhaps only begun, the known and the
  /// near first. Nothing is counted, and weaker tiers (at last a misspelt beginning) are tried only where nobody was found, so that a
  /// keystroke costs a few blocks.
  public static func suggestions(for words: TokenBuffer, near circle: GeoCircle, limit: Int = 8) -> ProviderQuery {
    var rules = RankingRules()
    rules.weights.popularity = 0.6
    rules.weights.distance = 0.4
    rules.matching.enough = 1
    var query = ProviderQuery(circle: circle, rules: rules)
    (query.words, query.lastWordIsPrefix) = (words, true)
    (query.limit, query.total) = (limit, .none)
    return query
  }
}
