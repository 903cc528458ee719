import Configuration
import IndexKeeper
import Terminal

/// What `qareeb reindex` is asked to do.
struct ReindexRequest {
  var plan = RebuildPlan()
  var rollsBack = false
  var answersJSON = false
  /// Nil for as many as the machine runs at once.
  var threads: Int?
}

/// `qareeb reindex`. Rules: works beside a node that serves and never on what it serves; the work is in IndexKeeper, and why it is safe in
/// docs/decisions/0016.
enum ReindexCommand {
  private static let dryRun = Flag("dry-run", "Build and check, publish nothing, leave nothing.")
  private static let resume = Flag(
    "resume", "Go on after a kill: what was built whole is checked and published, not built again.")
  private static let rollback = Flag(
    "rollback", "Return to the index that was served before the last one; or withdraw one that waits to be taken up.")
  private static let threads = Option(
    "threads", .integer(1...256), placeholder: "N",
    "Threads that make documents; without it as many as the machine runs at once. The index is the same for any number.")
  private static let rate = Option(
    "rate", .integer(1...100_000_000), placeholder: "N", "Read so many providers a second at most; without it as fast as it goes."
  )
  private static let sample = Option(
    "sample", .integer(0...1_000_000), placeholder: "N", "Providers compared with SQL one by one; 1000 without it.")
  private static let wait = Option(
    "wait", .integer(1...86_400), placeholder: "SECONDS",
    "How long the serving node may take to take the index up; 600 without it.")

  private static let json = Flag("json", "Print one JSON object at the end: what was done, or what a check found wrong.")

  static let command = Command(
    "reindex",
    summary: "make this node's index anew from the database",
    discussion: """
      Reads the whole catalogue under one snapshot, over connections of its own, beside a node that serves. The new file is checked before anybody sees it: every byte is read again, and, brought forward to a second snapshot, its rows are counted, a sample is compared with SQL one by one, and, where the demo market is loaded, questions with known answers are asked. If anything is wrong, nothing is published.
      The serving node takes the new index up by itself: it reads it, follows the log until it is as far as the one that is served, and changes over between two queries. Without a serving node, the next start takes it.
      The one before is kept for a day, or until 2 GiB of log have been written since it was saved, for --rollback.
      Killed at any moment, it leaves what is served alone. With --resume, what was built whole goes on from there; half an index does not, for its snapshot died with its session.
      Exit codes: 0, it is served (or waits for the next start); 2, a check failed and nothing was published; 75, somebody else makes one, or the node did not take it up in time.
      """,
    options: [dryRun, resume, rollback, threads, rate, sample, wait, json],
    examples: [
      .init("qareeb reindex", "After a change of dictionaries, or when \"qareeb verify\" found differences."),
      .init("qareeb reindex --rate 20000 --threads 1", "At a busy hour."),
      .init("qareeb reindex --dry-run", "Would it work?"),
      .init("qareeb reindex --rollback", "Back to the one before."),
      .init(
        "qareeb reindex --json | jq -r .outcome", "For machines: taken_up, waits_for_start, dry_run, withdrawn or check_failed."),
    ],
    exitCodes: [.failure, .differences, .badData, .unavailable, .inputOutput, .temporary, .configuration],
    action: { invocation, console in
      if invocation[rollback], invocation[dryRun] || invocation[resume] {
        throw CommandFailure(.usage, "--rollback goes with neither --dry-run nor --resume")
      }
      var request = ReindexRequest()
      request.rollsBack = invocation[rollback]
      request.answersJSON = invocation[json]
      request.threads = invocation[threads]
      request.plan.resumes = invocation[resume]
      request.plan.publishes = !invocation[dryRun]
      request.plan.rowsPerSecond = invocation[rate]
      if let sample = invocation[sample] { request.plan.sampleSize = sample }
      if let wait = invocation[wait] { request.plan.patienceSeconds = wait }
      let settings = try SettingOptions.resolve(invocation).checkedForCommand()
      return try await reindex(request, settings: settings, console: console)
    })
}
