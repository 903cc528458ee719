// Terminal: what a person meets on the command line. Commands with checked options and help worth reading, completion
// scripts, tables, a progress bar; output that suits whatever it is connected to. Everything is written through one `Console`.
import Synchronization

/// Standard output and standard error as one thing, because on a terminal they share the screen: a line printed on either moves
/// the live line (a progress bar) out of the way and puts it back. Safe to use from any thread.
public final class Console: Sendable {
  public enum Channel: Sendable { case output, error }

  private struct LiveLine {
    let owner: Int
    var text: String
    var columns: Int
  }
  private struct State {
    var live: LiveLine?
    var lastOwner = 0
    var firstFailure: ConsoleWriteError?
  }

  private let output: any ConsoleStream
  private let error: any ConsoleStream
  private let outputTraits: ConsoleTraits
  private let errorTraits: ConsoleTraits
  private let columnsVariable: Int?
  private let state = Mutex(State())

  public init(output: any ConsoleStream, error: any ConsoleStream, environment: [String: String]) {
    self.output = output
    self.error = error
    outputTraits = ConsoleTraits(isTerminal: output.isTerminal, environment: environment)
    errorTraits = ConsoleTraits(isTerminal: error.isTerminal, environment: environment)
    columnsVariable = environment["COLUMNS"].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }

  public func traits(of channel: Channel) -> ConsoleTraits { channel == .output ? outputTraits : errorTraits }

  /// The terminal's width, else what COLUMNS says; nil when nothing limits a line.
  public func columns(of channel: Channel) -> Int? {
    (channel == .output ? output : error).columns() ?? columnsVariable
  }

  public func styled(_ text: String, _ style: TextStyle, on channel: Channel = .output) -> String {
    style.applied(to: text, traits(of: channel))
  }

  /// The first write that failed, if any: a command whose output was lost has not succeeded.
  public var writeFailure: ConsoleWriteError? { state.withLock { $0.firstFailure } }

  /// Writes the text and a line break, unless it already ends in one.
  public func print(_ text: String, to channel: Channel = .output) {
    let line = text.hasSuffix("\n") ? text : text + "\n"
    let stream = channel == .output ? output : error
    state.withLock { state in
      guard let live = state.live, stream.isTerminal else {
        write(line, to: stream, &state)
        return
      }
      // One write each, so that another process on the terminal cannot come in between.
      if channel == .error {
        write("\r\u{1B}[2K" + line + live.text, to: error, &state)
      } else {
        write("\r\u{1B}[2K", to: error, &state)
        write(line, to: output, &state)
        write(live.text, to: error, &state)
      }
    }
  }

  private func write(_ text: String, to stream: any ConsoleStream, _ state: inout State) {
    do throws(ConsoleWriteError) {
      try stream.write(text)
    } catch {
      if state.firstFailure == nil { state.firstFailure = error }
    }
  }
}

/// The live line: the last line of the screen, redrawn in place on standard error. One owner at a time; a second asks in vain.
extension Console {
  /// A token to draw with, or nil when the line is taken or cannot be redrawn here.
  func claimLiveLine() -> Int? {
    guard errorTraits.isInteractive else { return nil }
    return state.withLock { state in
      guard state.live == nil else { return nil }
      state.lastOwner += 1
      state.live = LiveLine(owner: state.lastOwner, text: "", columns: columns(of: .error) ?? 80)
      return state.lastOwner
    }
  }

  /// Draws what `render` makes for the columns there are now.
  func drawLiveLine(_ owner: Int, _ render: (_ columns: Int) -> String) {
    state.withLock { state in
      guard let live = state.live, live.owner == owner else { return }
      let columns = columns(of: .error) ?? 80
      // A terminal that became narrower may have wrapped the line. What it shows now cannot be known, so it is left above and
      // a fresh line started: a fragment of a bar is better than an erased message.
      let start = columns < live.columns ? "\r\n" : "\r"
      // The last column stays empty: writing into it makes some terminals wrap.
      let text = render(max(1, columns - 1))
      state.live = LiveLine(owner: owner, text: text, columns: columns)
      write(start + text + "\u{1B}[K", to: error, &state)
    }
  }

  /// Takes the line away for good and prints `summary` where it was.
  func releaseLiveLine(_ owner: Int, summary: String) {
    state.withLock { state in
      guard state.live?.owner == owner else { return }
      state.live = nil
      write("\r\u{1B}[2K" + summary + "\n", to: error, &state)
    }
  }
}

extension Console {
  /// The process's own standard output and error.
  public static func standard(environment: [String: String]) -> Console {
    Console(
      output: FileDescriptorStream(fileDescriptor: 1), error: FileDescriptorStream(fileDescriptor: 2), environment: environment)
  }
}
