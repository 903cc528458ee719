internal import Columns

extension TermIndex {
  /// An index and where its providers go: the new number by the old one, `.max` for those that are left out.
  public struct MergePart: Sendable {
    public let index: TermIndex
    public let numbers: [UInt32]

    public init(index: TermIndex, numbers: [UInt32]) {
      precondition(numbers.count >= index.providerCount, "not every provider is numbered")
      self.index = index
      self.numbers = numbers
    }
  }

  /// One index of several: to the byte what building it anew would give, since an impact depends on its provider alone. Where two
  /// parts send providers to one number, it has the terms of both. O(postings · log runs), where a run is what stays in order.
  public static func merging(_ parts: [MergePart], providerCount: Int) -> TermIndex {
    let members = MergedDictionary(parts)
    var postings = SortedPostings(keys: members.keys, keyOffsets: members.keyOffsets, counts: members.counts + [0])
    var row: [UInt64] = []
    for term in members.counts.indices {
      row.removeAll(keepingCapacity: true)
      for member in members.memberStarts[term]..<members.memberStarts[term + 1] {
        let (part, source) = members.members[member]
        parts[part].index.forEachPosting(of: source) { number, impact in
          let new = parts[part].numbers[Int(number)]
          if new != .max { row.append(UInt64(new) << 8 | UInt64(impact)) }
        }
      }
      row.sort()
      for (place, posting) in row.enumerated() {
        // Of a number that comes twice the last is the highest.
        if place + 1 < row.count, row[place + 1] >> 8 == posting >> 8 { continue }
        precondition(posting >> 8 < providerCount, "provider number \(posting >> 8) of \(providerCount)")
        postings.append(UInt32(posting >> 8), UInt8(truncatingIfNeeded: posting), to: term)
      }
    }
    return postings.index(providerCount: providerCount)
  }

  /// A term's postings, providers ascending.
  func forEachPosting(of term: UInt32, _ body: (_ provider: UInt32, _ impact: UInt8) -> Void) {
    for container in containers(of: term) {
      let entry = containers.base[container]
      let first = UInt32(entry.chunk) << 12
      var posting = Int(entry.firstPosting)
      func meet(_ offset: UInt32) {
        body(first | offset, posting < impacts.count ? impacts.base[posting] : 255)
        posting += 1
      }
      if entry.isBitmap {
        for word in 0..<TextLimits.chunkWords {
          var left = bitmaps.base[Int(entry.data) + word]
          while left != 0 {
            meet(UInt32(word << 6 + left.trailingZeroBitCount))
            left &= left - 1
          }
        }
      } else {
        for place in 0..<postings(ofContainer: container) { meet(UInt32(offsets.base[Int(entry.data) + place])) }
      }
    }
  }
}

/// The dictionaries of several indexes as one, without the indexes' own rows for crowded prefixes, which are made anew.
private struct MergedDictionary {
  private(set) var keys: [UInt8] = []
  private(set) var keyOffsets: [UInt32] = [0]
  /// Postings of each term, those left out among them.
  private(set) var counts: [Int] = []
  /// Which term of which part each term is: members[memberStarts[t]..<memberStarts[t + 1]].
  private(set) var members: [(part: Int, term: UInt32)] = []
  private(set) var memberStarts: [Int] = [0]

  init(_ parts: [TermIndex.MergePart]) {
    var cursors = parts.map { Cursor($0.index) }
    while let least = cursors.indices.filter({ cursors[$0].term != nil }).min(by: { cursors[$0].precedes(cursors[$1]) }) {
      let key = cursors[least].key
      keys.append(contentsOf: key)
      keyOffsets.append(UInt32(keys.count))
      var count = 0
      for part in cursors.indices {
        guard let term = cursors[part].term, compareBytes(cursors[part].key, key) == 0 else { continue }
        count += parts[part].index.documentFrequency(term)
        members.append((part, term))
        cursors[part].advance()
      }
      counts.append(count)
      memberStarts.append(members.count)
    }
  }

  /// A walk over one part's terms.
  private struct Cursor {
    private let dictionary: DictionaryView
    private var next = 0

    init(_ index: TermIndex) {
      dictionary = index.dictionary
      skipPrefixRows()
    }

    var term: UInt32? { next < dictionary.count ? UInt32(next) : nil }
    var key: UnsafeBufferPointer<UInt8> { dictionary.key(next) }

    func precedes(_ other: Cursor) -> Bool { compareBytes(key, other.key) < 0 }

    mutating func advance() {
      next += 1
      skipPrefixRows()
    }

    private mutating func skipPrefixRows() {
      let own = TermKind.prefixOffset..<TermKind.firstWithoutImpacts
      while next < dictionary.count, own.contains(dictionary.key(next)[0]) { next += 1 }
    }
  }
}
