import Columns
public import Synchronization

/// The words of all staff members.
///
/// 256 staff members are a block; in a block the days lie one after another, and in a day its staff: the day of a provider's whole
/// staff is a cache line or two, and that of its neighbours the rest of the page. What a search asks of its candidates is mostly
/// the time of these misses. The first blocks are one row; staff added later live in segments that double in size, found
/// through a directory whose entries are written once, before anyone may ask for their staff. So nothing ever moves, and readers
/// need no lock while the calendar grows.
@usableFromInline
struct StaffRows: ~Copyable, @unchecked Sendable {
  // Sendable: words and directory are atomic, the rest is immutable.
  @usableFromInline let first: UnsafeMutablePointer<Atomic<UInt64>>
  @usableFromInline let firstCapacity: Int
  @usableFromInline let wordsPerBlock: Int
  private let directory = InlineArray<24, Atomic<UnsafeMutablePointer<Atomic<UInt64>>?>> { _ in Atomic(nil) }

  @inlinable static var staffPerBlock: Int { 256 }
  @inlinable static var wordsPerDay: Int { 2 * staffPerBlock }
  /// Staff of the first segment after the base, a multiple of a block; small, as few are added between two rebuilds.
  static var firstSegmentStaff: Int { 256 }

  /// - Parameters:
  ///   - words: one for each segment, kept alive by the calendar.
  ///   - room: gives zeros.
  init(staffCount: Int, days: Int, words: inout [LiveWords], room: (Int) -> LiveWords = { LiveWords(count: $0) }) {
    let blocks = (staffCount + Self.staffPerBlock - 1) / Self.staffPerBlock
    wordsPerBlock = days * Self.wordsPerDay
    let base = room(blocks * wordsPerBlock)
    words.append(base)
    first = base.base
    firstCapacity = blocks * Self.staffPerBlock
  }

  /// Makes room for staff member number `count - 1`. The writer's.
  func reserve(_ count: Int, words: inout [LiveWords]) {
    while capacity(segments: words.count - 1) < count {
      let segment = words.count - 1
      let added = LiveWords(count: (Self.firstSegmentStaff << segment) / Self.staffPerBlock * wordsPerBlock)
      words.append(added)
      directory[segment].store(added.base, ordering: .releasing)
    }
  }

  /// How many staff members the base and the first `segments` segments have room for.
  private func capacity(segments: Int) -> Int { firstCapacity + ((1 << segments) - 1) * Self.firstSegmentStaff }

  @inlinable
  @inline(__always)
  func row(_ staff: Int) -> StaffRow {
    guard UInt(bitPattern: staff) < UInt(bitPattern: firstCapacity) else { return laterRow(staff) }
    return StaffRow(first, member: staff, wordsPerBlock: wordsPerBlock)
  }

  @usableFromInline
  func laterRow(_ staff: Int) -> StaffRow {
    precondition(staff >= firstCapacity, "staff member \(staff)")
    let beyond = staff - firstCapacity
    let segment = Int.bitWidth - 1 - (beyond / Self.firstSegmentStaff + 1).leadingZeroBitCount
    let member = staff - capacity(segments: segment)
    guard segment < directory.count, let words = directory[segment].load(ordering: .acquiring) else {
      preconditionFailure("staff member \(staff) was never added")
    }
    return StaffRow(words, member: member, wordsPerBlock: wordsPerBlock)
  }
}

/// One staff member's words.
@frozen
@usableFromInline
struct StaffRow {
  @usableFromInline let base: UnsafeMutablePointer<Atomic<UInt64>>

  @inlinable
  @inline(__always)
  init(_ words: UnsafeMutablePointer<Atomic<UInt64>>, member: Int, wordsPerBlock: Int) {
    let member = UInt(bitPattern: member)
    let (block, lane) = member.quotientAndRemainder(dividingBy: UInt(bitPattern: StaffRows.staffPerBlock))
    base = words + (Int(bitPattern: block) &* wordsPerBlock &+ Int(bitPattern: lane) &* 2)
  }

  @inlinable
  @inline(__always)
  func load(_ place: DayPlace) -> PackedDay {
    PackedDay(
      low: base[place.offset].load(ordering: .relaxed), high: base[place.offset + 1].load(ordering: .relaxed))
  }

  /// A bound that rises is stored before what it bounds, one that falls after: it is never too low for the slots in sight.
  func store(_ day: PackedDay, at place: DayPlace) {
    let rises = day.high >> 56 >= UInt64(load(place).bound(at: place))
    if rises { base[place.offset + 1].store(day.high, ordering: .releasing) }
    base[place.offset].store(day.low, ordering: .releasing)
    if !rises { base[place.offset + 1].store(day.high, ordering: .releasing) }
  }
}
