import ChangeFeed
import PostgresClient
import Telemetry

/// How long files are kept that are there to go back to, or to be gone on with. Each has a slot, which holds the log.
public struct KeptFileLimits: Sendable, Hashable {
  public var seconds = IndexKeeperLimits.keptSeconds
  /// Written since the file's position.
  public var logBytes = IndexKeeperLimits.keptLogBytes

  public init() {}

  /// - Parameter heldLogBytes: nil where the file cannot say, because it is damaged: then time alone decides.
  func areReached(ageSeconds: Int, heldLogBytes: UInt64?) -> Bool {
    ageSeconds >= seconds || heldLogBytes.map { $0 >= logBytes } ?? false
  }
}

/// The files of an index that nobody serves.
struct KeptFiles {
  private let options: LiveIndexOptions
  private let folder: IndexFolder

  init(_ options: LiveIndexOptions, _ folder: IndexFolder) { (self.options, self.folder) = (options, folder) }

  /// Removes those that have reached their limits. Their slots are nobody's then.
  /// - Parameter position: how far the node has come.
  func giveUpOld(at position: UInt64) async throws {
    for path in [folder.previous, folder.unchecked] {
      guard let age = folder.ageSeconds(path, at: options.clock.now()) else { continue }
      let facts = await onThread(named: "index-look") { (try? IndexFileFacts.read(path: path)) ?? nil }
      let held = facts.map { position - min($0.position, position) }
      guard options.keptFiles.areReached(ageSeconds: age, heldLogBytes: held) else { continue }
      try folder.remove(path)
      options.logger.notice("an index that was kept to go back to is given up", ["file": .public(path)])
    }
  }
}
