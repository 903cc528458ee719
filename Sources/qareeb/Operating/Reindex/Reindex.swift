import Bytes
import Configuration
import IndexKeeper
import JSON
import PostgresClient
import Terminal
import TextAnalysis

/// Makes an index, or returns to the one before, and tells what it does.
func reindex(_ request: ReindexRequest, settings: Settings, console: Console) async throws -> ExitCode {
  try await withStore(settings) { store, loop in
    let startedAt = monotonicMilliseconds()
    var options = try indexOptions(settings, store, BilingualAnalyzer(try AnalysisFolder.read(analysisFolder(settings))))
    if let threads = request.threads { options.threads = threads }
    let questions = try GoldenQuestions(settings.data.assets, analyzer: options.analyzer)
    let steps = OperationSteps(console)
    var rebuild = IndexRebuild(options, request.plan)
    rebuild.progress = { steps.tell($0) }
    rebuild.questions = { try questions.problems(in: $0) }
    do {
      let report = try await request.rollsBack ? rebuild.rollBack(on: loop) : rebuild.run(on: loop)
      steps.finish()
      console.print(
        request.answersJSON
          ? jsonText(report, since: startedAt) : report.text(rollsBack: request.rollsBack))
      return .ok
    } catch {
      steps.finish(.stopped("\(error)"))
      if request.answersJSON, case IndexOperationError.checkFailed(let reasons) = error {
        console.print(jsonText(nil, problems: reasons, since: startedAt))
      }
      throw error
    }
  }
}

extension OperationSteps {
  fileprivate func tell(_ step: RebuildStep) {
    switch step {
    case .reading(let rows, let estimate): reading(rows, of: estimate)
    case .writing: say("Writing the index.")
    case .resuming(let path): say("Going on with \(withoutControls(path)), which an earlier run left.")
    case .checking(let what): say("Checking \(what).")
    case .published: say("Published.")
    }
  }
}

extension RebuildReport {
  fileprivate func text(rollsBack: Bool) -> String {
    let what = "\(groupedText(providers)) providers, \(bytesText(byteCount))"
    return switch outcome {
    case .takenUp where rollsBack: "The node serves the index again that it served before: \(what)."
    case .takenUp: "The node serves the new index: \(what), of position \(LogPosition.text(position)) and what came since."
    case .waitsForStart: "No node serves here just now; the next start takes it up: \(what)."
    case .dryRun: "The index would be right: \(what). Nothing was published."
    case .withdrawn: "The index that waited to be taken up is withdrawn: \(what)."
    }
  }
}

extension RebuildReport.Outcome {
  /// For programs.
  fileprivate var name: String {
    switch self {
    case .takenUp: "taken_up"
    case .waitsForStart: "waits_for_start"
    case .dryRun: "dry_run"
    case .withdrawn: "withdrawn"
    }
  }
}

/// - Parameter report: nil where a check failed, and so nothing came of it.
private func jsonText(_ report: RebuildReport?, problems: [String] = [], since startedAt: UInt64) -> String {
  var buffer = ByteBuffer()
  buffer.beginObject()
  buffer.member("outcome", report?.outcome.name ?? "check_failed")
  buffer.member("position", report.map { LogPosition.text($0.position) })
  buffer.member("providers", report?.providers)
  buffer.member("bytes", report?.byteCount)
  buffer.member("duration_ms", Int(clamping: monotonicMilliseconds() - startedAt))
  buffer.member("problems", problems)
  buffer.endObject()
  return String(buffer)
}
