import Configuration
import EventLoops

/// Opens the database that `serve` would use for what one command does, and closes it again.
func withStore<Result: Sendable>(
  _ settings: Settings, _ body: (Store) async throws -> Result
) async throws -> Result {
  do {
    let signals = try Signals(settings)
    let group = try EventLoopGroup(count: 1)
    let outcome: Swift.Result<Result, any Error>
    do {
      let store = try await Store.open(settings, group, signals)
      do {
        outcome = .success(try await body(store))
      } catch {
        outcome = .failure(error)
      }
      await store.close()
    } catch {
      outcome = .failure(error)
    }
    await group.shutdown()
    return try outcome.get()
  } catch {
    throw startFailure(error)
  }
}
