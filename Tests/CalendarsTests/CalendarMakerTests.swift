import AvailabilityIndex
import Calendars
import TestSupport
import Testing

@Suite struct CalendarMakerTests {
  @Test(arguments: Zones.awkward)
  func slotsAreAsEveryMinuteSays(name: String) throws {
    let zone = try Zones.zone(name)
    var random = SeededRandom(stream: name)
    for _ in 0..<12 {
      let days = Int.random(in: 1...5, using: &random)
      let firstDay = self.firstDay(zone, &random)
      var maker = CalendarMaker(zone: zone, firstDay: firstDay, days: days)
      // The same maker again and again: nothing may be left of what it was asked before.
      for _ in 0..<4 {
        let hours = randomHours(from: firstDay - 1, days: days + 2, &random)
        let busy = randomBusy(from: firstDay, days: days, &random)
        maker.work(hours)
        for time in busy { maker.take(time) }
        compare(maker, MinuteModel(zone: zone, hours: hours, busy: busy), "\(name), day \(firstDay)")
      }
    }
  }

  private func compare(_ maker: CalendarMaker, _ model: MinuteModel, _ what: String) {
    for (index, (worked, free)) in zip(maker.worked, maker.free).enumerated() {
      let midnight = (maker.firstDay + index) * 96
      for slot in 0..<96 {
        #expect(worked.contains(slot) == model.isWorked(slot: midnight + slot), "\(what), slot \(midnight + slot), worked")
        #expect(free.contains(slot) == model.isFree(slot: midnight + slot), "\(what), slot \(midnight + slot), free")
      }
    }
  }

  /// Around a change of clocks, where there is one in some year; else anywhere.
  private func firstDay(_ zone: Zone, _ random: inout SeededRandom) -> Int {
    let year = Int.random(in: 2_000..<2_040, using: &random)
    let start = CivilDate(year: year, month: 1, day: 1).dayNumber
    let stretches = zone.stretches(of: start * 86_400..<(start + 365) * 86_400)
    guard let stretch = stretches.dropFirst().randomElement(using: &random), Bool.random(using: &random) else {
      return start + Int.random(in: 0..<365, using: &random)
    }
    return stretch.seconds.lowerBound / 86_400 - Int.random(in: 0...2, using: &random)
  }

  private func randomHours(from day: Int, days: Int, _ random: inout SeededRandom) -> WorkingHours {
    func span() -> WallSpan {
      // Now on quarters, now not; now to the end of the day.
      let step = [1, 5, 15, 30].randomElement(using: &random) ?? 1
      let from = Int.random(in: 0..<1_440, using: &random) / step * step
      let to = Int.random(in: 0..<5, using: &random) == 0 ? 1_440 : Int.random(in: from..<1_440, using: &random) / step * step
      return WallSpan(minutes: from..<max(from, to))
    }
    var weekly: [WorkingHours.Weekly] = []
    for weekday in 1...7 {
      for _ in 0..<Int.random(in: 0...3, using: &random) { weekly.append(.init(weekday: weekday, span: span())) }
    }
    var dated: [WorkingHours.Dated] = []
    for date in day..<day + days where Int.random(in: 0..<4, using: &random) == 0 {
      if Bool.random(using: &random) { dated.append(.dayOff(date)) }
      for _ in 0..<Int.random(in: 1...2, using: &random) { dated.append(.init(day: date, span: span())) }
    }
    return WorkingHours(weekly: weekly, dated: dated)
  }

  private func randomBusy(from day: Int, days: Int, _ random: inout SeededRandom) -> [BusyTime] {
    (0..<Int.random(in: 0...6, using: &random)).map { _ in
      let from = Int64.random(in: Int64(day - 1) * 86_400_000_000..<Int64(day + days) * 86_400_000_000, using: &random)
      let length = Int64.random(in: 0..<20_000_000_000, using: &random)
      let quarter: Int64 = Bool.random(using: &random) ? 900_000_000 : 1
      return BusyTime(from: from / quarter * quarter, to: (from + length) / quarter * quarter)
    }
  }

  // MARK: Days that people remember

