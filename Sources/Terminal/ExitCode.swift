/// How a command ended, for scripts and supervisors. Numbers from 64 on are those of BSD's sysexits.h, so that systemd and
/// others already know them; a signal ends a process with 128 and its number, as in every shell.
public enum ExitCode: Int32, Sendable, CaseIterable {
  case ok = 0
  case failure = 1
  case differences = 2
  case usage = 64
  case badData = 65
  case unavailable = 69
  case software = 70
  case inputOutput = 74
  case temporary = 75
  case noPermission = 77
  case configuration = 78
  case interrupted = 130
  case terminated = 143

  /// For help pages.
  public var meaning: String {
    switch self {
    case .ok: "everything was done"
    case .failure: "it could not be done, for the reason printed"
    case .differences: "the check ran and found differences"
    case .usage: "the command line was wrong"
    case .badData: "the input was read but makes no sense"
    case .unavailable: "something it needs, such as the database, cannot be reached"
    case .software: "a defect of the program"
    case .inputOutput: "reading or writing failed"
    case .temporary: "not now, but trying again later may succeed"
    case .noPermission: "the user may not do this"
    case .configuration: "a setting is wrong"
    case .interrupted: "stopped from the keyboard"
    case .terminated: "stopped by SIGTERM before it was done"
    }
  }
}

/// What a command throws when it fails for a reason that the person at the terminal can act on.
public struct CommandFailure: Error, Sendable, Equatable {
  public let exitCode: ExitCode
  public let message: String
  /// One line each, printed below the message.
  public let details: [String]

  public init(_ exitCode: ExitCode, _ message: String, details: [String] = []) {
    self.exitCode = exitCode
    self.message = message
    self.details = details
  }
}
