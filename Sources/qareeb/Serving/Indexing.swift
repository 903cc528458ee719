import ChangeFeed
import Configuration
import FoundationEssentials
import Glibc
import IndexKeeper
import PostgresClient
import Telemetry
import TextAnalysis

func analysisFolder(_ settings: Settings) -> String { "\(settings.data.assets)/analysis" }

/// The index of the process, made and kept in the background.
func startIndex(
  _ settings: Settings, _ store: Store, _ signals: Signals, _ analyzer: BilingualAnalyzer, showing editions: ShownEditions
) throws -> LiveIndex {
  var options = try indexOptions(settings, store, analyzer)
  options.shown = { editions.take($0) }
  options.logger = signals.logger("index")
  options.metrics = signals.metrics
  return try LiveIndex(options)
}

/// What the node's index is made of and where it is kept: the same for the process that serves and for commands that work on it.
func indexOptions(_ settings: Settings, _ store: Store, _ analyzer: BilingualAnalyzer) throws -> LiveIndexOptions {
  var options = LiveIndexOptions(target: store.database.configuration.target, analyzer: analyzer)
  options.analyzerFingerprint = analysisFingerprint(analysisFolder(settings))
  try FileManager.default.createDirectory(atPath: settings.data.directory, withIntermediateDirectories: true)
  options.filePath = indexFilePath(settings)
  options.saveIntervalMilliseconds = UInt64(settings.index.saveInterval.wholeMilliseconds)
  options.slotPrefix = slotPrefix(settings.data.directory)
  options.threads = ProcessInfo.processInfo.activeProcessorCount
  return options
}

/// Where a node keeps its index between runs.
func indexFilePath(_ settings: Settings) -> String { "\(settings.data.directory)/index.qidx" }

/// One for each node: a machine's name and a folder on it. Cut to eight digits, for a slot's name has at most 63 letters.
func slotPrefix(_ directory: String) -> String {
  var name = [CChar](repeating: 0, count: 256)
  let host =
    gethostname(&name, name.count - 1) == 0
    ? String(decoding: name.map(UInt8.init(bitPattern:)).prefix { $0 != 0 }, as: UTF8.self) : ""
  let path = URL(filePath: directory).standardizedFileURL.path
  let digits = String(FNV.hash("\(host) \(path)".utf8) & 0xffff_ffff, radix: 16)
  return "qareeb_index_" + digits
}

/// FNV-1a: chance must not repeat it, nobody attacks it.
private enum FNV {
  static func hash(_ bytes: some Sequence<UInt8>, from start: UInt64 = 0xcbf2_9ce4_8422_2325) -> UInt64 {
    bytes.reduce(start) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

/// Says which words the analysers make: the dictionaries' bytes and the build.
func analysisFingerprint(_ folder: String) -> String {
  let hash = AnalysisDictionaries.File.allCases.reduce(FNV.hash([])) { hash, file in
    FNV.hash([0xff], from: FNV.hash(FileManager.default.contents(atPath: "\(folder)/\(file.rawValue)") ?? Data(), from: hash))
  }
  return "\(Version.current) \(Version.commit) \(String(hash, radix: 16))"
}

extension LiveIndexPhase {
  /// For people and dashboards.
  var name: String {
    switch self {
    case .starting: "starting"
    case .hydrating: "hydrating"
    case .following: "following"
    case .failing: "failing"
    case .stopped: "stopped"
    }
  }
}
