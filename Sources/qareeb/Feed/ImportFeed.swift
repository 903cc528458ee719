import Bytes
import Configuration
import Feeds
import JSON
import PostgresClient
import Terminal
import WebAPI

/// Applies the lines of a file and tells what became of them.
func importFeed(_ path: String, answersJSON: Bool, settings: Settings, console: Console) async throws -> ExitCode {
  let input = try InputFile(path: path)
  let outcome = try await withStore(settings) { store in
    try await read(input, into: AvailabilityFeed(database: store.database).begin(), console)
  }
  console.print(answersJSON ? jsonText(outcome.report) : text(outcome.report))
  if let failure = outcome.failure { throw failure }
  return outcome.report.refusedCount > 0 ? .badData : .ok
}

/// What was done, and what broke it off.
private struct ImportOutcome: Sendable {
  let report: FeedReport
  var failure: CommandFailure?
}

private func read(_ input: InputFile, into run: sending AvailabilityImport, _ console: Console) async throws -> ImportOutcome {
  let bar = ProgressBar("Importing", unit: .bytes, total: input.byteCount, console: console)
  do {
    while let chunk = try input.readChunk({ [UInt8]($0) }) {
      try await run.take(chunk)
      bar.advance(by: chunk.count)
    }
    let report = try await run.finish()
    bar.finish()
    return ImportOutcome(report: report)
  } catch let error as CommandFailure {
    bar.finish(.stopped(error.message))
    return ImportOutcome(report: run.report, failure: error)
  } catch let error as PostgresError {
    bar.finish(.stopped("the database failed"))
    let needsMigration = error.sqlState == .undefinedTable
    return ImportOutcome(
      report: run.report,
      failure: CommandFailure(
        needsMigration ? .configuration : .unavailable,
        needsMigration ? "the database's schema is not up to date" : "the database failed; what was applied before stays",
        details: [
          "\(error)",
          needsMigration
            ? "\"qareeb migrate\" brings it up to date." : "Import the same file again: what was applied is passed over.",
        ]))
  }
}

private func jsonText(_ report: FeedReport) -> String {
  var buffer = ByteBuffer()
  FeedAnswer(report, in: .en).writeJSON(to: &buffer)
  return String(buffer)
}

/// For people.
private func text(_ report: FeedReport) -> String {
  var lines = ["\(report.applied) applied, \(report.repeated) repeated, \(report.refusedCount) refused"]
  for line in report.refused {
    let problems = line.problems.map { $0.field.isEmpty ? $0.message.en : "\($0.field) \($0.message.en)" }
    lines.append("  line \(line.number): \(problems.joined(separator: "; "))")
  }
  if report.refusedCount > report.refused.count { lines.append("  and \(report.refusedCount - report.refused.count) more") }
  if report.gapCount > 0 { lines.append("\(report.missingCount) numbers passed over in \(report.gapCount) gaps") }
  for gap in report.gaps {
    lines.append("  \(gap.source): \(gap.first == gap.last ? "\(gap.first)" : "\(gap.first) to \(gap.last)")")
  }
  if report.gapCount > report.gaps.count { lines.append("  and \(report.gapCount - report.gaps.count) more") }
  for source in report.sources { lines.append("\(source.name) is at \(source.lastSequence)") }
  if let position = report.position { lines.append("All of it is in the log at \(position)") }
  return lines.map(withoutControls).joined(separator: "\n")
}
