/// The states of a Levenshtein automaton for up to 64 characters and 2 edits, a bit a state: bit j of `within[d]` says that the
/// first j characters of the word can become what was read so far with at most d edits. A transposition of neighbours is one edit
/// (and its characters are not edited again: optimal string alignment).
///
/// The bit-parallel simulation is that of S. Wu and U. Manber, "Fast text searching allowing errors" (1992), with transpositions as
/// H. Hyyrö has them in "A bit-vector algorithm for computing Levenshtein and Damerau edit distances" (2003).
struct TypoAutomaton {
  var within0: UInt64 = 1
  var within1: UInt64 = 3
  var within2: UInt64 = 7
  /// Half-way through a transposition: the first of the two was read, the second must follow.
  var crossing1: UInt64 = 0
  var crossing2: UInt64 = 0

  init() {}

  /// Reads one character; bit j + 1 of `occurrences` says that it is character j of the word.
  @inline(__always)
  mutating func read(_ occurrences: UInt64) {
    let (old0, old1, old2) = (within0, within1, within2)
    within0 = old0 << 1 & occurrences
    within1 = (old1 << 1 & occurrences) | old0 | (old0 | within0) << 1 | (crossing1 & occurrences << 1)
    within2 = (old2 << 1 & occurrences) | old1 | (old1 | within1) << 1 | (crossing2 & occurrences << 1)
    crossing1 = old0 << 2 & occurrences
    crossing2 = old1 << 2 & occurrences
  }

  /// States from which a word can still be reached with at most `edits`.
  @inline(__always)
  func alive(edits: Int) -> UInt64 { edits == 0 ? within0 : edits == 1 ? within1 : within2 }

  /// The distance of what was read from the whole word, if within `edits`.
  @inline(__always)
  func distance(edits: Int, final: UInt64) -> Int? {
    if within0 & final != 0 { return 0 }
    if edits >= 1, within1 & final != 0 { return 1 }
    if edits >= 2, within2 & final != 0 { return 2 }
    return nil
  }

  /// Characters of the word (bit j: character j) one of which must come next: all others end it. Nil while an edit is left.
  @inline(__always)
  func needed(edits: Int) -> UInt64? {
    switch edits {
    case 0: within0
    case 1: within0 == 0 ? within1 | crossing1 >> 2 : nil
    default: within1 == 0 ? within2 | crossing2 >> 2 : nil
    }
  }
}

/// Room for typo look-ups, used for query after query: once warm, a look-up allocates nothing.
public struct TypoScratch: Sendable {
  /// A term, or with a prefix a run of them, and how many edits it is from the word asked for.
  public struct Match: Sendable, Hashable {
    public private(set) var terms: Range<UInt32>
    public let distance: UInt8
    /// The row that stands for the terms, or `.max`.
    private let row: UInt32
    /// Whether the terms are also in an earlier, wider run.
    let isNested: Bool

    public var term: UInt32 { terms.lowerBound }

    init(terms: Range<UInt32>, distance: UInt8, row: UInt32, isNested: Bool) {
      self.terms = terms
      self.distance = distance
      self.row = row
      self.isNested = isNested
    }

    mutating func useRow() {
      if row != .max { terms = row..<row + 1 }
    }
  }

  /// What the last look-up found, in the order of the dictionary.
  public internal(set) var matches: [Match] = []
  /// The sum of document frequencies of all terms found, each counted once: the same however the index is cut in segments.
  public internal(set) var frequency = 0
  /// The characters of the word.
  var characters: [UInt32] = []

  public init() {}
}
