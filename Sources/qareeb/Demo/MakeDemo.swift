import Bytes
import DemoMarkets
import IndexFormats
import JSON
import Terminal

/// Makes the providers and writes them.
func generateDemo(_ request: DemoRequest, console: Console) throws -> ExitCode {
  try ReplacedFile.check(request.outputPath)
  let market = try readMarket(request.marketPath)
  let providers = market.providers(count: request.count, seed: request.seed)
  var text = ByteBuffer()
  for provider in providers { market.appendLine(provider, to: &text) }
  try write(text, to: request.outputPath)
  let services = providers.reduce(0) { $0 + $1.services.count }
  console.print("\(withoutControls(request.outputPath)): \(providers.count) providers, \(services) services")
  return .ok
}

/// Reads questions, judges them over the market, writes the labels.
func labelQuestions(_ path: String, _ request: DemoRequest, console: Console) throws -> ExitCode {
  try ReplacedFile.check(request.outputPath)
  let market = try readMarket(request.marketPath)
  let questions = try readQuestions(path)
  let labels: GoldenLabels
  do {
    let providers = market.providers(count: request.count, seed: request.seed)
    labels = try GoldenLabels(questions, market: market, providers: providers)
  } catch {
    throw CommandFailure(.badData, "the questions cannot be labelled", details: [withoutControls("\(error)")])
  }
  var text = ByteBuffer()
  labels.append(to: &text)
  try write(text, to: request.outputPath)
  console.print("\(withoutControls(request.outputPath)): \(labels.lines.count) questions")
  return .ok
}

private func readMarket(_ path: String) throws(CommandFailure) -> DemoMarket {
  do {
    return try DemoMarket(file: path)
  } catch {
    throw CommandFailure(.badData, "the demo market cannot be made", details: [withoutControls("\(error)")])
  }
}

private func readQuestions(_ path: String) throws(CommandFailure) -> [GoldenQuestion] {
  let input = try InputFile(path: path)
  var questions: [GoldenQuestion] = []
  var badLines = BadLines()
  var reader = NDJSONReader()
  func take(_ line: Result<JSONValue, FormatProblem>, _ number: Int) {
    do {
      questions.append(try GoldenQuestion(try line.get()))
    } catch let problem as FormatProblem {
      badLines.add(problem, line: number)
    } catch {
      badLines.add(FormatProblem("\(error)"), line: number)
    }
  }
  try input.readChunks { chunk in
    reader.read(chunk) { number, line in take(line, number) }
    return !badLines.areEnough
  }
  reader.finish { number, line in take(line, number) }
  guard badLines.count == 0 else {
    throw CommandFailure(.badData, "\(input.name) has bad lines; nothing was labelled", details: badLines.messages)
  }
  return questions
}

private func write(_ text: borrowing ByteBuffer, to path: String) throws(CommandFailure) {
  let output = try ReplacedFile(path: path)
  try output.write(text)
  try output.commit()
}
