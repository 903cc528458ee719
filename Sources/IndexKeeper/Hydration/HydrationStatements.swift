import PostgresClient

/// What hydration reads, under one snapshot.
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

  /// A row a provider, by id, with its services and areas as arrays beside one another: both are aggregated once, in the order of
  /// their indexes, and merged.
  static let providers = """
    COPY (
      SELECT provider.id, market_id, category_id, area_id, provider.name_en, provider.name_ar, description_en, description_ar,
        location, tier, verification = 'verified', rating_sum, rating_count, popularity, is_online, provider.is_active, tags,
        created_at,
        service.ids, service.names_en, service.names_ar, service.prices, service.currencies, service.durations, service.paddings,
        service.capacities, service.actives,
        area.positions, area.latitudes, area.longitudes, area.radii
      FROM catalogue.provider
      LEFT JOIN (
        SELECT provider_id, array_agg(id ORDER BY id) AS ids, array_agg(name_en ORDER BY id) AS names_en,
          array_agg(name_ar ORDER BY id) AS names_ar, array_agg(price_minor ORDER BY id) AS prices,
          array_agg(currency::text ORDER BY id) AS currencies, array_agg(duration_min ORDER BY id) AS durations,
          array_agg(padding_min ORDER BY id) AS paddings, array_agg(capacity ORDER BY id) AS capacities,
          array_agg(is_active ORDER BY id) AS actives
        FROM catalogue.service GROUP BY provider_id
      ) AS service ON service.provider_id = provider.id
      LEFT JOIN (
        SELECT provider_id, array_agg(position ORDER BY position) AS positions,
          array_agg(ST_Y(centre::geometry) ORDER BY position) AS latitudes,
          array_agg(ST_X(centre::geometry) ORDER BY position) AS longitudes,
          array_agg(radius_m ORDER BY position) AS radii
        FROM catalogue.service_area GROUP BY provider_id
      ) AS area ON area.provider_id = provider.id
      ORDER BY provider.id
    ) TO STDOUT (FORMAT binary)
    """
}

extension HydrationStatements {
  /// A row a provider with calendars, by id: the rows of each table as arrays beside one another, in no order.
  static let calendars = """
    COPY (
      SELECT provider.id, provider.market_id,
        staff.ids, staff.names_en, staff.names_ar, staff.positions, staff.actives,
        hours.staff, hours.weekdays, hours.starts, hours.ends,
        special.staff, special.days, special.starts, special.ends, special.closed,
        busy.ids, busy.staff, busy.starts, busy.ends
      FROM catalogue.provider
      LEFT JOIN (
        SELECT provider_id, array_agg(id) AS ids, array_agg(name_en) AS names_en, array_agg(name_ar) AS names_ar,
          array_agg(position) AS positions, array_agg(is_active) AS actives
        FROM catalogue.staff GROUP BY provider_id
      ) AS staff ON staff.provider_id = provider.id
      LEFT JOIN (
        SELECT provider_id, array_agg(staff_id) AS staff, array_agg(weekday) AS weekdays, array_agg(starts) AS starts,
          array_agg(ends) AS ends
        FROM catalogue.working_hours GROUP BY provider_id
      ) AS hours ON hours.provider_id = provider.id
      LEFT JOIN (
        SELECT provider_id, array_agg(staff_id) AS staff, array_agg(day - date '1970-01-01') AS days,
          array_agg(starts) AS starts, array_agg(ends) AS ends, array_agg(is_closed) AS closed
        FROM catalogue.schedule_override GROUP BY provider_id
      ) AS special ON special.provider_id = provider.id
      LEFT JOIN (
        SELECT provider_id, array_agg(id) AS ids, array_agg(coalesce(staff_id, provider_id)) AS staff,
          array_agg(lower(during)) AS starts, array_agg(upper(during)) AS ends
        FROM catalogue.outside_busy GROUP BY provider_id
      ) AS busy ON busy.provider_id = provider.id
      WHERE staff.ids IS NOT NULL OR busy.ids IS NOT NULL
      ORDER BY provider.id
    ) TO STDOUT (FORMAT binary)
    """
}

/// Reads the fields of one row of the COPY, in order.
struct CopiedRow {
  private let fields: [[UInt8]?]
  private var next = 0

  init(_ fields: [[UInt8]?]) { self.fields = fields }

