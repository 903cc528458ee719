import PostgresClient

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
    guard next < fields.count else { throw PostgresError(.decoding, "the rows of calendars have only \(fields.count) columns") }
    do throws(CellError) {
      guard let field = fields[next] else { return try Value.decodeNull() }
      return try PostgresBytes.decode(field[...], type: type)
    } catch {
      throw PostgresError(.decoding, "column \(next + 1) of the rows of calendars cannot be read: \(error)")
    }
  }

  /// An array, empty where there was nothing to aggregate.
  mutating func list<Value: PostgresArrayElement>(_ type: PostgresType, of: Value.Type = Value.self) throws -> [Value] {
    try take(type, as: [Value]?.self) ?? []
  }
}

extension CopiedRow {
  /// A provider's calendars, and its market.
  mutating func calendar() throws -> (id: PostgresUUID, market: String, entry: CalendarEntry) {
    let id: PostgresUUID = try take(.uuid)
    let market: String = try take(.text)
    var entry = CalendarEntry()
    entry.staff = try staff()
    entry.hours = try workingHours()
    entry.overrides = try overrides()
    entry.busy = try busy(provider: id)
    return (id, market, entry)
  }

  private mutating func staff() throws -> [StaffRow] {
    let ids: [PostgresUUID] = try list(.uuidArray)
    let (english, arabic): ([String], [String]) = (try list(.textArray), try list(.textArray))
    let positions: [Int16] = try list(.int2Array)
    let actives: [Bool] = try list(.boolArray)
    try fit("staff", ids.count, [english.count, arabic.count, positions.count, actives.count])
    return arranged(
      ids.indices.map { index in
        StaffRow(
          id: ids[index], name: NamePair(en: english[index], ar: arabic[index]), position: positions[index],
          isActive: actives[index])
      })
  }

  private mutating func workingHours() throws -> [WorkingHoursRow] {
    let staff: [PostgresUUID] = try list(.uuidArray)
    let weekdays: [Int16] = try list(.int2Array)
    let (starts, ends) = (try times(), try times())
    try fit("hours", staff.count, [weekdays.count, starts.count, ends.count])
    return arranged(
      staff.indices.map { index in
        WorkingHoursRow(staff: staff[index], weekday: weekdays[index], starts: starts[index], ends: ends[index])
      })
  }

  private mutating func overrides() throws -> [ScheduleOverrideRow] {
    let staff: [PostgresUUID] = try list(.uuidArray)
    let days: [Int32] = try list(.int4Array)
    let (starts, ends) = (try times(), try times())
    let closed: [Bool] = try list(.boolArray)
    try fit("special days", staff.count, [days.count, starts.count, ends.count, closed.count])
    return arranged(
      staff.indices.map { index in
        ScheduleOverrideRow(
          staff: staff[index], day: days[index], starts: starts[index], ends: ends[index], isClosed: closed[index])
      })
  }

  private mutating func busy(provider: PostgresUUID) throws -> [OutsideBusyRow] {
    let ids: [Int64] = try list(.int8Array)
    let staff: [PostgresUUID] = try list(.uuidArray)
    let (starts, ends): ([PostgresTimestamp], [PostgresTimestamp]) = (
      try list(.timestamptzArray), try list(.timestamptzArray)
    )
    try fit("busy times", ids.count, [staff.count, starts.count, ends.count])
    return arranged(
      ids.indices.map { index in
        OutsideBusyRow(
          id: ids[index], staff: staff[index] == provider ? nil : staff[index], from: starts[index].microsecondsSince1970,
          to: ends[index].microsecondsSince1970)
      })
  }

  private mutating func times() throws -> [Int64] {
    try list(.timeArray, of: PostgresTime.self).map(\.microsecondsSinceMidnight)
  }

  private func fit(_ what: String, _ count: Int, _ others: [Int]) throws {
    guard others.allSatisfy({ $0 == count }) else { throw PostgresError(.decoding, "a provider's \(what) do not fit") }
  }

  private func arranged<Row: PlacedRow>(_ rows: [Row]) -> [Row] {
    var rows = rows
    rows.arrange()
    return rows
  }
}
