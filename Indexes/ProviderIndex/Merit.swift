import Ranking

/// What most profiles make of a provider beside distance and words: rating, availability and verification in the proportions of the
/// default profile, added up before the greatest below a node is taken.
///
/// The greatest of a sum is far below the sum of the greatest: of sixteen neighbours one is rated best, another is freest, and none
/// is both. A profile of other proportions is bounded by as much of the sum as all three of its weights have, and the rest row by row.
struct Merit {
  static let rating = 25.0
  static let availability = 25.0
  static let verification = 6.0
  static let sum = rating + availability + verification
  static let sumOfStanding = rating + verification

  /// All three, 0…1.
  let whole: Double
  /// Without availability, for searches that look at a window of their own.
  let standing: Double

  /// - Parameter rating: 0…5.
  init(rating: Double, availability: Double, verified: Bool) {
    let standing = Self.rating * (rating / 5) + (verified ? Self.verification : 0)
    self.standing = standing / Self.sumOfStanding
    whole = (standing + Self.availability * availability) / Self.sum
  }

  var byte: UInt8 { Share.roundedUp(whole) }
  var standingByte: UInt8 { Share.roundedUp(standing) }
}
