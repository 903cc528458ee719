import FoundationEssentials
import Glibc
import Testing

@testable import EmbeddedPostgres

/// Odd places, interrupted beginnings and data of the wrong kind.
@Suite(.serialized) struct PlacementTests {
  @Test func pathsMayHoldSpacesQuotesAndArabic() async throws {
    try await withScratch(inside: "/my code - it's \"سوق\" \\ here") { scratch in
      let cluster = try scratch.start()
      #expect(cluster.placement.socketDirectory == scratch.folder + "/postgres/run")
      try cluster.ensureDatabase("a \"b\" 'c' د")
      #expect(try cluster.run("SELECT current_database()", database: "a \"b\" 'c' د") == "a \"b\" 'c' د")
    }
  }

  @Test func commasInThePathAreKeptFromTheClient() async throws {
    try await withScratch(inside: "/a,b") { scratch in
      let cluster = try scratch.start()
      #expect(!cluster.placement.socketDirectory.contains(","))
      #expect(try cluster.run("SELECT 1") == "1")
    }
  }

  @Test func longPathsGetAShortSocket() async throws {
    try await withScratch(inside: "/" + String(repeating: "long/", count: 30)) { scratch in
      let cluster = try scratch.start()
      let path = "\(cluster.placement.socketDirectory)/\(ClusterPlacement.socketName)"
      #expect(path.utf8.count <= ClusterPlacement.maximumSocketPathBytes)
      #expect(cluster.dataDirectory.hasPrefix(scratch.folder))
      #expect(try cluster.run("SELECT 1") == "1")
      try cluster.stop()
      #expect(try scratch.start().placement.socketDirectory == cluster.placement.socketDirectory)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root runs the server as somebody else"))
  func dataMovesOutOfAFolderThatTheServerCannotEnter() async throws {
    try await withScratch(inside: "/closed") { scratch in
      #expect(chmod(scratch.folder, 0o700) == 0)
      let cluster = try scratch.start()
      #expect(cluster.placement.root.hasPrefix(ClusterPlacement.fallbackParent + "/"))
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: scratch.folder + "/postgres") == cluster.placement.root)
      #expect(scratch.messages.contains("warning: user postgres cannot enter"))
      try cluster.run("CREATE TABLE t ()")
      try cluster.stop()
      #expect(try scratch.start().run("SELECT count(*) FROM t") == "0")
    }
  }

  @Test(.enabled(if: geteuid() == 0, "only root runs the server as somebody else"))
  func dataThatTheServerCanNoLongerReachIsNotLost() async throws {
    try await withScratch(inside: "/a/b") { scratch in
      try scratch.start().stop()
      #expect(chmod(scratch.folder, 0o700) == 0)
      #expect { try scratch.start() } throws: { ($0 as? ClusterError)?.code == .notEnterable }
      #expect(chmod(scratch.folder, 0o755) == 0)
      #expect(try scratch.start().run("SELECT 1") == "1")
    }
  }

