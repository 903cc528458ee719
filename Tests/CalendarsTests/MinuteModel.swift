import AvailabilityIndex
import Calendars

/// The definition, moment by moment: what the wall shows then, whether that is among the hours, and whether it is taken.
struct MinuteModel {
  let zone: Zone
  let hours: WorkingHours
  let busy: [BusyTime]
  /// Everything must begin and end on multiples of this.
  var stepSeconds = 60

  func isWorked(slot: Int) -> Bool { moments(slot).allSatisfy { isWorked(second: $0) } }

  func isFree(slot: Int) -> Bool { isWorked(slot: slot) && !busy.contains { touches($0, slot) } }

  private func moments(_ slot: Int) -> StrideTo<Int> { stride(from: slot * 900, to: (slot + 1) * 900, by: stepSeconds) }

  private func isWorked(second: Int) -> Bool {
    let local = second + zone.offsetSeconds(at: second)
    let day = (local - ((local % 86_400) + 86_400) % 86_400) / 86_400
    let time = (local - day * 86_400) * 1_000_000
    let special = hours.dated.filter { $0.day == day }
    let spans = special.isEmpty ? hours.weekly.filter { $0.weekday == weekday(day) }.map(\.span) : special.map(\.span)
    return spans.contains { $0.from <= time && time < $0.to }
  }

  /// 2024-01-01, day 19,723, was a Monday.
  private func weekday(_ day: Int) -> Int { (((day - 19_723) % 7) + 7) % 7 + 1 }

  private func touches(_ busy: BusyTime, _ slot: Int) -> Bool {
    busy.from < Int64(slot + 1) * 900_000_000 && busy.to > Int64(slot) * 900_000_000 && busy.from < busy.to
  }
}
