import ChangeFeed
import PostgresClient

/// The tables that documents are made of, with the columns that are read; others may come and go.
enum SourceTable: String, CaseIterable {
  case market = "catalogue.market"
  case area = "catalogue.area"
  case category = "catalogue.category"
  case provider = "catalogue.provider"
  case service = "catalogue.service"
  case serviceArea = "catalogue.service_area"

  /// In the order in which rows are read below.
  var columns: [String] {
    switch self {
    case .market: ["id", "name_en", "name_ar", "currency", "currency_exponent", "time_zone", "centre"]
    case .area: ["market_id", "id", "name_en", "name_ar", "centre", "radius_m"]
    case .category: ["id", "name_en", "name_ar", "position"]
    case .provider:
      [
        "id", "market_id", "category_id", "area_id", "name_en", "name_ar", "description_en", "description_ar", "location", "tier",
        "verification", "rating_sum", "rating_count", "popularity", "is_online", "is_active", "tags", "created_at",
      ]
    case .service:
      [
        "provider_id", "id", "name_en", "name_ar", "price_minor", "currency", "duration_min", "padding_min", "capacity",
        "is_active",
      ]
    case .serviceArea: ["provider_id", "position", "centre", "radius_m"]
    }
  }

  /// Those of the identity, which old tuples have.
  var keyColumns: Int {
    switch self {
    case .market, .category, .provider: 1
    case .area, .service, .serviceArea: 2
    }
  }
}

/// Where a table's columns are in its rows; looked up once for each description of the table.
struct SourceColumns {
  let table: SourceTable
  let places: [Int]

  init(_ table: SourceTable, _ relation: FeedRelation) throws(FeedError) {
    self.table = table
    places = try relation.places(of: table.columns, keyColumns: table.keyColumns)
  }
}

extension FeedRelation {
  /// Where columns are that are needed; the first `keyColumns` of them are also in the identity.
  func places(of wanted: [String], keyColumns: Int) throws(FeedError) -> [Int] {
    var places: [Int] = []
    for column in wanted {
      guard let place = columns.firstIndex(where: { $0.name == column }) else {
        throw .missingColumn(relation: name, column: column)
      }
      places.append(place)
    }
    for (column, place) in zip(wanted.prefix(keyColumns), places) where !columns[place].isKey {
      // Without it, nobody could say which row was removed.
      throw .missingColumn(relation: name + "'s replica identity", column: column)
    }
    return places
  }
}

/// Takes the columns of a row in the order of `SourceTable.columns`.
struct SourceRowReader {
  private let row: FeedRow
  private let places: [Int]
  private var next = 0

  init(_ row: FeedRow, _ columns: SourceColumns) { self.init(row, places: columns.places) }

  init(_ row: FeedRow, places: [Int]) {
    self.row = row
    self.places = places
  }

  mutating func take<Value: PostgresDecodable>(
    unchanged: @autoclosure () -> Value? = nil, as: Value.Type = Value.self
  ) throws(FeedError) -> Value {
    defer { next += 1 }
    return try row.value(places[next], unchanged: unchanged())
  }

  mutating func names(unchanged: NamePair?) throws(FeedError) -> NamePair {
    NamePair(en: try take(unchanged: unchanged?.en), ar: try take(unchanged: unchanged?.ar))
  }

  mutating func place() throws(FeedError) -> PlaceRow {
    let column = row.relation.columns[places[next]]
    let geography: PostgresGeography = try take()
    guard let place = geography.coordinates else {
      throw .value(relation: row.relation.name, column: column.name, type: column.type, reason: .malformed("is no point"))
    }
    return PlaceRow(latitude: place.latitude, longitude: place.longitude)
  }
}

extension MarketRow {
  init(_ row: inout SourceRowReader, before: (String) -> MarketRow?) throws(FeedError) {
    id = try row.take()
    let before = before(id)
    name = try row.names(unchanged: before?.name)
    currency = try row.take()
    currencyExponent = try row.take()
    timeZone = try row.take(unchanged: before?.timeZone)
    centre = try row.place()
  }
}

extension AreaRow {
  init(_ row: inout SourceRowReader, before: AreaRow?) throws(FeedError) {
    name = try row.names(unchanged: before?.name)
    centre = try row.place()
    radiusMetres = try row.take()
  }
}

extension CategoryRow {
  init(_ row: inout SourceRowReader, before: CategoryRow?) throws(FeedError) {
    name = try row.names(unchanged: before?.name)
    position = try row.take()
  }
}

extension ProviderRow {
  /// - Parameter before: what large, unchanged values are.
  init(_ row: inout SourceRowReader, before: ProviderRow?) throws(FeedError) {
    market = try row.take(unchanged: before?.market)
    category = try row.take(unchanged: before?.category)
    area = try row.take(as: String?.self)
    name = try row.names(unchanged: before?.name)
    description = try row.names(unchanged: before?.description)
    place = try row.place()
    tier = try row.take()
    let isVerified = try row.take(as: String.self) == "verified"
    live = LiveRow(
      ratingSum: try row.take(), ratingCount: try row.take(), isVerified: isVerified, popularity: try row.take(),
      isOnline: try row.take())
    isActive = try row.take()
    tags = try row.take(unchanged: before?.tags)
    createdOn = (try row.take(as: PostgresTimestamp.self)).dayNumber
  }
}

extension PostgresTimestamp {
  /// Days since 1970, by UTC; infinities are as far as days go.
  var dayNumber: Int32 {
    let day: Int64 = 86_400_000_000
    let quotient = microsecondsSince1970 / day - (microsecondsSince1970 % day < 0 ? 1 : 0)
    return Int32(clamping: quotient)
  }
}

extension ServiceRow {
  init(_ row: inout SourceRowReader, before: (PostgresUUID) -> ServiceRow?) throws(FeedError) {
    id = try row.take()
    let before = before(id)
    name = try row.names(unchanged: before?.name)
    price = try row.take()
    currency = try row.take()
    durationMinutes = try row.take()
    paddingMinutes = try row.take()
    capacity = try row.take()
    isActive = try row.take()
  }
}

extension ServiceAreaRow {
  init(_ row: inout SourceRowReader) throws(FeedError) {
    position = try row.take()
    centre = try row.place()
    radiusMetres = try row.take()
  }
}
