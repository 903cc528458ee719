import EventLoops
import Foundation
import PostgresClient
import TestSupport

@testable import IndexKeeper

/// Runs a rebuild on a loop of its own.
func rebuild(
  _ options: LiveIndexOptions, _ plan: RebuildPlan = RebuildPlan(), rollsBack: Bool = false,
  _ configure: (inout IndexRebuild) -> Void = { _ in }
) async throws -> RebuildReport {
  let group = try EventLoopGroup(count: 1, name: "rebuild")
  let loop = group.loops[0]
  var rebuild = IndexRebuild(options, plan)
  configure(&rebuild)
  let result: Result<RebuildReport, any Error>
  do {
    result = .success(
      try await loop.run { [rebuild] in try await rollsBack ? rebuild.rollBack(on: loop) : rebuild.run(on: loop) })
  } catch {
    result = .failure(error)
  }
  await group.shutdown()
  return try result.get()
}

/// A market, and a folder with its index.
struct RebuiltMarket {
  let market: KeptMarket
  let folder: TemporaryFolder
  var options: LiveIndexOptions

  init(_ market: KeptMarket) throws {
    self.market = market
    folder = try TemporaryFolder()
    var options = market.options()
    options.filePath = folder.url.appending(path: "index.qidx").path
    self.options = options
  }

  var files: Set<String> { Set((try? FileManager.default.contentsOfDirectory(atPath: folder.url.path)) ?? []) }

  func slots() async throws -> Int {
    try await market.database.query("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()").only()[0]
  }

  func logged(_ words: String) -> Int { market.logged.count { $0.contains(words) } }
}
