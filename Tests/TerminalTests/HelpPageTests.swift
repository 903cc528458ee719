import TestSupport
import Testing

@testable import Terminal

private let root = Command(
  "tool", summary: "does things", options: [Flag("verbose", short: "v", "Say more.")],
  subcommands: [
    Command(
      "serve", summary: "answers requests",
      discussion: "Serves until it is told to stop, and then finishes what it has begun before it ends.",
      options: [
        Option("port", short: "p", .integer(0...65535), placeholder: "PORT", "Port to listen on."),
        Option("a-very-long-option-name-indeed", .text, placeholder: "VALUE", "Its meaning stands on the next line."),
      ],
      arguments: [Argument("FOLDER", .folder, count: .oneOrNone, "Folder to serve.")],
      examples: [.init("tool serve .", "This folder.")], exitCodes: [.unavailable]
    ) { _, _ in .ok }
  ])

@Suite struct HelpPageTests {
  private func page(_ names: String..., columns: Int = 80, traits: ConsoleTraits = plainTraits) throws -> String {
    let path = try names.reduce(CommandPath(root: root)) { try #require($0.appending($1)) }
    return HelpPage(path: path, columns: columns, traits: traits).text
  }

  @Test func tellsEverythingAboutACommand() throws {
    #expect(
      try page("serve", columns: 60) == """
        tool serve: answers requests

        Usage
          tool serve [OPTION]… [FOLDER]

        Serves until it is told to stop, and then finishes what it
        has begun before it ends.

        Arguments
          FOLDER  Folder to serve.

        Options
          -p, --port PORT             Port to listen on (a whole
                                      number from 0 to 65535).
              --a-very-long-option-name-indeed VALUE
                                      Its meaning stands on the next
                                      line.
          -h, --help                  Print this help.

        Options of every command
          -v, --verbose  Say more.

        Examples
          This folder.
            tool serve .

        Exit codes
          0   everything was done
          64  the command line was wrong
          69  something it needs, such as the database, cannot be
              reached

        """)
  }

  @Test func theRootListsItsCommands() throws {
    let page = try page()
    #expect(page.contains("Commands\n  serve  answers requests\n  help   explain a command\n"))
    #expect(page.contains("--version"))
    #expect(page.hasSuffix("\"tool help COMMAND\" explains a command.\n"))
  }

  @Test func noLineIsWiderThanThePageUnlessAWordIs() throws {
    for columns in 50...120 {
      for line in try page("serve", columns: columns).split(separator: "\n") {
        #expect(displayWidth(line) <= columns, "\(columns): \(line)")
      }
    }
  }

  @Test func coloursOnlyWhereThereAreColours() throws {
    #expect(try !page("serve").contains("\u{1B}"))
    let coloured = ConsoleTraits(isInteractive: true, hasColours: true, hasUnicode: true)
    #expect(try page("serve", traits: coloured).contains("\u{1B}[1mUsage\u{1B}[0m"))
  }
}
