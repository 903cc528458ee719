import FoundationEssentials
import Glibc

/// Where the files of one cluster are:
///
///     <root>/data         the server's own, readable by its user only
///     <root>/run          the socket, likewise (elsewhere when the path is too long for a socket, or has a comma)
///     <root>/conf         configuration that we write at each start; `local.conf` there is the reader's own
///     <root>/server.log
///     <directory>.lock, <directory>.users    beside the folder that was asked for
///
/// `root` is the folder that was asked for, unless the server's user cannot get there (a checkout under /root, say): then it is
/// `/var/lib/qareeb/<hash of the path>` and the folder that was asked for is a symbolic link to it.
struct ClusterPlacement: Sendable {
  /// The folder that was asked for: absolute, its parent without symbolic links.
  let directory: String
  let root: String
  let identity: ServerIdentity
  let socketDirectory: String

  var data: String { root + "/data" }
  var configuration: String { root + "/conf" }
  var log: String { root + "/server.log" }

  static let fallbackParent = "/var/lib/qareeb"
  static let socketName = ".s.PGSQL.5432"
  /// `sockaddr_un.sun_path` holds 108 bytes with the closing zero.
  static let maximumSocketPathBytes = 107

  static func lockPath(_ directory: String) -> String { directory + ".lock" }
  static func usersPath(_ directory: String) -> String { directory + ".users" }

