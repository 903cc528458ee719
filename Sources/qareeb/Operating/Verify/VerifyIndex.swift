import Bytes
import Configuration
import EventLoops
import IndexKeeper
import JSON
import PostgresClient
import Terminal
import TextAnalysis

/// Compares, and prints what it found.
func verifyIndex(_ request: VerifyRequest, settings: Settings, console: Console) async throws -> ExitCode {
  try await withStore(settings) { store, loop in
    let startedAt = monotonicMilliseconds()
    let steps = OperationSteps(console)
    var verification = IndexVerification(
      try indexOptions(settings, store, BilingualAnalyzer(try AnalysisFolder.read(analysisFolder(settings)))))
    verification.keptDifferences = request.limit
    verification.patienceSeconds = request.timeoutSeconds
    verification.progress = { steps.tell($0) }
    let report: VerificationReport
    do {
      report = try await verification.run(on: loop)
    } catch {
      steps.finish(.stopped("\(error)"))
      throw error
    }
    steps.finish()
    let milliseconds = Int(clamping: monotonicMilliseconds() - startedAt)
    console.print(request.answersJSON ? report.json(durationMilliseconds: milliseconds) : report.text(console))
    return report.isEqual ? .ok : .differences
  }
}

extension OperationSteps {
  fileprivate func tell(_ step: VerificationStep) {
    switch step {
    case .saving: say("The node saves its index.")
    case .reading(let rows, let estimate): reading(rows, of: estimate)
    case .replaying: finish()
    case .comparing: say("Comparing.")
    }
  }
}

extension VerificationReport {
  fileprivate func text(_ console: Console) -> String {
    let what = isServed ? "the index that is served" : "the index file"
    let head = """
      At position \(LogPosition.text(position)): \(groupedText(rows)) providers in the database, \(groupedText(documents)) to be found.
      """
    guard !isEqual else { return "\(head)\nEqual: \(what) says what the database says, \(indexHash)." }
    var table = Table([
      .init("PROVIDER", style: .cyan), .init("FIELD"), .init("INDEX", wrapsTo: 20), .init("DATABASE", wrapsTo: 20),
    ])
    for difference in differences {
      table.add([difference.subject, difference.field, difference.index, difference.database])
    }
    let lines = table.lines(columns: console.columns(of: .output), traits: console.traits(of: .output))
    let rest = differenceCount - differences.count
    return """
      \(head)
      \(lines.joined(separator: "\n"))\(rest > 0 ? "\nand \(groupedText(rest)) more" : "")
      Different: \(groupedText(differenceCount)) \(differenceCount == 1 ? "difference" : "differences") between \(what) (\(indexHash)) \
      and the database (\(databaseHash)). "qareeb reindex" makes the index anew.
      """
  }

  fileprivate func json(durationMilliseconds: Int) -> String {
    var buffer = ByteBuffer()
    buffer.beginObject()
    buffer.member("equal", isEqual)
    buffer.member("position", LogPosition.text(position))
    buffer.member("served", isServed)
    buffer.member("replayed_bytes", Int(clamping: replayedBytes))
    buffer.member("providers", rows)
    buffer.member("documents", documents)
    buffer.member("duration_ms", durationMilliseconds)
    buffer.member("index_hash", indexHash)
    buffer.member("database_hash", databaseHash)
    buffer.member("difference_count", differenceCount)
    buffer.beginArray("differences")
    for difference in differences {
      buffer.beginObject()
      buffer.member("provider", difference.subject)
      buffer.member("field", difference.field)
      buffer.member("index", difference.index)
      buffer.member("database", difference.database)
      buffer.endObject()
    }
    buffer.endArray()
    buffer.endObject()
    return String(buffer)
  }
}
