import BenchKit
import MarketWorkload

/// Qareeb's own engine among the contestants: the one place where the benchmark meets `ProviderIndex`.
enum QareebSearch {
  /// Builds the index of a market.
  static func build(_ market: Market) throws -> any SearchContestant {
    throw BenchError("this build has no provider index to measure; --without-qareeb --peers measures the peers alone")
  }
}
