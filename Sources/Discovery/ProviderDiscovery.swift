import EventLoops
import Geometry
// Discovery: finding providers. Searches, suggestions and providers' pages are answered straight from memory, on the loop that read the
// request: an edition (index, what is shown of each provider, names) is put on a board by whoever keeps the index, and each loop reads
// the newest. Nothing here waits, but for `min_position`.
import HTTPServer
public import Ranking
public import TextIndex
import WebAPI

/// Answers who is near, fits and is free, on the loops of one server.
public final class ProviderDiscovery: Sendable {
  public let board: EditionBoard
  let configuration: DiscoveryConfiguration
  let cursors: SearchCursors
  let state: IndexState
  let listeners: StreamListeners
  private let desks: SearchDesks

  /// - Parameter state: of the index whose editions are on the board.
  public init(_ board: EditionBoard, _ state: IndexState, _ configuration: DiscoveryConfiguration) throws {
    self.board = board
    self.state = state
    listeners = StreamListeners(atMost: configuration.streamListeners)
    self.configuration = configuration
    cursors = SearchCursors(key: configuration.cursorKey)
    anywhere = try GeoCircle(centre: GeoPoint(latitude: 0, longitude: 0), radiusMetres: Earth.longestRadiusMetres)
    desks = SearchDesks(board, anywhere: anywhere)
  }

  /// The whole earth.
  let anywhere: GeoCircle

  func desk(of call: Call) -> SearchDesk { desk(of: call.request.loop) }
  func desk(of loop: EventLoop) -> SearchDesk { desks.desk(of: loop) }
}

/// What differs between markets, machines and tests.
public struct DiscoveryConfiguration: Sendable {
  public var profiles: SearchProfiles
  /// Analysers of what is asked, of what is being typed, and of what is shown; all of the index's dictionaries.
  public var queries: any TextAnalyzer
  public var typing: any TextAnalyzer
  public var highlighting: any TextAnalyzer
  /// What cursors are signed with: the same on all nodes that answer for one another.
  public var cursorKey: [UInt8]
  /// How long `min_position` is waited for.
  public var positionWaitMilliseconds: UInt64
  /// How many may listen at a time for the index to move.
  public var streamListeners: Int

  public init(
    profiles: SearchProfiles, queries: any TextAnalyzer, typing: any TextAnalyzer, highlighting: any TextAnalyzer,
    cursorKey: [UInt8],
    positionWaitMilliseconds: UInt64 = 2_000, streamListeners: Int = DiscoveryLimits.streamListeners
  ) {
    self.profiles = profiles
    self.queries = queries
    self.typing = typing
    self.highlighting = highlighting
    self.cursorKey = cursorKey
    self.positionWaitMilliseconds = positionWaitMilliseconds
    self.streamListeners = streamListeners
  }
}

/// The ranking profiles that can be asked for.
public struct SearchProfiles: Sendable {
  private var rules: [String: RankingRules]
  private let plain: RankingRules
  private let forWords: RankingRules

  /// - Parameters:
  ///   - plain: the name of what ranks a search that names no profile.
  ///   - forWords: the same for searches with words; `plain` where there is no profile of that name.
  public init(_ rules: [String: RankingRules], plain: String = "default", forWords: String = "words") {
    self.rules = rules
    self.plain = rules[plain] ?? RankingProfile.default.rules
    self.forWords = rules[forWords] ?? self.plain
    if self.rules[plain] == nil { self.rules[plain] = self.plain }
  }

  public var names: [String] { rules.keys.sorted() }

  subscript(_ name: String) -> RankingRules? { rules[name] }

  func standard(forWords hasWords: Bool) -> RankingRules { hasWords ? forWords : plain }
}
