import EmbeddedPostgres
import TestSupport

/// What can happen to a server and its database.
enum Disaster: Sendable {
  case serverKilled(FileFate)
  case serverKilledAsItStarts
  /// In order: no kill, but the one start that goes on from where the server was.
  case serverStopped
  case databaseKilled(OwnPostgres.Manner)
  case bothKilled(OwnPostgres.Manner)
  case slotDropped
  case feedCut

  /// What became of the index file meanwhile.
  enum FileFate: Sendable, CaseIterable { case kept, deleted, truncated, damaged }

  /// How many processes were killed that should have lived.
  var kills: Int {
    switch self {
    case .databaseKilled(.inOrder): 0
    case .bothKilled(.inOrder), .serverKilled, .databaseKilled, .slotDropped: 1
    case .serverKilledAsItStarts, .bothKilled: 2
    case .serverStopped, .feedCut: 0
    }
  }

  static func random(_ random: inout SeededRandom) -> Disaster {
    switch Int.random(in: 0..<20, using: &random) {
    case 0..<5: .serverKilled(.kept)
    case 5..<8: .serverKilled(random.pick(FileFate.allCases))
    case 8..<10: .serverKilledAsItStarts
    case 10: .serverStopped
    case 11..<15: .databaseKilled(random.pick(OwnPostgres.Manner.allCases))
    case 15..<18: .bothKilled(random.pick(OwnPostgres.Manner.allCases))
    case 18: .slotDropped
    default: .feedCut
    }
  }
}
