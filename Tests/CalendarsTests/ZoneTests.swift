import Calendars
import Foundation
import TestSupport
import Testing

/// Zones, beside Foundation's reading of the same rules.
@Suite struct ZoneTests {
  @Test(arguments: Zones.awkward)
  func clocksAreAsFoundationSays(name: String) throws {
    let zone = try Zones.zone(name)
    let other = try #require(TimeZone(identifier: name))
    var random = SeededRandom(stream: name)
    // Until 2099: most of it is beyond the table, where the yearly rule goes on.
    for _ in 0..<2_000 {
      let second = Int.random(in: 946_684_800..<4_070_908_800, using: &random)
      let theirs = other.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
      #expect(zone.offsetSeconds(at: second) == theirs, "\(name) at \(second)")
    }
  }

  @Test(arguments: Zones.awkward)
  func stretchesMeetAndEachHasOneOffset(name: String) throws {
    let zone = try Zones.zone(name)
    var random = SeededRandom(stream: name)
    for _ in 0..<50 {
      let from = Int.random(in: 0..<4_000_000_000, using: &random)
      let range = from..<from + Int.random(in: 1..<100_000_000, using: &random)
      let stretches = zone.stretches(of: range)
      #expect(stretches.first?.seconds.lowerBound == range.lowerBound)
      #expect(stretches.last?.seconds.upperBound == range.upperBound)
      for (one, next) in zip(stretches, stretches.dropFirst()) {
        #expect(one.seconds.upperBound == next.seconds.lowerBound)
      }
      for stretch in stretches {
        for _ in 0..<5 {
          #expect(zone.offsetSeconds(at: Int.random(in: stretch.seconds, using: &random)) == stretch.offsetSeconds)
        }
        #expect(zone.offsetSeconds(at: stretch.seconds.upperBound - 1) == stretch.offsetSeconds)
      }
    }
  }

  @Test func aLocalTimeSaysWhichInstantItIs() throws {
    let second = 1_795_264_200
    #expect(LocalTime(at: second, in: try Zones.zone("Asia/Amman")).description == "2026-11-21T15:30:00+03:00")
    #expect(LocalTime(at: second, in: try Zones.zone("America/St_Johns")).description == "2026-11-21T09:00:00-03:30")
    #expect(LocalTime(at: second, in: .utc).description == "2026-11-21T12:30:00+00:00")
  }

  @Test func datesAreAsFoundationCounts() {
    var random = SeededRandom()
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    for _ in 0..<2_000 {
      let number = Int.random(in: -100_000..<200_000, using: &random)
      let date = CivilDate(dayNumber: number)
      #expect(date.dayNumber == number)
      let parts = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: Double(number) * 86_400))
      #expect([parts.year, parts.month, parts.day] == [date.year, date.month, date.day], "day \(number)")
    }
  }

  // MARK: What is no zone

  @Test func whatIsCutShortIsRefused() throws {
    let bytes = try Zones.bytes("Asia/Amman")
    for count in 0..<bytes.count {
      #expect(throws: ZoneError.self, "\(count) bytes") { try Zone(name: "cut", tzif: Array(bytes.prefix(count))) }
    }
  }

  @Test func changedBytesNeverTrap() throws {
    var random = SeededRandom()
    for name in ["Asia/Amman", "Europe/Dublin", "Pacific/Apia"] {
      let bytes = try Zones.bytes(name)
      var refused = 0
      for _ in 0..<3_000 {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          changed[Int.random(in: changed.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
        }
        do throws(ZoneError) {
          let zone = try Zone(name: "changed", tzif: changed)
          _ = zone.offsetSeconds(at: Int.random(in: -4_000_000_000..<8_000_000_000, using: &random))
        } catch { refused += 1 }
      }
      #expect(refused > 100, "\(name)")
    }
  }

  @Test(arguments: [
    "EET", "EE-2", "EET-2EEST", "EET-2EEST,M3.5.0/3", "EET-2EEST,M13.5.0,M10.5.0", "EET-2EEST,M3.6.0,M10.5.0", "EET-25",
    "EET-2EEST,M3.5.7,M10.5.0", "<+3>-3", "<+03-3", "EET-2EEST,J0,J300", "EET-2EEST,366,300", "EET-2EEST,M3.5.0,M10.5.0 ",
    "EET-2EEST;M3.5.0,M10.5.0", "EET-2:60",
  ])
  func aRuleThatIsNoneIsRefused(rule: String) throws {
    #expect(throws: ZoneError.self) { try Zone(name: "none", tzif: MadeZone.bytes(rule: rule)) }
  }

  /// What a rule says of an instant of 2050, far from any table.
  @Test(arguments: [
    ("EET-2", 2_540_000_000, 7_200), ("<+0545>-5:45", 2_540_000_000, 20_700), ("EST5", 2_540_000_000, -18_000),
    // 2050-06-27 and 2050-01-28.
    ("EET-2EEST,M3.5.0/3,M10.5.0/4", 2_540_000_000, 10_800), ("EET-2EEST,M3.5.0/3,M10.5.0/4", 2_527_000_000, 7_200),
    ("AEST-10AEDT,M10.1.0,M4.1.0/3", 2_540_000_000, 36_000), ("AEST-10AEDT,M10.1.0,M4.1.0/3", 2_527_000_000, 39_600),
    ("IST-1GMT0,M10.5.0,M3.5.0/1", 2_540_000_000, 3_600), ("IST-1GMT0,M10.5.0,M3.5.0/1", 2_527_000_000, 0),
    ("XXX3EDT4,J1/0,J365/23", 2_540_000_000, -14_400),
  ])
  func rulesGoOnForEver(rule: String, second: Int, offset: Int) throws {
    let zone = try Zone(name: rule, tzif: MadeZone.bytes(rule: rule))
    #expect(zone.offsetSeconds(at: second) == offset)
  }
}

/// A file with no table but a rule.
private enum MadeZone {
  static func bytes(rule: String) -> [UInt8] {
    // Of one kind of time, UTC; a rule without summer says what holds, and the table's only kind must agree with it.
    let offset = rule.hasPrefix("EET-2") ? 7_200 : rule.hasPrefix("<+0545>") ? 20_700 : rule.hasPrefix("EST5") ? -18_000 : 0
    func header(kinds: UInt8) -> [UInt8] {
      Array("TZif2".utf8) + Array(repeating: 0, count: 15)
        + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, kinds, 0, 0, 0, 4]
    }
    let kind = (0..<4).map { UInt8(truncatingIfNeeded: offset >> (24 - 8 * $0)) } + [0, 0]
    let body = kind + Array("XXX\0".utf8)
    return header(kinds: 1) + body + header(kinds: 1) + body + Array("\n\(rule)\n".utf8)
  }
}
