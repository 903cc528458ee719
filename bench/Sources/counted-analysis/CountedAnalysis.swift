// Text analysis with every allocation counted and every round timed: `counted-analysis FOLDER ROUNDS` reads the dictionaries of a folder and
// prints a line of JSON for each kind of text. Counting costs nothing where nothing is allocated.
import CAllocations
import Foundation
import MarketWorkload
import TextAnalysis
import TextIndex

struct AnalysisLine: Encodable {
  let kind: String
  let analyzer: String
  let texts: Int
  let meanBytes: Double
  let meanCharacters: Double
  /// Of the rounds, a text.
  let medianNanoseconds: Double
  let minimumNanoseconds: Double
  /// In all warm rounds.
  let allocations: UInt64
  let terms: Int
}

/// Texts of one kind.
struct TextKind {
  let name: String
  let purpose: AnalysisPurpose
  let texts: [String]

  /// Queries of 30 characters, as people type them.
  static let queries = TextKind(
    name: "query of 30 characters", purpose: .query,
    texts: [
      "صالون حلاقة رجالي في الصويفية ", "best nail salon in sweifieh am", "7ala2 rejali 3abdoun 2areeb mn",
      "مركز تجميل وعناية بالبشرة عبدو",
      "laser hair removal clinic abdo", "salon الصويفية manicure pedicu", "تنظيف منازل بالساعة في خلدا ال",
      "Waleed's Barbershop Jabal Amma",
      "دكتورة أسنان تقويم شفاف الجبيه", "مكياج عرايس تسريحات شعر الرابي", "house cleaning company near me",
      "حمّام مغربيّ للسيدات دابوق عما",
      "moroccan bath massage spa khal", "Café Beauté – Élégance lounge ", "قص شعر وصبغة وسشوار للسيدات عم",
      "keratin treatment hair salon s",
    ])

  /// What an index of the search benchmark's market is built of.
  static func documents(_ count: Int) -> TextKind {
    let market = Market(providerCount: count)
    let texts = (0..<count).flatMap { index in
      let provider = market.provider(at: index)
      return [provider.name.english, provider.name.arabic] + provider.services.flatMap { [$0.name.english, $0.name.arabic] }
    }
    return TextKind(name: "name or service of the market", purpose: .document, texts: texts)
  }

  /// Words that nobody has typed before: no cache helps.
  static let newWords = TextKind(
    name: "query of words never seen", purpose: .query,
    texts: (0..<40_000).map { index in
      let seed = String(index, radix: 26).map { Character(UnicodeScalar(97 + UInt8($0.hexDigitValue ?? 15))) }
      return "\(String(seed))ing al\(String(seed.reversed())) شارع\(index % 9)الم\(index)"
    })
}

@main
struct CountedAnalysis {
  static func main() throws {
    guard CommandLine.arguments.count == 3, let rounds = Int(CommandLine.arguments[2]), rounds > 0 else {
      print("usage: counted-analysis FOLDER ROUNDS")
      return
    }
    let before = qareeb_thread_allocations()
    var dictionaries = AnalysisDictionaries()
    for file in AnalysisDictionaries.File.allCases {
      let path = "\(CommandLine.arguments[1])/\(file.rawValue)"
      try dictionaries.add(file, [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
    }
    precondition(qareeb_thread_allocations() > before, "dictionaries were read and no allocation counted")
    let bilingual = BilingualAnalyzer(dictionaries)
    for kind in [TextKind.queries, .newWords, .documents(2_000)] {
      try measure(kind, "bilingual", bilingual.with(kind.purpose), rounds)
      try measure(kind, "simple", CaseFoldingSplitter(), rounds)
    }
  }

  private static func measure(_ kind: TextKind, _ name: String, _ analyzer: some TextAnalyzer, _ rounds: Int) throws {
    var tokens = TokenBuffer()
    var nanoseconds: [Double] = []
    let repeats = max(1, 2_000 / kind.texts.count)
    for _ in 0..<2 { analyzeAll(kind.texts, repeats, analyzer, &tokens) }
    nanoseconds.reserveCapacity(rounds)
    let before = qareeb_thread_allocations()
    var terms = 0
    for _ in 0..<rounds {
      let start = monotonicNanoseconds()
      terms = analyzeAll(kind.texts, repeats, analyzer, &tokens)
      nanoseconds.append(Double(monotonicNanoseconds() - start) / Double(repeats * kind.texts.count))
    }
    let allocations = qareeb_thread_allocations() - before
    nanoseconds.sort()
    let line = AnalysisLine(
      kind: kind.name, analyzer: name, texts: kind.texts.count,
      meanBytes: Double(kind.texts.reduce(0) { $0 + $1.utf8.count }) / Double(kind.texts.count),
      meanCharacters: Double(kind.texts.reduce(0) { $0 + $1.count }) / Double(kind.texts.count),
      medianNanoseconds: nanoseconds[rounds / 2], minimumNanoseconds: nanoseconds[0], allocations: allocations, terms: terms)
    print(String(decoding: try JSONEncoder().encode(line), as: UTF8.self))
  }

  @inline(never) @discardableResult
  private static func analyzeAll(
    _ texts: [String], _ repeats: Int, _ analyzer: some TextAnalyzer, _ tokens: inout TokenBuffer
  ) -> Int {
    var terms = 0
    for _ in 0..<repeats {
      for text in texts {
        tokens.removeAll()
        analyzer.analyze(text, into: &tokens)
        terms += tokens.alternatives.count
      }
    }
    return terms / repeats
  }

  private static func monotonicNanoseconds() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
