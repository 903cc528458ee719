/// What this build calls itself. Its `commit` is written by the build (Plugins/BuildCommit).
enum Version {
  static let current = "0.1.0"
}
