import IndexFormats
import Terminal

/// What `qareeb index build` is asked to do.
struct IndexBuildRequest {
  let inputPath: String
  let outputPath: String
  let skipsBadLines: Bool
  let currency: Currency?
  let analysis: AnalysisKind
  let dictionariesPath: String?
  /// Nil for as many as the machine runs at once.
  let threads: Int?
}

/// What `qareeb index query` is asked to do.
struct IndexQueryRequest {
  let indexPath: String
  let queriesPath: String
  let profilesPath: String?
  let repeats: Int
  let answersJSON: Bool
  let skipsBadLines: Bool
  let dictionariesPath: String?
}

/// `qareeb index`. Rules: works on files alone, without a database or a server; the work is in `BuildIndex.swift` and `QueryIndex.swift`.
enum IndexCommand {
  private static let from = Option(
    "from", .file, placeholder: "FILE", "Providers, one JSON object a line; \"-\" is standard input.")
  private static let out = Option("out", .file, placeholder: "FILE", "Index file to write; one that is there is replaced.")
  private static let currency = Option(
    "currency", .currency, placeholder: "CODE", "Currency of all prices; without it the first in the file decides (JOD for none)."
  )
  private static let skipBad = Flag("skip-bad", "Leave bad lines out, and say how many there were, instead of failing.")

  private static let threads = Option(
    "threads", .integer(1...256), placeholder: "N",
    "Threads that read and analyse; without it as many as the machine runs at once. The file is the same for any number.")

  private static let index = Option("index", .file, placeholder: "FILE", "Index file to search.")
  private static let queries = Option(
    "queries", .file, placeholder: "FILE", "Queries, one JSON object a line; \"-\" is standard input.")
  private static let repeats = Option(
    "repeat", .integer(1...100_000), placeholder: "N", "Run all queries so many times, for steadier figures.")
  private static let json = Flag("json", "Print one JSON object for each query, and one for the summary.")
  private static let profiles = Option(
    "profiles", .folder, placeholder: "DIR", "Folder of ranking profiles; \(ProfileFolder.standardPath) without it.")

  private static let analysis = Option<AnalysisKind>(
    "analysis", .choice, placeholder: "KIND",
    "How texts become words: bilingual, or simple (lower case and splitting, to compare with); bilingual without it.")
  private static let dictionaries = Option(
    "dictionaries", .folder, placeholder: "DIR",
    "Folder of dictionaries for bilingual analysis; \(AnalysisFolder.standardPath) without it. Build and query with the same.")

  static let command = Command(
    "index",
    summary: "build and search provider indexes kept in files",
    discussion: """
      An index is built from a file of providers and searched with a file of queries, without a database: to try a ranking profile, to check data before it is loaded, to measure.
      Ranking profiles are described in data/ranking/README.md, dictionaries in data/analysis/README.md.
      """,
    examples: [
      .init("qareeb index build --from providers.ndjson --out amman.qidx", "Build an index."),
      .init("qareeb index query --index amman.qidx --queries queries.ndjson", "Search it."),
    ],
    subcommands: [build, query])

  private static let build = Command(
    "build",
    summary: "make an index file of providers",
    discussion: """
      A line is {"id":"…","name":{"en":"…","ar":"…"},"category":"salon","services":[{"name":{"en":"…"},"price":"8.000","currency":"JOD","duration_min":40}],"lat":31.95,"lon":35.91,"rating":4.6,"rating_count":120,"verified":true,"tier":"gold","tags":["parking"],"availability":0.4,"service_areas":[{"lat":31.95,"lon":35.91,"radius_m":5000}]}. Only id, lat and lon must be there; category_name and area, in both languages like name, are searched too; other members are ignored.
      A bad line is named with what is wrong, and nothing is written. The file is written beside its place and put there when it is complete.
      """,
    options: [from, out, currency, analysis, dictionaries, threads, skipBad],
    examples: [
      .init("qareeb index build --from providers.ndjson --out amman.qidx", "Every line must be right."),
      .init(
        "zcat providers.ndjson.gz | qareeb index build --from - --out amman.qidx --skip-bad", "From a pipe, without bad lines."),
    ],
    exitCodes: [.badData, .inputOutput, .noPermission],
    action: { invocation, console in
      guard let input = invocation[from] else { throw CommandFailure(.usage, "--from FILE is missing") }
      guard let output = invocation[out] else { throw CommandFailure(.usage, "--out FILE is missing") }
      return try buildIndex(
        IndexBuildRequest(
          inputPath: input, outputPath: output, skipsBadLines: invocation[skipBad], currency: invocation[currency],
          analysis: invocation[analysis] ?? .bilingual, dictionariesPath: invocation[dictionaries], threads: invocation[threads]),
        console: console)
    })

  private static let query = Command(
    "query",
    summary: "search an index file",
    discussion: """
      A line is {"id":"…","lat":31.95,"lon":35.91,"radius_m":10000,"q":"…","prefix":false,"category":["salon"],"price_max":"50.000","rating_min":4,"verified":true,"profile":"default","sort":"relevance","limit":20,"facets":["category"]}. Only lat, lon and radius_m must be there. Also understood: price_min, tag, tier, serves_me, provider_ids, typos (true or false, instead of what the profile says), and the cursor of a result, for its next page.
      A result with words names the level that answered: exact, stem, synonym, phonetic or typo. The profile says how far a search goes; "text" orders by words alone.
      Each query is answered with its hits and the microseconds that the search took (with --repeat, the median of its runs); a summary of all follows: the 50th and 99th percentile, and queries a second on this one thread.
      """,
    options: [index, queries, repeats, json, profiles, dictionaries, skipBad],
    examples: [
      .init("qareeb index query --index amman.qidx --queries queries.ndjson", "As tables."),
      .init(
        "qareeb index query --index amman.qidx --queries queries.ndjson --repeat 100 --json | tail -n 1", "Only the figures."),
    ],
    exitCodes: [.badData, .inputOutput, .noPermission],
    action: { invocation, console in
      guard let indexPath = invocation[index] else { throw CommandFailure(.usage, "--index FILE is missing") }
      guard let queriesPath = invocation[queries] else { throw CommandFailure(.usage, "--queries FILE is missing") }
      return try queryIndex(
        IndexQueryRequest(
          indexPath: indexPath, queriesPath: queriesPath, profilesPath: invocation[profiles], repeats: invocation[repeats] ?? 1,
          answersJSON: invocation[json], skipsBadLines: invocation[skipBad], dictionariesPath: invocation[dictionaries]),
        console: console)
    })
}

extension ArgumentFormat where Value == Currency {
  fileprivate static var currency: ArgumentFormat {
    ArgumentFormat(
      allowed: "the code of a currency, such as JOD",
      parse: { (text: String) throws(InvalidArgument) -> Currency in
        do throws(FormatProblem) {
          return try Currency(code: text)
        } catch {
          throw InvalidArgument("is not the code of a currency in use (ISO 4217)")
        }
      })
  }
}
