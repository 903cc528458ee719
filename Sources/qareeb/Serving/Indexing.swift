import ChangeFeed
import Configuration
import FoundationEssentials
import IndexKeeper
import PostgresClient
import Telemetry
import TextAnalysis

/// The index of the process, made and kept in the background.
func startIndex(_ settings: Settings, _ store: Store, _ signals: Signals) throws -> LiveIndex {
  let folder = "\(settings.data.assets)/analysis"
  let analyzer = BilingualAnalyzer(try AnalysisFolder.read(folder))
  var options = LiveIndexOptions(target: store.database.configuration.target, analyzer: analyzer)
  options.analyzerFingerprint = analysisFingerprint(folder)
  try FileManager.default.createDirectory(atPath: settings.data.directory, withIntermediateDirectories: true)
  options.filePath = "\(settings.data.directory)/index.qidx"
  options.logger = signals.logger("index")
  options.metrics = signals.metrics
  return try LiveIndex(options)
}

/// Says which words the analysers make: the dictionaries' bytes and the build. FNV-1a: chance must not repeat it, nobody attacks it.
private func analysisFingerprint(_ folder: String) -> String {
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for file in AnalysisDictionaries.File.allCases {
    for byte in FileManager.default.contents(atPath: "\(folder)/\(file.rawValue)") ?? Data() {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    hash = (hash ^ 0xff) &* 0x100_0000_01b3
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
