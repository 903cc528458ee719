internal import Columns

extension TermIndex {
  /// Terms of the key's kind that become the key with at most `edits` (0…2) insertions, deletions, replacements or transpositions
  /// of characters; the first character may differ too. The exact term is among them, with distance 0.
  ///
  /// The automaton walks down the dictionary's trie and leaves what can no longer match; where no edit is left, it goes to the
  /// children that can follow instead of trying all. Kinds without impacts have no typos.
  public func typos(of key: UnsafeBufferPointer<UInt8>, edits: Int, into scratch: inout TypoScratch) {
    scratch.matches.removeAll(keepingCapacity: true)
    scratch.characters.removeAll(keepingCapacity: true)
    guard key.count > 1, key.count <= TextLimits.keyBytes else { return }
    var at = 1
    while at < key.count {
      let end = characterEnd(key, at)
      scratch.characters.append(characterLabel(key, at, end))
      at = end
    }
    guard let kind = trie.child(UInt32(key[0]) << 24, of: trie.root) else { return }
    scratch.characters.withUnsafeBufferPointer { word in
      var walk = TypoWalk(
        dictionary: dictionary, nodes: trie.nodes.buffer, word: word, edits: min(max(edits, 0), TextLimits.edits),
        matches: scratch.matches)
      scratch.matches = []
      walk.descend(kind.node, end: kind.end, bytes: 1, TypoAutomaton())
      swap(&scratch.matches, &walk.matches)
    }
  }
}

/// One walk of the automaton over the trie.
private struct TypoWalk {
  let dictionary: DictionaryView
  let nodes: UnsafeBufferPointer<DictionaryTrie.Node>
  let word: UnsafeBufferPointer<UInt32>
  let edits: Int
  let final: UInt64
  var matches: [TypoScratch.Match]

  init(
    dictionary: DictionaryView, nodes: UnsafeBufferPointer<DictionaryTrie.Node>, word: UnsafeBufferPointer<UInt32>, edits: Int,
    matches: [TypoScratch.Match]
  ) {
    self.dictionary = dictionary
    self.nodes = nodes
    self.word = word
    self.edits = edits
    self.final = 1 << UInt64(word.count)
    self.matches = matches
  }

  /// Where the character stands in the word: bit j + 1 for character j.
  @inline(__always)
  private func occurrences(of label: UInt32) -> UInt64 {
    var places: UInt64 = 0
    for (place, character) in word.enumerated() where character == label { places |= 2 << UInt64(place) }
    return places
  }

  /// - Parameters:
  ///   - end: where the node's terms end.
  ///   - bytes: of the node's prefix.
  mutating func descend(_ node: Int, end: UInt32, bytes: Int, _ state: TypoAutomaton) {
    let children = Int(nodes[node].firstChild)..<Int(nodes[node + 1].firstChild)
    let first = nodes[node].firstTerm
    guard let firstChild = children.first else {
      for term in first..<end { finish(term, from: bytes, state) }
      return
    }
    for term in first..<nodes[firstChild].firstTerm { finish(term, from: bytes, state) }
    if let needed = state.needed(edits: edits), children.count > 4 {
      follow(needed, children, end: end, bytes: bytes, state)
    } else {
      for child in children { enter(child, children, end: end, bytes: bytes, state) }
    }
  }

  /// Enters the children whose character is one of those needed, in their order. There are few: a place for each edit and side.
  private mutating func follow(
    _ needed: UInt64, _ children: Range<Int>, end: UInt32, bytes: Int, _ state: TypoAutomaton
  ) {
    var last: UInt32 = 0
    while true {
      var next = UInt32.max
      var left = needed & (final - 1)
      while left != 0 {
        let label = word[left.trailingZeroBitCount]
        left &= left - 1
        if label > last, label < next { next = label }
      }
      guard next < .max else { return }
      last = next
      if let child = child(next, in: children) { enter(child, children, end: end, bytes: bytes, state) }
    }
  }

  private func child(_ label: UInt32, in children: Range<Int>) -> Int? {
    var (low, high) = (children.lowerBound, children.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if nodes[middle].label < label { low = middle + 1 } else { high = middle }
    }
    return low < children.upperBound && nodes[low].label == label ? low : nil
  }

  @inline(__always)
  private mutating func enter(_ child: Int, _ siblings: Range<Int>, end: UInt32, bytes: Int, _ state: TypoAutomaton) {
    var state = state
    let label = nodes[child].label
    state.read(occurrences(of: label))
    guard state.alive(edits: edits) != 0 else { return }
    let childEnd = child + 1 < siblings.upperBound ? nodes[child + 1].firstTerm : end
    descend(child, end: childEnd, bytes: bytes + characterBytes(label), state)
  }

  /// Reads the rest of one term.
  private mutating func finish(_ term: UInt32, from bytes: Int, _ state: TypoAutomaton) {
    var state = state
    let key = dictionary.key(Int(term))
    var at = bytes
    while at < key.count {
      let end = characterEnd(key, at)
      state.read(occurrences(of: characterLabel(key, at, end)))
      guard state.alive(edits: edits) != 0 else { return }
      at = end
    }
    if let distance = state.distance(edits: edits, final: final) {
      matches.append(TypoScratch.Match(term: term, distance: UInt8(distance)))
    }
  }
}
