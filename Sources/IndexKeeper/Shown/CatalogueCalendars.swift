public import Calendars
public import PostgresClient

/// Somebody who serves a provider's customers.
public struct CatalogueStaffMember: Hashable, Sendable {
  public let id: PostgresUUID
  public let name: NamePair
  /// The number in the calendars of the index beside it.
  public let row: Int
}

/// Who is behind the numbers of the calendars, and by which clocks they live: at the position of the index beside it. A value, copied in
/// O(1), never changing.
public struct CatalogueCalendars: Sendable {
  private let tables: CalendarTables
  private let zones: [String: Zone]

  init(tables: CalendarTables, zones: [String: Zone]) {
    self.tables = tables
    self.zones = zones
  }

  /// The staff that can be booked, in the order in which people see them. O(log n + its rows).
  public func staff(of provider: PostgresUUID) -> [CatalogueStaffMember] {
    // What cannot be read would have been refused with its file, whose checksums hold; there is nobody to tell of.
    guard let placed = try? tables.calendar(provider) else { return [] }
    return zip(placed.rows, placed.entry.staff).filter { $1.isActive }
      .sorted { ($0.1.position, $0.1.id) < ($1.1.position, $1.1.id) }
      .map { CatalogueStaffMember(id: $1.id, name: $1.name, row: Int($0)) }
  }

  /// The clock of a market; nil where its zone is not known.
  public func zone(ofMarket id: String) -> Zone? { zones[id] }
}
