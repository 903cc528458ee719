// The independent oracle: what a search is, written down a second time from the specification alone. It shares no type, constant or
// formula with the engines, so that an error in one of them is an error in one of them only.

/// A provider as its line of NDJSON describes it.
struct OracleProvider: Equatable {
  struct Service: Equatable {
    var english: String
    var arabic: String
    /// Minor units; nil where the line names no price.
    var price: Int?
    /// A market has one currency: prices are compared without looking at it.
    var currency = "JOD"
    var durationMinutes = 30
  }

  struct ServiceArea: Equatable {
    var latitude: Double
    var longitude: Double
    var radiusMetres: Double
  }

  var id: String
  var english = ""
  var arabic = ""
  var category = "salon"
  var services: [Service] = []
  var latitude: Double
  var longitude: Double
  var rating = 0.0
  var ratingCount = 0
  var verified = false
  var tier: String?
  var tags: Set<String> = []
  var availability = 0.0
  var serviceAreas: [ServiceArea] = []

  var lowestPrice: Int? { services.compactMap(\.price).min() }

  /// The words that `q` may match: of the names, of the services, of the category, in both languages.
  var words: Set<String> {
    let texts = [english, arabic, category] + services.flatMap { [$0.english, $0.arabic] }
    return Set(texts.flatMap(Self.words))
  }

  /// Case-folded runs of letters and digits.
  static func words(of text: String) -> [String] {
    text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
  }
}

/// How a word may be found, the surest first.
enum OracleLevel: Int, CaseIterable {
  case asWritten, stem, meaning, sound, slip
  /// In any of these ways, and one word of several not at all.
  case allButOne
}

/// A search. Of several words, and of several tags, a provider must have all; of categories, tiers and ids, one.
struct OracleQuery {
  enum Order: CaseIterable { case relevance, distance, rating, price }

  var latitude: Double
  var longitude: Double
  var radiusMetres: Double
  var words: [String] = []
  var lastWordIsPrefix = false
  /// Words are found in the ways from the first to `weakest`. The ways up to `strongest` are tried together; one more at a time is
  /// added as long as fewer than `enough` providers match, and left again if in the end nobody more was found by it. A word is missing
  /// only where relevance orders.
  var strongest = OracleLevel.stem
  var weakest = OracleLevel.stem
  var enough = 10
  var categories: Set<String> = []
  /// Some one service must cost within both bounds.
  var lowestPrice: Int?
  var highestPrice: Int?
  var lowestRating: Double?
  var verifiedOnly = false
  var tiers: Set<String> = []
  var tags: Set<String> = []
  /// Only providers one of whose service areas contains the point; the radius holds besides.
  var servesMe = false
  var ids: Set<String>?
  var order = Order.relevance
  var limit = 20
  /// The last hit of the page before: only what comes after it is given.
  var after: (key: Double, id: String)?
  /// Facets of rating and price count the matches in [bound, next bound); those below the first bound are in none.
  var ratingBounds: [Double] = [0, 1, 2, 3, 4, 5]
  var priceBounds: [Int] = [0, 5_000, 10_000, 20_000, 50_000]
}

/// What a search must give.
struct OracleAnswer {
  struct Hit: Equatable {
    var id: String
    /// What the order compares: the greater comes first. The score, or minus the distance, the rating, minus the lowest price.
    var key: Double
    var score: Double
    var distanceMetres: Double
  }

  /// Counts over all matches, whatever the page.
  struct Facets: Equatable {
    var category: [String: Int] = [:]
    /// Providers with no tier are counted nowhere.
    var tier: [String: Int] = [:]
    var rating: [Int]
    /// By the lowest price; providers with no price are counted nowhere.
    var price: [Int]
  }

  /// Every match, in order.
  var matches: [Hit]
  /// The page asked for.
  var hits: [Hit]
  var facets: Facets
  /// Ids that lie on a circle's edge to within the tolerance: another library's sine may see them on the other side.
  var borderline: Set<String>
  /// The numbers from which a match's key is made: matches with the same ones are equal to any library.
  var inputs: [String: [Double]]
  /// Keys up to this are compared as if they were this large: ten for metres, one for scores.
  var keyFloor: Double
  /// How words were found; nil where none were asked for.
  var level: OracleLevel?
  var total: Int { matches.count }
}
