import ChangeFeed
import PostgresClient

/// The tables that calendars are made of. Each names the provider in its identity, so that a removed row tells whose it was.
enum CalendarTable: String, CaseIterable {
  case staff = "catalogue.staff"
  case hours = "catalogue.working_hours"
  case override = "catalogue.schedule_override"
  case busy = "catalogue.outside_busy"

  /// In the order in which rows are read below; those of the identity first.
  var columns: [String] {
    switch self {
    case .staff: ["provider_id", "id", "name_en", "name_ar", "position", "is_active"]
    case .hours: ["provider_id", "staff_id", "weekday", "starts", "ends"]
    case .override: ["provider_id", "staff_id", "day", "starts", "ends", "is_closed"]
    case .busy: ["provider_id", "id", "staff_id", "during"]
    }
  }

  var keyColumns: Int {
    switch self {
    case .staff, .busy: 2
    case .hours, .override: 4
    }
  }
}

extension CalendarTable {
  /// A row's provider, and how the row is put into or taken out of its entry.
  func provider(_ reader: inout SourceRowReader) throws(FeedError) -> PostgresUUID { try reader.take() }

  func put(_ reader: inout SourceRowReader, into entry: inout CalendarEntry) throws(FeedError) {
    switch self {
    case .staff:
      let id: PostgresUUID = try reader.take()
      let known = entry.staff.first { $0.id == id }
      entry.staff.place(
        StaffRow(id: id, name: try reader.names(unchanged: known?.name), position: try reader.take(), isActive: try reader.take())
      )
    case .hours:
      entry.hours.place(
        WorkingHoursRow(
          staff: try reader.take(), weekday: try reader.take(), starts: try reader.time(), ends: try reader.time()))
    case .override:
      entry.overrides.place(
        ScheduleOverrideRow(
          staff: try reader.take(), day: try reader.take(as: PostgresDate.self).daysSince1970, starts: try reader.time(),
          ends: try reader.time(), isClosed: try reader.take()))
    case .busy:
      let (id, staff): (Int64, PostgresUUID?) = (try reader.take(), try reader.take())
      let during: PostgresTimestampRange = try reader.take()
      entry.busy.place(
        OutsideBusyRow(
          id: id, staff: staff, from: during.lower?.microsecondsSince1970 ?? .min,
          to: during.upper?.microsecondsSince1970 ?? .max))
    }
  }

  func remove(_ reader: inout SourceRowReader, from entry: inout CalendarEntry) throws(FeedError) {
    switch self {
    case .staff:
      entry.staff.displace(StaffRow(id: try reader.take(), name: NamePair(en: "", ar: ""), position: 0, isActive: false))
    case .hours:
      entry.hours.displace(
        WorkingHoursRow(staff: try reader.take(), weekday: try reader.take(), starts: try reader.time(), ends: 0))
    case .override:
      entry.overrides.displace(
        ScheduleOverrideRow(
          staff: try reader.take(), day: try reader.take(as: PostgresDate.self).daysSince1970, starts: try reader.time(),
          ends: 0, isClosed: false))
    case .busy: entry.busy.displace(OutsideBusyRow(id: try reader.take(), staff: nil, from: 0, to: 0))
    }
  }

  func removeAll(from entry: inout CalendarEntry) {
    switch self {
    case .staff: entry.staff = []
    case .hours: entry.hours = []
    case .override: entry.overrides = []
    case .busy: entry.busy = []
    }
  }
}

extension SourceRowReader {
  fileprivate mutating func time() throws(FeedError) -> Int64 { try take(as: PostgresTime.self).microsecondsSinceMidnight }
}
