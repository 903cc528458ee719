/// The builders' runs by the final numbers of their providers.
struct RunOrder: Sendable {
  struct Place {
    let builder: Int
    let records: Range<Int>
  }

  private var places: [(builder: UInt32, first: UInt32, end: UInt32)] = []
  /// By number: its first run, + 1; by run: the next of the same number, + 1.
  private var heads: [UInt32]
  private var nexts: [UInt32] = []

  /// O(runs + providers).
  init(_ builders: [TermIndexBuilder], providerCount: Int, numbers: [UInt32]?) {
    heads = [UInt32](repeating: 0, count: providerCount)
    for (builder, source) in builders.enumerated() {
      for (index, run) in source.runs.enumerated() {
        let number: UInt32
        if let numbers {
          precondition(Int(run.provider) < numbers.count, "provider \(run.provider) was added and not numbered")
          number = numbers[Int(run.provider)]
        } else {
          number = run.provider
        }
        if number == .max { continue }
        precondition(Int(number) < providerCount, "provider number \(number) of \(providerCount)")
        let end = index + 1 < source.runs.count ? source.runs[index + 1].firstRecord : UInt32(source.records.count)
        places.append((UInt32(builder), run.firstRecord, end))
        nexts.append(heads[Int(number)])
        heads[Int(number)] = UInt32(places.count)
      }
    }
  }

  @inline(__always)
  func first(of number: Int) -> Int? { heads[number] == 0 ? nil : Int(heads[number]) - 1 }

  @inline(__always)
  func next(after run: Int) -> Int? { nexts[run] == 0 ? nil : Int(nexts[run]) - 1 }

  func rest(after run: Int) -> [Int] {
    Array(
      sequence(state: run) { run in
        guard let next = next(after: run) else { return nil }
        run = next
        return next
      })
  }

  @inline(__always)
  func place(_ run: Int) -> Place {
    Place(builder: Int(places[run].builder), records: Int(places[run].first)..<Int(places[run].end))
  }
}
