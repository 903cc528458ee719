import Columns
import Ranking
import TextIndex

/// Runs of terms that are united: one row is a run of the dictionary, with what an impact of theirs is worth.
struct TermRun: BitwiseCopyable {
  let lower: UInt32
  let upper: UInt32
  /// Weight of the alternative · idf / 255.
  var factor: Float
}

/// What a segment's chunk masks are made of: groups of terms (within a group one is enough, every group must be met), lists of
/// numbers, and the removed.
struct MaskSources: ~Copyable {
  let terms: TermIndex
  /// Runs of all groups; the words' groups come first.
  let runs: UnsafePointer<TermRun>
  /// Group g has the runs from its entry to the next.
  let groupStarts: UnsafePointer<UInt32>
  let groupCount: Int
  let wordCount: Int
  /// Whether one of the words' groups need not be met.
  let mayMissAWord: Bool
  /// Ascending numbers of which a provider must be one, where there is such a list: `listCount` of them, each list closed in itself.
  let lists: UnsafePointer<UInt32>
  let listStarts: UnsafePointer<UInt32>
  let listCount: Int
  /// A bit for each removed provider, or nil.
  let removed: UnsafePointer<UInt64>?
  let count: Int
  /// Chunks of the segments before.
  let firstChunk: Int

  /// Whether there is anything to mask at all.
  var isNeeded: Bool { groupCount > 0 || listCount > 0 || removed != nil }

  /// Fills the mask of a chunk; false when nobody is left.
  ///
  /// - Parameters:
  ///   - complete: who meets the groups of all words, where one of them need not be met; else not touched.
  ///   - union: room.
  func fill(
    _ mask: UnsafeMutablePointer<UInt64>, complete: UnsafeMutablePointer<UInt64>, chunk: Int, union: UnsafeMutablePointer<UInt64>
  ) -> Bool {
    mask.update(repeating: .max, count: 64)
    let last = count - chunk * 4_096
    if last < 4_096 {
      for word in 0..<64 { mask[word] = last >= (word + 1) * 64 ? .max : last <= word * 64 ? 0 : (1 << UInt64(last & 63)) - 1 }
    }
    if let removed {
      let words = min(64, (last + 63) / 64)
      for word in 0..<words { mask[word] &= ~removed[chunk * 64 + word] }
    }
    for list in 0..<listCount {
      union.update(repeating: 0, count: 64)
      addList(list, chunk: chunk, into: union)
      guard intersect(mask, union) else { return false }
    }
    if mayMissAWord {
      complete.update(from: mask, count: 64)
      for word in 0..<wordCount {
        unite(word, chunk: chunk, into: union)
        guard intersectAllButOne(mask, complete, union) else { return false }
      }
    }
    for group in (mayMissAWord ? wordCount : 0)..<groupCount {
      unite(group, chunk: chunk, into: union)
      guard intersect(mask, union) else { return false }
    }
    return removed == nil || groupCount + listCount > 0 || (0..<64).contains { mask[$0] != 0 }
  }

  private func unite(_ group: Int, chunk: Int, into union: UnsafeMutablePointer<UInt64>) {
    union.update(repeating: 0, count: 64)
    for run in Int(groupStarts[group])..<Int(groupStarts[group + 1]) {
      terms.or(terms: runs[run].lower..<runs[run].upper, chunk: chunk, into: union)
    }
  }

  /// One more of the sets all but one of which must be met. Before and after, `complete` has met all so far, `mask` all but one.
  private func intersectAllButOne(
    _ mask: UnsafeMutablePointer<UInt64>, _ complete: UnsafeMutablePointer<UInt64>, _ other: UnsafeMutablePointer<UInt64>
  ) -> Bool {
    var all: UInt64 = 0
    for word in 0..<64 {
      mask[word] = mask[word] & other[word] | complete[word]
      complete[word] &= other[word]
      all |= mask[word]
    }
    return all != 0
  }

  @inline(__always)
  private func intersect(_ mask: UnsafeMutablePointer<UInt64>, _ other: UnsafeMutablePointer<UInt64>) -> Bool {
    var all: UInt64 = 0
    for word in 0..<64 {
      mask[word] &= other[word]
      all |= mask[word]
    }
    return all != 0
  }

  private func addList(_ list: Int, chunk: Int, into mask: UnsafeMutablePointer<UInt64>) {
    var (low, high) = (Int(listStarts[list]), Int(listStarts[list + 1]))
    let end = high
    while low < high {
      let middle = (low + high) / 2
      if Int(lists[middle]) < chunk * 4_096 { low = middle + 1 } else { high = middle }
    }
    while low < end, Int(lists[low]) < (chunk + 1) * 4_096 {
      let offset = Int(lists[low]) & 4_095
      mask[offset >> 6] |= 1 << UInt64(offset & 63)
      low += 1
    }
  }

  func raise(word: Int, chunk: Int, within mask: UnsafePointer<UInt64>, into scores: UnsafeMutablePointer<Float>) {
    for run in Int(groupStarts[word])..<Int(groupStarts[word + 1]) {
      terms.raiseImpacts(
        terms: runs[run].lower..<runs[run].upper, chunk: chunk, factor: runs[run].factor, within: mask, into: scores)
    }
  }

  /// What the words can at most give anyone in the segment.
  func greatestText(_ rules: RankingRules) -> Float {
    var sum: Float = 0
    for word in 0..<wordCount {
      var greatest: Float = 0
      for run in Int(groupStarts[word])..<Int(groupStarts[word + 1]) {
        for term in runs[run].lower..<runs[run].upper {
          greatest = max(greatest, runs[run].factor * Float(terms.maximumImpact(of: term)))
        }
      }
      sum += greatest
    }
    return mayMissAWord ? rules.partialTextScore(sum, hasAllWords: true) : sum
  }
}
