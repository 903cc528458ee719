import Foundation
import JSON
import TestSupport
import Testing

/// The real program, as a person or a supervisor meets it.
private func qareeb(
  _ arguments: String..., environment: [String: String] = [:], in folder: TemporaryFolder? = nil
) async throws -> FinishedProcess {
  try await FinishedProcess.run(try RunningQareeb.program(), arguments, environment: environment, in: folder?.url)
}

@Suite struct BinaryTests {
  @Test func helpIsWorthReading() async throws {
    let help = try await qareeb("--help")
    #expect(help.exitCode == 0)
    #expect(help.error == "")
    for word in ["Usage", "serve", "migrate", "index", "config", "completion", "version", "Examples"] {
      #expect(help.output.contains(word), "\(word)")
    }
    #expect(try await qareeb("help").output == help.output)
  }

  @Test(arguments: ["serve", "migrate", "config", "completion", "version"])
  func everyCommandExplainsItself(_ command: String) async throws {
    let help = try await qareeb("help", command)
    #expect(help.exitCode == 0)
    #expect(help.output.hasPrefix("qareeb \(command): "))
    #expect(help.output.contains("Exit codes"))
    #expect(try await qareeb(command, "--help").output == help.output)
  }

  @Test func withoutACommandItPrintsItsHelpAndFails() async throws {
    let result = try await qareeb()
    #expect(result.exitCode == 64)
    #expect(result.output == "")
    #expect(result.error.contains("Commands"))
  }

  @Test func anUnknownCommandIsCorrected() async throws {
    let result = try await qareeb("srve")
    #expect(result.exitCode == 64)
    #expect(result.error == "qareeb: error: \"srve\" is not a command of qareeb; did you mean serve?\nTry \"qareeb --help\".\n")
  }

  @Test func theVersionIsOneLine() async throws {
    let result = try await qareeb("--version")
    #expect(result.exitCode == 0)
    #expect(result.output.wholeMatch(of: /qareeb \d+\.\d+\.\d+\n/) != nil)
    #expect(try await qareeb("version").output.hasPrefix(result.output))
  }

  @Test func theVersionNamesItsCommit() async throws {
    let output = try await qareeb("version").output
    let commit = try #require(output.firstMatch(of: /\ncommit ([0-9a-f]{12,40}|unknown)\n/)?.output.1)
    let isClone = FileManager.default.fileExists(atPath: ProjectFolder.file(".git"))
    #expect((commit == "unknown") != isClone)
    guard isClone else { return }
    let known = try await FinishedProcess.run(
      "git", ["-c", "safe.directory=*", "-C", ProjectFolder.path, "cat-file", "-t", String(commit)])
    #expect(known.output == "commit\n", "\(known.error)")
  }

  @Test func outputThatCannotBeWrittenIsAnError() async throws {
    let result = try await FinishedProcess.run(
      "sh", ["-c", "exec \"$0\" --help > /dev/full", try RunningQareeb.program()])
    #expect(result.exitCode == 74)
    #expect(result.error.contains("No space left on device"))
  }
}

@Suite struct ConfigCommandTests {
  @Test func everythingIsRightByDefault() async throws {
    let result = try await qareeb("config")
    #expect(result.exitCode == 0)
    #expect(result.output == "All settings are right.\n")
    #expect(try await qareeb("config", "--check").output == result.output)
  }

  @Test func everythingWrongIsToldAtOnce() async throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("http.hots = x\nlimits.body_size = huge\n", to: "qareeb.conf")
    let result = try await qareeb(
      "config", "--set", "log.level=loud", environment: ["PORT": "99999", "QAREEB_LOG_FROMAT": "json"], in: folder)
    #expect(result.exitCode == 78)
    #expect(result.output == "")
    for part in [
      "5 settings are wrong", "qareeb.conf:1: \"http.hots\" is not a setting; did you mean http.host?", "qareeb.conf:2: \"huge\"",
      "PORT: \"99999\" is above 65535", "QAREEB_LOG_FROMAT: is not a variable that Qareeb knows; did you mean QAREEB_LOG_FORMAT?",
      "--set log.level: \"loud\"",
    ] { #expect(result.error.contains(part), "\(part)") }
  }

