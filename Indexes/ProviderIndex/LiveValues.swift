import Columns
import Ranking

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
      set(.availability, number, to: Share.roundedUp(share)) { shares.store(share.bitPattern, at: 2 * number + 1) }
    case .rating(let rating, let count):
      counts.store(UInt64(count), at: number)
      set(.rating, number, to: Share.roundedUp(rating / 5)) { shares.store(rating.bitPattern, at: 2 * number) }
    case .verified(let isVerified): features.set(.verification, number, to: isVerified ? 255 : 0)
    case .flags(let flags): features.set(.flags, number, to: flags.rawValue)
    case .popularity(let share): features.set(.popularity, number, to: Share.roundedUp(share))
    case .newness(let share): features.set(.newness, number, to: Share.roundedUp(share))
    }
  }

  private func set(_ row: FeatureBlocks.Row, _ number: Int, to byte: UInt8, _ store: () -> Void) {
    if byte >= features.byte(row, number) {
      features.set(row, number, to: byte)
      store()
    } else {
      store()
      features.set(row, number, to: byte)
    }
  }

  /// Takes over the live columns of a provider from where it was before. What is equal is not written.
  func takeLive(_ number: Int, from other: Segment, _ old: Int) {
    for word in 0..<2 where shares.load(2 * number + word) != other.shares.load(2 * old + word) {
      shares.store(other.shares.load(2 * old + word), at: 2 * number + word)
    }
    if counts.load(number) != other.counts.load(old) { counts.store(other.counts.load(old), at: number) }
    for row in FeatureBlocks.Row.allCases { features.set(row, number, to: other.features.byte(row, old)) }
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
