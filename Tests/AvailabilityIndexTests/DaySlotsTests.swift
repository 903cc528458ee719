import AvailabilityIndex
import TestSupport
import Testing

@Suite struct DaySlotsTests {
  static func truths(_ day: DaySlots) -> [Bool] { (0..<96).map { day.bits >> UInt128($0) & 1 == 1 } }

  @Test func rangesAreClippedToTheDay() {
    #expect(DaySlots(0..<96) == .all && DaySlots.all.count == 96)
    #expect(DaySlots(-5..<3) == DaySlots(0..<3))
    #expect(DaySlots(90..<200) == DaySlots(90..<96))
    #expect(DaySlots(96..<97) == .none && DaySlots(7..<7).isEmpty && DaySlots(-9 ..< -3) == .none)
    #expect(DaySlots(bits: .max) == .all)
    #expect(!DaySlots.all.contains(96) && !DaySlots.all.contains(-1) && DaySlots.all.contains(95))
  }

  @Test func windowsGiveTheirPartOfADay() {
    #expect(DaySlots(SlotWindow(day: 5, slots: 40..<44), onDay: 5) == DaySlots(40..<44))
    #expect(DaySlots(SlotWindow(day: 5, slots: 90..<100), onDay: 6) == DaySlots(0..<4))
    #expect(DaySlots(SlotWindow(day: 5, slots: 90..<100), onDay: 7) == .none)
    #expect(DaySlots(SlotWindow(from: .min, to: .max), onDay: -3) == .all)
    #expect(DaySlots(SlotWindow(from: 500, to: 480), onDay: 5) == .none)
  }

  @Test func setsAgreeWithArraysOfTruths() {
    var random = SeededRandom()
    for _ in 0..<500 {
      let (one, other) = (random.daySlots(), random.daySlots())
      let (left, right) = (Self.truths(one), Self.truths(other))
      #expect(Self.truths(one.union(other)) == zip(left, right).map { $0 || $1 })
      #expect(Self.truths(one.intersection(other)) == zip(left, right).map { $0 && $1 })
      #expect(Self.truths(one.subtracting(other)) == zip(left, right).map { $0 && !$1 })
      #expect(one.count == left.count { $0 } && one.isEmpty == !left.contains(true))
      #expect(one.first == left.firstIndex(of: true))
      #expect(one.headRun == left.prefix { $0 }.count && one.tailRun == left.reversed().prefix { $0 }.count)
      #expect(one.endsInRun == left[95])
    }
  }

  @Test func runsAgreeWithArraysOfTruths() {
    var random = SeededRandom()
    for _ in 0..<100 {
      let day = random.daySlots()
      let truths = Self.truths(day)
      let longest = longestRun(truths)
      #expect(day.longestRun == longest)
      #expect(day.startBound == (truths[95] ? DaySlots.unbounded : UInt8(longest)))
      for length in 1...96 {
        let expected = (0..<96).map { $0 + length <= 96 && truths[$0..<$0 + length].allSatisfy { $0 } }
        #expect(Self.truths(day.starts(ofRun: length)) == expected, "\(day) \(length)")
      }
      let runs = day.runs
      #expect(runs.reduce(DaySlots.none) { $0.union(DaySlots($1)) } == day)
      #expect(zip(runs, runs.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
      #expect(runs.allSatisfy { !$0.isEmpty })
    }
    for length in [0, -1, 97, .max, .min] { #expect(DaySlots.all.starts(ofRun: length) == .none) }
  }
}
