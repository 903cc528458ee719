extension OracleAnswer {
  /// Everything in which an engine's answer differs from this one by more than the tolerance; empty where it is right.
  ///
  /// Distances and scores computed by another library differ in their last digits, so that hits whose keys are that close may
  /// stand in another order, and one of them may be on the page for another. What the engine calls equal must be ordered by id.
  /// Where a match lies on a circle's edge, the engine may see it or not: its hits are checked as far as can be.
  func disagreements(with hits: [Hit], total: Int? = nil, facets: Facets? = nil) -> [String] {
    var found = hits.flatMap(disagreements(in:)) + disordered(hits) + missing(from: hits)
    if borderline.isEmpty {
      if hits.count != self.hits.count { found.append("\(hits.count) hits, not \(self.hits.count)") }
      if let total, total != self.total { found.append("total \(total), not \(self.total)") }
      if let facets, facets != self.facets { found.append("facets \(facets), not \(self.facets)") }
    } else if let total, abs(total - self.total) > borderline.count {
      found.append("total \(total), not \(self.total), with \(borderline.count) on the edge")
    }
    return found
  }

  private func disagreements(in hit: Hit) -> [String] {
    guard let match = matches.first(where: { $0.id == hit.id }) else {
      return borderline.contains(hit.id) ? [] : ["'\(hit.id)' does not match"]
    }
    var found: [String] = []
    if abs(hit.score - match.score) > Oracle.tolerance { found.append("'\(hit.id)' scores \(hit.score), not \(match.score)") }
    if abs(hit.distanceMetres - match.distanceMetres) > Oracle.leeway(match.distanceMetres) {
      found.append("'\(hit.id)' is \(hit.distanceMetres) m away, not \(match.distanceMetres)")
    }
    if !isClose(hit.key, match.key) { found.append("'\(hit.id)' is ordered by \(hit.key), not \(match.key)") }
    return found
  }

  private func disordered(_ hits: [Hit]) -> [String] {
    let repeated = Set(hits.map(\.id)).count < hits.count ? ["a hit is given twice"] : []
    return repeated
      + zip(hits, hits.dropFirst()).filter { !Oracle.precedes($0, $1) }.map { "'\($0.id)' comes before '\($1.id)'" }
  }

  /// Place by place the keys must be the same; who is missing must have lost to one with as good a key.
  private func missing(from hits: [Hit]) -> [String] {
    guard borderline.isEmpty else { return [] }
    let keys = zip(self.hits, hits).filter { !isClose($0.key, $1.key) }.map { "key \($1.key) stands where \($0.key) should" }
    let (page, given) = (Set(self.hits.map(\.id)), Set(hits.map(\.id)))
    let strangers = hits.filter { !page.contains($0.id) }
    let absent = self.hits.filter { hit in
      !given.contains(hit.id)
        // The same numbers give the same key in any library, and then the id decides.
        && !strangers.contains { isClose($0.key, hit.key) && inputs[$0.id] != inputs[hit.id] }
    }
    return keys + absent.map { "'\($0.id)' is missing" }
  }

  private func isClose(_ one: Double, _ other: Double) -> Bool {
    // To infinity, nothing finite is close.
    guard one.isFinite, other.isFinite else { return one == other }
    return abs(one - other) <= Oracle.tolerance * max(keyFloor, abs(one), abs(other))
  }
}
