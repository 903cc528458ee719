import MarketWorkload

/// An engine in this process, as the search benchmark sees it.
protocol SearchContestant: Sendable {
  var engine: String { get }
  var classes: [QueryClass] { get }
  var figures: BuildFigures { get }
  /// One a thread that searches: what it holds is that thread's scratch space.
  func makeReader() -> any SearchReader
  /// Called by one thread at a time, while readers read.
  func apply(_ update: AvailabilityUpdate)
}

protocol SearchReader: AnyObject {
  /// Before the clock starts: the engine's own values for these queries. Text stays text; its analysis is part of an answer.
  func prepare(_ queries: [GeneratedQuery]) throws
  /// Answers one of them into an empty answer.
  func answer(_ index: Int, into answer: inout SearchAnswer) throws
}

/// What building an index cost.
struct BuildFigures {
  var seconds: Double
  /// Beside texts and calendars.
  var bytesPerProvider: Double
}

struct SearchAnswer {
  struct Hit {
    var providerIndex: Int
    var score: Double
  }

  var hits: [Hit] = []
  var total = 0

  mutating func empty() {
    hits.removeAll(keepingCapacity: true)
    total = 0
  }
}
