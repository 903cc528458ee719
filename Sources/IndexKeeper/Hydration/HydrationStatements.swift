import PostgresClient

/// What hydration reads, under one snapshot.
///
/// The large tables come each by a COPY of its own, in the order of the indexes by provider, and are joined here: the server, which has
/// to aggregate otherwise, spends a quarter of the time on it.
enum HydrationStatements {
  static let markets = PreparedQuery(
    """
    SELECT id, name_en, name_ar, currency::text, currency_exponent, time_zone, ST_Y(centre::geometry), ST_X(centre::geometry)
    FROM catalogue.market
    """)
  static let areas = PreparedQuery(
    """
    SELECT market_id, id, name_en, name_ar, ST_Y(centre::geometry), ST_X(centre::geometry), radius_m FROM catalogue.area
    """)
  static let categories = PreparedQuery("SELECT id, name_en, name_ar, position FROM catalogue.category")
  /// The planner's guess, good enough for a progress bar.
  static let providerEstimate = PreparedQuery(
    "SELECT greatest(reltuples, 0)::bigint FROM pg_catalog.pg_class WHERE oid = 'catalogue.provider'::regclass")
}

/// The large tables.
enum HydratedTable: String, CaseIterable {
  case providers = "catalogue.provider"
  case services = "catalogue.service"
  case serviceAreas = "catalogue.service_area"
  case staff = "catalogue.staff"
  case hours = "catalogue.working_hours"
  case overrides = "catalogue.schedule_override"
  case busy = "catalogue.outside_busy"

  /// Every row begins with its provider's id.
  var statement: String { "COPY (SELECT \(columns) FROM \(rawValue) \(order)) TO STDOUT (FORMAT binary)" }

  private var columns: String {
    switch self {
    case .providers:
      """
      id, market_id, category_id, area_id, name_en, name_ar, description_en, description_ar, location, tier,
      verification = 'verified', rating_sum, rating_count, popularity, is_online, is_active, tags, created_at
      """
    case .services:
      "provider_id, id, name_en, name_ar, price_minor, currency, duration_min, padding_min, capacity, is_active"
    case .serviceAreas: "provider_id, position, centre, radius_m"
    case .staff: "provider_id, id, name_en, name_ar, position, is_active"
    // A week has many short rows: to string them together costs the server a quarter of what sending each does.
    case .hours: "provider_id, staff_id, string_agg(int2send(weekday) || time_send(starts) || time_send(ends), '')"
    case .overrides: "provider_id, staff_id, day - date '1970-01-01', starts, ends, is_closed"
    case .busy: "provider_id, id, staff_id, lower(during), upper(during)"
    }
  }

  /// That of an index.
  private var order: String {
    switch self {
    case .providers: "ORDER BY id"
    case .services, .staff, .busy: "ORDER BY provider_id, id"
    case .serviceAreas: "ORDER BY provider_id, position"
    case .hours: "GROUP BY provider_id, staff_id ORDER BY provider_id, staff_id"
    case .overrides: "ORDER BY provider_id, staff_id, day, starts"
    }
  }
}

// Their rows, field by field in the order above.

extension FieldReader {
  mutating func provider() throws(PostgresError) -> (id: PostgresUUID, row: ProviderRow) {
    try beginRow(fields: 18)
    let id = try uuid("id")
    let (market, category) = (try text("market"), try text("category"))
    let area = try optionalText("area")
    let (name, description) = (try names("name"), try names("description"))
    let place = try place("location")
    let tier = try text("tier")
    let isVerified = try bool("verification")
    let live = ProviderRow.LiveRow(
      ratingSum: try integer("rating sum"), ratingCount: try integer("rating count"), isVerified: isVerified,
      popularity: try float("popularity"), isOnline: try bool("presence"))
    let isActive = try bool("state")
    let tags: [String] = try value("list of tags", .textArray)
    let createdOn = try timestamp("moment of creation").dayNumber
    return (
      id,
      ProviderRow(
        market: market, category: category, area: area, name: name, description: description, place: place, tier: tier,
        tags: tags,
        isActive: isActive, createdOn: createdOn, live: live)
    )
  }

  mutating func service() throws(PostgresError) -> (owner: PostgresUUID, row: ServiceRow) {
    try beginRow(fields: 10)
    return (
      try uuid("provider"),
      ServiceRow(
        id: try uuid("id"), name: try names("name"), price: try integer("price"), currency: try text("currency"),
        durationMinutes: try integer("duration"), paddingMinutes: try integer("padding"), capacity: try integer("capacity"),
        isActive: try bool("state"))
    )
  }

  mutating func serviceArea() throws(PostgresError) -> (owner: PostgresUUID, row: ServiceAreaRow) {
    try beginRow(fields: 4)
    return (
      try uuid("provider"),
      ServiceAreaRow(position: try integer("position"), centre: try place("centre"), radiusMetres: try integer("radius"))
    )
  }

  mutating func staff() throws(PostgresError) -> (owner: PostgresUUID, row: StaffRow) {
    try beginRow(fields: 6)
    return (
      try uuid("provider"),
      StaffRow(id: try uuid("id"), name: try names("name"), position: try integer("position"), isActive: try bool("state"))
    )
  }

  /// Those of one staff member, in no order.
  mutating func hours() throws(PostgresError) -> (owner: PostgresUUID, row: [WorkingHoursRow]) {
    try beginRow(fields: 3)
    return (try uuid("provider"), try weeklyHours(of: try uuid("staff member")))
  }

  mutating func override() throws(PostgresError) -> (owner: PostgresUUID, row: ScheduleOverrideRow) {
    try beginRow(fields: 6)
    return (
      try uuid("provider"),
      ScheduleOverrideRow(
        staff: try uuid("staff member"), day: try integer("day"), starts: try integer("beginning"), ends: try integer("end"),
        isClosed: try bool("closure"))
    )
  }

  mutating func busy() throws(PostgresError) -> (owner: PostgresUUID, row: OutsideBusyRow) {
    try beginRow(fields: 5)
    let provider = try uuid("provider")
    let id: Int64 = try integer("id")
    let staff = try optionalUUID("staff member")
    return (
      provider,
      OutsideBusyRow(
        id: id, staff: staff, from: try timestamp("beginning").microsecondsSince1970,
        to: try timestamp("end").microsecondsSince1970)
    )
  }
}