  private func worked(_ zone: String, _ date: CivilDate, _ minutes: Range<Int>) throws -> [Range<Int>] {
    var maker = CalendarMaker(zone: try Zones.zone(zone), firstDay: date.dayNumber - 1, days: 3)
    maker.work(WorkingHours(dated: [.init(day: date.dayNumber, span: WallSpan(minutes: minutes))]))
    return maker.worked.enumerated().flatMap { index, slots in
      slots.runs.map { (index - 1) * 96 + $0.lowerBound..<(index - 1) * 96 + $0.upperBound }
    }
  }

  @Test func theHourThatIsSkippedIsNotThere() throws {
    // 02:00 to 03:00 is not there: from one to four are two hours, from 00:00 to 02:00 UTC.
    #expect(try worked("Europe/Berlin", CivilDate(year: 2026, month: 3, day: 29), 60..<240) == [0..<8])
    // Nothing of these hours happens.
    #expect(try worked("Europe/Berlin", CivilDate(year: 2026, month: 3, day: 29), 120..<180) == [])
    // Samoa left out a whole day.
    #expect(try worked("Pacific/Apia", CivilDate(year: 2011, month: 12, day: 30), 0..<1_440) == [])
  }

  @Test func theHourThatIsRepeatedIsThereTwice() throws {
    #expect(try worked("Europe/Berlin", CivilDate(year: 2026, month: 10, day: 25), 60..<240) == [-4..<0, 0..<12])
    // The repeated hour alone: from 00:00 to 02:00 UTC, on end.
    #expect(try worked("Europe/Berlin", CivilDate(year: 2026, month: 10, day: 25), 120..<180) == [0..<8])
    // Half an hour of it is there twice, with half an hour between.
    #expect(try worked("Europe/Berlin", CivilDate(year: 2026, month: 10, day: 25), 120..<150) == [0..<2, 4..<6])
    // On Lord Howe Island half an hour is repeated.
    #expect(try worked("Australia/Lord_Howe", CivilDate(year: 2026, month: 4, day: 5), 90..<120) == [-38..<(-34)])
  }

  @Test func quartersOfAnHourAreQuartersOfUTCEverywhere() throws {
    let date = CivilDate(year: 2026, month: 11, day: 21)
    // 09:00 in Kathmandu is 03:15 UTC.
    #expect(try worked("Asia/Kathmandu", date, 540..<600) == [13..<17])
    #expect(try worked("Pacific/Chatham", date, 540..<600) == [-19..<(-15)])
  }

  @Test func onlyWholeSlotsAreWorkedAndFree() throws {
    let day = CivilDate(year: 2026, month: 11, day: 21).dayNumber
    var maker = CalendarMaker(zone: .utc, firstDay: day, days: 1)
    // 09:10 to 10:05, and two stretches that meet inside a slot.
    maker.work(
      WorkingHours(dated: [
        .init(day: day, span: WallSpan(minutes: 550..<605)), .init(day: day, span: WallSpan(minutes: 720..<727)),
        .init(day: day, span: WallSpan(minutes: 727..<750)),
      ]))
    #expect(maker.worked[0].runs == [37..<40, 48..<50])
    // A microsecond takes its slot; what ends where a slot begins leaves it alone.
    let noon = Int64(day) * 86_400_000_000 + 43_200_000_000
    maker.take(BusyTime(from: noon - 1, to: noon + 1))
    #expect(maker.free[0].runs == [37..<40, 49..<50])
    maker.take(BusyTime(from: noon - 3_600_000_000, to: noon))
    #expect(maker.free[0].runs == [37..<40, 49..<50])
  }

  /// Monrovia was 44 minutes and 30 seconds behind Greenwich until 1972: no slot of its hours begins where one of UTC's does.
  @Test func anOffsetThatIsNoQuarterLosesTheSlotsItCuts() throws {
    let zone = try Zones.zone("Africa/Monrovia")
    let day = CivilDate(year: 1_971, month: 6, day: 1).dayNumber
    var maker = CalendarMaker(zone: zone, firstDay: day, days: 2)
    let hours = WorkingHours(weekly: (1...7).map { .init(weekday: $0, span: WallSpan(minutes: 540..<600)) })
    maker.work(hours)
    compare(maker, MinuteModel(zone: zone, hours: hours, busy: [], stepSeconds: 30), "Monrovia")
    #expect(maker.worked[0].count == 3)
  }
}
