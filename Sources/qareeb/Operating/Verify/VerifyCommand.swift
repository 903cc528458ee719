import Configuration
import Terminal

/// What `qareeb verify` is asked to do.
struct VerifyRequest {
  let answersJSON: Bool
  let limit: Int
  let timeoutSeconds: Int
}

/// `qareeb verify`. Rules: reads the database and the node's index, changes neither; what is compared, and how, is in docs/decisions/0016.
enum VerifyCommand {
  private static let json = Flag("json", "Print one JSON object at the end, with the differences.")
  private static let limit = Option(
    "limit", .integer(1...1_000_000), placeholder: "N", "Differences to print; 100 without it. All are counted.")
  private static let timeout = Option(
    "timeout", .integer(1...86_400), placeholder: "SECONDS",
    "How long the serving node may take to save its index; 120 without it.")

  static let command = Command(
    "verify",
    summary: "compare the index of this node with the database",
    discussion: """
      Asks the serving node to save its index at this moment, reads the catalogue anew under a snapshot of the database, applies to the saved index what was committed in between, and compares the two at that one position: every row that answers are made of, and every document that searches read. It may run while the node serves and others write.
      Without a serving node, the index file is compared that the next start would take.
      The exit code is 0 when they are equal, and 2 when there are differences, which are named.
      """,
    options: [json, limit, timeout],
    examples: [
      .init("qareeb verify", "Is what people find what the database says?"),
      .init("qareeb verify --json | jq '.differences[]'", "For machines."),
    ],
    exitCodes: [.differences, .badData, .unavailable, .temporary, .configuration],
    action: { invocation, console in
      let settings = try SettingOptions.resolve(invocation).checkedForCommand()
      let request = VerifyRequest(
        answersJSON: invocation[json], limit: invocation[limit] ?? 100, timeoutSeconds: invocation[timeout] ?? 120)
      return try await verifyIndex(request, settings: settings, console: console)
    })
}
