/// How far a source has come: which of its numbers were taken, and which passed over. Pure.
///
/// Numbers grow. One that was taken is not taken again, so repeating any part of a stream changes nothing. One that was passed over is not taken
/// later either: what came after it may be about the same time, and the older word must not win. Its sender says it again, under a new number.
struct SourceProgress: Equatable {
  enum Verdict: Equatable {
    case new
    case repeated
    /// In a gap that is remembered.
    case late
  }

  /// The highest number taken.
  private(set) var last: Int?
  /// The latest of the numbers passed over, ascending.
  private(set) var gaps: [ClosedRange<Int>]
  /// Those seen since this value was made.
  private(set) var newGaps: [ClosedRange<Int>] = []

  init(last: Int? = nil, gaps: [ClosedRange<Int>] = []) {
    (self.last, self.gaps) = (last, gaps)
  }

  var newlyMissing: Int { newGaps.reduce(0) { $0 + $1.count } }

  /// Takes the next line's number. O(log gaps).
  mutating func take(_ number: Int) -> Verdict {
    guard let last else {
      // Where a source begins is its own business.
      self.last = number
      return .new
    }
    guard number > last else { return isMissing(number) ? .late : .repeated }
    if number > last + 1 {
      newGaps.append(last + 1...number - 1)
      gaps.append(last + 1...number - 1)
      if gaps.count > FeedLimits.rememberedGaps { gaps.removeFirst() }
    }
    self.last = number
    return .new
  }

  private func isMissing(_ number: Int) -> Bool {
    var (low, high) = (0, gaps.count)
    while low < high {
      let middle = (low + high) / 2
      if gaps[middle].upperBound < number { low = middle + 1 } else { high = middle }
    }
    return low < gaps.count && gaps[low].contains(number)
  }
}
