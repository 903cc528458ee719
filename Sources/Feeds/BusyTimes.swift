/// A stretch of time, in microseconds since 1970, with its end excluded.
typealias TimeSpan = Range<Int64>

/// What lines of one calendar come to, taken one after another: for each moment they name, the last word. Pure.
struct BusyPatch: Equatable {
  struct Piece: Equatable {
    var span: TimeSpan
    var isBusy: Bool
  }

  /// Disjoint, ascending.
  private(set) var pieces: [Piece] = []

  /// Everything that any line named, with what touches drawn together.
  var touched: [TimeSpan] { pieces.map(\.span).joined() }

  /// O(pieces).
  mutating func say(_ span: TimeSpan, isBusy: Bool) {
    guard !span.isEmpty else { return }
    let first = firstPiece(endingAfter: span.lowerBound)
    var end = first
    var kept: [Piece] = []
    while end < pieces.count, pieces[end].span.lowerBound < span.upperBound {
      let old = pieces[end]
      if old.span.lowerBound < span.lowerBound {
        kept.append(Piece(span: old.span.lowerBound..<span.lowerBound, isBusy: old.isBusy))
      }
      if old.span.upperBound > span.upperBound {
        kept.append(Piece(span: span.upperBound..<old.span.upperBound, isBusy: old.isBusy))
      }
      end += 1
    }
    let place = kept.first.map { $0.span.lowerBound < span.lowerBound } ?? false ? 1 : 0
    kept.insert(Piece(span: span, isBusy: isBusy), at: place)
    pieces.replaceSubrange(first..<end, with: kept)
  }

  private func firstPiece(endingAfter moment: Int64) -> Int {
    var (low, high) = (0, pieces.count)
    while low < high {
      let middle = (low + high) / 2
      if pieces[middle].span.upperBound <= moment { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// What is busy after this, where `rows` were before: disjoint, ascending, none touching the next.
  /// - Parameter rows: disjoint, ascending; all that overlap or touch what the patch names. O(rows + pieces).
  func applied(to rows: [TimeSpan]) -> [TimeSpan] {
    var spans = pieces.filter(\.isBusy).map(\.span)
    var next = 0
    for row in rows {
      while next < pieces.count, pieces[next].span.upperBound <= row.lowerBound { next += 1 }
      var (start, at) = (row.lowerBound, next)
      while at < pieces.count, pieces[at].span.lowerBound < row.upperBound {
        if start < pieces[at].span.lowerBound { spans.append(start..<pieces[at].span.lowerBound) }
        start = max(start, pieces[at].span.upperBound)
        at += 1
      }
      if start < row.upperBound { spans.append(start..<row.upperBound) }
    }
    return spans.sorted { $0.lowerBound < $1.lowerBound }.joined()
  }
}

extension [TimeSpan] {
  /// Of ascending spans: each drawn together with the next where they touch or overlap.
  func joined() -> [TimeSpan] {
    var result: [TimeSpan] = []
    for span in self {
      if let last = result.last, last.upperBound >= span.lowerBound {
        result[result.count - 1] = last.lowerBound..<Swift.max(last.upperBound, span.upperBound)
      } else {
        result.append(span)
      }
    }
    return result
  }
}

/// The rows of one calendar that must go and come, so that its busy times are what a patch makes of them.
struct BusyChange: Equatable {
  let removedRows: [Int64]
  let added: [TimeSpan]

  /// - Parameter rows: by their ids, in any order; see `BusyPatch.applied`. A row that stays what it is is not touched.
  init(_ patch: BusyPatch, rows: [(id: Int64, span: TimeSpan)]) {
    let wanted = patch.applied(to: rows.map(\.span).sorted { $0.lowerBound < $1.lowerBound })
    let kept = Set(rows.map(\.span)).intersection(wanted)
    removedRows = rows.filter { !kept.contains($0.span) }.map(\.id)
    added = wanted.filter { !kept.contains($0) }
  }
}
