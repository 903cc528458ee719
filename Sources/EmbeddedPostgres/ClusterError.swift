/// Why the private cluster cannot be had, in words for the person who started the program, with what to do about it.
public struct ClusterError: Error, Sendable, Equatable {
  public enum Code: String, Sendable {
    case binariesMissing = "POSTGRES_BINARIES_MISSING"
    case serverUserMissing = "POSTGRES_USER_MISSING"
    case badPath = "CLUSTER_BAD_PATH"
    case notEnterable = "CLUSTER_NOT_ENTERABLE"
    case foreignOwner = "CLUSTER_FOREIGN_OWNER"
    case versionMismatch = "CLUSTER_VERSION_MISMATCH"
    case held = "CLUSTER_HELD"
    case initializationFailed = "CLUSTER_INITIALIZATION_FAILED"
    case startFailed = "CLUSTER_START_FAILED"
    case diskFull = "CLUSTER_DISK_FULL"
    case timedOut = "CLUSTER_TIMED_OUT"
    case stopFailed = "CLUSTER_STOP_FAILED"
    case sqlFailed = "CLUSTER_SQL_FAILED"
    case io = "CLUSTER_IO"
  }

  public let code: Code
  public let message: String
  /// What the reader can do, where that is known.
  public let advice: String?
  /// The last lines the server, `initdb` or `psql` printed, where there are any.
  public let output: String?

  init(_ code: Code, _ message: String, advice: String? = nil, output: String? = nil) {
    self.code = code
    self.message = message
    self.advice = advice
    self.output = output.flatMap { $0.isEmpty ? nil : $0 }
  }
}

extension ClusterError: CustomStringConvertible {
  public var description: String {
    var text = "\(message) [\(code.rawValue)]"
    if let advice { text += "\n  \(advice)" }
    if let output {
      text += "\n" + output.split(separator: "\n").map { "  | \($0)" }.joined(separator: "\n")
    }
    return text
  }
}
