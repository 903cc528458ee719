/// Every bound of this module, with its reason.
public enum DiscoveryLimits {
  /// Hits of a page: what a phone shows in a few screens; more is an export, which the list of providers is for.
  public static let page = 1...100
  public static let standardPage = 20
  /// Metres. Below 100 a person's own position is less certain; above 50,000 nobody goes for a haircut.
  public static let radiusMetres = 100...50_000
  public static let standardRadiusMetres = 10_000
  /// Characters of `q`: longer than any name, short enough to be analysed in microseconds.
  public static let words = 0...200
  /// Values of one repeated parameter: more are chosen by no person.
  public static let values = 0...20
  /// A list of favourites or of a chat's providers.
  public static let providerIDs = 0...100
  /// Searches of one batch: the rows of a home screen.
  public static let batch = 1...20
  /// Matches are counted so far, then "at least": nobody reads the difference, and counting costs time.
  public static let countedMatches = 1_000
  /// Providers whose price lists are read to say what is sold around a place: half a millisecond.
  public static let sampledProviders = 500
  public static let suggestions = 1...20
  public static let standardSuggestions = 8
  /// Services that are shown as found: the reason why a provider is there, not its price list.
  public static let highlightedServices = 3
  /// Minor units of a price that can be asked for: exact as a double, and more than anyone charges.
  public static let highestPrice = 1_000_000_000_000
  /// Minutes of a visit.
  public static let durationMinutes = 5...720
  /// Readers of editions, one a loop.
  public static let loops = 256
  /// Documents that a loop keeps at hand, about a kilobyte each: those of the first pages of many cities. Making one costs as much as a search.
  public static let documentsPerLoop = 65_536
  /// Slots of them that are looked through with each edition for what nobody shows any more.
  public static let sweptDocuments = 16
  /// Milliseconds between two looks for a moved index, and so between two events of a stream: live to the eye, and kind to phones.
  public static let streamIntervalMilliseconds: UInt64 = 250
  /// Open streams where nobody says otherwise.
  public static let streamListeners = 500
  /// Bytes that a cursor may have: what we make has 104, and a longer one is none of ours.
  public static let cursorCharacters = 1...400
  /// How much later than now a window may end, in days: calendars go no further.
  public static let calendarDays = 28
  /// "Hot" is who has a free slot among the next so many: four hours.
  public static let hotSlots = 16
}
