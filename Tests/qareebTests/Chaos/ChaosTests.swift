import Foundation
import TestSupport
import Testing

/// The real program and a real PostgreSQL, killed at random moments while some write and others search. Whatever was committed is told,
/// by the server that lived through it and by one that is made anew, and nothing else is.
///
/// Twenty kills; `QAREEB_CHAOS_KILLS` says how many (`make soak` has hundreds), `QAREEB_CHAOS_SEED` repeats the choices of a run. What meets what
/// is up to the machine, so a seed does not repeat everything.
@Suite struct ChaosTests {
  @Test func nothingCommittedIsLostAndNothingElseIsTold() async throws {
    let kills = try number("QAREEB_CHAOS_KILLS") ?? 20
    var random = SeededRandom()
    let seed = try number("QAREEB_CHAOS_SEED") ?? random.next()
    Self.tell("QAREEB_CHAOS_SEED=\(seed), \(kills) kills")
    let tellsProgress = kills > 20
    try await ChaosRun.run(kills: Int(kills), seed: seed) { line in if tellsProgress { Self.tell(line) } }
  }

  /// At once, also into a pipe.
  private static func tell(_ line: String) { FileHandle.standardOutput.write(Data("\(line)\n".utf8)) }

  private func number(_ variable: String) throws -> UInt64? {
    try ProcessInfo.processInfo.environment[variable].map { text in
      try #require(UInt64(text), "\(variable) must be a number, not '\(text)'")
    }
  }
}
