public import ChangeFeed
import Dispatch
public import PostgresClient
public import Telemetry
public import TextIndex

/// What a live index needs to know.
public struct LiveIndexOptions: Sendable {
  public var target: ConnectionTarget
  public var analyzer: any TextAnalyzer
  /// Says which words the analyser makes (its dictionaries and version): a file made with another one is not used.
  public var analyzerFingerprint = ""
  /// Each hydration makes a slot of this name and a random end, and drops those of earlier ones that nobody streams from: so every
  /// node needs a name of its own.
  public var slotPrefix = "qareeb_index"
  public var publication = "qareeb"
  /// Where the index is kept between runs; nil hydrates anew at every start.
  public var filePath: String?
  /// How long changes may be in the log alone before the file is written again. The server keeps the log that long.
  public var saveIntervalMilliseconds: UInt64 = 300_000
  /// A new index is shown once it has everything that was committed before it began to follow the log; or, where that takes longer, with
  /// what it has after so long.
  public var catchUpMilliseconds: UInt64 = 10_000
  /// When files are given up that are kept to go back to, or to be gone on with.
  public var keptFiles = KeptFileLimits()
  /// Between two looks for files and slots that nobody will use again.
  public var sweepIntervalMilliseconds = IndexKeeperLimits.sweepMilliseconds
  /// The names of services that are shown are made anew at most so often; and once where they go on changing.
  public var serviceNamesIntervalMilliseconds: UInt64 = 5_000
  /// Is called on the keeper's loop for each state that is posted, before those who wait for its position are told. It must not wait.
  public var shown: @Sendable (ShownState) -> Void = { _ in }
  /// Where the rules of time zones are: the tz database, compiled.
  public var zoneFolder = "/usr/share/zoneinfo"
  /// How many threads make documents and calendars at a start; the result does not depend on it.
  public var threads = 1
  public var backOff = BackOff(baseMilliseconds: 200, maximumMilliseconds: 10_000)
  public var random: RandomSource = systemRandomSource
  public var clock = FeedClock.system
  public var logger = Logger.disabled
  public var metrics: MetricsRegistry?

  public init(target: ConnectionTarget, analyzer: any TextAnalyzer) {
    self.target = target
    self.analyzer = analyzer
  }

  /// Those threads, where something is shared among them.
  var crew: Crew { Crew(size: threads) { DispatchQueue.concurrentPerform(iterations: $0, execute: $1) } }
}
