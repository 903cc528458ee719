/// The records of several builders by the final numbers of their providers.
struct RecordSource: Sendable {
  private let builders: [TermIndexBuilder]
  private let ranks: [[UInt32]]
  private let order: RunOrder

  init(_ builders: [TermIndexBuilder], _ dictionary: JoinedDictionary, providerCount: Int, numbers: [UInt32]?) {
    self.builders = builders
    ranks = dictionary.ranks
    order = RunOrder(builders, providerCount: providerCount, numbers: numbers)
  }

  /// Hands over provider by provider, each term once, by its place in the dictionary, with the sum of its weights.
  @inline(__always)
  func forEach(_ numbers: Range<Int>, _ take: (_ number: UInt32, _ term: Int, _ units: UInt32) -> Void) {
    for number in numbers {
      guard let first = order.first(of: number) else { continue }
      if let second = order.next(after: first) {
        for (term, units) in merged([first, second] + order.rest(after: second)) { take(UInt32(number), term, units) }
        continue
      }
      let run = order.place(first)
      builders[run.builder].records.withUnsafeBufferPointer { records in
        ranks[run.builder].withUnsafeBufferPointer { ranks in
          for index in run.records {
            let record = records[index]
            take(UInt32(number), Int(ranks[Int(record.term)]), record.units)
          }
        }
      }
    }
  }

  /// Of a provider that came in several parts: the weights of a term are added before they become an impact.
  private func merged(_ runs: [Int]) -> [(term: Int, units: UInt32)] {
    var sums: [(term: Int, units: UInt32)] = []
    for run in runs.map(order.place) {
      for record in builders[run.builder].records[run.records] {
        sums.append((Int(ranks[run.builder][Int(record.term)]), record.units))
      }
    }
    sums.sort { $0.term < $1.term }
    var last = 0
    for sum in sums.dropFirst() {
      if sums[last].term == sum.term {
        sums[last].units = sums[last].units.addingSaturating(sum.units)
      } else {
        last += 1
        sums[last] = sum
      }
    }
    return Array(sums.prefix(last + 1))
  }
}
