import Dispatch
import IndexFormats
import Synchronization
import Terminal

/// Deals the lines of an input out to threads, batch by batch, and keeps the order of the batches where it matters.
final class BatchQueue: Sendable {
  struct Batch: Sendable {
    let lines: LineBatch
    fileprivate let before: DispatchSemaphore
    fileprivate let after: DispatchSemaphore

    /// Every batch is waited for by the one behind it, so each that was taken must let the next one enter. Its own thread is at work,
    /// so nobody waits for one that has none.
    func waitForThoseBefore() { before.wait() }
    func letNextEnter() { after.signal() }
  }

  private struct State {
    var batcher = LineBatcher()
    /// Signalled when the last batch that was dealt out has been entered.
    var last: DispatchSemaphore
    var isEnded = false
    var failure: CommandFailure?
  }

  private let input: InputFile
  private let advance: @Sendable (Int) -> Void
  private let state: Mutex<State>

  /// - Parameter advance: hears of the bytes that were read.
  init(_ input: InputFile, advance: @escaping @Sendable (Int) -> Void) {
    self.input = input
    self.advance = advance
    // A semaphore must not go with less than it came with: this one comes with nothing.
    let nobody = DispatchSemaphore(value: 0)
    nobody.signal()
    state = Mutex(State(last: nobody))
  }

  /// The next batch, or nil at the end.
  func next() -> Batch? {
    state.withLock { state in
      while !state.isEnded {
        guard let lines = lines(&state) else { continue }
        let batch = Batch(lines: lines, before: state.last, after: DispatchSemaphore(value: 0))
        state.last = batch.after
        return batch
      }
      return nil
    }
  }

  /// Those that end in the next bytes, if one does.
  private func lines(_ state: inout State) -> LineBatch? {
    do throws(CommandFailure) {
      let taken = try input.readChunk { chunk in
        advance(chunk.count)
        return state.batcher.take(chunk)
      }
      if let taken { return taken }
      state.isEnded = true
      return state.batcher.finish()
    } catch {
      (state.failure, state.isEnded) = (error, true)
      return nil
    }
  }

  /// Deals out no more.
  func stop(_ failure: CommandFailure? = nil) {
    state.withLock { state in
      state.isEnded = true
      if state.failure == nil { state.failure = failure }
    }
  }

  /// Whatever failed on the way.
  func check() throws(CommandFailure) {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}
