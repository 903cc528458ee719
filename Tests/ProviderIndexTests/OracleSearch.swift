import Foundation

/// A search as a scan of an array.
enum Oracle {
  static let earthRadiusMetres = 6_371_008.8
  /// How far two right computations of a distance or score may lie apart, relatively.
  static let tolerance = 1e-9

  /// The haversine formula, by the platform's mathematical library.
  static func distanceMetres(_ latitude1: Double, _ longitude1: Double, _ latitude2: Double, _ longitude2: Double) -> Double {
    let degree = Double.pi / 180
    let acrossLatitude = sin((latitude2 - latitude1) * degree / 2)
    let acrossLongitude = sin((longitude2 - longitude1) * degree / 2)
    let haversine =
      acrossLatitude * acrossLatitude
      + cos(latitude1 * degree) * cos(latitude2 * degree) * acrossLongitude * acrossLongitude
    return 2 * earthRadiusMetres * asin(min(1, haversine.squareRoot()))
  }

  /// The default profile.
  static func score(_ provider: OracleProvider, distanceMetres: Double, radiusMetres: Double) -> Double {
    0.30 * max(0, 1 - distanceMetres / radiusMetres) + 0.25 * (provider.rating / 5) + 0.25 * provider.availability
      + 0.20 * (provider.verified ? 1 : 0.7)
  }

  /// The surest level that finds enough; where none does, the surest that finds as many as any.
  static func search(_ providers: [OracleProvider], _ query: OracleQuery) -> OracleAnswer {
    if query.words.isEmpty { return search(providers, query, nil) }
    let mayMiss = query.words.count > 1 && query.order == .relevance
    let known = OracleLevel.allCases.filter { $0 != .allButOne || mayMiss }
    var levels = known.filter { ($0.rawValue >= query.strongest.rawValue) && $0.rawValue <= query.weakest.rawValue }
    if levels.isEmpty { levels = [.slip] }
    let answers = levels.map { search(providers, query, $0) }
    let most = answers.map(\.total).max() ?? 0
    guard var answer = answers.first(where: { $0.total >= query.enough || $0.total == most }) else { preconditionFailure() }
    // Who stands on an edge at any level might have tipped the choice.
    answer.borderline = answers.reduce(into: []) { $0.formUnion($1.borderline) }
    return answer
  }

  private static func search(_ providers: [OracleProvider], _ query: OracleQuery, _ level: OracleLevel?) -> OracleAnswer {
    var (matches, found, borderline) = ([OracleAnswer.Hit](), [OracleProvider](), Set<String>())
    let finders = level.map { words(finding: query.words, query, $0, providers) } ?? []
    for provider in providers where fits(provider, query) {
      guard finders.count(where: { $0.isDisjoint(with: provider.words) }) <= (level == .allButOne ? 1 : 0) else { continue }
      let distance = distanceMetres(query.latitude, query.longitude, provider.latitude, provider.longitude)
      let areas = query.servesMe ? provider.serviceAreas.map { edge($0, query) } : [-1]
      let edges = [distance - query.radiusMetres, areas.min() ?? .infinity]
      // Within both circles, but for edges too close to call; a provider outside one is out, however close to the other's.
      let slack = leeway(distance)
      if edges.allSatisfy({ $0 <= slack }), edges.contains(where: { abs($0) <= slack }) { borderline.insert(provider.id) }
      guard edges.allSatisfy({ $0 <= 0 }) else { continue }
      matches.append(hit(provider, distance, query))
      found.append(provider)
    }
    matches.sort(by: precedes)
    return OracleAnswer(
      matches: matches, hits: page(of: matches, query), facets: facets(found, query), borderline: borderline,
      inputs: Dictionary(uniqueKeysWithValues: found.map { ($0.id, inputs($0)) }), keyFloor: query.order == .distance ? 10 : 1,
      level: level)
  }

  /// By key, then by the bytes of the id.
  static func precedes(_ one: OracleAnswer.Hit, _ other: OracleAnswer.Hit) -> Bool {
    one.key != other.key ? one.key > other.key : one.id.utf8.lexicographicallyPrecedes(other.id.utf8)
  }

  /// What a computation of this many metres may be off by. Ten metres and less are known to ten nanometres: nearer than that a
  /// chord between unit vectors cannot tell.
  static func leeway(_ metres: Double) -> Double { tolerance * max(metres, 10) }

  /// How far outside the area the point asked for is.
  private static func edge(_ area: OracleProvider.ServiceArea, _ query: OracleQuery) -> Double {
    distanceMetres(query.latitude, query.longitude, area.latitude, area.longitude) - area.radiusMetres
  }

