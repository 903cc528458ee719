import Configuration
import Glibc
import IndexKeeper
import PostgresClient
import Terminal

/// The node's index file, as it lies there.
struct IndexFileState {
  enum State {
    case absent
    case readable(IndexFileFacts, ageSeconds: Int, isOfThisBuild: Bool)
    case unreadable(String)
  }

  let path: String
  let state: State
  let byteCount: Int

  init(_ settings: Settings) {
    path = indexFilePath(settings)
    var status = stat()
    byteCount = stat(path, &status) == 0 ? Int(status.st_size) : 0
    do {
      guard let facts = try IndexFileFacts.read(path: path) else {
        state = .absent
        return
      }
      let age = max(0, Int(HostChecks.now() / 1_000_000) - status.st_mtim.tv_sec)
      let fingerprint = analysisFingerprint("\(settings.data.assets)/analysis")
      state = .readable(facts, ageSeconds: age, isOfThisBuild: facts.fingerprint == fingerprint)
    } catch {
      state = .unreadable("\(error)")
    }
  }

  var finding: Finding {
    switch state {
    case .absent:
      return .ok("index file", "\(path): none yet; it is written within minutes of the first start")
    case .unreadable(let reason):
      return .warning(
        "index file", "\(path): \(reason)",
        do: "Nothing has to be done: the next start reads the database instead and writes the file anew.")
    case .readable(let facts, let age, let isOfThisBuild):
      let message = """
        \(path): \(groupedText(facts.providers)) providers, \(bytesText(facts.byteCount)), position \(LogPosition.text(facts.position)), \
        written \(Self.text(seconds: age)) ago
        """
      let figures = [
        Finding.Figure(name: "providers", value: facts.providers), Finding.Figure(name: "bytes", value: facts.byteCount),
        Finding.Figure(name: "written_seconds_ago", value: age),
      ]
      guard isOfThisBuild else {
        return .warning(
          "index file", message + "; by another build or with other dictionaries",
          do: "The next start reads the database instead, which takes longer; \"qareeb reindex\" makes the file before.", figures)
      }
      return .ok("index file", message, figures)
    }
  }

  private static func text(seconds: Int) -> String {
    switch seconds {
    case ..<120: "\(seconds) s"
    case ..<7_200: "\(seconds / 60) min"
    case ..<172_800: "\(seconds / 3_600) h"
    default: "\(seconds / 86_400) days"
    }
  }
}