  @Test(arguments: ["serve", "migrate"])
  func nothingStartsWithAWrongSetting(_ command: String) async throws {
    let result = try await qareeb(command, environment: ["PORT": "many"])
    #expect(result.exitCode == 78)
    #expect(result.error.contains("PORT: \"many\" is not a whole number"))
  }

  @Test func shortcutsOfServeAreCheckedAsSettings() async throws {
    let result = try await qareeb("serve", "--unix-socket", String(repeating: "a", count: 108))
    #expect(result.exitCode == 78)
    #expect(result.error.contains("--unix-socket: "))
  }

  @Test func explainsEverySettingAsATable() async throws {
    let result = try await qareeb("config", "--explain", environment: ["PORT": "81"])
    #expect(result.exitCode == 0)
    let lines = result.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("SETTING") == true)
    let port = try #require(lines.first { $0.hasPrefix("http.port") })
    #expect(port.split(separator: " ").prefix(4) == ["http.port", "81", "PORT", "8080"])
  }

  @Test func explainsAsParagraphsOnANarrowTerminal() async throws {
    let result = try await qareeb("config", "--explain", environment: ["COLUMNS": "60"])
    #expect(result.output.hasPrefix("http.host = 127.0.0.1\n    "))
    #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func explainsAsJSONEvenWhatIsWrong() async throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("http.port = 82\nlog.level = loud\n", to: "qareeb.conf")
    let result = try await qareeb("config", "--explain", "--json", in: folder)
    #expect(result.exitCode == 78)
    let document = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let settings = try #require(document["settings"] as? [[String: Any]])
    let port = try #require(settings.first { $0["name"] as? String == "http.port" })
    #expect(port["value"] as? String == "82")
    #expect(port["default"] as? String == "8080")
    #expect(port["source"] as? String == "qareeb.conf:1")
    #expect(document["file"] as? String == "qareeb.conf")
    let problems = try #require(document["problems"] as? [[String: Any]])
    #expect(problems.map { $0["setting"] as? String } == ["log.level"])
  }

  @Test func noSecretIsEverShown() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("postgresql://me:hunter2@db/qareeb\n", to: "url")
    for arguments in [["config", "--explain"], ["config", "--explain", "--json"]] {
      let result = try await FinishedProcess.run(try RunningQareeb.program(), arguments, environment: ["DATABASE_URL_FILE": file])
      #expect(result.exitCode == 0)
      #expect(result.output.contains("postgresql://me:(hidden)@db/qareeb"))
      #expect(!result.output.contains("hunter2"))
    }
    let refused = try await qareeb("config", "--set", "database.url=postgresql://me:hunter2@db/qareeb")
    #expect(refused.exitCode == 78)
    #expect(!refused.error.contains("hunter2"))
  }

  @Test func optionsThatDoNotGoTogetherAreRefused() async throws {
    #expect(try await qareeb("config", "--json").exitCode == 64)
    #expect(try await qareeb("config", "--check", "--explain").exitCode == 64)
  }
}

@Suite struct CompletionCommandTests {
  @Test func bashCompletesSettings() async throws {
    let folder = try TemporaryFolder()
    let script = try await qareeb("completion", "bash").output
    let path = try folder.write(script, to: "completion.bash")
    let driver = """
      source "$1"
      [[ $(complete -p qareeb) == *"-F _qareeb "* ]] || exit 3
      COMP_WORDS=(qareeb config --set http.po); COMP_CWORD=3
      _qareeb
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let result = try await FinishedProcess.run("bash", ["--norc", "-c", driver, "bash", path])
    #expect(result.exitCode == 0)
    #expect(result.output == "http.port=\n")
  }

  @Test func anUnknownShellIsRefused() async throws {
    let result = try await qareeb("completion", "csh")
    #expect(result.exitCode == 64)
    #expect(result.error.contains("SHELL: \"csh\" is not one of bash, zsh, fish"))
  }
}
