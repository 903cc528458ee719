import PostgresClient

// The rows of the catalogue that searchable documents are made of, as the database has them. Values only.

struct MarketRow: Hashable, Sendable {
  var id: String
  var currency: String
}

struct AreaKey: Hashable, Sendable {
  var market: String
  var id: String
}

struct NamePair: Hashable, Sendable {
  var en: String
  var ar: String
}

struct ProviderRow: Hashable, Sendable {
  var market: String
  var category: String
  var area: String?
  var name: NamePair
  var description: NamePair
  var latitude: Double
  var longitude: Double
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
  var isActive: Bool
}

struct ServiceAreaRow: Hashable, Sendable {
  var position: Int16
  var latitude: Double
  var longitude: Double
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
