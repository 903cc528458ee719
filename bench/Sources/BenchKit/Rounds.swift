/// Measures every contestant once a round, so that whatever changes on the machine meanwhile hits all of them alike.
///
/// Each round starts with another contestant: nobody always follows the same one. The result has a row a contestant, in the
/// order given, and a column a round.
public func measureInterleaved<Contestant, Sample>(
  _ contestants: [Contestant], rounds: Int,
  warmUp: (Contestant) throws -> Void,
  measure: (_ contestant: Contestant, _ round: Int) throws -> Sample
) rethrows -> [[Sample]] {
  for contestant in contestants { try warmUp(contestant) }
  var samples = contestants.map { _ in [Sample]() }
  for round in 0..<rounds {
    for turn in contestants.indices {
      let index = (turn + round) % contestants.count
      samples[index].append(try measure(contestants[index], round))
    }
  }
  return samples
}
