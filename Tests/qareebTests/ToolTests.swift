import Foundation
import TestSupport
import Testing

/// The small scripts under tools/ that the build and the test run stand on.
@Suite struct ToolTests {
  // MARK: tools/test

  /// Runs tools/test in a folder of its own with a `swift` that does what the shell is told.
  private func test(
    _ arguments: [String] = ["--filter", "Some"], swift: String
  ) async throws -> (result: FinishedProcess, log: String) {
    let folder = try TemporaryFolder()
    for name in ["tools", "bin"] {
      try FileManager.default.createDirectory(at: folder.url.appending(path: name), withIntermediateDirectories: true)
    }
    let script = try folder.write(try ProjectFolder.text("tools/test"), to: "tools/test")
    let swift = try folder.write("#!/bin/sh\n\(swift)\n", to: "bin/swift")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: swift)
    let path = folder.url.appending(path: "bin").path + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
    let result = try await FinishedProcess.run("sh", [script] + arguments, environment: ["PATH": path])
    return (result, String(decoding: try Data(contentsOf: folder.url.appending(path: "var/test.log")), as: UTF8.self))
  }

  /// With a `swift` that says and exits as told.
  private func test(_ words: String, exit code: Int) async throws -> (result: FinishedProcess, log: String) {
    let folder = try TemporaryFolder()
    return try await test(swift: "cat '\(try folder.write(words, to: "words"))'\nexit \(code)")
  }

  /// Without arguments everything runs, the binary's tests last, and a failure of either counts.
  @Test(arguments: ["--skip", "--filter", "none"]) func theBinaryIsTestedLast(failing: String) async throws {
    let (result, log) = try await test([], swift: #"echo "$@"; [ "$3" != \#(failing) ] || exit 3"#)
    let runs = [#"test --skip-build --skip ^qareebTests\."#, #"test --skip-build --filter ^qareebTests\."#]
    #expect(log.split(separator: "\n").map(String.init) == runs)
    #expect(result.exitCode == (failing == "none" ? 0 : 3))
  }

  @Test func successEndsWithTheRunnersOwnLine() async throws {
    let words = "◇ Test a() started.\n✔ Test a() passed after 0.1 seconds.\n✔ Test run with 1 test in 1 suite passed.\n"
    let (result, log) = try await test(words, exit: 0)
    #expect(result.exitCode == 0)
    #expect(result.output == words)
    #expect(result.error == "")
    #expect(log == words)
  }

  @Test func failuresAreNamedOnceMore() async throws {
    let words = """
      ◇ Test good() started.
      ◇ Test "with words" started.
      ✘ Test "with words" recorded an issue at A.swift:3:5: Expectation failed: 1 == 2
      ↳ they differ
      ✔ Test good() passed after 0.1 seconds.
      ↳ not of an issue
      ✘ Test "with words" failed after 0.1 seconds with 1 issue.
      ✘ Suite Some failed after 0.1 seconds with 1 issue.
      ✘ Test run with 2 tests in 1 suite failed after 0.1 seconds with 1 issue.

      """
    let (result, _) = try await test(words, exit: 7)
    #expect(result.exitCode == 7)
    #expect(result.output == words)
    #expect(
      result.error == """

        Failed (var/test.log has everything):
          ✘ Test "with words" recorded an issue at A.swift:3:5: Expectation failed: 1 == 2
            ↳ they differ
          ✘ Test "with words" failed after 0.1 seconds with 1 issue.

        """)
  }

  @Test func aCrashNamesWhatWasRunning() async throws {
    let words = """
      ◇ Test good() started.
      ◇ Test bad(_:) started.
      ✔ Test good() passed after 0.1 seconds.
      A.swift:3: Fatal error: gone
      Thread 7 "worker" crashed:
      0 0x0 assertionFailure() in libswiftCore.so
      1 0x1 worse() in tests at /home/A.swift:3:1
       12 0x2 epoll_wait in liberror: Process 'tests' exited with unexpected signal code 4

      """
    let (result, _) = try await test(words, exit: 1)
    #expect(result.exitCode == 1)
    // What a log that was cut at its beginning must still show comes last.
    #expect(
      result.error == """

        Failed (var/test.log has everything):
          never ended: Test bad(_:)
          A.swift:3: Fatal error: gone
            1 0x1 worse() in tests at /home/A.swift:3:1
          error: Process 'tests' exited with unexpected signal code 4

        """)
  }

  // MARK: tools/commit-source

  private func commitSource(_ arguments: String..., environment: [String: String] = [:]) async throws -> String {
    let folder = try TemporaryFolder()
    let source = folder.url.appending(path: "source.swift").path
    let result = try await FinishedProcess.run(
      "/bin/sh", [ProjectFolder.file("tools/commit-source"), source] + arguments, environment: environment)
    #expect(result.exitCode == 0 && result.output == "" && result.error == "")
    return String(decoding: try Data(contentsOf: URL(filePath: source)), as: UTF8.self)
  }

  private static func source(_ commit: String) -> String { "extension Version {\n  static let commit = \"\(commit)\"\n}\n" }

  @Test func withoutGitTheCommitIsUnknown() async throws {
    let folder = try TemporaryFolder()
    #expect(try await commitSource() == Self.source("unknown"))
    #expect(try await commitSource(folder.url.path) == Self.source("unknown"))
    #expect(try await commitSource(folder.url.path, environment: ["PATH": "/nonexistent"]) == Self.source("unknown"))
  }

  @Test func aRepositoryNamesItsCommit() async throws {
    let folder = try TemporaryFolder()
    let git = folder.url.appending(path: ".git").path
    for arguments in [
      ["init", "-q", folder.url.path],
      ["-C", folder.url.path, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "--allow-empty", "-m", "a"],
    ] {
      let result = try await FinishedProcess.run("git", arguments)
      try #require(result.exitCode == 0, "\(result.error)")
    }
    let head = try await FinishedProcess.run("git", ["-C", folder.url.path, "rev-parse", "--short=12", "HEAD"]).output
    #expect(try await commitSource(git) == Self.source(String(head.dropLast())))
  }
}
