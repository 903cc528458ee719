import IndexFormats
import JSON
import ProviderIndex
import Terminal

/// Reads providers, makes the index, writes it.
func buildIndex(_ request: IndexBuildRequest, console: Console) throws -> ExitCode {
  let startedAt = ContinuousClock.now
  let input = try InputFile(path: request.inputPath)
  guard !input.isFile(at: request.outputPath) else {
    throw CommandFailure(.usage, "--from and --out name the same file: the providers would be lost")
  }
  try ReplacedFile.check(request.outputPath)
  let analysis = try IndexAnalysis(request.analysis, folder: request.dictionariesPath)
  var intake = ProviderIntake(currency: request.currency, analysis: analysis)
  try intake.read(input, stopsAtBadLines: !request.skipsBadLines, console: console)
  if request.skipsBadLines {
    intake.badLines.report(to: console)
  } else if intake.badLines.count > 0 {
    throw intake.badLines.failure(in: input.name, consequence: "no index was written")
  }
  let file = try finish(intake, console)
  try write(file, path: request.outputPath, console)
  let count = file.segment.count == 1 ? "1 provider" : "\(file.segment.count) providers"
  console.print("\(withoutControls(request.outputPath)): \(count), prices in \(file.currency), \(seconds(since: startedAt))")
  return .ok
}

private func seconds(since start: ContinuousClock.Instant) -> String {
  let tenths = (ContinuousClock.now - start) / .milliseconds(100)
  return "\(Int(tenths) / 10).\(Int(tenths) % 10) s"
}

private func finish(_ intake: consuming ProviderIntake, _ console: Console) throws -> IndexFile {
  let bar = ProgressBar("Building", unit: .items("providers"), total: intake.count, console: console)
  let (currency, analysis) = (intake.currency, intake.analysis)
  let segment: Segment
  do throws(IndexError) {
    segment = try intake.finish()
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

/// Takes lines of providers in.
private struct ProviderIntake {
  private(set) var badLines = BadLines()
  let analysis: AnalysisKind
  private var builder: SegmentBuilder
  private var lines: ProviderLines
  /// The line of each id, so that the second one can be named with both. The texts are shared with the builder.
  private var lineNumbers: [ExactText: Int] = [:]

  init(currency: Currency?, analysis: IndexAnalysis) {
    lines = ProviderLines(currency: currency)
    self.analysis = analysis.kind
    builder = SegmentBuilder(analyzer: analysis.documents)
  }

  var count: Int { builder.count }
  var currency: Currency { lines.currency ?? .jordanianDinar }

  mutating func read(_ input: InputFile, stopsAtBadLines: Bool, console: Console) throws(CommandFailure) {
    let bar = ProgressBar("Reading", unit: .bytes, total: input.byteCount, console: console)
    var reader = NDJSONReader()
    do throws(CommandFailure) {
      try input.readChunks { chunk in
        reader.read(chunk) { number, line in take(line, number) }
        bar.advance(by: chunk.count)
        return !(stopsAtBadLines && badLines.areEnough)
      }
    } catch {
      bar.finish(.stopped(error.message))
      throw error
    }
    reader.finish { number, line in take(line, number) }
    if stopsAtBadLines, badLines.count > 0 {
      bar.finish(.stopped("bad lines"))
    } else {
      bar.finish()
    }
  }

  private mutating func take(_ line: Result<JSONValue, FormatProblem>, _ number: Int) {
    do throws(FormatProblem) {
      try add(try lines.record(try line.get()), number)
    } catch {
      badLines.add(error, line: number)
    }
  }

  private mutating func add(_ record: ProviderRecord, _ number: Int) throws(FormatProblem) {
    if let first = lineNumbers[ExactText(record.id)] {
      throw FormatProblem("occurs already in line \(first): every provider has an id of its own", member: "id")
    }
    do throws(IndexError) {
      try builder.add(record)
    } catch {
      throw FormatProblem(error)
    }
    lineNumbers[ExactText(record.id)] = number
  }

  consuming func finish() throws(IndexError) -> Segment { try builder.finish() }
}
