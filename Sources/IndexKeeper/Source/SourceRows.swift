import PostgresClient

// The rows of the catalogue that documents and answers are made of, as the database has them. Values only.

/// A name in both languages.
public struct NamePair: Hashable, Sendable {
  public var en: String
  public var ar: String

  public init(en: String, ar: String) { (self.en, self.ar) = (en, ar) }
}

struct PlaceRow: Hashable, Sendable {
  var latitude: Double
  var longitude: Double
}

struct MarketRow: Hashable, Sendable {
  var id: String
  var name: NamePair
  var currency: String
  var currencyExponent: Int16
  var timeZone: String
  var centre: PlaceRow
}

struct AreaKey: Hashable, Sendable {
  var market: String
  var id: String
}

struct AreaRow: Hashable, Sendable {
  var name: NamePair
  var centre: PlaceRow
  var radiusMetres: Int32
}

struct CategoryRow: Hashable, Sendable {
  var name: NamePair
  /// The order in which people see them.
  var position: Int32
}

struct ProviderRow: Hashable, Sendable {
  var market: String
  var category: String
  var area: String?
  var name: NamePair
  var description: NamePair
  var place: PlaceRow
  var tier: String
  var tags: [String]
  var isActive: Bool
  /// Days since 1970.
  var createdOn: Int32
  var live: LiveRow

  /// What the index changes in place.
  struct LiveRow: Hashable, Sendable {
    var ratingSum: Int64
    var ratingCount: Int32
    var isVerified: Bool
    var popularity: Float
    var isOnline: Bool
  }
}

struct ServiceRow: Hashable, Sendable {
  var id: PostgresUUID
  var name: NamePair
  var price: Int64
  var currency: String
  var durationMinutes: Int32
  var paddingMinutes: Int32
  var capacity: Int32
  var isActive: Bool
}

struct ServiceAreaRow: Hashable, Sendable {
  var position: Int16
  var centre: PlaceRow
  var radiusMetres: Int32
}

/// A provider with all that hangs on it. The provider itself may be missing where rows come in an unusual order; then there is no
/// document.
struct SourceEntry: Hashable, Sendable {
  var provider: ProviderRow?
  /// By id.
  var services: [ServiceRow] = []
  /// By position.
  var areas: [ServiceAreaRow] = []

  var isEmpty: Bool { provider == nil && services.isEmpty && areas.isEmpty }

  mutating func put(_ service: ServiceRow) {
    services.put(service) { ($0.id, $1.id) }
  }

  mutating func removeService(_ id: PostgresUUID) { services.removeAll { $0.id == id } }

  mutating func put(_ area: ServiceAreaRow) {
    areas.put(area) { ($0.position, $1.position) }
  }

  mutating func removeArea(_ position: Int16) { areas.removeAll { $0.position == position } }
}

extension Array {
  /// Puts a row in its place among sorted ones, or in the place of the one with its key.
  fileprivate mutating func put<Key: Comparable>(_ row: Element, keys: (Element, Element) -> (Key, Key)) {
    let place = firstIndex { other in
      let (old, new) = keys(other, row)
      return old >= new
    }
    guard let place else { return append(row) }
    let (old, new) = keys(self[place], row)
    if old == new { self[place] = row } else { insert(row, at: place) }
  }
}
