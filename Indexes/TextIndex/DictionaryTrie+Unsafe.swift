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
    /// The row of the prefix when it is crowded, else `.max`.
    let row: UInt32
  }

  /// One node more closes the last; its first term is the first of those that the trie leaves out.
  let nodes: Column<Node>

  var byteCount: Int { nodes.byteCount }

  /// A prefix and its terms, as building finds it.
  struct Prefix {
    let terms: Range<Int>
    let bytes: Int
  }

  /// - Parameter row: the row of a prefix, if it has one.
  init(_ dictionary: DictionaryView, leafTerms: Int, row: (Prefix) -> UInt32?) {
    var nodes: [Node] = []
    Self.walk(dictionary, leafTerms: leafTerms) { label, prefix in
      nodes.append(
        Node(label: label, firstTerm: UInt32(prefix.terms.lowerBound), firstChild: 0, row: row(prefix) ?? .max))
    } descended: { node, firstChild in
      nodes[node].firstChild = UInt32(firstChild)
    }
    nodes.append(
      Node(label: 0, firstTerm: UInt32(dictionary.lowerBoundOfFilters), firstChild: UInt32(nodes.count), row: .max))
    self.nodes = Column(nodes)
  }

  /// Where a walk down the trie is: a node and where its terms end.
  struct Place {
    let node: Int
    let end: UInt32
  }

  @inline(__always)
  var root: Place { Place(node: 0, end: nodes[nodes.count - 1].firstTerm) }

  /// The child whose character is `label`. O(log children).
  @inline(__always)
  func child(_ label: UInt32, of place: Place) -> Place? {
    let first = Int(nodes[place.node].firstChild)
    let end = Int(nodes[place.node + 1].firstChild)
    var (low, high) = (first, end)
    while low < high {
      let middle = (low + high) / 2
      if nodes[middle].label < label { low = middle + 1 } else { high = middle }
    }
    guard low < end, nodes[low].label == label else { return nil }
    return Place(node: low, end: low + 1 < end ? nodes[low + 1].firstTerm : place.end)
  }

  @inline(__always)
  func isLeaf(_ place: Place) -> Bool { nodes[place.node].firstChild == nodes[place.node + 1].firstChild }

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
