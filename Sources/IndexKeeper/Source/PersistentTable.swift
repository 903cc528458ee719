/// A table of which copies are kept while its owner goes on changing it: a hash trie, sixteen ways at each branch, with up to sixteen
/// entries in a leaf.
///
/// A copy is taken in O(1). A change costs O(log₁₆ n): what no copy holds is changed in place; of what one holds, the nodes on the way
/// to the entry are copied, at most sixteen references each: some five of them in a table of a million. A lookup hashes once and follows
/// as many nodes. Nothing is ever removed: those who use it keep a value that says so, until they make the table anew.
struct PersistentTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Entry {
    let key: Key
    var value: Value
  }

  // Sendable: only a table that alone holds a node changes it, as with the storage of an array; everybody else reads.
  private final class Node: @unchecked Sendable {
    /// Of a leaf.
    var entries: [Entry]
    /// Of a branch, all of them; none in a leaf.
    var children: [Node]

    init(entries: [Entry] = [], children: [Node] = []) { (self.entries, self.children) = (entries, children) }
  }

  private static var bits: Int { 4 }
  private static var ways: Int { 1 << bits }
  private static var leafEntries: Int { 16 }
  /// Where the bits of a hash are used up, leaves take whatever comes.
  private static var deepest: Int { Int.bitWidth / bits }

  private var root = Node()
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  private static func way(_ hash: Int, _ depth: Int) -> Int { hash >> (depth * bits) & (ways - 1) }

  subscript(_ key: Key) -> Value? { Self.value(of: key, key.hashValue, in: root, depth: 0) }

  private static func value(of key: Key, _ hash: Int, in root: Node, depth: Int) -> Value? {
    var (node, depth) = (root, depth)
    while !node.children.isEmpty {
      node = node.children[way(hash, depth)]
      depth += 1
    }
    return node.entries.first { $0.key == key }?.value
  }

  mutating func set(_ value: Value, for key: Key) {
    if Self.set(Entry(key: key, value: value), key.hashValue, in: &root, depth: 0) { count += 1 }
  }

  private static func own(_ node: inout Node) {
    if !isKnownUniquelyReferenced(&node) { node = Node(entries: node.entries, children: node.children) }
  }

  /// True for a new key.
  private static func set(_ entry: Entry, _ hash: Int, in node: inout Node, depth: Int) -> Bool {
    own(&node)
    guard node.children.isEmpty else {
      return set(entry, hash, in: &node.children[way(hash, depth)], depth: depth + 1)
    }
    if let place = node.entries.firstIndex(where: { $0.key == entry.key }) {
      node.entries[place] = entry
      return false
    }
    node.entries.append(entry)
    if node.entries.count > leafEntries, depth < deepest { split(node, depth) }
    return true
  }

  private static func split(_ leaf: Node, _ depth: Int) {
    leaf.children = (0..<ways).map { _ in Node() }
    for entry in leaf.entries { leaf.children[way(entry.key.hashValue, depth)].entries.append(entry) }
    leaf.entries = []
  }

  /// In no particular order.
  func forEach<E: Error>(_ body: (Key, Value) throws(E) -> Void) throws(E) { try Self.forEach(root, body) }

  private static func forEach<E: Error>(_ node: Node, _ body: (Key, Value) throws(E) -> Void) throws(E) {
    for entry in node.entries { try body(entry.key, entry.value) }
    for child in node.children { try forEach(child, body) }
  }

  /// What an earlier copy of this table does not have, or not the same. What both share is passed over: O(changed since the copy).
  func since(_ copy: Self, isSame: (Value, Value) -> Bool) -> Self {
    var changed = Self()
    Self.compare(root, copy.root, depth: 0) { entry, old in
      if let old, isSame(entry.value, old) { return }
      changed.set(entry.value, for: entry.key)
    }
    return changed
  }

  /// - Parameter other: where the entries of `node` are to be found in the copy.
  private static func compare(_ node: Node, _ other: Node, depth: Int, _ body: (Entry, Value?) -> Void) {
    guard node !== other else { return }
    for entry in node.entries { body(entry, value(of: entry.key, entry.key.hashValue, in: other, depth: depth)) }
    for (way, child) in node.children.enumerated() {
      // A leaf that has been split since has them all itself.
      compare(child, other.children.isEmpty ? other : other.children[way], depth: depth + 1, body)
    }
  }
}
