public import AvailabilityIndex
import Columns
import Ranking
public import TextIndex

/// The one writer of an index. Inserts, edits and removals are collected and become visible together, when they are published as a small
/// segment beside the others; live values change at once, in place. Small segments are merged into larger ones in the background, each
/// at most about half of the one before it, so there are O(log n) of them.
///
/// Not to be shared: whoever follows the feed owns it. The snapshots it gives are anybody's.
public final class IndexWriter {
  /// Where a provider is, until segments come or go with a `publish` or `finish`.
  public struct Location: Hashable, Sendable {
    let part: Int
    let number: Int
    let layout: Int
  }

  private struct WritablePart {
    let segment: Segment
    var removed: [UInt64]
    var removedCount = 0
    /// The slot from which availability was last refreshed, and up to which provider.
    var refreshedSlot = Int.min
    var refreshedCount = 0
    /// What the last snapshot has of `removed`.
    var published: Column<UInt64>?

    var liveCount: Int { segment.count - removedCount }

    init(_ segment: Segment) {
      self.segment = segment
      removed = []
    }

    func isRemoved(_ number: Int) -> Bool { !removed.isEmpty && removed[number >> 6] >> UInt64(number & 63) & 1 == 1 }

    mutating func remove(_ number: Int) {
      if removed.isEmpty { removed = [UInt64](repeating: 0, count: (segment.count + 63) / 64) }
      removed[number >> 6] |= 1 << UInt64(number & 63)
      removedCount += 1
      published = nil
    }
  }

  private let analyzer: any TextAnalyzer
  private var parts: [WritablePart] = []
  private struct PendingRecord {
    /// Records are published in the order in which their ids first came.
    let turn: Int
    var record: ProviderRecord
  }

  private var pending: [ExactText: PendingRecord] = [:]
  private var nextTurn = 0
  /// Rises whenever the list of segments changes.
  private var layout = 0
  private var position: UInt64
  /// When the staff is free, and when it works: whoever has them changes them in place. Readers see another one with the next snapshot.
  public var calendar: AvailabilityCalendar?
  public var hours: AvailabilityCalendar?

  public init(analyzer: any TextAnalyzer, base: Segment? = nil, calendar: AvailabilityCalendar? = nil, position: UInt64 = 0) {
    self.analyzer = analyzer
    self.calendar = calendar
    self.position = position
    if let base { parts.append(WritablePart(base)) }
  }

  /// Providers, pending ones among them.
  public var count: Int { parts.reduce(0) { $0 + $1.liveCount } + pending.keys.count { locate($0.text) == nil } }
  public var segmentCount: Int { parts.count }

  /// Inserts a provider or puts it in the place of the one with its id. Visible with the next `publish`.
  public func upsert(_ record: ProviderRecord) throws(IndexError) {
    try record.check()
    let id = ExactText(record.id)
    let turn = pending[id]?.turn ?? nextTurn
    if turn == nextTurn { nextTurn += 1 }
    pending[id] = PendingRecord(turn: turn, record: record)
  }

  /// Removes a provider; false when there is none. Visible with the next `publish`.
  @discardableResult
  public func remove(id: String) -> Bool {
    let wasPending = pending.removeValue(forKey: ExactText(id)) != nil
    guard let location = locate(id) else { return wasPending }
    parts[location.part].remove(location.number)
    return true
  }

  /// Where a provider is that has been published. O(segments).
  public func locate(_ id: String) -> Location? {
    for part in parts.indices.reversed() {
      if let number = parts[part].segment.number(of: id), !parts[part].isRemoved(number) {
        return Location(part: part, number: number, layout: layout)
      }
    }
    return nil
  }

  /// Changes a live value of a provider, in place, and in its record where one is waiting to be published. False when there is none.
  @discardableResult
  public func apply(_ change: LiveChange, to id: String) throws(IndexError) -> Bool {
    try change.check(id)
    let location = locate(id)
    if let location { parts[location.part].segment.apply(change, to: location.number) }
    let key = ExactText(id)
    guard pending[key] != nil else { return location != nil }
    pending[key]?.record.apply(change)
    return true
  }

  /// The same for a provider that has been located and of which no record is waiting: nothing is looked up. The change is in its range.
  /// False, and nothing is changed, when segments have come or gone since: whoever is there now must be located again.
  public func apply(_ change: LiveChange, at location: Location) -> Bool {
    guard location.layout == layout else { return false }
    parts[location.part].segment.apply(change, to: location.number)
    return true
  }

