import CPlatform
public import Foundation

/// A program that a test started, and nothing that it did not give it: descriptors are closed, the environment is the one given.
///
/// Not Foundation's `Process`: on Linux it learns of an end by a socket that the program inherits, and so do programs started at the same
/// moment by other tests; the end is then only noticed when the last of those has ended too.
public struct ChildProcess: Sendable {
  public let identifier: Int32

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Starts `executable`, a path or a name looked for in PATH, with both outputs going into files.
  public static func start(
    _ executable: String, _ arguments: [String], environment: [String: String], in folder: URL, output: URL, error: URL
  ) throws -> ChildProcess {
    let file = open(output.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Failure(description: "cannot open \(output.path): \(String(cString: strerror(errno)))") }
    defer { close(file) }
    // A shell sends the errors elsewhere and becomes the program.
    let command = ["/bin/sh", "-c", #"exec "$@" 2>>"$0""#, error.path, executable] + arguments
    let inherited = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let variables = ["PATH": inherited, "HOME": "/nonexistent", "LANG": "C.UTF-8"].merging(environment) { $1 }
    var argumentPointers = command.map { strdup($0) } + [nil]
    var variablePointers = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for pointer in argumentPointers + variablePointers { free(pointer) } }
    var identifier: Int32 = 0
    let code = qareeb_spawn("/bin/sh", &argumentPointers, &variablePointers, folder.path, -1, file, 0, &identifier)
    guard code == 0 else { throw Failure(description: "cannot start \(executable): \(String(cString: strerror(code)))") }
    return ChildProcess(identifier: identifier)
  }

  /// Waits for its end, on a thread that may block; once. 128 + the signal's number when it was killed.
  public func wait() -> Int32 {
    var status: Int32 = 0
    while waitpid(identifier, &status, 0) < 0 {
      precondition(errno == EINTR, "process \(identifier) was waited for by somebody else")
    }
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : 128 + signal
  }
}
