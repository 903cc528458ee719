import FoundationEssentials
import Glibc
import Testing

@testable import EmbeddedPostgres

/// Real servers: made, stopped, killed, shared, moved.
@Suite(.serialized) struct ClusterTests {
  @Test func startsFreshAndKeepsItsDataOverRestarts() async throws {
    try await withScratch { scratch in
      let first = try scratch.start()
      try first.ensureDatabase("souq")
      try first.ensureDatabase("souq")
      try first.run("CREATE TABLE t AS SELECT 'قريب' AS name", database: "souq")
      #expect(try first.run("SHOW wal_level") == "logical")
      #expect(try first.run("SHOW listen_addresses") == "")
      #expect(try first.run("SHOW data_checksums") == "on")
      let locale = "datcollate || ' ' || datctype || ' ' || pg_encoding_to_char(encoding)"
      #expect(try first.run("SELECT \(locale) FROM pg_database WHERE datname = 'souq'") == "C C.UTF-8 UTF8")
      #expect(try first.run("SELECT upper('é') || ' ' || current_user") == "É qareeb")
      let process = first.serverProcess
      try first.stop()
      #expect(!ProcessTable.isRunning(process))
      try first.stop()  // nothing the second time

      let second = try scratch.start()
      #expect(second.serverProcess != process)
      #expect(try second.run("SELECT name FROM t", database: "souq") == "قريب")
      #expect(scratch.messages.all.filter { $0.contains("making a private PostgreSQL cluster") }.count == 1)
    }
  }

  @Test func onlyItsUserAndRootMayConnect() async throws {
    try await withScratch { scratch in
      let cluster = try scratch.start()
      let attributes = try FileManager.default.attributesOfItem(atPath: cluster.placement.socketDirectory)
      #expect(attributes[.posixPermissions] as? Int == 0o700)
      // The server checks who asks, too: the owning role is for the listed users, any other needs its password.
      try cluster.ensureRole("guest", password: "p'w")
      try cluster.ensureRole("guest", password: "other")
      var stranger = cluster.connectionString(database: "postgres").replacing("user='qareeb'", with: "user='guest'")
      let refused = try Subprocess.run([cluster.installation.psql, "-w", "-d", stranger, "-c", "SELECT 1"], deadlineSeconds: 20)
      #expect(refused.exitCode != 0)
      #expect(refused.output.contains("password"))
      stranger += " password='p\\'w'"
      let accepted = try Subprocess.run([cluster.installation.psql, "-w", "-d", stranger, "-c", "SELECT 1"], deadlineSeconds: 20)
      #expect(accepted.exitCode == 0)
    }
  }

  @Test(.enabled(if: geteuid() == 0, "needs root to ask as somebody else"))
  func othersAreKeptOut() async throws {
    try await withScratch { scratch in
      let cluster = try scratch.start()
      let nobody = try #require(ServerIdentity.lookUp(name: "nobody"))
      let result = try Subprocess.run(
        nobody.commandPrefix + [
          cluster.installation.psql, "-w", "-d", cluster.connectionString(database: "postgres"), "-c", "SELECT 1",
        ],
        deadlineSeconds: 20)
      #expect(result.exitCode != 0)
      #expect(result.output.contains("Permission denied"))
    }
  }

