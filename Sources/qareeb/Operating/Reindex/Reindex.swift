import Configuration
import IndexKeeper
import PostgresClient
import Synchronization
import Terminal
import TextAnalysis

/// Makes an index, or returns to the one before, and tells what it does.
func reindex(_ request: ReindexRequest, settings: Settings, console: Console) async throws -> ExitCode {
  try await withStore(settings) { store, loop in
    var options = try indexOptions(settings, store, BilingualAnalyzer(try AnalysisFolder.read(analysisFolder(settings))))
    if let threads = request.threads { options.threads = threads }
    let questions = try GoldenQuestions(settings.data.assets, analyzer: options.analyzer)
    let steps = RebuildSteps(console)
    var rebuild = IndexRebuild(options, request.plan)
    rebuild.progress = { steps.tell($0) }
    rebuild.questions = { try questions.problems(in: $0) }
    let report: RebuildReport
    do {
      report = try await request.rollsBack ? rebuild.rollBack(on: loop) : rebuild.run(on: loop)
    } catch {
      steps.stop("\(error)")
      throw error
    }
    console.print(report.text(rollsBack: request.rollsBack))
    return .ok
  }
}

/// The steps: a bar for what takes long, a line for each other one, on standard error.
private final class RebuildSteps: Sendable {
  private let console: Console
  private let bar = Mutex<ProgressBar?>(nil)

  init(_ console: Console) { self.console = console }

  func tell(_ step: RebuildStep) {
    switch step {
    case .reading(let rows, let estimate):
      let bar = bar.withLock { bar in
        let current = bar ?? ProgressBar("Reading the database", unit: .items("providers"), total: nil, console: console)
        bar = current
        return current
      }
      bar.setTotal(estimate > rows ? estimate : nil)
      bar.update(to: rows)
    case .writing: say("Writing the index.")
    case .resuming(let path): say("Going on with \(withoutControls(path)), which an earlier run left.")
    case .checking(let what): say("Checking \(what).")
    case .published: say("Published.")
    }
  }

  private func say(_ line: String) {
    finish(.done)
    console.print(line, to: .error)
  }

  func stop(_ reason: String) { finish(.stopped(reason)) }

  private func finish(_ outcome: ProgressBar.Outcome) {
    let bar = bar.withLock { bar in
      defer { bar = nil }
      return bar
    }
    bar?.finish(outcome)
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
