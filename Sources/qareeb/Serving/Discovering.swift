import Configuration
import Cryptography
import Discovery
import IndexFormats
import IndexKeeper
import Ranking
import TextAnalysis

/// Discovery, wired: the profiles of the assets' folder, and the editions of the live index.
func discovery(
  _ settings: Settings, _ analyzer: BilingualAnalyzer, _ editions: ShownEditions, of index: LiveIndex
) throws -> ProviderDiscovery {
  try ProviderDiscovery(
    editions.board, IndexState(index),
    DiscoveryConfiguration(
      profiles: try searchProfiles(settings), queries: analyzer.with(.query), typing: analyzer.with(.typing),
      highlighting: analyzer.with(.highlighting), cursorKey: cursorKey(settings),
      positionWaitMilliseconds: UInt64(settings.limits.positionWait.wholeMilliseconds),
      streamListeners: settings.limits.streamListeners))
}

private func searchProfiles(_ settings: Settings) throws -> SearchProfiles {
  let profiles = try ProfileFolder.read("\(settings.data.assets)/ranking")
  var rules: [String: RankingRules] = [:]
  for name in profiles.names { rules[name] = try profiles.profile(named: name).rules }
  return SearchProfiles(rules)
}

/// One that nobody else knows, where none is set: cursors then end with the process.
private func cursorKey(_ settings: Settings) -> [UInt8] {
  settings.search.cursorSecret.map { Array($0.utf8) } ?? SecureRandom.bytes(32)
}

extension IndexState {
  fileprivate init(_ index: LiveIndex) {
    self.init(
      ageMilliseconds: { index.ageMilliseconds.map { Int(clamping: $0) } },
      building: {
        let phase = index.status.phase
        guard case .hydrating(let progress) = phase else { return IndexBuilding(phase: phase.name) }
        return IndexBuilding(phase: phase.name, rows: progress.rows, expectedRows: progress.estimate)
      })
  }
}
