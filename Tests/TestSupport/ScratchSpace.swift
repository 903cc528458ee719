import Glibc

/// Where tests keep files that need not outlast them.
///
/// In memory where there is room: a PostgreSQL cluster is a thousand files, and ext4, which does not use the number of a removed file
/// again for some seconds, looks ever longer for a free one. On disk that was most of what the suite cost.
public enum ScratchSpace {
  public static let folder = offersRoom("/dev/shm") ? "/dev/shm" : "/var/tmp"

  public static var isInMemory: Bool { folder == "/dev/shm" }

  /// A few clusters at a time, with their logs.
  private static let neededBytes: UInt = 2 << 30

  /// `ST_NOEXEC`, which Glibc shows to GNU sources only.
  private static let mountedWithoutExecution: UInt = 8

  /// Containers often have 64 MB there, or forbid running what lies there, as some tests do.
  private static func offersRoom(_ path: String) -> Bool {
    var status = statvfs()
    guard statvfs(path, &status) == 0, status.f_flag & mountedWithoutExecution == 0 else { return false }
    return status.f_bavail * status.f_frsize >= neededBytes && access(path, W_OK) == 0
  }
}
