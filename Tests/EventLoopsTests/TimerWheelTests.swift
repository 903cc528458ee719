import Testing

@testable import EventLoops

@Suite struct TimerWheelTests {
  private func timer(_ deadline: UInt64, _ action: @escaping () -> Void = {}) -> LoopTimer {
    LoopTimer(deadline: deadline, loop: nil, action: action)
  }

  @Test func firesWhatIsDueAndNothingElse() {
    let wheel = TimerWheel()
    var fired: [String] = []
    wheel.insert(timer(100) { fired.append("100") }, now: 0)
    wheel.insert(timer(50) { fired.append("50") }, now: 0)
    wheel.insert(timer(200) { fired.append("200") }, now: 0)
    wheel.advance(to: 120)
    #expect(fired == ["50", "100"])
    wheel.advance(to: 250)
    #expect(fired == ["50", "100", "200"])
    #expect(wheel.nextWake == nil)
  }

  @Test func aDeadlineSeveralTurnsAheadIsKept() {
    let wheel = TimerWheel()
    var fired = false
    wheel.insert(timer(75_000) { fired = true }, now: 0)
    var now: UInt64 = 0
    while let wake = wheel.nextWake, wake < 75_000 {
      now = wake
      wheel.advance(to: now)
      #expect(!fired)
    }
    wheel.advance(to: 75_008)
    #expect(fired)
  }

  @Test func anActionMayCancelItsNeighbourAndAddAnother() {
    let wheel = TimerWheel()
    var fired: [String] = []
    let second = timer(40) { fired.append("second") }
    wheel.insert(second, now: 0)
    wheel.insert(
      timer(40) {
        fired.append("first")
        wheel.remove(second)
        wheel.insert(self.timer(48) { fired.append("third") }, now: 40)
      }, now: 0)
    wheel.advance(to: 100)
    #expect(fired == ["first", "third"])
  }

  /// Against the definition: a timer fires at the first `advance` to a time at or after its deadline, rounded up to a tick.
  @Test(arguments: 1...20)
  func agreesWithASortedList(seed: UInt64) {
    var random = Lehmer(state: seed)
    let wheel = TimerWheel()
    var expected: [Int: UInt64] = [:]
    var timers: [Int: LoopTimer] = [:]
    var fired: [Int: UInt64] = [:]
    var now = random.next() % 1_000_000
    wheel.advance(to: now)
    for step in 0..<2_000 {
      switch random.next() % 10 {
      case 0...4:
        let deadline = now + [10, 500, 9_000, 40_000][Int(random.next() % 4)] * (1 + random.next() % 10) / 5
        let entry = timer(deadline) { fired[step] = deadline }
        wheel.insert(entry, now: now)
        timers[step] = entry
        expected[step] = deadline
      case 5:
        guard let victim = expected.keys.sorted().randomElement(using: &random), let entry = timers[victim] else { continue }
        wheel.remove(entry)
        expected[victim] = nil
      default:
        now += random.next() % 3_000
        wheel.advance(to: now)
        for (step, deadline) in expected where (deadline + 7) / 8 <= now / 8 {
          #expect(fired[step] == deadline, "seed \(seed), step \(step)")
          expected[step] = nil
        }
      }
      for step in expected.keys { #expect(fired[step] == nil, "seed \(seed): fired early") }
      wheel._checkInvariants()
    }
  }
}

/// Small and seedable; good enough to mix cases.
struct Lehmer: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 16
  }
}
