import FoundationEssentials
import Glibc

/// A private cluster, looked at without touching it: nothing is made, started, locked or kept from stopping.
public struct ClusterObservation: Sendable, Equatable {
  public enum State: Sendable, Equatable {
    /// There is no cluster in the folder yet.
    case absent
    case stopped
    case starting
    case running(process: Int32)
    case stopping
    /// We may not look: the folder belongs to another user.
    case hidden
  }

  public let state: State
  /// Where the data is, or would be.
  public let dataDirectory: String
  private let socketDirectory: String
  private let serverUser: String?

  /// Looks at the cluster that `PrivateCluster.start` would start or adopt.
  public init(directory: String) {
    let data = (realPath(directory) ?? directory) + "/data"
    dataDirectory = data
    var status = stat()
    guard lstat(data, &status) == 0 else {
      (state, socketDirectory, serverUser) = (errno == EACCES ? .hidden : .absent, "", nil)
      return
    }
    serverUser = ServerIdentity.lookUp(userID: status.st_uid)?.name
    guard access(data, R_OK | X_OK) == 0 else {
      (state, socketDirectory) = (.hidden, "")
      return
    }
    guard access(data + "/PG_VERSION", F_OK) == 0 else {
      (state, socketDirectory) = (.absent, "")
      return
    }
    guard let text = try? String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8), let file = PostmasterFile(text),
      ProcessTable.isRunning(file.pid), ProcessTable.isPostgres(file.pid),
      ProcessTable.workingDirectory(file.pid) == realPath(data)
    else {
      (state, socketDirectory) = (.stopped, "")
      return
    }
    socketDirectory = file.socketDirectory
    state =
      switch file.status {
      case .ready: .running(process: file.pid)
      case .stopping: .stopping
      case .starting, .unknown: .starting
      }
  }

  /// A libpq connection string for one database, as the owning role; nil unless the server runs.
  public func connectionString(database: String, role: String = "qareeb") -> String? {
    guard case .running = state else { return nil }
    var parts = [("host", socketDirectory), ("port", "5432"), ("user", role), ("dbname", database)]
    if let serverUser { parts.append(("requirepeer", serverUser)) }
    return parts.map { "\($0)=\(Quoted.connectionValue($1))" }.joined(separator: " ")
  }
}
