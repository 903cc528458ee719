internal import Columns

extension TermIndex {
  /// What was derived agrees with what it was derived from: every term is found, every trie node has the terms it says, and every
  /// crowded prefix has a row that is the union of its terms.
  func checkDerived() {
    for term in 0..<UInt32(termCount) {
      withKey(of: term) { key in precondition(self.term(key) == term, "term \(term) is not found by its key") }
    }
    for node in 0..<trie.nodes.count - 1 {
      let (here, next) = (trie.nodes[node], trie.nodes[node + 1])
      precondition(here.firstChild > node && here.firstChild <= next.firstChild, "the children of node \(node) are not a run")
      precondition(Int(next.firstChild) < trie.nodes.count && Int(here.firstTerm) <= termCount, "node \(node) leads outside")
    }
    for term in 0..<UInt32(termCount) {
      let key = key(of: term)
      guard key[0] == TermKind.surface.rawValue + TermKind.prefixOffset else { continue }
      checkPrefix(term, [key[0] - TermKind.prefixOffset] + key.dropFirst())
    }
  }

  private func checkPrefix(_ row: UInt32, _ key: [UInt8]) {
    let all = key.withUnsafeBufferPointer { terms(withPrefix: $0) }
    var (mask, union) = ([UInt64](repeating: 0, count: 64), [UInt64](repeating: 0, count: 64))
    var (best, raised) = ([Float](repeating: 0, count: 4_096), [Float](repeating: 0, count: 4_096))
    for chunk in 0..<chunkCount {
      for index in 0..<64 { (mask[index], union[index]) = (0, 0) }
      for index in 0..<4_096 { (best[index], raised[index]) = (0, 0) }
      or(term: row, chunk: chunk, into: &mask)
      raiseImpacts(term: row, chunk: chunk, factor: 1, into: &best)
      for term in all {
        or(term: term, chunk: chunk, into: &union)
        raiseImpacts(term: term, chunk: chunk, factor: 1, into: &raised)
      }
      precondition(mask == union && best == raised, "the row of prefix \(key) is not the union of its terms")
    }
  }
}