  /// Makes everything pending visible, and gives the index as it then is. O(pending · log + removed bits).
  public func publish(position: UInt64) throws(IndexError) -> IndexSnapshot {
    if !pending.isEmpty {
      var builder = SegmentBuilder(analyzer: analyzer)
      for (_, waiting) in pending.sorted(by: { $0.value.turn < $1.value.turn }) { try builder.add(waiting.record) }
      let segment = try builder.finish()
      for id in pending.keys { if let location = locate(id.text) { parts[location.part].remove(location.number) } }
      parts.append(WritablePart(segment))
      layout += 1
      (pending, nextTurn) = ([:], 0)
    }
    let count = parts.count
    parts.removeAll { $0.liveCount == 0 && $0.segment.count > 0 }
    if parts.count != count { layout += 1 }
    self.position = position
    return snapshot()
  }

  /// Counts again, for published providers, what passes with time: the share of the slots of `coming` that is free, and whether one of
  /// `hot` is, which begin together. Up to `limit` providers, in the order in which they were left; true when all have been counted.
  ///
  /// Whoever follows time calls it until it is true, whenever another slot has begun, with others' work in between. A record that is
  /// waiting is not looked at: whoever makes it counts for itself.
  ///
  /// - Parameter crew: reads the calendar; where others wait for this it may be several.
  public func refreshAvailability(coming: SlotWindow, hot: SlotWindow, limit: Int, crew: Crew = .alone) -> Bool {
    guard let calendar else { return true }
    var left = limit
    for part in parts.indices {
      if parts[part].refreshedSlot != coming.from {
        parts[part].refreshedSlot = coming.from
        parts[part].refreshedCount = 0
      }
      let segment = parts[part].segment
      let from = parts[part].refreshedCount
      let to = min(from + left, segment.count)
      for standing in segment.changedStandings(from..<to, calendar, coming: coming, hot: hot, crew: crew) {
        segment.apply(standing)
      }
      parts[part].refreshedCount = to
      left -= to - from
      if to < segment.count { return false }
    }
    return true
  }

  private func snapshot() -> IndexSnapshot {
    for part in parts.indices where parts[part].published == nil && parts[part].removedCount > 0 {
      parts[part].published = Column(parts[part].removed)
    }
    return IndexSnapshot(
      parts: parts.map { IndexSnapshot.Part(segment: $0.segment, removed: $0.published, removedCount: $0.removedCount) },
      calendar: calendar, hours: hours, position: position)
  }

  /// The merge that is due, if one is: from the oldest segment that is no larger than all newer ones together; or one of which more than
  /// half has been removed. Run it where there is time, then `finish` it. One at a time.
  public func dueMerge() -> SegmentMerge? {
    var (first, newer) = (parts.count, 0)
    for index in parts.indices.reversed() {
      if newer >= parts[index].liveCount, index < parts.count - 1 { first = index }
      newer += parts[index].liveCount
    }
    if first < parts.count { return merge(first..<parts.count) }
    let wasteful = parts.indices.first { parts[$0].removedCount * 2 > parts[$0].segment.count }
    return wasteful.map { merge($0..<$0 + 1) }
  }

  /// A merge of everything that has been published, for a file: what it gives is the whole index.
  public func wholeMerge() -> SegmentMerge { merge(0..<parts.count) }

  private func merge(_ range: Range<Int>) -> SegmentMerge {
    let snapshot = snapshot()
    return SegmentMerge(parts: Array(snapshot.parts[range]))
  }

  /// Puts a merged segment in the place of those it was made of, with what has changed in them since. O(n) loads; stores only what
  /// changed. A segment that is gone was dropped because all of it had been removed.
  public func finish(_ finished: SegmentMerge.Finished) {
    var merged = WritablePart(finished.segment)
    var place = parts.count
    for (source, numbers) in zip(finished.merge.parts, finished.numbers) {
      let index = parts.firstIndex { $0.segment === source.segment }
      for (old, number) in numbers.enumerated() where number != .max {
        guard let index, !parts[index].isRemoved(old) else {
          merged.remove(Int(number))
          continue
        }
        merged.segment.takeLive(Int(number), from: source.segment, old)
      }
      if let index {
        parts.remove(at: index)
        place = min(place, index)
      }
    }
    parts.insert(merged, at: min(place, parts.count))
    layout += 1
  }
}

extension IndexSnapshot.Part {
  func isRemoved(_ number: Int) -> Bool { removed.map { $0[number >> 6] >> UInt64(number & 63) & 1 == 1 } ?? false }
}