  /// Makes the path absolute and its parent exist, so that everyone who means this cluster names it the same.
  static func canonical(_ requested: String) throws(ClusterError) -> String {
    guard !requested.isEmpty, !requested.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw ClusterError(.badPath, "a cluster's path may not be empty or hold control characters: \(requested.debugDescription)")
    }
    let absolute = requested.hasPrefix("/") ? requested : FileManager.default.currentDirectoryPath + "/" + requested
    var parts = absolute.split(separator: "/")
    guard let name = parts.popLast(), name != ".", name != ".." else {
      throw ClusterError(.badPath, "a cluster's path must end in a folder's name: \(requested)")
    }
    let parent = "/" + parts.joined(separator: "/")
    try file("make \(parent)") { try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true) }
    guard let real = realPath(parent) else { throw ClusterError(.io, "cannot resolve \(parent): \(errorText(errno))") }
    return (real == "/" ? "" : real) + "/" + name
  }

  /// Decides, and makes the folders. Called with the lock held; `directory` is canonical.
  static func resolve(_ directory: String, options: ClusterOptions) throws(ClusterError) -> ClusterPlacement {
    let files = FileManager.default
    let link = try? files.destinationOfSymbolicLink(atPath: directory)
    var root = directory
    if let link {
      root = link.hasPrefix("/") ? link : directory.prefix(through: directory.lastIndex(of: "/") ?? directory.startIndex) + link
    }
    let identity = try chooseIdentity(dataDirectory: root + "/data", options: options)
    try makeFolder(root, mode: 0o755)
    if !canEnter(root, identity) {
      guard ServerIdentity.weAreRoot, link == nil, !files.fileExists(atPath: root + "/data") else {
        throw ClusterError(
          .notEnterable, "user \(identity.name), whom the server runs as, cannot enter \(root)",
          advice: "Give the folders above it the permission x for others, or move \(root) elsewhere.")
      }
      root = try moveOut(directory, identity: identity, log: options.log)
    }
    return try ClusterPlacement(
      directory: directory, root: root, identity: identity,
      socketDirectory: chooseSocketDirectory(root: root, identity: identity))
  }

  /// The owner of the data, once there is data; PostgreSQL accepts nobody else.
  private static func chooseIdentity(dataDirectory: String, options: ClusterOptions) throws(ClusterError) -> ServerIdentity {
    guard let us = ServerIdentity.current else {
      throw ClusterError(.serverUserMissing, "user id \(geteuid()) has no name here; PostgreSQL refuses to run without one")
    }
    var status = stat()
    if lstat(dataDirectory, &status) == 0 {
      let owner = status.st_uid
      if owner == us.userID, owner != 0 { return us }
      guard us.userID == 0, owner != 0, let identity = ServerIdentity.lookUp(userID: owner) else {
        let name = ServerIdentity.lookUp(userID: owner)?.name ?? "user id \(owner)"
        throw ClusterError(
          .foreignOwner, "\(dataDirectory) belongs to \(name), and \(us.name) cannot run a server on it",
          advice: "Run as root or as \(name), or move the folder away to start with an empty database.")
      }
      return identity
    }
    if us.userID != 0 { return us }
    guard let identity = ServerIdentity.lookUp(name: options.serverUser), identity.userID != 0 else {
      throw ClusterError(
        .serverUserMissing, "PostgreSQL does not run as root, and there is no unprivileged user '\(options.serverUser)' here",
        advice: "Run tools/setup: the package postgresql-\(PostgresInstallation.majorVersion) makes that user.")
    }
    return identity
  }

  /// Asked of the system, as that user: modes, access lists and mounts all have a say.
  private static func canEnter(_ folder: String, _ identity: ServerIdentity) -> Bool {
    let result = try? Subprocess.run(identity.commandPrefix + ["/usr/bin/test", "-x", folder], deadlineSeconds: 10)
    return result?.exitCode == 0
  }

  private static func moveOut(
    _ directory: String, identity: ServerIdentity, log: (ClusterOptions.Severity, String) -> Void
  ) throws(ClusterError) -> String {
    let root = "\(fallbackParent)/\(pathHash(directory))"
    try makeFolder(fallbackParent, mode: 0o755)
    try makeFolder(root, mode: 0o755)
    guard canEnter(root, identity) else {
      throw ClusterError(
        .notEnterable, "user \(identity.name), whom the server runs as, can enter neither \(directory) nor \(root)")
    }
    // The folder was made a moment ago, or holds nothing of a cluster; if it holds anything, this fails and says so.
    guard rmdir(directory) == 0 else {
      throw ClusterError(
        .notEnterable, "user \(identity.name), whom the server runs as, cannot enter \(directory), and it is not empty",
        advice: "Remove or rename it, or give the folders above it the permission x for others.")
    }
    try file("link \(directory)") { try FileManager.default.createSymbolicLink(atPath: directory, withDestinationPath: root) }
    log(
      .warning, "user \(identity.name) cannot enter \(directory); the data is kept in \(root), and \(directory) is a link to it")
    return root
  }

  /// A folder that only the server's user (and root) can enter, with a path that fits into a socket's address.
  private static func chooseSocketDirectory(root: String, identity: ServerIdentity) throws(ClusterError) -> String {
    let near = root + "/run"
    // libpq splits `host` at commas and has no way to write one.
    if !near.contains(","), near.utf8.count + 1 + socketName.utf8.count <= maximumSocketPathBytes { return near }
    let name = "qareeb-\(identity.userID)-\(pathHash(root))"
    // In /run only root makes folders; in a folder open to all, `preparePrivateFolder` refuses one that somebody else made.
    return ServerIdentity.weAreRoot ? "/run/\(name)" : "/tmp/\(name)"
  }

  /// Makes `data`-like folders: owned by the server's user, closed to others. Refuses one that is somebody else's.
  func preparePrivateFolder(_ path: String) throws(ClusterError) {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw ClusterError(.io, "cannot make \(path): \(errorText(errno))") }
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      status.st_uid == identity.userID || status.st_uid == geteuid()
    else {
      throw ClusterError(
        .foreignOwner, "\(path) is not a folder of user \(identity.name)", advice: "Somebody else made it; remove it.")
    }
    guard chmod(path, 0o700) == 0, lchown(path, identity.userID, identity.groupID) == 0 else {
      throw ClusterError(.io, "cannot give \(path) to user \(identity.name): \(errorText(errno))")
    }
  }

  static func makeFolder(_ path: String, mode: mode_t) throws(ClusterError) {
    if mkdir(path, mode) == 0 {
      // The mode asked for, whatever our umask: the server's user must pass.
      guard chmod(path, mode) == 0 else { throw ClusterError(.io, "cannot open up \(path): \(errorText(errno))") }
    } else if errno != EEXIST {
      throw ClusterError(.io, "cannot make \(path): \(errorText(errno))")
    }
  }

  /// FNV-1a: a short name for a long path. Not a secret, and not shared with anyone who could choose paths to collide.
  static func pathHash(_ path: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in path.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// The path without symbolic links; nil, with errno set, when it leads nowhere.
func realPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}

/// Runs file operations of Foundation, and says what was being done when one fails.
func file<T>(_ what: String, _ body: () throws -> T) throws(ClusterError) -> T {
  do { return try body() } catch {
    let cause = (error as? CocoaError)?.underlying as? POSIXError
    throw ClusterError(.io, "cannot \(what): \(cause.map { errorText($0.code.rawValue) } ?? "\(error)")")
  }
}
