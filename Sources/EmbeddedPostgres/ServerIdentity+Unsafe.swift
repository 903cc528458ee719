// The C boundary for the user database (getpwnam, getpwuid).
import FoundationEssentials
import Glibc

/// The operating system's user that the server runs as.
struct ServerIdentity: Sendable, Equatable {
  let userID: UInt32
  let groupID: UInt32
  let name: String

  static var current: ServerIdentity? { lookUp(userID: geteuid()) }
  static var weAreRoot: Bool { geteuid() == 0 }

  var isUs: Bool { userID == geteuid() }

  /// What goes before a program's name so that it runs as this user with nothing of ours left.
  var commandPrefix: [String] {
    isUs ? [] : ["/usr/bin/setpriv", "--reuid=\(userID)", "--regid=\(groupID)", "--init-groups", "--inh-caps=-all", "--"]
  }

  static func lookUp(name: String) -> ServerIdentity? {
    lookUp { entry, space, found in getpwnam_r(name, entry, space, maximumEntryBytes, found) }
  }

  static func lookUp(userID: UInt32) -> ServerIdentity? {
    lookUp { entry, space, found in getpwuid_r(userID, entry, space, maximumEntryBytes, found) }
  }

  private typealias Entry = UnsafeMutablePointer<passwd>

  private static func lookUp(
    _ ask: (Entry, UnsafeMutablePointer<CChar>, UnsafeMutablePointer<Entry?>) -> Int32
  ) -> ServerIdentity? {
    var entry = passwd()
    var found: Entry?
    // The entry's strings point into this space, so it is read before the space goes.
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: maximumEntryBytes) { space in
      guard let space = space.baseAddress, ask(&entry, space, &found) == 0, found != nil else { return nil }
      return ServerIdentity(entry)
    }
  }

  /// Directory services return long entries; glibc's own hint is 1 KB.
  private static let maximumEntryBytes = 64 << 10

  private init(_ entry: passwd) {
    userID = entry.pw_uid
    groupID = entry.pw_gid
    name = String(cString: entry.pw_name)
  }
}
