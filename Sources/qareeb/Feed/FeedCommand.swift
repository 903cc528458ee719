import Terminal

/// `qareeb feed`. Rules: takes the lines that `POST /api/v1/feeds/availability` takes, with the same outcome; works on the database that `serve`
/// would use, whether a server runs or not.
enum FeedCommand {
  private static let file = Argument<String>("FILE", .file, "Lines, one JSON object each; \"-\" is standard input.")
  private static let json = Flag("json", "Print what became of the lines as one JSON object, as the API answers.")

  static let command = Command(
    "feed",
    summary: "take in what partners say of busy and free times",
    examples: [.init("qareeb feed import busy.ndjson", "From a file, with a progress bar.")],
    subcommands: [importing])

  private static let importing = Command(
    "import",
    summary: "apply the lines of an availability feed",
    discussion: """
      A line is {"source":"acme","sequence":41,"staff_id":"…","from":"2026-11-21T10:00:00+03:00","to":"2026-11-21T11:00:00+03:00","status":"busy"}; with provider_id instead of staff_id it is about all of a provider's staff, and "free" takes back what the same source had said.
      Each source numbers its lines upwards, by one. Numbers that were taken are passed over, so importing a file again, or the rest of one that broke off, changes nothing that was right. Numbers that were left out are told.
      A line that is wrong is told with what is wrong, and the others are applied: then the exit code is 65. Lines are applied in portions; after a failure, what had been applied is told and stays.
      """,
    options: [json],
    arguments: [file],
    examples: [
      .init("qareeb feed import busy.ndjson", "Every line of a file."),
      .init("zcat busy.ndjson.gz | qareeb feed import --json - | jq .applied", "From a pipe."),
    ],
    exitCodes: [.badData, .unavailable, .inputOutput, .noPermission, .configuration],
    action: { invocation, console in
      guard let file = invocation[file] else { preconditionFailure("the parser lets no call without FILE through") }
      let settings = try SettingOptions.resolve(invocation).checkedForCommand()
      return try await importFeed(file, answersJSON: invocation[json], settings: settings, console: console)
    })
}
