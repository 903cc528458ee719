import AvailabilityIndex
import Calendars
import Discovery
import Foundation
import ProviderIndex
import Telemetry
import TestSupport
import WebAPI

/// The made-up market with staff whose calendars are random, at a moment that stands still.
struct TimedMarket: Sendable {
  /// A Saturday, seven minutes after noon in London, after three in Amman.
  static let now = Instant(unixMilliseconds: 1_795_262_820_000)
  static let slot = 1_795_262_820 / 900
  static let today = Int32(slot / 96)
  static let clock = TelemetryClock(
    unixNanoseconds: { UInt64(now.unixMicroseconds) * 1_000 }, monotonicNanoseconds: TelemetryClock.system.monotonicNanoseconds)

  struct Member {
    let provider: ProviderDetails
    let member: StaffMember
    /// By day from today on: what is free, and what is worked.
    let free: [DaySlots]
    let worked: [DaySlots]

    func isFree(_ slot: Int) -> Bool { has(slot, free) }
    func isWorking(_ slot: Int) -> Bool { has(slot, worked) }

    private func has(_ slot: Int, _ days: [DaySlots]) -> Bool {
      let index = slot / 96 - Int(TimedMarket.today)
      return days.indices.contains(index) && days[index].contains(slot % 96)
    }

    /// The definition: one slot after the other.
    func start(from: Int, to: Int, slots: Int) -> Int? {
      (from..<max(from, to)).first { start in (start..<start + slots).allSatisfy(isFree) }
    }
  }

  let demo: DemoDiscovery
  let members: [Member]
  let edition: Edition

  init() throws {
    demo = try DemoDiscovery(providers: 300)
    var random = SeededRandom()
    var members: [Member] = []
    for provider in demo.details {
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        let worked = (0..<3).map { _ in
          let from = Int.random(in: 0..<80, using: &random)
          return DaySlots(from..<from + Int.random(in: 4...40, using: &random))
        }
        let free = worked.map { $0.intersection(DaySlots(bits: UInt128.random(in: 0...(.max), using: &random))) }
        let number = members.count
        members.append(
          Member(
            provider: provider,
            member: StaffMember(
              id: Identifier(high: 9, low: UInt64(number)), name: Localized(en: "Member \(number)", ar: "موظف \(number)"),
              row: number),
            free: Int.random(in: 0..<3, using: &random) == 0 ? worked : free, worked: worked))
      }
    }
    self.members = members
    let calendar = AvailabilityCalendar(staffCount: members.count, firstDay: Self.today)
    let hours = AvailabilityCalendar(staffCount: members.count, firstDay: Self.today - 1, days: 4)
    var segment = SegmentBuilder(analyzer: demo.analyzer)
    var rows: [Identifier: Range<UInt32>] = [:]
    for (number, member) in members.enumerated() {
      for (day, slots) in member.free.enumerated() { calendar.setDay(staff: number, day: Self.today + Int32(day), slots: slots) }
      for (day, slots) in member.worked.enumerated() { hours.setDay(staff: number, day: Self.today + Int32(day), slots: slots) }
      let first = rows[member.provider.id]?.lowerBound ?? UInt32(number)
      rows[member.provider.id] = first..<UInt32(number + 1)
    }
    for details in demo.details {
      var record = try ProviderRecord(details)
      record.staff = rows[details.id] ?? 0..<0
      try segment.add(record)
    }
    let zone = try Zone(
      name: "Asia/Amman", tzif: [UInt8](try Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/Asia/Amman"))))
    edition = Edition(
      index: IndexSnapshot(try segment.finish(), calendar: calendar, hours: hours, position: 0x20),
      providers: demo.edition.providers,
      staff: StaffInMemory(members: Dictionary(grouping: members, by: \.provider.id).mapValues { $0.map(\.member) }, zone: zone),
      directory: demo.edition.directory, names: demo.edition.names)
  }

  /// Answers over a real socket, at the moment that stands still.
  func serve<R: Sendable>(_ body: @Sendable (TestHTTPClient) async throws -> R) async throws -> R {
    let board = EditionBoard()
    board.post(edition)
    return try await demo.serve(try demo.discovery(board), clock: Self.clock) { client, _ in try await body(client) }
  }

  /// Ids of those who have somebody for whom it holds.
  func providers(where holds: (Member) -> Bool) -> Set<String> { Set(members.filter(holds).map(\.provider.id.description)) }

  /// The first time that somebody of a provider can begin.
  func soonest(_ provider: String, from: Int, to: Int, slots: Int) -> Int? {
    members.filter { $0.provider.id.description == provider }.compactMap { $0.start(from: from, to: to, slots: slots) }.min()
  }

  static func text(slot: Int) -> String { text(second: slot * 900) }
  static func text(second: Int) -> String {
    Date(timeIntervalSince1970: Double(second)).formatted(.iso8601)
  }

  /// As the wall in Amman shows it, three hours ahead.
  static func wall(slot: Int) -> String {
    text(second: slot * 900 + 3 * 3_600).replacingOccurrences(of: "Z", with: "+03:00")
  }
}

private struct StaffInMemory: StaffSource {
  let members: [Identifier: [StaffMember]]
  let zone: Zone

  func staff(of provider: Identifier) -> [StaffMember] { members[provider] ?? [] }
  func zone(ofMarket id: String) -> Zone? { id == "amman" ? zone : nil }
}
