import AvailabilityIndex
import Columns
import Ranking
import Synchronization
import TextIndex

/// A change that is seen at once, by searches that begin afterwards and by those that are running.
public enum LiveChange: Hashable, Sendable {
  /// The share of the hours to come that is free.
  case availability(Double)
  case rating(Double, count: UInt32)
  case verified(Bool)
  case flags(ProviderRecord.Flags)
  case popularity(Double)
  case newness(Double)

  func check(_ id: String) throws(IndexError) {
    switch self {
    case .availability(let share), .popularity(let share), .newness(let share):
      guard share >= 0, share <= 1 else { throw .record(id: id, field: "\(self)", reason: "must be a number from 0 to 1") }
    case .rating(let rating, _):
      guard rating >= 0, rating <= 5 else {
        throw .record(id: id, field: "rating", reason: "\(rating): must be a number from 0 to 5")
      }
    case .verified, .flags: break
    }
  }
}

extension Segment {
  /// By the one writer, while readers read: a bound is raised before what it bounds, and lowered after.
  func apply(_ change: LiveChange, to number: Int) {
    switch change {
    case .availability(let share):
      let merit = merit(number, availability: share)
      let byte = Share.roundedUp(share)
      raise(number, merit)
      raiseFeature(.availability, number, to: byte)
      shares.store(share.bitPattern, at: 2 * number + 1)
      lowerFeature(.availability, number, to: byte)
      lower(number, merit)
    case .rating(let rating, let count):
      let merit = merit(number, rating: rating)
      let byte = Share.roundedUp(rating / 5)
      raise(number, merit)
      raiseFeature(.rating, number, to: byte)
      counts.store(UInt64(count), at: number)
      shares.store(rating.bitPattern, at: 2 * number)
      lowerFeature(.rating, number, to: byte)
      lower(number, merit)
    case .verified(let isVerified):
      let merit = merit(number, verified: isVerified)
      raise(number, merit)
      setFeature(.verification, number, to: isVerified ? 255 : 0)
      lower(number, merit)
    case .flags(let flags): setFeature(.flags, number, to: flags.rawValue)
    case .popularity(let share): setFeature(.popularity, number, to: Share.roundedUp(share))
    case .newness(let share): setFeature(.newness, number, to: Share.roundedUp(share))
    }
  }

  /// What the calendar says of a provider's staff.
  struct Standing {
    let number: Int
    let share: Double
    let hasHotSlot: Bool
  }

  /// Of those of `numbers` of whom something else is known: looked for by the crew, each in a part of them.
  func changedStandings(
    _ numbers: Range<Int>, _ calendar: AvailabilityCalendar, coming: SlotWindow, hot: SlotWindow, crew: Crew
  ) -> [Standing] {
    let found = Mutex<[Standing]>([])
    crew.run(crew.size) { part in
      let from = numbers.lowerBound + numbers.count * part / crew.size
      let to = numbers.lowerBound + numbers.count * (part + 1) / crew.size
      let changed = (from..<to).compactMap { changedStanding($0, calendar, coming: coming, hot: hot) }
      found.withLock { $0 += changed }
    }
    return found.withLock { $0 }
  }

  private func changedStanding(
    _ number: Int, _ calendar: AvailabilityCalendar, coming: SlotWindow, hot: SlotWindow
  ) -> Standing? {
    let rows = staff[number]
    guard rows.y > 0 else { return nil }
    let range = Int(rows.x)..<Int(rows.x) + Int(rows.y)
    // Numbers of a foreign file are nobody's.
    guard range.upperBound <= calendar.staffCount else { return nil }
    let share = calendar.shareFree(staff: range, window: coming)
    let hasHotSlot = calendar.canStart(staff: range, window: hot, slots: 1)
    let isSame = share.bitPattern == shares.load(2 * number + 1) && flags(number).contains(.hotSlot) == hasHotSlot
    return isSame ? nil : Standing(number: number, share: share, hasHotSlot: hasHotSlot)
  }

  private func flags(_ number: Int) -> ProviderRecord.Flags { ProviderRecord.Flags(rawValue: features.byte(.flags, number)) }

  /// What has not changed is not written.
  func apply(_ standing: Standing) {
    let number = standing.number
    if standing.share.bitPattern != shares.load(2 * number + 1) { apply(.availability(standing.share), to: number) }
    var flags = flags(number)
    if flags.contains(.hotSlot) != standing.hasHotSlot {
      flags.formSymmetricDifference(.hotSlot)
      apply(.flags(flags), to: number)
    }
  }

  // Each tree over the providers has its own bytes.

  private func setFeature(_ row: FeatureBlocks.Row, _ number: Int, to byte: UInt8) {
    features.set(row, number, to: byte)
    byCategory.features.set(row, Int(byCategory.seats[number]), to: byte)
  }

  /// What comes before a value is changed; nothing where it is lowered.
  private func raiseFeature(_ row: FeatureBlocks.Row, _ number: Int, to byte: UInt8) {
    if byte > features.byte(row, number) { setFeature(row, number, to: byte) }
  }

  /// What comes after a value has been changed; nothing where it was raised.
  private func lowerFeature(_ row: FeatureBlocks.Row, _ number: Int, to byte: UInt8) {
    if byte < features.byte(row, number) { setFeature(row, number, to: byte) }
  }

  /// What a provider's merit is with one part of it changed.
  private func merit(_ number: Int, rating: Double? = nil, availability: Double? = nil, verified: Bool? = nil) -> Merit {
    Merit(
      rating: rating ?? Double(bitPattern: shares.load(2 * number)),
      availability: availability ?? Double(bitPattern: shares.load(2 * number + 1)),
      verified: verified ?? (features.byte(.verification, number) != 0))
  }

  private func raise(_ number: Int, _ merit: Merit) {
    raiseFeature(.merit, number, to: merit.byte)
    raiseFeature(.standing, number, to: merit.standingByte)
  }

  private func lower(_ number: Int, _ merit: Merit) {
    lowerFeature(.merit, number, to: merit.byte)
    lowerFeature(.standing, number, to: merit.standingByte)
  }

  /// Takes over the live columns of a provider from where it was before. What is equal is not written.
  func takeLive(_ number: Int, from other: Segment, _ old: Int) {
    for word in 0..<2 where shares.load(2 * number + word) != other.shares.load(2 * old + word) {
      shares.store(other.shares.load(2 * old + word), at: 2 * number + word)
    }
    if counts.load(number) != other.counts.load(old) { counts.store(other.counts.load(old), at: number) }
    for row in FeatureBlocks.Row.allCases { setFeature(row, number, to: other.features.byte(row, old)) }
  }
}

extension ProviderRecord {
  mutating func apply(_ change: LiveChange) {
    switch change {
    case .availability(let share): availability = share
    case .rating(let rating, let count): (self.rating, ratingCount) = (rating, count)
    case .verified(let isVerified): verified = isVerified
    case .flags(let flags): self.flags = flags
    case .popularity(let share): popularity = share
    case .newness(let share): newness = share
    }
  }
}