  mutating func take<Value: PostgresDecodable>(_ type: PostgresType, as: Value.Type = Value.self) throws -> Value {
    defer { next += 1 }
    guard next < fields.count else { throw PostgresError(.decoding, "the provider rows have only \(fields.count) columns") }
    do throws(CellError) {
      guard let field = fields[next] else { return try Value.decodeNull() }
      return try PostgresBytes.decode(field[...], type: type)
    } catch {
      throw PostgresError(.decoding, "column \(next + 1) of the provider rows cannot be read: \(error)")
    }
  }

  /// An array, empty where there was nothing to aggregate.
  mutating func list<Value: PostgresArrayElement>(_ type: PostgresType, of: Value.Type = Value.self) throws -> [Value] {
    try take(type, as: [Value]?.self) ?? []
  }
}

extension CopiedRow {
  /// A provider with its services and areas.
  mutating func entry() throws -> (id: PostgresUUID, entry: SourceEntry) {
    let id: PostgresUUID = try take(.uuid)
    var entry = SourceEntry(provider: try provider())
    entry.services = try services()
    entry.areas = try areas()
    return (id, entry)
  }

  private mutating func provider() throws -> ProviderRow {
    let (market, category): (String, String) = (try take(.text), try take(.text))
    let area: String? = try take(.text)
    let name = NamePair(en: try take(.text), ar: try take(.text))
    let description = NamePair(en: try take(.text), ar: try take(.text))
    let geography: PostgresGeography = try take(.bytea)
    guard let point = geography.coordinates else { throw PostgresError(.decoding, "a provider's location is no point") }
    let tier: String = try take(.text)
    let live = ProviderRow.LiveRow(
      isVerified: try take(.bool), ratingSum: try take(.int8), ratingCount: try take(.int4), popularity: try take(.float4),
      isOnline: try take(.bool))
    let isActive: Bool = try take(.bool)
    let tags: [String] = try take(.textArray)
    let createdOn = try take(.timestamptz, as: PostgresTimestamp.self).dayNumber
    return ProviderRow(
      market: market, category: category, area: area, name: name, description: description,
      place: PlaceRow(latitude: point.latitude, longitude: point.longitude), tier: tier, tags: tags, isActive: isActive,
      createdOn: createdOn, live: live)
  }

  private mutating func services() throws -> [ServiceRow] {
    let ids: [PostgresUUID] = try list(.uuidArray)
    let (english, arabic): ([String], [String]) = (try list(.textArray), try list(.textArray))
    let prices: [Int64] = try list(.int8Array)
    let currencies: [String] = try list(.textArray)
    let (durations, paddings, capacities): ([Int32], [Int32], [Int32]) = (
      try list(.int4Array), try list(.int4Array), try list(.int4Array)
    )
    let actives: [Bool] = try list(.boolArray)
    let counts = [
      english.count, arabic.count, prices.count, currencies.count, durations.count, paddings.count, capacities.count,
      actives.count,
    ]
    guard counts.allSatisfy({ $0 == ids.count }) else { throw PostgresError(.decoding, "a provider's services do not fit") }
    return ids.indices.map { index in
      ServiceRow(
        id: ids[index], name: NamePair(en: english[index], ar: arabic[index]), price: prices[index], currency: currencies[index],
        durationMinutes: durations[index], paddingMinutes: paddings[index], capacity: capacities[index], isActive: actives[index])
    }
  }

  private mutating func areas() throws -> [ServiceAreaRow] {
    let positions: [Int16] = try list(.int2Array)
    let (latitudes, longitudes): ([Double], [Double]) = (try list(.float8Array), try list(.float8Array))
    let radii: [Int32] = try list(.int4Array)
    guard [latitudes.count, longitudes.count, radii.count].allSatisfy({ $0 == positions.count }) else {
      throw PostgresError(.decoding, "a provider's areas do not fit")
    }
    return positions.indices.map { index in
      ServiceAreaRow(
        position: positions[index], centre: PlaceRow(latitude: latitudes[index], longitude: longitudes[index]),
        radiusMetres: radii[index])
    }
  }
}

extension ProviderRow.LiveRow {
  fileprivate init(isVerified: Bool, ratingSum: Int64, ratingCount: Int32, popularity: Float, isOnline: Bool) {
    self.init(
      ratingSum: ratingSum, ratingCount: ratingCount, isVerified: isVerified, popularity: popularity, isOnline: isOnline)
  }
}
