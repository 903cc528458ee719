import Glibc
import Synchronization

/// Progress of one long piece of work on standard error: a line redrawn in place on a terminal, a plain line every few seconds
/// otherwise, a summary at the end. `advance` costs an atomic addition and a look at the clock, so it may be called for each row,
/// from any thread. Other output goes through the same `Console` and is printed above the bar.
public final class ProgressBar: Sendable {
  /// Ten a second look smooth and cost nothing.
  private static let redrawMilliseconds: UInt64 = 100
  /// For whoever reads a log later.
  private static let plainMilliseconds: UInt64 = 5000

  private struct State {
    var estimate: ProgressEstimate
    var total: Int?
    var isFinished = false
  }

  private let title: String
  private let unit: ProgressUnit
  private let console: Console
  private let nowMilliseconds: @Sendable () -> UInt64
  private let liveLine: Int?
  private let count: Atomic<Int>
  private let nextDrawMilliseconds: Atomic<UInt64>
  private let state: Mutex<State>

  /// `total` is nil while it is unknown. `startingAt` is what an earlier run did.
  public init(
    _ title: String, unit: ProgressUnit, total: Int?, startingAt startCount: Int = 0, console: Console,
    nowMilliseconds: @escaping @Sendable () -> UInt64 = monotonicMilliseconds
  ) {
    self.title = withoutControls(title)
    self.unit = unit
    self.console = console
    self.nowMilliseconds = nowMilliseconds
    let now = nowMilliseconds()
    liveLine = console.claimLiveLine()
    count = Atomic(startCount)
    nextDrawMilliseconds = Atomic(liveLine == nil ? now + Self.plainMilliseconds : now)
    state = Mutex(State(estimate: ProgressEstimate(startedAtMilliseconds: now, startCount: startCount), total: total))
    tick()
  }

  deinit {
    // A bar that is dropped without `finish` (an error on the way) must not stay on the screen.
    if let liveLine, !state.withLock({ $0.isFinished }) { console.releaseLiveLine(liveLine, summary: "\(title): not finished") }
  }

  public func advance(by amount: Int = 1) {
    count.wrappingAdd(amount, ordering: .relaxed)
    tick()
  }

  public func update(to newCount: Int) {
    count.store(newCount, ordering: .relaxed)
    tick()
  }

  public func setTotal(_ total: Int?) {
    state.withLock { $0.total = total }
    tick()
  }

  /// Redraws if it is time to; call it while waiting, so that the clock of a stalled bar goes on.
  public func tick() {
    let now = nowMilliseconds()
    if now >= nextDrawMilliseconds.load(ordering: .relaxed) { draw(at: now) }
  }

  /// Ticks until the task is cancelled: for a child task beside the work.
  public func keepTicking() async {
    while !Task.isCancelled {
      tick()
      // Cancellation ends the sleep early, and then the loop.
      do { try await Task.sleep(for: .milliseconds(Self.redrawMilliseconds)) } catch { return }
    }
  }

  /// A line above the bar.
  public func print(above line: String) { console.print(line, to: .error) }

  private func draw(at now: UInt64) {
    state.withLock { state in
      // Another thread may have drawn while this one waited for the lock.
      guard !state.isFinished, now >= nextDrawMilliseconds.load(ordering: .relaxed) else { return }
      nextDrawMilliseconds.store(now + (liveLine == nil ? Self.plainMilliseconds : Self.redrawMilliseconds), ordering: .relaxed)
      let count = count.load(ordering: .relaxed)
      state.estimate.observe(count: count, atMilliseconds: now)
      let line = line(state, count, now)
      if let liveLine {
        console.drawLiveLine(liveLine) { [console] in line.live(columns: $0, traits: console.traits(of: .error)) }
      } else {
        console.print(line.plain, to: .error)
      }
    }
  }

  private func line(_ state: State, _ count: Int, _ now: UInt64) -> ProgressLine {
    ProgressLine(
      title: title, unit: unit, count: count, total: state.total, rate: state.estimate.rate,
      elapsedMilliseconds: state.estimate.elapsedMilliseconds(at: now),
      secondsLeft: state.total.flatMap { state.estimate.secondsLeft(count: count, total: $0) })
  }
}

/// The end.
extension ProgressBar {
  public enum Outcome: Sendable, Equatable {
    case done
    /// With the reason, as a clause.
    case stopped(String)
  }

  /// Takes the bar away and prints one line that says what was done. A second call does nothing.
  public func finish(_ outcome: Outcome = .done) {
    let now = nowMilliseconds()
    let summary = state.withLock { state -> String? in
      if state.isFinished { return nil }
      state.isFinished = true
      return self.summary(state, outcome, now)
    }
    guard let summary else { return }
    if let liveLine {
      console.releaseLiveLine(liveLine, summary: summary)
    } else {
      console.print(summary, to: .error)
    }
  }

  private func summary(_ state: State, _ outcome: Outcome, _ now: UInt64) -> String {
    let count = count.load(ordering: .relaxed)
    let elapsed = elapsedText(milliseconds: state.estimate.elapsedMilliseconds(at: now))
    let rate = state.estimate.meanRate(count: count, atMilliseconds: now).map { " (\(unit.rateText(max(0, $0))))" } ?? ""
    switch outcome {
    case .done:
      return "\(console.styled(title, .green, on: .error)): \(unit.text(count)) in \(elapsed)\(rate)"
    case .stopped(let reason):
      let done = state.total.map { unit.text(count, of: $0) } ?? unit.text(count)
      return "\(console.styled(title, .red, on: .error)): stopped at \(done) after \(elapsed): \(withoutControls(reason))"
    }
  }
}

/// Milliseconds of a clock that never jumps.
@Sendable public func monotonicMilliseconds() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1000 + UInt64(time.tv_nsec) / 1_000_000
}
