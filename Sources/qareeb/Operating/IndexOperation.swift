import Configuration
import EventLoops
import IndexKeeper
import PostgresClient
import Terminal

/// Runs a command's work on the database that `serve` would use, on a loop of its own, and tells failures in words.
func withStore(
  _ settings: Settings, _ body: @escaping @Sendable (Store, EventLoop) async throws -> ExitCode
) async throws -> ExitCode {
  do {
    let group = try EventLoopGroup(count: 1)
    let loop = group.loops[0]
    let outcome: Result<ExitCode, any Error>
    do {
      let store = try await Store.open(settings, group, try Signals(settings.quiet))
      do {
        outcome = .success(try await loop.run { try await body(store, loop) })
      } catch {
        outcome = .failure(error)
      }
      await store.close()
    } catch {
      outcome = .failure(error)
    }
    await group.shutdown()
    return try outcome.get()
  } catch let error as IndexOperationError {
    throw error.failure
  } catch {
    throw startFailure(error)
  }
}

extension Settings {
  /// Commands tell people themselves what they do; only what is wrong is logged beside it.
  fileprivate var quiet: Settings {
    var settings = self
    if [.trace, .debug, .info, .notice].contains(settings.log.level) { settings.log.level = .warning }
    return settings
  }
}

extension IndexOperationError {
  var failure: CommandFailure {
    switch self {
    case .noIndex:
      CommandFailure(.unavailable, description, details: ["\"qareeb serve\" makes one when it starts."])
    case .unusable: CommandFailure(.badData, description, details: ["The next start of the node reads the database instead."])
    case .file: CommandFailure(.inputOutput, "a file of the index cannot be used", details: [description])
    case .nodeIsSilent:
      CommandFailure(.temporary, description, details: ["Is it another node's slot, or very busy? --timeout waits longer."])
    case .slotGone:
      CommandFailure(.unavailable, description, details: ["\"qareeb reindex\" makes an index with a slot of its own."])
    case .busy: CommandFailure(.temporary, description)
    case .isWaiting:
      CommandFailure(
        .temporary, description, details: ["Start the node, or withdraw the index with \"qareeb reindex --rollback\"."])
    case .nothingToReturnTo:
      CommandFailure(.failure, description, details: ["What was served before is kept for a day after a reindex, and no longer."])
    case .checkFailed(let reasons):
      CommandFailure(.differences, "the index that was made is not right, and was not published", details: reasons)
    case .refused, .notTakenUp: CommandFailure(.temporary, description)
    }
  }
}
