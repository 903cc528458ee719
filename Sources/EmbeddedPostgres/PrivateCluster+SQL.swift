extension PrivateCluster {
  /// Makes a database that the owning role owns, unless there is one of that name.
  public func ensureDatabase(_ name: String) throws(ClusterError) {
    if try databaseExists(name) { return }
    do {
      try run("CREATE DATABASE \(Quoted.identifier(name))")
    } catch {
      // Another process may have been faster; the answer to "is it there" is what counts.
      guard try databaseExists(name) else { throw error }
    }
  }

  /// Makes a login role that authenticates with a password over the same socket, unless there is one of that name.
  public func ensureRole(_ name: String, password: String) throws(ClusterError) {
    if try roleExists(name) { return }
    do {
      try run("CREATE ROLE \(Quoted.identifier(name)) LOGIN PASSWORD \(Quoted.literal(password))")
    } catch {
      guard try roleExists(name) else { throw error }
    }
  }

  /// Runs one statement as the owning role, through psql, before there is a client on the loops; answers the rows as psql's unaligned text.
  @discardableResult
  public func run(_ sql: String, database: String = "postgres") throws(ClusterError) -> String {
    let command = [
      installation.psql, "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--no-password", "--set=ON_ERROR_STOP=1",
      "--dbname=\(connectionString(database: database))", "--command=\(sql)",
    ]
    let result = try Subprocess.run(command, deadlineSeconds: options.limits.sqlSeconds)
    guard result.exitCode == 0 else {
      throw ClusterError(.sqlFailed, "the private PostgreSQL refused a statement", output: result.output)
    }
    return result.output.last == "\n" ? String(result.output.dropLast()) : result.output
  }

  private func databaseExists(_ name: String) throws(ClusterError) -> Bool {
    try run("SELECT 1 FROM pg_database WHERE datname = \(Quoted.literal(name))") == "1"
  }

  private func roleExists(_ name: String) throws(ClusterError) -> Bool {
    try run("SELECT 1 FROM pg_roles WHERE rolname = \(Quoted.literal(name))") == "1"
  }
}
