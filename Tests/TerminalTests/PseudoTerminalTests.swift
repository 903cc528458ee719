import Glibc
import TestSupport
import Testing

@testable import Terminal

/// The kernel's side of a terminal and ours: what `FileDescriptorStream` finds when there really is one.
private final class PseudoTerminal: Sendable {
  let keyboard: Int32
  let screen: Int32
  let path: String

  init() throws {
    // What posix_openpt, unlockpt and ptsname do; glibc's headers hide them from Swift.
    keyboard = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    try #require(keyboard >= 0)
    var isLocked: Int32 = 0
    var number: UInt32 = 0
    let (setLock, getNumber) = (UInt(0x4004_5431), UInt(0x8004_5430))
    try #require(ioctl(keyboard, setLock, &isLocked) == 0 && ioctl(keyboard, getNumber, &number) == 0)
    path = "/dev/pts/\(number)"
    screen = open(path, O_RDWR | O_NOCTTY)
    try #require(screen >= 0)
  }

  deinit {
    close(screen)
    close(keyboard)
  }

  func resize(columns: Int) async throws {
    let stty = try await FinishedProcess.run("stty", ["-F", path, "rows", "24", "cols", String(columns)])
    try #require(stty.exitCode == 0)
  }

  /// Everything the terminal was sent until now.
  func received() throws -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    var descriptor = pollfd(fd: keyboard, events: Int16(POLLIN), revents: 0)
    while poll(&descriptor, 1, 0) > 0 {
      let count = read(keyboard, &buffer, buffer.count)
      try #require(count > 0)
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

@Suite struct PseudoTerminalTests {
  @Test func theWidthIsAskedFromTheTerminalEachTime() async throws {
    let terminal = try PseudoTerminal()
    let stream = FileDescriptorStream(fileDescriptor: terminal.screen)
    #expect(stream.isTerminal)
    try await terminal.resize(columns: 61)
    #expect(stream.columns() == 61)
    try await terminal.resize(columns: 133)
    #expect(stream.columns() == 133)
  }

  @Test func aBarFollowsTheWindowAndLeavesACleanScreen() async throws {
    let terminal = try PseudoTerminal()
    let stream = FileDescriptorStream(fileDescriptor: terminal.screen)
    let console = Console(output: stream, error: stream, environment: terminalEnvironment)
    let clock = ManualClock()
    try await terminal.resize(columns: 60)
    let bar = ProgressBar("Loading", unit: .items("rows"), total: 100, console: console) { clock.nowMilliseconds }
    clock.advance(by: .seconds(1))
    bar.advance(by: 40)
    console.print("a message")
    var screen = Screen(columns: 60)
    screen.receive(try terminal.received())
    #expect(screen.lines.first == "a message")
    #expect(screen.lines.count == 2)
    #expect(screen.lines.last?.contains("40%") == true)
    #expect((screen.lines.last?.count ?? 0) <= 59)

    try await terminal.resize(columns: 120)
    clock.advance(by: .seconds(1))
    bar.advance(by: 20)
    var wide = Screen(columns: 120)
    wide.receive(try terminal.received())
    #expect(wide.lines.last?.contains("60/100 rows") == true)
    bar.finish()
    wide.receive(try terminal.received())
    #expect(wide.lines == ["Loading: 60 rows in 2.0 s (30 rows/s)"])
  }

  @Test func aClosedReaderIsAnError() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    close(ends[0])
    signal(SIGPIPE, SIG_IGN)
    let stream = FileDescriptorStream(fileDescriptor: ends[1])
    #expect(!stream.isTerminal)
    #expect(stream.columns() == nil)
    #expect(throws: ConsoleWriteError(errorNumber: EPIPE, reason: "Broken pipe")) { try stream.write("x") }
    close(ends[1])
  }
}