  /// Every filter but the circles.
  private static func fits(_ provider: OracleProvider, _ query: OracleQuery) -> Bool {
    (query.categories.isEmpty || query.categories.contains(provider.category))
      && (query.tiers.isEmpty || provider.tier.map(query.tiers.contains) ?? false)
      && query.tags.isSubset(of: provider.tags)
      && (query.ids?.contains(provider.id) ?? true)
      && (!query.verifiedOnly || provider.verified)
      && provider.rating >= query.lowestRating ?? 0
      && costsRight(provider, query)
  }

  private static func costsRight(_ provider: OracleProvider, _ query: OracleQuery) -> Bool {
    if query.lowestPrice == nil && query.highestPrice == nil { return true }
    return provider.services.contains { service in
      guard let price = service.price else { return false }
      return price >= query.lowestPrice ?? price && price <= query.highestPrice ?? price
    }
  }

  /// For each word asked for, all words of the market that find it at a level.
  private static func words(
    finding words: [String], _ query: OracleQuery, _ level: OracleLevel, _ providers: [OracleProvider]
  ) -> [Set<String>] {
    let vocabulary = providers.reduce(into: Set<String>()) { $0.formUnion($1.words) }
    return words.enumerated().map { position, word in
      let isPrefix = query.lastWordIsPrefix && position == words.count - 1
      let asWritten = vocabulary.filter { isPrefix ? $0.unicodeScalars.starts(with: word.unicodeScalars) : $0 == word }
      let letters = word.unicodeScalars.count
      return asWritten.union(
        vocabulary.filter { other in
          if level.rawValue >= OracleLevel.stem.rawValue, TestLanguage.stem(other) == TestLanguage.stem(word) { return true }
          if level.rawValue >= OracleLevel.meaning.rawValue {
            let meanings = TestLanguage.meanings(word).map(\.name)
            if TestLanguage.meanings(other).contains(where: { meanings.contains($0.name) }) { return true }
          }
          let sound = TestLanguage.skeleton(word)
          if level.rawValue >= OracleLevel.sound.rawValue, !sound.isEmpty, TestLanguage.skeleton(other) == sound { return true }
          guard level.rawValue >= OracleLevel.slip.rawValue, letters >= 3, letters > 3 || asWritten.isEmpty else { return false }
          let distances = EditTable.distances(word, toBeginningsOf: other)
          return (isPrefix ? distances.min() ?? 9 : distances[other.unicodeScalars.count]) <= (letters < 8 ? 1 : 2)
        })
    }
  }

  private static func hit(_ provider: OracleProvider, _ distance: Double, _ query: OracleQuery) -> OracleAnswer.Hit {
    let score = score(provider, distanceMetres: distance, radiusMetres: query.radiusMetres)
    let key =
      switch query.order {
      case .relevance: score
      case .distance: -distance
      case .rating: provider.rating
      case .price: provider.lowestPrice.map { -Double($0) } ?? -.infinity
      }
    return OracleAnswer.Hit(id: provider.id, key: key, score: score, distanceMetres: distance)
  }

  private static func inputs(_ provider: OracleProvider) -> [Double] {
    [
      provider.latitude, provider.longitude, provider.rating, provider.availability, provider.verified ? 1 : 0.7,
      provider.lowestPrice.map(Double.init) ?? -1,
    ]
  }

  private static func page(of matches: [OracleAnswer.Hit], _ query: OracleQuery) -> [OracleAnswer.Hit] {
    guard let after = query.after else { return Array(matches.prefix(query.limit)) }
    // The hit itself says where it stands; its key does where it has gone since.
    let last = OracleAnswer.Hit(id: after.id, key: after.key, score: 0, distanceMetres: 0)
    let rest = matches.firstIndex { $0.id == after.id }.map { matches[($0 + 1)...] } ?? matches.drop { !precedes(last, $0) }
    return Array(rest.prefix(query.limit))
  }

  private static func facets(_ found: [OracleProvider], _ query: OracleQuery) -> OracleAnswer.Facets {
    OracleAnswer.Facets(
      category: counts(found.map(\.category)), tier: counts(found.compactMap(\.tier)),
      rating: histogram(found.map(\.rating), query.ratingBounds),
      price: histogram(found.compactMap(\.lowestPrice), query.priceBounds))
  }

  private static func counts(_ names: [String]) -> [String: Int] {
    Dictionary(grouping: names) { $0 }.mapValues(\.count)
  }

  private static func histogram<Value: Comparable>(_ values: [Value], _ bounds: [Value]) -> [Int] {
    bounds.indices.map { index in
      values.count { value in value >= bounds[index] && !(bounds.dropFirst(index + 1).first.map { value >= $0 } ?? false) }
    }
  }
}
