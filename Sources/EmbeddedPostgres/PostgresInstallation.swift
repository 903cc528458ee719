import FoundationEssentials

/// The server's programs on this machine.
struct PostgresInstallation: Sendable {
  /// The only major version that is supported: a data directory belongs to one.
  static let majorVersion = 15
  static let debianBinaryDirectory = "/usr/lib/postgresql/\(majorVersion)/bin"

  let binaryDirectory: String
  var server: String { binaryDirectory + "/postgres" }
  var initdb: String { binaryDirectory + "/initdb" }
  var psql: String { binaryDirectory + "/psql" }

  static func find(_ requested: String?) throws(ClusterError) -> PostgresInstallation {
    let candidates = requested.map { [$0] } ?? [debianBinaryDirectory] + binaryDirectoryOfPgConfig()
    var rejected: [String] = []
    for directory in candidates {
      let installation = PostgresInstallation(binaryDirectory: directory)
      if let reason = installation.unusable() { rejected.append("\(directory): \(reason)") } else { return installation }
    }
    throw ClusterError(
      .binariesMissing, "no PostgreSQL \(majorVersion) server was found on this machine",
      advice:
        "Run tools/setup (it installs postgresql-\(majorVersion) and PostGIS), or set DATABASE_URL to a server of your own.",
      output: rejected.joined(separator: "\n"))
  }

  private func unusable() -> String? {
    for program in [server, initdb, psql] where !FileManager.default.isExecutableFile(atPath: program) {
      return "no \(program.split(separator: "/").last ?? "program") there"
    }
    guard let result = try? Subprocess.run([server, "--version"], deadlineSeconds: 10), result.exitCode == 0 else {
      return "postgres --version fails"
    }
    guard let major = Self.majorVersion(inBanner: result.output) else { return "cannot read a version from: \(result.output)" }
    return major == Self.majorVersion ? nil : "it is version \(major)"
  }

  /// `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)` → 15; betas are `15beta2`.
  static func majorVersion(inBanner banner: String) -> Int? {
    guard let marker = banner.firstRange(of: "(PostgreSQL) ") else { return nil }
    return Int(banner[marker.upperBound...].prefix { $0.isASCII && $0.isNumber })
  }

  private static func binaryDirectoryOfPgConfig() -> [String] {
    let program = "/usr/bin/pg_config"
    guard FileManager.default.isExecutableFile(atPath: program),
      let result = try? Subprocess.run([program, "--bindir"], deadlineSeconds: 10), result.exitCode == 0
    else { return [] }
    return result.output.split(separator: "\n").prefix(1).map(String.init)
  }
}
