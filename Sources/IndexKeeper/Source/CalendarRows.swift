import PostgresClient

// The rows that calendars are made of, as the database has them. Values only.

/// A row that has its place among others of its kind; two of which neither comes first are states of the same row.
protocol PlacedRow: Hashable, Sendable {
  func comes(before other: Self) -> Bool
}

/// Who serves customers.
struct StaffRow: PlacedRow {
  var id: PostgresUUID
  var name: NamePair
  /// The order in which people see them.
  var position: Int16
  var isActive: Bool

  func comes(before other: StaffRow) -> Bool { id < other.id }
}

/// A stretch of every week, in microseconds of its local day.
struct WorkingHoursRow: PlacedRow {
  var staff: PostgresUUID
  /// ISO: 1 is Monday.
  var weekday: Int16
  var starts: Int64
  var ends: Int64

  func comes(before other: WorkingHoursRow) -> Bool {
    (staff, weekday, starts) < (other.staff, other.weekday, other.starts)
  }
}

/// A stretch of a day that differs from its week, or a day off.
struct ScheduleOverrideRow: PlacedRow {
  var staff: PostgresUUID
  /// Days since 1970, on the wall.
  var day: Int32
  var starts: Int64
  var ends: Int64
  var isClosed: Bool

  func comes(before other: ScheduleOverrideRow) -> Bool {
    (staff, day, starts) < (other.staff, other.day, other.starts)
  }
}

/// What somebody says is taken, in microseconds since 1970.
struct OutsideBusyRow: PlacedRow {
  var id: Int64
  /// Nobody: all of the provider's staff.
  var staff: PostgresUUID?
  var from: Int64
  var to: Int64

  func comes(before other: OutsideBusyRow) -> Bool { id < other.id }
}

/// Everything about the calendars of one provider, each kind in its order. Rows may come before the staff member they are of.
struct CalendarEntry: Hashable, Sendable {
  var staff: [StaffRow] = []
  var hours: [WorkingHoursRow] = []
  var overrides: [ScheduleOverrideRow] = []
  var busy: [OutsideBusyRow] = []

  var isEmpty: Bool { staff.isEmpty && hours.isEmpty && overrides.isEmpty && busy.isEmpty }

  /// Whether the same people are there: then each keeps its calendar.
  func hasStaff(of other: CalendarEntry) -> Bool {
    staff.count == other.staff.count && zip(staff, other.staff).allSatisfy { $0.id == $1.id }
  }
}

extension Array where Element: PlacedRow {
  /// Puts a row in its place, or in the place of its earlier state. O(n).
  mutating func place(_ row: Element) {
    let place = place(of: row)
    if place < count, !row.comes(before: self[place]) { self[place] = row } else { insert(row, at: place) }
  }

  /// Takes out the row whose key is that of `key`. O(n).
  mutating func displace(_ key: Element) {
    let place = place(of: key)
    if place < count, !key.comes(before: self[place]) { remove(at: place) }
  }

  /// The first that does not come before `row`.
  private func place(of row: Element) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].comes(before: row) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// In their order, however they came.
  mutating func arrange() {
    if !zip(self, dropFirst()).allSatisfy({ $0.comes(before: $1) }) { sort { $0.comes(before: $1) } }
  }
}
