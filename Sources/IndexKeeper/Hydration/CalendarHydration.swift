import PostgresClient

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
