import DemoMarkets
import Terminal

/// What the commands of `qareeb demo` make, and of what.
struct DemoRequest {
  let marketPath: String
  let count: Int
  let seed: UInt64
  let outputPath: String
}

/// `qareeb demo`. Rules: works on files alone; the same words, seed and count give the same bytes on every machine.
enum DemoCommand {
  private static let standardMarket = "data/demo/amman.json"

  private static let market = Option(
    "market", .file, placeholder: "FILE", "Words to make the market of; \(standardMarket) without it.")
  private static let seed = Option(
    "seed", .integer(0...Int.max), placeholder: "N", "Another seed is another market; \(DemoMarket.standardSeed) without it.")
  private static let providers = Option(
    "providers", .integer(1...1_000_000), placeholder: "N",
    "How many; \(DemoMarket.standardCount) without it. More do not change the first ones.")
  private static let out = Option("out", .file, placeholder: "FILE", "File to write; one that is there is replaced.")
  private static let questions = Option(
    "questions", .file, placeholder: "FILE", "Queries with what they mean, one JSON object a line (data/golden/README.md).")

  static let command = Command(
    "demo",
    summary: "make the demo market as files",
    discussion: """
      The market that "qareeb serve" shows in its private cluster, for indexes, tests and experiments: made of the words of a file and a seed, the same to the byte wherever it is made.
      """,
    examples: [
      .init("qareeb demo generate --out providers.ndjson", "The providers, as \"qareeb index build\" reads them."),
      .init(
        "qareeb demo label --questions data/golden/questions.ndjson --out data/golden/labels.ndjson",
        "Who answers which question."),
    ],
    subcommands: [generate, label])

  private static let generate = Command(
    "generate",
    summary: "write the providers, one JSON object a line",
    discussion: """
      In the format of "qareeb index build", with the provider's number, neighbourhood, hours and kinds of services besides.
      """,
    options: [market, seed, providers, out],
    examples: [.init("qareeb demo generate --seed 7 --providers 5000 --out providers.ndjson", "Another, larger market.")],
    exitCodes: [.badData, .inputOutput, .noPermission],
    action: { invocation, console in
      guard let output = invocation[out] else { throw CommandFailure(.usage, "--out FILE is missing") }
      return try generateDemo(request(invocation, output), console: console)
    })

  private static let label = Command(
    "label",
    summary: "write who answers which question",
    discussion: """
      Judges questions by what the market's providers were made of, never by comparing texts: whose name, which services, which neighbourhood. The labels name providers by their numbers, from 0, in the order of "qareeb demo generate".
      """,
    options: [market, seed, providers, questions, out],
    examples: [
      .init(
        "qareeb demo label --questions data/golden/questions.ndjson --out data/golden/labels.ndjson",
        "After changing words or questions.")
    ],
    exitCodes: [.badData, .inputOutput, .noPermission],
    action: { invocation, console in
      guard let input = invocation[questions] else { throw CommandFailure(.usage, "--questions FILE is missing") }
      guard let output = invocation[out] else { throw CommandFailure(.usage, "--out FILE is missing") }
      return try labelQuestions(input, request(invocation, output), console: console)
    })

  private static func request(_ invocation: Invocation, _ output: String) -> DemoRequest {
    DemoRequest(
      marketPath: invocation[market] ?? standardMarket, count: invocation[providers] ?? DemoMarket.standardCount,
      seed: invocation[seed].map(UInt64.init) ?? DemoMarket.standardSeed, outputPath: output)
  }
}
