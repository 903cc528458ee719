// EmbeddedPostgres keeps a private PostgreSQL cluster in a folder, so that one command runs the whole product on a laptop: made when
// absent, started or adopted, shared by every process that names the same folder, stopped by the last one that leaves. It survives
// SIGKILL of anything. The same SQL then runs on a server of one's own in production. Its calls block (they run before the event
// loops start), and each has a deadline.
import Glibc
import Synchronization

/// One process's hold on a private cluster. While any process holds it, the server runs.
///
/// Two locks beside the folder keep processes from stepping on one another, and the kernel drops them however a process ends:
/// `.lock` is held alone while starting and stopping; `.users` is shared by everyone who uses the cluster, so whoever can turn it
/// into a sole one was the last.
public final class PrivateCluster: Sendable {
  let options: ClusterOptions
  let installation: PostgresInstallation
  let placement: ClusterPlacement
  private let users: FileLock

  struct State {
    var server: RunningServer
    var isStopped = false
    var supervisor: Supervisor?
  }
  let state: Mutex<State>

  private init(
    options: ClusterOptions, installation: PostgresInstallation, placement: ClusterPlacement, users: FileLock,
    server: RunningServer
  ) {
    self.options = options
    self.installation = installation
    self.placement = placement
    self.users = users
    state = Mutex(State(server: server))
  }

  /// Makes the cluster if there is none, starts its server if it does not run, and takes a hold on it.
  public static func start(_ options: ClusterOptions) throws(ClusterError) -> PrivateCluster {
    let installation = try PostgresInstallation.find(options.binaryDirectory)
    let directory = try ClusterPlacement.canonical(options.directory)
    let lock = try lockForChange(directory, options: options)
    defer { lock.unlock() }

    let users = try FileLock(path: ClusterPlacement.usersPath(directory))
    guard users.lockShared() else {
      throw ClusterError(.held, "somebody holds \(users.path) alone", advice: "Is a copy or a backup of the cluster being made?")
    }
    let placement = try ClusterPlacement.resolve(directory, options: options)
    let launcher = ServerLauncher(installation: installation, placement: placement, options: options)
    try launcher.initializeIfAbsent()
    let server = try launcher.adoptOrStart()
    return PrivateCluster(
      options: options, installation: installation, placement: placement, users: users, server: server)
  }

  /// A libpq connection string for one database of the cluster, as its owning role.
  public func connectionString(database: String) -> String {
    let socketDirectory = state.withLock { $0.server.socketDirectory }
    return [
      ("host", socketDirectory), ("port", "5432"), ("user", options.role), ("dbname", database),
      ("requirepeer", placement.identity.name),
    ].map { "\($0)=\(Quoted.connectionValue($1))" }.joined(separator: " ")
  }

  /// The server's process, for messages and for tests.
  public var serverProcess: Int32 { state.withLock { $0.server.pid } }

  /// Where the server writes its log.
  public var logPath: String { placement.log }

  /// Where the data really is.
  public var dataDirectory: String { placement.data }

  /// Gives up the hold. The server is stopped if nobody else holds the cluster, and else left to them. Does nothing the second time.
  public func stop() throws(ClusterError) {
    let supervisor: Supervisor?? = state.withLock { state in
      if state.isStopped { return nil }
      state.isStopped = true
      defer { state.supervisor = nil }
      return .some(state.supervisor)
    }
    guard let supervisor else { return }
    supervisor?.stopAndJoin()
    let lock = try Self.lockForChange(placement.directory, options: options)
    defer { lock.unlock() }
    defer { users.unlock() }
    guard users.tryLockExclusively() else {
      options.log(.info, "PostgreSQL is left running for the other processes that use \(placement.directory)")
      return
    }
    try state.withLock { $0.server }.shutDown(options: options, placement: placement)
  }

  /// Gives up the hold the way the kernel does for a killed process. For tests of what comes after.
  func abandon() {
    let supervisor = state.withLock { state in
      state.isStopped = true
      defer { state.supervisor = nil }
      return state.supervisor
    }
    supervisor?.stopAndJoin()
    users.unlock()
  }

  static func lockForChange(_ directory: String, options: ClusterOptions) throws(ClusterError) -> FileLock {
    let lock = try FileLock(path: ClusterPlacement.lockPath(directory))
    try lock.lockExclusively(waitSeconds: options.limits.lockWaitSeconds) { holder in
      options.log(.info, "waiting: \(holder) is starting or stopping \(directory)")
    }
    return lock
  }
}
