internal import Columns

extension TermIndex {
  /// Terms of the key's kind that become the key with at most `edits` (0…2) insertions, deletions, replacements or transpositions
  /// of characters; the first character may differ too. The exact term is among them, with distance 0.
  ///
  /// With `asPrefix`, terms some beginning of which becomes the key: what may have been meant by a word that is still being typed.
  /// They come as runs, whose distance is at most the run's; nearer terms of a run have one of their own beside it.
  ///
  /// The automaton walks down the dictionary's trie and leaves what can no longer match; where no edit is left, it goes to the
  /// children that can follow instead of trying all. Kinds without impacts have no typos.
  public func typos(
    of key: UnsafeBufferPointer<UInt8>, edits: Int, asPrefix: Bool = false, into scratch: inout TypoScratch
  ) {
    scratch.matches.removeAll(keepingCapacity: true)
    scratch.characters.removeAll(keepingCapacity: true)
    scratch.frequency = 0
    guard key.count > 1, key.count <= TextLimits.keyBytes else { return }
    var at = 1
    while at < key.count {
      let end = characterEnd(key, at)
      scratch.characters.append(characterLabel(key, at, end))
      at = end
    }
    guard let kind = trie.child(UInt32(key[0]) << 24, of: trie.root) else { return }
    scratch.characters.withUnsafeBufferPointer { word in
      let edits = min(max(edits, 0), TextLimits.edits)
      var walk = TypoWalk(
        dictionary: dictionary, nodes: trie.nodes.buffer, word: word, edits: edits, isPrefix: asPrefix, matches: scratch.matches)
      scratch.matches = []
      walk.descend(kind.node, end: kind.end, bytes: 1, TypoAutomaton(), edits: edits)
      swap(&scratch.matches, &walk.matches)
    }
    for match in scratch.matches where !match.isNested { scratch.frequency += postings(of: match.terms) }
    // The row of a crowded prefix stands for all its terms.
    for index in scratch.matches.indices { scratch.matches[index].useRow() }
  }
}

/// One walk of the automaton over the trie. `edits` is what may still be spent where the walk is: below a beginning that matches,
/// only what is nearer is looked for.
private struct TypoWalk {
  let dictionary: DictionaryView
  let nodes: UnsafeBufferPointer<DictionaryTrie.Node>
  let word: UnsafeBufferPointer<UInt32>
  let mostEdits: Int
  let isPrefix: Bool
  let final: UInt64
  /// A bit for some of the word's characters each: most of the dictionary's are none of them, and are told by this.
  let filter: UInt64
  var matches: [TypoScratch.Match]

  init(
    dictionary: DictionaryView, nodes: UnsafeBufferPointer<DictionaryTrie.Node>, word: UnsafeBufferPointer<UInt32>, edits: Int,
    isPrefix: Bool, matches: [TypoScratch.Match]
  ) {
    self.dictionary = dictionary
    self.nodes = nodes
    self.word = word
    self.mostEdits = edits
    self.isPrefix = isPrefix
    self.final = 1 << UInt64(word.count)
    self.filter = word.reduce(0) { $0 | Self.filterBit($1) }
    self.matches = matches
  }

  /// Where the character stands in the word: bit j + 1 for character j.
  @inline(__always)
  private func occurrences(of label: UInt32) -> UInt64 {
    guard filter & Self.filterBit(label) != 0 else { return 0 }
    var places: UInt64 = 0
    for (place, character) in word.enumerated() where character == label { places |= 2 << UInt64(place) }
    return places
  }

  @inline(__always)
  private static func filterBit(_ label: UInt32) -> UInt64 { 1 << UInt64((label &* 0x9E37_79B1) >> 26) }

  /// - Parameters:
  ///   - end: where the node's terms end.
  ///   - bytes: of the node's prefix.
  mutating func descend(_ node: Int, end: UInt32, bytes: Int, _ state: TypoAutomaton, edits: Int) {
    let first = nodes[node].firstTerm
    var edits = edits
    if isPrefix, let distance = state.distance(edits: edits, final: final) {
      add(first..<end, distance, row: nodes[node].row, edits: edits)
      edits = distance - 1
      guard edits >= 0, state.alive(edits: edits) != 0 else { return }
    }
    let children = Int(nodes[node].firstChild)..<Int(nodes[node + 1].firstChild)
    guard let firstChild = children.first else {
      for term in first..<end { finish(term, from: bytes, state, edits: edits) }
      return
    }
    for term in first..<nodes[firstChild].firstTerm { finish(term, from: bytes, state, edits: edits) }
    if let needed = state.needed(edits: edits), children.count > 4 {
      follow(needed, children, end: end, bytes: bytes, state, edits: edits)
    } else {
      for child in children { enter(child, children, end: end, bytes: bytes, state, edits: edits) }
    }
  }

  private mutating func add(_ terms: Range<UInt32>, _ distance: Int, row: UInt32 = .max, edits: Int) {
    matches.append(TypoScratch.Match(terms: terms, distance: UInt8(distance), row: row, isNested: edits < mostEdits))
  }

  /// Enters the children whose character is one of those needed, in their order. There are few: a place for each edit and side.
  private mutating func follow(
    _ needed: UInt64, _ children: Range<Int>, end: UInt32, bytes: Int, _ state: TypoAutomaton, edits: Int
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
      if let child = child(next, in: children) { enter(child, children, end: end, bytes: bytes, state, edits: edits) }
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
  private mutating func enter(
    _ child: Int, _ siblings: Range<Int>, end: UInt32, bytes: Int, _ state: TypoAutomaton, edits: Int
  ) {
    var state = state
    let label = nodes[child].label
    state.read(occurrences(of: label))
    guard state.alive(edits: edits) != 0 else { return }
    let childEnd = child + 1 < siblings.upperBound ? nodes[child + 1].firstTerm : end
    descend(child, end: childEnd, bytes: bytes + characterBytes(label), state, edits: edits)
  }

  /// Reads the rest of one term.
  private mutating func finish(_ term: UInt32, from bytes: Int, _ state: TypoAutomaton, edits: Int) {
    var state = state
    let key = dictionary.key(Int(term))
    var (at, left, nearest) = (bytes, edits, Int?.none)
    while at < key.count, left >= 0 {
      let end = characterEnd(key, at)
      state.read(occurrences(of: characterLabel(key, at, end)))
      guard state.alive(edits: left) != 0 else { break }
      at = end
      if isPrefix, let distance = state.distance(edits: left, final: final) { (nearest, left) = (distance, distance - 1) }
    }
    if !isPrefix, at == key.count { nearest = state.distance(edits: edits, final: final) }
    if let nearest { add(term..<term + 1, nearest, edits: edits) }
  }
}
