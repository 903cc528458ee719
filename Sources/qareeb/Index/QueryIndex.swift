import IndexFormats
import JSON
import ProviderIndex
import Terminal

/// Reads queries, runs them, prints what they found and how long they took.
func queryIndex(_ request: IndexQueryRequest, console: Console) throws -> ExitCode {
  let profiles = try ProfileFolder.read(request.profilesPath)
  let file = try IndexFile.read(path: request.indexPath)
  let analysis = try IndexAnalysis(file.analysis, folder: request.dictionariesPath)
  let reading = QueryLines(
    profiles: profiles, currency: file.currency, analyzer: analysis.queries, typing: analysis.typing)
  let queries = try read(try InputFile(path: request.queriesPath), reading, request, console)
  for (index, line) in queries.enumerated() {
    guard let notice = line.notice else { continue }
    console.print("query \(line.id.map(withoutControls) ?? "\(index + 1)"): \(notice)", to: .error)
  }
  guard queries.count * request.repeats <= QueryRun.mostSearches else {
    throw CommandFailure(
      .usage,
      "\(queries.count) queries \(request.repeats) times are too many: at most \(QueryRun.mostSearches) searches in one go")
  }
  var run = QueryRun(IndexSnapshot(file.segment, position: file.position), queries, repeats: request.repeats)
  var printer = AnswerPrinter(asJSON: request.answersJSON, currency: file.currency, console: console)
  do throws(IndexError) {
    try run.run { answer in printer.print(answer) }
  } catch {
    throw CommandFailure(.badData, "a query was refused", details: [withoutControls("\(error)")])
  }
  printer.finish(run.summary)
  return .ok
}

private func read(
  _ input: InputFile, _ reading: QueryLines, _ request: IndexQueryRequest, _ console: Console
) throws(CommandFailure) -> [QueryLine] {
  var queries: [QueryLine] = []
  var badLines = BadLines()
  var reader = NDJSONReader()
  func take(_ line: Result<JSONValue, FormatProblem>, _ number: Int) {
    do throws(FormatProblem) {
      queries.append(try reading.query(try line.get()))
    } catch {
      badLines.add(error, line: number)
    }
  }
  try input.readChunks { chunk in
    reader.read(chunk) { number, line in take(line, number) }
    return request.skipsBadLines || !badLines.areEnough
  }
  reader.finish { number, line in take(line, number) }
  if request.skipsBadLines {
    badLines.report(to: console)
  } else if badLines.count > 0 {
    throw badLines.failure(in: input.name, consequence: "no query was run")
  }
  return queries
}
