import PostgresClient
import TestSupport
import Testing

/// Writes without pause; now and then it asks at once for what it has written.
struct ChaosWriter {
  enum Outcome { case nothing, committed, readBack }

  private let market: ChaosMarket
  private var asker: Asker
  private var statements: RandomStatements
  private var pair: OwnedPair
  /// Where the pair's newest version was committed, until it has been seen. In whichever life of the server, it must be there.
  private var unseenSince: String?
  /// Transactions since something was last seen, or a server began its life. One that is away for a while shall have something to catch
  /// up with, and not so much that nothing else happens.
  private var unseen = (life: 0, count: 0)
  private static let mostUnseen = 25

  init(_ number: Int, _ market: ChaosMarket, _ server: MortalServer, seed: UInt64) {
    self.market = market
    asker = Asker(server)
    statements = RandomStatements(seed: seed)
    pair = OwnedPair(number)
  }

  mutating func write() async throws -> Outcome {
    do {
      if let unseenSince {
        if try await readBack(unseenSince) { return .readBack }
        if asker.server.lives != unseen.life { unseen = (asker.server.lives, 0) }
        if unseen.count >= Self.mostUnseen {
          try await Task.sleep(for: .milliseconds(5))
          return .nothing
        }
      }
      unseen.count += 1
      let isDue = unseenSince == nil && (unseen.count >= Self.mostUnseen || statements.number(0..<4) == 0)
      return isDue ? try await writePair() : try await writeAnything()
    } catch let error as PostgresError where error.isOfAnOutage {
      // Again in a moment, so that two cores have time to start a database.
      try await Task.sleep(for: .milliseconds(5))
      return .nothing
    }
  }

  // MARK: Anything

  private struct RolledBack: Error {}

  /// One to four statements; parts of it, or all, are rolled back.
  private mutating func writeAnything() async throws -> Outcome {
    let kept = (0..<statements.number(1..<5)).map { _ in statements.next() }
    let undone = statements.number(0..<5) == 0 ? statements.next() : nil
    let isRolledBack = statements.number(0..<10) == 0
    do {
      try await market.database.transaction { transaction in
        if let undone {
          do {
            try await transaction.savepoint { part in
              _ = try await part.query(PreparedQuery(adHoc: undone))
              throw RolledBack()
            }
          } catch is RolledBack {
            // As wanted.
          }
        }
        for statement in kept { _ = try await transaction.query(PreparedQuery(adHoc: statement)) }
        if isRolledBack { throw RolledBack() }
      }
      return .committed
    } catch is RolledBack {
      return .nothing
    } catch let error as PostgresError where error.sqlState?.category == .constraint || error.isConflict {
      // Two writers met, such as a service moved to a provider that was just removed. Nothing happened then.
      return .nothing
    }
  }

  // MARK: The pair

  private mutating func writePair() async throws -> Outcome {
    let changes = pair.next()
    do {
      try await market.database.transaction { transaction in
        for change in changes { _ = try await transaction.query(PreparedQuery(adHoc: change)) }
      }
      pair.become(pair.version + 1)
    } catch let error as PostgresError where error.isOfAnOutage {
      pair.become(try await market.number(pair.committedVersion))
      return .nothing
    }
    // A commit that was answered lies before what has been flushed now.
    let position = try await market.position()
    unseenSince = position
    return try await readBack(position) ? .readBack : .committed
  }

  /// False while there is no server to ask.
  private mutating func readBack(_ position: String) async throws -> Bool {
    guard let answer = try await asker.askIfAlive(OwnedPair.search(pair.number), at: position) else { return false }
    try pair.requireShown(in: answer)
    unseenSince = nil
    unseen.count = 0
    return true
  }
}
