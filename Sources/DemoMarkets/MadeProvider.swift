public import WebAPI

/// A provider as made: what a catalogue holds of it, and what it was made of.
public struct MadeProvider: Sendable, Equatable {
  public struct Service: Sendable, Equatable {
    /// The template it was made from: what is sold, whatever it is called.
    public let kind: String
    public let name: Localized
    public let priceMinor: Int
    public let durationMinutes: Int
  }

  /// The same hours on every day but those.
  public struct Hours: Sendable, Equatable {
    public let opens: String
    public let closes: String
    /// ISO weekdays, ascending.
    public let closedDays: [Int]
  }

  /// Its place in the order of making, from 0: what labels name it by.
  public let number: Int
  public let id: Identifier
  public let category: String
  public let area: String
  public let name: Localized
  /// The ids of the words that the name was made of.
  public let nameWords: [String]
  /// Each with how it is written in Latin letters, "farasha=Butterfly": brands may be translated, and are known by what the sign says.
  public let nameSpellings: [String]
  /// The phrase that the name stands in, in English: "{name} Nail Bar".
  public let form: String
  public let lat: Double
  public let lon: Double
  public let tier: String
  public let isVerified: Bool
  public let ratingSum: Int
  public let ratingCount: Int
  public let tags: [String]
  public let homeVisitRadiusMetres: Int?
  public let services: [Service]
  public let hours: Hours
  /// The share of the hours to come that is free, in hundredths.
  public let freeHundredths: Int

  /// In tenths of a star; 0 where nobody has rated.
  public var ratingTenths: Int {
    ratingCount == 0 ? 0 : (ratingSum * 20 + ratingCount) / (2 * ratingCount)
  }
}
