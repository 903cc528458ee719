import Terminal

/// `qareeb version`. Rules: the first line is what `--version` prints; what follows helps with a bug report.
enum VersionCommand {
  static let line = "qareeb \(Version.current)"

  static let command = Command(
    "version",
    summary: "print the version and how it was built",
    action: { _, console in
      console.print(line)
      console.print("\(build) build, \(architecture), Linux")
      console.print("commit \(Version.commit)")
      return .ok
    })

  private static var build: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  private static var architecture: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "other architecture"
    #endif
  }
}
