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

  static let providers = """
    COPY (
      SELECT id, market_id, category_id, area_id, name_en, name_ar, description_en, description_ar, location, tier,
        verification = 'verified', rating_sum, rating_count, popularity, is_online, is_active, tags, created_at
      FROM catalogue.provider ORDER BY id
    ) TO STDOUT (FORMAT binary)
    """

  static let services = """
    COPY (
      SELECT provider_id, id, name_en, name_ar, price_minor, currency, duration_min, padding_min, capacity, is_active
      FROM catalogue.service ORDER BY provider_id, id
    ) TO STDOUT (FORMAT binary)
    """

  static let serviceAreas = """
    COPY (SELECT provider_id, position, centre, radius_m FROM catalogue.service_area ORDER BY provider_id, position)
    TO STDOUT (FORMAT binary)
    """
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
    let createdOn = try value("moment of creation", .timestamptz, as: PostgresTimestamp.self).dayNumber
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
}
