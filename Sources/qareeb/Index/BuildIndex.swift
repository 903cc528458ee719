import Dispatch
import FoundationEssentials
import IndexFormats
import ProviderIndex
import Terminal
import TextIndex

/// Reads providers, makes the index, writes it.
func buildIndex(_ request: IndexBuildRequest, console: Console) throws -> ExitCode {
  let startedAt = ContinuousClock.now
  let input = try InputFile(path: request.inputPath)
  guard !input.isFile(at: request.outputPath) else {
    throw CommandFailure(.usage, "--from and --out name the same file: the providers would be lost")
  }
  try ReplacedFile.check(request.outputPath)
  let analysis = try IndexAnalysis(request.analysis, folder: request.dictionariesPath)
  let crew = Crew.threads(request.threads)
  let intake = ProviderIntake(
    currency: request.currency, analyzer: analysis.documents, stopsAtBadLines: !request.skipsBadLines, crew: crew)
  let providers = try intake.read(input, console: console)
  if request.skipsBadLines {
    providers.badLines.report(to: console)
  } else if providers.badLines.count > 0 {
    throw providers.badLines.failure(in: input.name, consequence: "no index was written")
  }
  let file = try finish(providers, analysis.kind, crew, console)
  try write(file, path: request.outputPath, console)
  let count = file.segment.count == 1 ? "1 provider" : "\(file.segment.count) providers"
  console.print("\(withoutControls(request.outputPath)): \(count), prices in \(file.currency), \(seconds(since: startedAt))")
  return .ok
}

extension Crew {
  /// So many threads; as many as the machine runs at once without a number.
  static func threads(_ count: Int?) -> Crew {
    Crew(size: count ?? ProcessInfo.processInfo.activeProcessorCount) { jobs, job in
      DispatchQueue.concurrentPerform(iterations: jobs, execute: job)
    }
  }
}

private func seconds(since start: ContinuousClock.Instant) -> String {
  let tenths = (ContinuousClock.now - start) / .milliseconds(100)
  return "\(Int(tenths) / 10).\(Int(tenths) % 10) s"
}

private func finish(
  _ providers: consuming ProvidersTaken, _ analysis: AnalysisKind, _ crew: Crew, _ console: Console
) throws -> IndexFile {
  let bar = ProgressBar("Building", unit: .items("providers"), total: providers.count, console: console)
  let currency = providers.currency ?? .jordanianDinar
  let segment: Segment
  do throws(IndexError) {
    segment = try SegmentBuilder.finish(providers.builders, crew: crew)
  } catch {
    bar.finish(.stopped("\(error)"))
    throw CommandFailure(.badData, "the index cannot be built", details: [withoutControls("\(error)")])
  }
  bar.update(to: segment.count)
  bar.finish()
  return IndexFile(segment: segment, currency: currency, analysis: analysis, position: 0)
}

private func write(_ file: IndexFile, path: String, _ console: Console) throws {
  let bar = ProgressBar("Writing", unit: .bytes, total: file.segment.byteCount + file.segment.textByteCount, console: console)
  do {
    try file.write(path: path) { bar.advance(by: $0) }
  } catch let failure as CommandFailure {
    bar.finish(.stopped(failure.message))
    throw failure
  }
  bar.finish()
}
