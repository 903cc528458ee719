import AvailabilityIndex
import Bytes
import Calendars
import JSON
import ProviderIndex

/// Says from when staff is free, by the clock on its wall. What it tells is looked up when it is written.
struct FreeStartWriter {
  private let edition: Edition
  private let calendar: AvailabilityCalendar
  private let when: ProviderQuery.When

  /// Nil where there are no calendars.
  init?(_ edition: Edition, _ when: ProviderQuery.When) {
    guard let calendar = edition.index.calendar else { return nil }
    self.edition = edition
    self.calendar = calendar
    self.when = when
  }

  /// The first slot of the window at which one of them is free for long enough.
  func start(of staff: Range<Int>) -> Int? {
    guard staff.upperBound <= calendar.staffCount,
      let start = calendar.nextFreeStart(staff: staff, from: when.window.from, slots: when.slots), start < when.window.to
    else { return nil }
    return start
  }

  func write(_ figures: HitFigures, market: String, to buffer: inout ByteBuffer) {
    if let start = start(of: edition.index.staff(of: figures)) { write(start: start, market: market, to: &buffer) }
  }

  func write(start slot: Int, market: String, to buffer: inout ByteBuffer) {
    let second = slot * AskedTimes.slotMinutes * 60
    buffer.member("next_free_start", LocalTime(at: second, in: edition.staff.zone(ofMarket: market) ?? .utc).description)
  }
}
