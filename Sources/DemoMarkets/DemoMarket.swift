// DemoMarkets: a made-up market whose words come from a file in `data/demo/` and everything else from a seed, so that every machine
// has the same one; and, because it knows what each provider was made of, which of them answer a question about people, services
// and quarters.
public import WebAPI

/// The words of a market, of which providers are made.
public struct DemoMarket: Sendable {
  /// The market itself.
  public struct About: Sendable {
    public let id: String
    public let name: Localized
    public let country: String
    public let currency: String
    public let currencyExponent: Int
    public let timeZone: String
    public let languages: [String]
    /// ISO weekdays, 1 is Monday.
    public let weekend: [Int]
    public let lat: Double
    public let lon: Double
  }

  /// A neighbourhood.
  public struct NamedPlace: Sendable {
    public let id: String
    public let name: Localized
    public let lat: Double
    public let lon: Double
    public let radiusMetres: Int
    let weight: Int
  }

  public struct NamedCategory: Sendable {
    public let id: String
    public let name: Localized
    let weight: Int
  }

  /// A word of names: one in Arabic, and the ways it is spelt in Latin letters or translated, the most usual first.
  public struct NameWord: Sendable {
    public let id: String
    public let arabic: String
    public let english: [String]
    /// Of brands: the categories it is for.
    let categories: Set<String>
    /// Of brands that say what is sold: the services that all who are called so offer, in the categories that have them.
    var sells: Set<String> = []
  }

  /// Something that is sold, under the names that providers give it.
  public struct ServiceTemplate: Sendable {
    public let id: String
    public let names: [Localized]
    let priceMinor: Int
    let durationMinutes: Int
    /// How many in a hundred providers of the category offer it.
    let share: Int
  }

  /// How the businesses of a category are named: how many in the sum of all are named after what.
  struct NameKinds: Sendable {
    enum People: String { case men, women, both }
    let people: People
    /// In the order of `NameKind`.
    let weights: [Int]
  }

  /// The times that businesses of a category open and close at, and the weekdays that some of them take off.
  struct HoursTemplate: Sendable {
    let opens: [String]
    let closes: [String]
    let closedDays: [Int]
  }

  /// What a business is named after.
  enum NameKind: Int, CaseIterable { case given, full, family, kunya, brand }

  /// A phrase that a name goes into, in the place of `{name}`.
  struct Form: Sendable {
    let text: Localized
    /// Who is called so offers these, whatever the others of its category do.
    let sells: Set<String>
  }

  /// Which phrases a name goes into.
  enum FormKind: String, CaseIterable { case given, person, brand }

  public let about: About
  public let areas: [NamedPlace]
  public let categories: [NamedCategory]
  let men: [NameWord]
  let women: [NameWord]
  let families: [NameWord]
  let brands: [NameWord]
  let forms: [String: [FormKind: [Form]]]
  public let services: [String: [ServiceTemplate]]
  let hours: [String: HoursTemplate]
  let tags: [String: [String]]
  let kinds: [String: NameKinds]

  /// Every word that names are made of, by its id.
  public var nameWords: [String: NameWord] {
    // A word that is a given name and a family name is one word: it has one id.
    ([Self.kunya] + men + women + families + brands).reduce(into: [:]) { $0[$1.id] = $1 }
  }
}
