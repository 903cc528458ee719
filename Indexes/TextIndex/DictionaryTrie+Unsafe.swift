internal import Columns

/// The upper part of the dictionary's trie, over characters: down to where a prefix has few terms.
///
/// Nodes lie in the order of a breadth-first walk, so a node's children are a run: nodes[n].firstChild ..< nodes[n + 1].firstChild.
/// A node's terms begin at its `firstTerm` and end where its next sibling's begin, or where its parent's end. Node 0 is above the
/// kinds; its children are the kinds that carry impacts.
struct DictionaryTrie: Sendable {
  struct Node: BitwiseCopyable {
    /// The character's bytes, the first one highest, so that labels are in the order of keys.
    let label: UInt32
    let firstTerm: UInt32
    var firstChild: UInt32
  }

  /// One node more closes the last.
  let nodes: Column<Node>

  var byteCount: Int { nodes.byteCount }

  /// A prefix and its terms, as building finds it.
  struct Prefix {
    let terms: Range<Int>
    let bytes: Int
  }

  init(_ dictionary: DictionaryView, leafTerms: Int) {
    var nodes: [Node] = []
    Self.walk(dictionary, leafTerms: leafTerms) { label, prefix in
      nodes.append(Node(label: label, firstTerm: UInt32(prefix.terms.lowerBound), firstChild: 0))
    } descended: { node, firstChild in
      nodes[node].firstChild = UInt32(firstChild)
    }
    nodes.append(Node(label: 0, firstTerm: UInt32(dictionary.count), firstChild: UInt32(nodes.count)))
    self.nodes = Column(nodes)
  }

  /// Meets the nodes in breadth-first order. O(terms × depth of the trie).
  static func walk(
    _ dictionary: DictionaryView, leafTerms: Int, _ meet: (_ label: UInt32, Prefix) -> Void,
    descended: (_ node: Int, _ firstChild: Int) -> Void = { _, _ in }
  ) {
    let end = dictionary.lowerBoundOfFilters
    var queue = [Prefix(terms: 0..<end, bytes: 0)]
    meet(0, queue[0])
    var at = 0
    while at < queue.count {
      let parent = queue[at]
      descended(at, queue.count)
      at += 1
      if parent.bytes > 0 && parent.terms.count <= leafTerms { continue }
      var term = parent.terms.lowerBound
      while term < parent.terms.upperBound, dictionary.key(term).count <= parent.bytes { term += 1 }
      while term < parent.terms.upperBound {
        let first = term
        let key = dictionary.key(first)
        let characterEnd = parent.bytes == 0 ? 1 : characterEnd(key, parent.bytes)
        let label = characterLabel(key, parent.bytes, characterEnd)
        let bytes = parent.bytes + (parent.bytes == 0 ? 1 : characterBytes(label))
        repeat { term += 1 } while term < parent.terms.upperBound && dictionary.label(term, parent.bytes) == label
        let child = Prefix(terms: first..<term, bytes: bytes)
        queue.append(child)
        meet(label, child)
      }
    }
  }
}

extension DictionaryView {
  /// Where the kinds that the trie leaves out begin: crowded prefixes and filters.
  var lowerBoundOfFilters: Int {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1) { kind in
      kind[0] = TermKind.prefixOffset
      return lowerBound(of: UnsafeBufferPointer(kind), in: 0..<count)
    }
  }

  /// The label of the character at `at`; of the kind byte at 0.
  @inline(__always)
  fileprivate func label(_ term: Int, _ at: Int) -> UInt32 {
    let key = key(term)
    guard at < key.count else { return 0 }
    return characterLabel(key, at, at == 0 ? 1 : characterEnd(key, at))
  }
}
