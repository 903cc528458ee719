import Foundation
import TestSupport
import Testing

@testable import Terminal

private enum Colour: String, CaseIterable { case red, green }

private let root = Command(
  "tool", summary: "does things",
  options: [
    Option("config", .file, placeholder: "FILE", "It's the [file]: read first."),
    Option("set", .assignment(names: ["http.port", "http.host"]), placeholder: "NAME=VALUE", isRepeatable: true, "Setting."),
  ],
  subcommands: [
    Command(
      "serve", summary: "serves what's there",
      options: [
        Option("port", short: "p", .integer(0...65535), placeholder: "PORT", "Port."), Flag("quiet", short: "q", "Quiet."),
        Option<Colour>("colour", .choice, placeholder: "COLOUR", "Colour."),
      ]
    ) { _, _ in .ok },
    Command(
      "paint", summary: "paints",
      arguments: [Argument<Colour>("COLOUR", .choice, "Colour."), Argument("FOLDER", .folder, "Folder.")]
    ) { _, _ in .ok },
    Command("index", summary: "indexes", subcommands: [Command("drop", summary: "drops") { _, _ in .ok }]),
  ])

/// Words typed after the program's name; the last is the one being completed.
private let cases: [(words: [String], expected: [String])] = [
  ([""], ["help", "index", "paint", "serve"]),
  (["se"], ["serve"]),
  (["-"], ["--config", "--help", "--set", "--version", "-h"]),
  (["serve", "--p"], ["--port"]),
  (["serve", "-"], ["--colour", "--config", "--help", "--port", "--quiet", "--set", "-h", "-p", "-q"]),
  (["serve", "--colour", ""], ["green", "red"]),
  (["serve", "--colour", "g"], ["green"]),
  (["--config", "serve", "pa"], ["paint"]),
  (["serve", "-p", "80", "--q"], ["--quiet"]),
  (["serve", "--port", ""], []),
  (["serve", "--set", "http.p"], ["http.port="]),
  (["paint", ""], ["green", "red"]),
  (["index", ""], ["drop"]),
  (["index", "drop", "--h"], ["--help"]),
  (["help", "in"], ["index"]),
  (["serve", "", ""], []),
]

@Suite struct BashCompletionTests {
  /// Loads the script as a person would, asks bash which function it registered, and calls that as readline does.
  private func complete(_ words: [String], in folder: TemporaryFolder) async throws -> [String] {
    let script = try folder.write(completionScript(for: root, .bash), to: "completion.bash")
    let driver = """
      set -u
      source "$1"; shift
      registration=$(complete -p tool) || exit 3
      [[ $registration =~ -F\\ ([^ ]+) ]] || exit 4
      COMP_WORDS=(tool "$@"); COMP_CWORD=$#
      "${BASH_REMATCH[1]}" tool "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let process = try await FinishedProcess.run("bash", ["--norc", "-c", driver, "bash", script] + words, in: folder.url)
    #expect(process.exitCode == 0)
    #expect(process.error == "")
    return process.output.split(separator: "\n").map(String.init).sorted()
  }

  @Test(arguments: cases) func offers(_ words: [String], _ expected: [String]) async throws {
    #expect(try await complete(words, in: TemporaryFolder()) == expected)
  }

  /// readline splits at the equals sign.
  @Test func offersValuesAfterAnEqualsSign() async throws {
    #expect(try await complete(["serve", "--colour", "="], in: TemporaryFolder()) == ["green", "red"])
    #expect(try await complete(["serve", "--colour", "=", "r"], in: TemporaryFolder()) == ["red"])
    #expect(try await complete(["serve", "--colour", "=", "red", "--q"], in: TemporaryFolder()) == ["--quiet"])
  }

  @Test func offersFilesAndFolders() async throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("", to: "my file.conf")
    try FileManager.default.createDirectory(at: folder.url.appending(path: "my folder"), withIntermediateDirectories: true)
    #expect(try await complete(["--config", "my"], in: folder) == ["my file.conf", "my folder"])
    #expect(try await complete(["paint", "red", "my"], in: folder) == ["my folder"])
  }
}

@Suite struct OtherShellsCompletionTests {
  @Test(arguments: cases.filter { $0.words != ["serve", "", ""] })
  func fishOffers(_ words: [String], _ expected: [String]) async throws {
    let folder = try TemporaryFolder()
    let script = try folder.write(completionScript(for: root, .fish), to: "completion.fish")
    let line = "tool \(words.joined(separator: " "))"
    let process = try await FinishedProcess.run(
      "fish", ["--no-config", "-c", "source \(script); complete --do-complete '\(line)'"],
      environment: ["HOME": folder.url.path], in: folder.url)
    #expect(process.error == "")
    let offered = process.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
    #expect(Set(offered).isSuperset(of: expected), "offered \(offered)")
    if expected.isEmpty { #expect(offered == []) }
  }

  @Test(arguments: [
    (["se"], "serve"), (["serve", "--q"], "--quiet"), (["index", "d"], "drop"), (["serve", "--colour", "g"], "green"),
  ])
  func zshCompletes(_ words: [String], _ expected: String) async throws {
    let folder = try TemporaryFolder()
    let script = try folder.write(completionScript(for: root, .zsh), to: "_tool")
    // A shell within a pseudo-terminal types the words and a tab, then prints what stands on its command line.
    let driver = """
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell 'PS1=; autoload -Uz compinit; compinit -u -D; source \(script); report() { print -r -- "<<$BUFFER>>"; exit }; \
        zle -N report; bindkey "^X" report; print rea""dy'
      zpty -r shell seen '*ready*'
      zpty -w -n shell $'tool \(words.joined(separator: " "))\\t\\x18'
      zpty -r shell seen '*<<tool*>>*' && print -r -- $seen
      """
    let process = try await FinishedProcess.run(
      "zsh", ["-f", "-c", driver], environment: ["HOME": folder.url.path, "TERM": "dumb"], in: folder.url)
    #expect(process.output.contains("<<tool \((words.dropLast() + [expected]).joined(separator: " "))"), "\(process)")
  }
}
