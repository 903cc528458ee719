import BenchKit
import Foundation
import IndexFormats
import TextAnalysis
import TextIndex

/// How well queries find who is meant, by class, beside plain splitting and Lucene's analyzers.
struct RelevanceBenchmark: Benchmark {
  static let name = "relevance"
  static let summary = "recall, precision, MRR and NDCG of the labelled queries, beside plain splitting and Lucene"
  static let options = """
      --profiles DIR     ranking profiles (data/ranking)
      --profile NAME     the one to rank by (text)
      --without-lucene   our engine alone
      --misses           also lists each query of which something is missing: what was found, what was wanted
      --class NAME       lists the misses of this class alone
      --check            fail if a goal is missed
      --json FILE        also writes every figure
    """

  static func run(_ arguments: inout Arguments, _ environment: BenchEnvironment) throws {
    let project = URL(fileURLWithPath: environment.folder).deletingLastPathComponent().path
    let profilesPath = try arguments.text("--profiles") ?? "\(project)/data/ranking"
    let profile = try arguments.text("--profile") ?? "text"
    let withLucene = !arguments.flag("--without-lucene")
    let onlyClass = try arguments.text("--class")
    let listsMisses = arguments.flag("--misses") || onlyClass != nil
    let mustMeetGoals = arguments.flag("--check")
    let json = try arguments.text("--json")
    try arguments.finish()

    let data = try RelevanceData(project: project)
    let ours = QareebRelevance(data: data, profiles: try profiles(profilesPath), profile: profile)
    let analyzer = BilingualAnalyzer(try dictionaries("\(project)/data/analysis"))
    let qareeb = try ours.answers("qareeb", documents: analyzer, queries: analyzer.with(.query), allowsTypos: true)
    let splitter = CaseFoldingSplitter()
    let splitting = try ours.answers("splitting", documents: splitter, queries: splitter, allowsTypos: false)
    let lucene = withLucene ? try LuceneRelevance.answers(data, environment) : []
    let report = RelevanceReport(
      provenance: try Provenance(date: environment.date, command: environment.command, folder: environment.folder), data: data,
      profile: profile, qareeb: qareeb, splitting: splitting, lucene: lucene)
    print(report.text, terminator: "")
    if listsMisses { print(RelevanceMisses(data: data, answers: qareeb, onlyClass: onlyClass).text, terminator: "") }
    if let json { try ResultFile.write(report, to: json) }
    if mustMeetGoals, report.goals.contains(where: { !$0.isMet }) { throw BenchError("goals are missed, see above") }
  }

  private static func dictionaries(_ folder: String) throws -> AnalysisDictionaries {
    var dictionaries = AnalysisDictionaries()
    for file in AnalysisDictionaries.File.allCases {
      guard let content = FileManager.default.contents(atPath: "\(folder)/\(file.rawValue)") else {
        throw BenchError("cannot read \(folder)/\(file.rawValue)")
      }
      try dictionaries.add(file, [UInt8](content))
    }
    return dictionaries
  }

  private static func profiles(_ folder: String) throws -> RankingProfiles {
    var profiles = RankingProfiles()
    for file in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where file.hasSuffix(".json") {
      guard let content = FileManager.default.contents(atPath: "\(folder)/\(file)") else {
        throw BenchError("cannot read \(folder)/\(file)")
      }
      do {
        profiles.add(try ProfileFile.profile([UInt8](content), name: file.replacing(".json", with: "")))
      } catch {
        throw BenchError("\(folder)/\(file), \(error)")
      }
    }
    return profiles
  }
}