  @Test func aKilledInitdbIsDoneAgain() async throws {
    try await withScratch { scratch in
      var options = scratch.options
      options.binaryDirectory = try binariesWithDyingInitdb(in: scratch.folder)
      #expect {
        try scratch.start(options)
      } throws: {
        guard let error = $0 as? ClusterError else { return false }
        return error.code == .initializationFailed && error.message.contains("137")
      }
      // The same again as our own death would leave it: half a cluster and nobody to clean up.
      let left = scratch.folder + "/postgres/data.new-1"
      try FileManager.default.createDirectory(atPath: left + "/base", withIntermediateDirectories: true)
      try "15\n".write(toFile: left + "/PG_VERSION", atomically: false, encoding: .utf8)

      let cluster = try scratch.start()
      #expect(try cluster.run("SELECT 1") == "1")
      let names = try FileManager.default.contentsOfDirectory(atPath: scratch.folder + "/postgres")
      #expect(names.sorted() == ["conf", "data", "run", "server.log"])
    }
  }

  /// PostgreSQL's programs, but an initdb that writes half a cluster and dies of SIGKILL.
  private func binariesWithDyingInitdb(in folder: String) throws -> String {
    let binaries = folder + "/bin"
    try FileManager.default.createDirectory(atPath: binaries, withIntermediateDirectories: true)
    let real = PostgresInstallation.debianBinaryDirectory
    for name in ["postgres", "psql"] {
      try FileManager.default.createSymbolicLink(atPath: "\(binaries)/\(name)", withDestinationPath: "\(real)/\(name)")
    }
    let script = """
      #!/bin/sh
      for argument; do case $argument in --pgdata=*) data=${argument#--pgdata=} ;; esac; done
      '\(real)/initdb' "$@" >/dev/null || exit 1
      rm -r "$data/global" || exit 1
      kill -KILL $$
      """
    try script.write(toFile: binaries + "/initdb", atomically: false, encoding: .utf8)
    #expect(chmod(binaries + "/initdb", 0o755) == 0)
    return binaries
  }

  @Test func dataOfAnotherVersionIsRefused() async throws {
    try await withScratch { scratch in
      let cluster = try scratch.start()
      try cluster.stop()
      try "14\n".write(toFile: cluster.dataDirectory + "/PG_VERSION", atomically: false, encoding: .utf8)
      #expect {
        try scratch.start()
      } throws: {
        guard let error = $0 as? ClusterError else { return false }
        return error.code == .versionMismatch && error.message.contains("PostgreSQL 14")
      }
    }
  }

  @Test func aServerThatCannotStartSaysWhy() async throws {
    try await withScratch { scratch in
      var options = scratch.options
      options.settings["shared_buffers"] = "lots"
      #expect {
        try scratch.start(options)
      } throws: {
        guard let error = $0 as? ClusterError else { return false }
        return error.code == .startFailed && error.output?.contains("shared_buffers") == true
      }
      let cluster = try scratch.start()
      #expect(try cluster.run("SELECT 1") == "1")
    }
  }

  @Test func localSettingsWin() async throws {
    try await withScratch { scratch in
      try scratch.start().stop()
      try "work_mem = '7MB'\n".write(toFile: scratch.folder + "/postgres/conf/local.conf", atomically: false, encoding: .utf8)
      #expect(try scratch.start().run("SHOW work_mem") == "7MB")
    }
  }

  @Test func aMovedFolderWithItsServerRunningIsTakenOver() async throws {
    try await withScratch(inside: "/before") { scratch in
      var options = scratch.options
      options.durability = .durable  // a server whose folder was moved cannot write its last pages: the log must do
      let first = try scratch.start(options)
      try first.run("CREATE TABLE t ()")
      first.abandon()
      let parent = scratch.folder.dropLast("before".count)
      try FileManager.default.moveItem(atPath: scratch.folder, toPath: parent + "after")
      options.directory = parent + "after/postgres"
      let second = try scratch.start(options)
      #expect(try second.run("SELECT count(*) FROM t") == "0")
    }
  }

  @Test func aFullDiskIsCalledThat() async throws {
    try await withScratch { scratch in
      var options = scratch.options
      let binaries = scratch.folder + "/bin"
      try FileManager.default.createDirectory(atPath: binaries, withIntermediateDirectories: true)
      let real = PostgresInstallation.debianBinaryDirectory
      for name in ["initdb", "psql"] {
        try FileManager.default.createSymbolicLink(atPath: "\(binaries)/\(name)", withDestinationPath: "\(real)/\(name)")
      }
      try scratch.start().stop()
      let script = """
        #!/bin/sh
        case $1 in --version) exec '\(real)/postgres' --version ;; esac
        echo 'FATAL:  could not write lock file "postmaster.pid": No space left on device' >&2
        exit 1
        """
      try script.write(toFile: binaries + "/postgres", atomically: false, encoding: .utf8)
      #expect(chmod(binaries + "/postgres", 0o755) == 0)
      options.binaryDirectory = binaries
      #expect { try scratch.start(options) } throws: { ($0 as? ClusterError)?.code == .diskFull }
    }
  }
}