  @Test func survivesKillOfEverything() async throws {
    try await withScratch { scratch in
      var options = scratch.options
      options.durability = .durable
      let first = try scratch.start(options)
      try first.run("CREATE TABLE t AS SELECT generate_series(1, 1000) AS n")
      first.abandon()
      let processes = ProcessTable.postgresProcesses(in: first.dataDirectory)
      #expect(processes.count > 1)
      for pid in processes { kill(pid, SIGKILL) }
      for pid in processes { #expect(try Subprocess.waitForEnd(of: pid, milliseconds: 10_000)) }

      let second = try scratch.start(options)
      #expect(try second.run("SELECT count(*) FROM t") == "1000")
      #expect(scratch.messages.contains("it will recover from its log"))
    }
  }

  @Test func endsWhatAKilledServerLeaves() async throws {
    try await withScratch { scratch in
      let first = try scratch.start()
      // A backend in the middle of a query does not notice that its server died.
      let busy = try Subprocess.startServer(
        [
          first.installation.psql, "-d", first.connectionString(database: "postgres"), "-c",
          "DO $$ BEGIN LOOP PERFORM count(*) FROM generate_series(1, 100000); END LOOP; END $$",
        ], logPath: scratch.folder + "/busy.log")
      while try first.run("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'") != "1" {}
      first.abandon()
      kill(first.serverProcess, SIGKILL)
      #expect(try Subprocess.waitForEnd(of: first.serverProcess, milliseconds: 10_000))
      #expect(!ProcessTable.postgresProcesses(in: first.dataDirectory).isEmpty)

      let second = try scratch.start()
      #expect(try second.run("SELECT 1") == "1")
      #expect(scratch.messages.contains("that a killed PostgreSQL left behind"))
      #expect(try Subprocess.waitForEnd(of: busy, milliseconds: 10_000))
      Subprocess.collect(busy)
    }
  }

  @Test func aReusedProcessIdIsNotMistakenForTheServer() async throws {
    try await withScratch { scratch in
      let first = try scratch.start()
      try first.stop()
      // Our own id: alive, not a PostgreSQL; PostgreSQL itself would believe it.
      let text = "\(getpid())\n\(first.dataDirectory)\n1\n5432\n\(first.placement.socketDirectory)\n\n 1 2\nready   \n"
      try text.write(toFile: first.dataDirectory + "/postmaster.pid", atomically: false, encoding: .utf8)
      let second = try scratch.start()
      #expect(try second.run("SELECT 1") == "1")
      #expect(second.serverProcess != getpid())
    }
  }

  @Test func adoptsARunningServer() async throws {
    try await withScratch { scratch in
      let first = try scratch.start()
      let process = first.serverProcess
      first.abandon()
      let second = try scratch.start()
      #expect(second.serverProcess == process)
      #expect(scratch.messages.contains("already runs (process \(process))"))
      try second.stop()
      #expect(!ProcessTable.isRunning(process))
    }
  }

  @Test func theLastOneOutStopsIt() async throws {
    try await withScratch { scratch in
      let first = try scratch.start()
      let second = try scratch.start()
      #expect(first.serverProcess == second.serverProcess)
      try first.stop()
      #expect(try second.run("SELECT 1") == "1")
      #expect(scratch.messages.contains("left running for the other processes"))
      try second.stop()
      #expect(!ProcessTable.isRunning(second.serverProcess))
    }
  }

  @Test func saysWhoHoldsTheLock() async throws {
    try await withScratch { scratch in
      var options = scratch.options
      options.limits.lockWaitSeconds = 0
      let lock = try FileLock(path: ClusterPlacement.lockPath(ClusterPlacement.canonical(options.directory)))
      try lock.lockExclusively(waitSeconds: 0) { _ in }
      #expect {
        try scratch.start(options)
      } throws: {
        guard let error = $0 as? ClusterError else { return false }
        return error.code == .held && error.message.contains("process \(getpid())")
      }
      lock.unlock()
      _ = try scratch.start(options)
    }
  }

  @Test func supervisionStartsADeadServerAgain() async throws {
    try await withScratch { scratch in
      let cluster = try scratch.start()
      try cluster.supervise()
      try cluster.supervise()
      let process = cluster.serverProcess
      kill(process, SIGKILL)
      while cluster.serverProcess == process { usleep(10_000) }
      #expect(try cluster.run("SELECT 1") == "1")
      try cluster.stop()
      #expect(!ProcessTable.isRunning(cluster.serverProcess))
    }
  }
}
