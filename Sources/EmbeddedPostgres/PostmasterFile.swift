/// `postmaster.pid`, by which a server tells who it is and how far it has come (PostgreSQL's miscadmin.h, LOCK_FILE_LINE_…).
struct PostmasterFile: Equatable, Sendable {
  enum Status: Equatable, Sendable { case starting, ready, stopping, unknown }

  let pid: Int32
  /// A single-user server (`postgres --single`) writes its id negated.
  let isSingleUser: Bool
  let socketDirectory: String
  let status: Status

  /// nil while the server has not yet written enough of it.
  init?(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.first, let number = Int32(first), number != 0, number != Int32.min else { return nil }
    pid = abs(number)
    isSingleUser = number < 0
    socketDirectory = lines.count > 4 ? String(lines[4]) : ""
    let word = lines.count > 7 ? lines[7].prefix { $0 != " " } : ""
    status =
      switch word {
      case "starting": .starting
      case "ready", "standby": .ready
      case "stopping": .stopping
      default: .unknown
      }
  }
}
