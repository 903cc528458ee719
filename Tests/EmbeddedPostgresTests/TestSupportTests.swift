import Glibc
import TestSupport
import Testing

@testable import EmbeddedPostgres

/// What other suites rely on.
@Suite struct TestSupportTests {
  @Test func aDatabaseIsACopyOfItsTemplate() async throws {
    let preparations = Messages()
    let fingerprint = "\(UInt64.random(in: 0 ... .max))"  // of this run, so that the template is really made
    let template = TestTemplate(name: "of_a_test", fingerprint: fingerprint) { connectionString in
      preparations.append(connectionString)
      let psql = PostgresInstallation.debianBinaryDirectory + "/psql"
      let result = try Subprocess.run([psql, "-d", connectionString, "-c", "CREATE TABLE t (n int)"], deadlineSeconds: 30)
      #expect(result.exitCode == 0)
    }
    async let left = TestDatabase.make(from: template)
    async let right = TestDatabase.make(from: template)
    let (first, second) = try await (left, right)
    let cluster = try TestCluster.shared
    try cluster.run("INSERT INTO t VALUES (1)", database: first.name)
    #expect(try cluster.run("SELECT count(*) FROM t", database: first.name) == "1")
    #expect(try cluster.run("SELECT count(*) FROM t", database: second.name) == "0")
    #expect(preparations.all.count == 1)
    try await first.drop()
    try await first.drop()
    try await second.drop()
    #expect(throws: ClusterError.self) { try cluster.run("SELECT 1", database: first.name) }
  }

  @Test func aDatabaseIsDroppedAlsoAfterAnError() async throws {
    struct Failure: Error {}
    let names = Messages()
    await #expect(throws: Failure.self) {
      try await TestDatabase.with { database in
        names.append(database.name)
        throw Failure()
      }
    }
    let left = try TestCluster.shared.run("SELECT count(*) FROM pg_database WHERE datname = '\(names.all[0])'")
    #expect(left == "0")
  }

  @Test func theServerOfAKilledProcessIsStopped() async throws {
    try await withScratch { scratch in
      let cluster = try scratch.start()
      let owner = try Subprocess.startServer(["/bin/sleep", "600"], logPath: scratch.folder + "/sleep.log")
      try cluster.watch(owner)
      cluster.abandon()
      kill(owner, SIGKILL)
      #expect(try Subprocess.waitForEnd(of: owner, milliseconds: 10_000))
      Subprocess.collect(owner)
      #expect(try Subprocess.waitForEnd(of: cluster.serverProcess, milliseconds: 30_000))
    }
  }

  @Test func theServerThatOthersUseIsLeftToThem() async throws {
    try await withScratch { scratch in
      let cluster = try scratch.start()
      let owner = try Subprocess.startServer(["/bin/sleep", "600"], logPath: scratch.folder + "/sleep.log")
      let before = watchdogs(of: owner)
      try cluster.watch(owner)
      // A process is in the table before it has become what it will be.
      var found = watchdogs(of: owner).subtracting(before).first
      for _ in 0..<1_000 where found == nil {
        usleep(10_000)
        found = watchdogs(of: owner).subtracting(before).first
      }
      let watchdog = try #require(found)
      kill(owner, SIGKILL)
      #expect(try Subprocess.waitForEnd(of: owner, milliseconds: 10_000))
      Subprocess.collect(owner)
      #expect(try Subprocess.waitForEnd(of: watchdog, milliseconds: 30_000))
      Subprocess.collect(watchdog)
      #expect(try cluster.run("SELECT 1") == "1")
    }
  }

  private func watchdogs(of owner: Int32) -> Set<Int32> {
    ProcessTable.all { ProcessTable.commandLine($0).contains("\(owner)") && ProcessTable.commandLine($0).first == "/bin/sh" }
  }

  @Test func aClusterInUseIsNotErased() async throws {
    try await withScratch { scratch in
      let cluster = try scratch.start()
      #expect { try PrivateCluster.erase(scratch.options) } throws: { ($0 as? ClusterError)?.code == .held }
      try cluster.stop()
      try PrivateCluster.erase(scratch.options)
      #expect(realPath(scratch.options.directory) == nil)
    }
  }

  @Test func randomNumbersComeAgain() {
    // The published sequence of SplitMix64 from seed 1234567.
    var random = SeededRandom(seed: 1_234_567)
    #expect(
      [random.next(), random.next(), random.next()] == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
    var left = SeededRandom(stream: "a")
    var right = SeededRandom(stream: "a")
    var other = SeededRandom(stream: "b")
    let number = left.next()
    #expect(number == right.next())
    #expect(number != other.next())
  }

  @Test func aManualClockWakesSleepersInOrder() async throws {
    let clock = ManualClock()
    let woken = Messages()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...3 {
        group.addTask {
          try await clock.sleep(for: .seconds(number))
          woken.append("\(number)")
        }
      }
      await clock.waitForSleepers(3)
      for number in 1...3 {
        clock.advance(by: .seconds(1))
        try await group.next()
        #expect(woken.all == (1...number).map { "\($0)" })
      }
    }
    #expect(clock.nowMilliseconds == 3000)
  }

  @Test func aManualClockLetsSleepersBeCancelled() async {
    let clock = ManualClock()
    let task = Task { try await clock.sleep(for: .seconds(1)) }
    await clock.waitForSleepers()
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    let early = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await clock.sleep(for: .seconds(1))
    }
    await #expect(throws: CancellationError.self) { try await early.value }
  }
}
