import Testing

@testable import Terminal

private enum Colour: String, CaseIterable { case red, green }

private let verbose = Flag("verbose", short: "v", "Say more.")
private let quiet = Flag("quiet", short: "q", "Say less.")
private let port = Option("port", short: "p", .integer(0...65535), placeholder: "PORT", "Port.")
private let colour = Option<Colour>("colour", .choice, placeholder: "COLOUR", "Colour.")
private let set = Option("set", .assignment(names: ["a.b"]), placeholder: "NAME=VALUE", isRepeatable: true, "Setting.")
private let source = Argument("SOURCE", .file, "From.")
private let target = Argument("TARGET", .file, count: .oneOrNone, "To.")
private let ids = Argument("ID", .integer(1...9), count: .any, "Which.")

private let root = Command(
  "tool", summary: "does things", options: [verbose, set],
  subcommands: [
    Command("serve", summary: "serves", options: [port, colour, quiet]) { _, _ in .ok },
    Command("copy", summary: "copies", arguments: [source, target]) { _, _ in .ok },
    Command(
      "index", summary: "indexes",
      subcommands: [Command("drop", summary: "drops", arguments: [ids]) { _, _ in .ok }]),
  ])

private struct NotACommand: Error {}

private func error(_ words: [String]) -> UsageError? {
  do throws(UsageError) {
    _ = try CommandLineParser.parse(words, root: root)
    return nil
  } catch {
    return error
  }
}

@Suite struct CommandLineParserTests {
  @Test(arguments: [
    ["serve", "--port", "80"], ["serve", "--port=80"], ["serve", "-p", "80"], ["serve", "-p80"], ["serve", "-p=80"],
    ["serve", "-qp80"], ["serve", "--port", "1", "--port", "80"],
  ])
  func aValueIsReadInEverySpelling(_ words: [String]) throws {
    let invocation = try invocation(words)
    #expect(invocation[port] == 80)
    #expect(invocation.commandText == "tool serve")
  }

  @Test func flagsAreJoinedAndInherited() throws {
    let invocation = try invocation("-v", "serve", "-q")
    #expect(invocation[verbose])
    #expect(invocation[quiet])
    #expect(try self.invocation(["serve", "-qv"])[verbose])
    #expect(try !self.invocation(["serve"])[verbose])
  }

  private func invocation(_ words: [String]) throws -> Invocation {
    guard case .run(let invocation) = try CommandLineParser.parse(words, root: root) else { throw NotACommand() }
    return invocation
  }
  private func invocation(_ words: String...) throws -> Invocation { try invocation(words) }

  @Test func repeatableOptionsKeepEveryValue() throws {
    let invocation = try invocation("--set", "a=1", "serve", "--set=b=2=3", "--set", "c=")
    #expect(
      invocation.all(set) == [
        Assignment(name: "a", value: "1"), Assignment(name: "b", value: "2=3"), Assignment(name: "c", value: ""),
      ])
  }

  @Test func argumentsTakeTheirPlaces() throws {
    #expect(try invocation("copy", "a")[source] == "a")
    #expect(try invocation("copy", "a")[target] == nil)
    #expect(try invocation("copy", "a", "b")[target] == "b")
    #expect(try invocation("index", "drop", "3", "1").all(ids) == [3, 1])
    #expect(try invocation("index", "drop").all(ids) == [])
  }

  @Test func afterTwoDashesEverythingIsAnArgument() throws {
    #expect(try invocation("copy", "--", "--verbose", "-")[source] == "--verbose")
    #expect(try invocation("copy", "-")[source] == "-")
    #expect(try invocation("copy", "--", "--help")[source] == "--help")
  }

  @Test func aValueMayLookLikeAnUnknownOption() throws {
    #expect(error(["serve", "--port", "-5"])?.code == .invalidValue)
    #expect(error(["serve", "--port", "-q"])?.code == .missingValue)
  }

  @Test(arguments: [
    (["--help"], "tool"), (["-h"], "tool"), (["serve", "--help"], "tool serve"), (["--help", "serve"], "tool serve"),
    (["help"], "tool"), (["help", "serve"], "tool serve"), (["help", "index", "drop"], "tool index drop"),
    (["serve", "--bogus", "--help"], "tool serve"), (["serve", "--port", "--help"], "tool serve"),
    (["index", "-h"], "tool index"),
  ])
  func helpIsFound(_ words: [String], _ command: String) throws {
    guard case .help(let path) = try CommandLineParser.parse(words, root: root) else { throw NotACommand() }
    #expect(path.text == command)
  }

  @Test func versionIsTheRootsOnly() throws {
    guard case .version = try CommandLineParser.parse(["--version"], root: root) else { throw NotACommand() }
    #expect(error(["serve", "--version"])?.code == .unknownOption)
  }

  @Test(arguments: [
    ([], UsageError.Code.missingCommand, "tool needs a command: serve, copy, index"),
    (["index"], .missingCommand, "tool index needs a command: drop"),
    (["srve"], .unknownCommand, "\"srve\" is not a command of tool; did you mean serve?"),
    (["hlep"], .unknownCommand, "\"hlep\" is not a command of tool; did you mean help?"),
    (["help", "srve"], .unknownCommand, "\"srve\" is not a command of tool; did you mean serve?"),
    (["index", "zzzzzz"], .unknownCommand, "\"zzzzzz\" is not a command of tool index"),
    (["serve", "--prot", "1"], .unknownOption, "\"--prot\" is not an option of tool serve; did you mean --port?"),
    (["serve", "--verbos"], .unknownOption, "\"--verbos\" is not an option of tool serve; did you mean --verbose?"),
    (["serve", "-x"], .unknownOption, "\"-x\" is not an option of tool serve"),
    (["--port", "1", "serve"], .unknownOption, "\"--port\" is not an option of tool"),
    (["serve", "--port"], .missingValue, "--port needs a value, PORT (a whole number from 0 to 65535)"),
    (["serve", "-p", "--quiet"], .missingValue, "-p needs a value, PORT (a whole number from 0 to 65535)"),
    (["serve", "--quiet=yes"], .unexpectedValue, "--quiet takes no value"),
    (
      ["serve", "--port=abc"], .invalidValue,
      "--port: \"abc\" is not a whole number of a size that fits (a whole number from 0 to 65535)"
    ),
    (["serve", "-p", "65536"], .invalidValue, "-p: \"65536\" is above 65535 (a whole number from 0 to 65535)"),
    (["serve", "--colour", "gren"], .invalidValue, "--colour: \"gren\" is not one of red, green; did you mean green?"),
    (["serve", "--set", "x"], .invalidValue, "--set: \"x\" is not of the form NAME=VALUE"),
    (["serve", "extra"], .unexpectedArgument, "tool serve does not know what to do with \"extra\""),
    (["copy"], .missingArgument, "tool copy needs SOURCE"),
    (["copy", "a", "b", "c"], .unexpectedArgument, "tool copy does not know what to do with \"c\""),
    (["copy", ""], .invalidValue, "SOURCE: \"\" is empty"),
    (
      ["index", "drop", "1", "x"], .invalidValue,
      "ID: \"x\" is not a whole number of a size that fits (a whole number from 1 to 9)"
    ),
    (["\u{1B}[31m"], .unknownCommand, "\"\\u{1B}[31m\" is not a command of tool"),
  ])
  func whatIsWrongIsNamed(_ words: [String], _ code: UsageError.Code, _ message: String) {
    #expect(error(words)?.code == code)
    #expect(error(words)?.message == message)
  }
}
