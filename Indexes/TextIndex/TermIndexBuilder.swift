import Synchronization

/// Collects terms of providers, in any order, and makes a `TermIndex` of them.
///
/// Several builders can be filled at the same time, each with providers of its own, and finished together. Providers are added
/// under any numbers below 2³² − 1; what their final number is, is said at the end, when all are known and placed.
/// What one provider is given may come in several parts, but is quickest in one go.
public struct TermIndexBuilder: Sendable {
  /// A term, in the order of first sight.
  struct Term: BitwiseCopyable {
    /// The first 16 bytes of the key, which most keys do not exceed: then the key itself need not be looked at.
    let head: SIMD2<UInt64>
    let keyStart: UInt32
    let keyCount: UInt32
    /// Its latest record, so that a repeat in the same provider is added to it.
    var lastRecord: UInt32
  }

  /// That the run's provider has the term, with the sum of its weights in units of `FieldTable`.
  struct Record: BitwiseCopyable {
    let term: UInt32
    var units: UInt32
  }

  /// Records of one provider, up to the next run.
  struct Run: BitwiseCopyable {
    let provider: UInt32
    let firstRecord: UInt32
  }

  var keys: [UInt8] = []
  var terms: [Term] = []
  /// Open addressing: the upper half of the hash, and term + 1; zero when free.
  var slots: [UInt64] = Array(repeating: 0, count: 1_024)
  var records: [Record] = []
  var runs: [Run] = []
  /// Where the key of a filter is put together.
  private var filter = TokenBuffer()
  /// What the analyser makes of a value that `values` does not have.
  private var tokens = TokenBuffer()
  private var values = ValueCache()

  public init() {}

  /// Makes room, so that a known load is taken without growing.
  public mutating func reserve(providers: Int, records recordCount: Int) {
    runs.reserveCapacity(providers)
    records.reserveCapacity(recordCount)
  }

  /// Adds one value of a field: each has its own length (a provider's two names are two values, and so is each of its services).
  public mutating func add(provider: UInt32, field: TextField, tokens: TokenBuffer) {
    begin(provider)
    forEachTerm(of: tokens, FieldTable.share(field, length: tokens.count)) { builder, term in builder.add(term) }
  }

  /// Adds one value as the analyser reads it: the same one each time, because values that occurred lately are not read again.
  public mutating func add(provider: UInt32, field: TextField, text: String, analyzer: any TextAnalyzer) {
    begin(provider)
    let place = values.place(of: text, field)
    if !place.isKnown {
      tokens.removeAll()
      analyzer.analyze(text, into: &tokens)
      let share = FieldTable.share(field, length: tokens.count)
      guard values.begin(place, terms: tokens.alternatives.count) else {
        return forEachTerm(of: tokens, share) { builder, term in builder.add(term) }
      }
      forEachTerm(of: tokens, share) { builder, term in builder.values.append(term, at: place) }
    }
    for index in values.terms(at: place) { add(values.terms[index]) }
  }

  /// Adds a filter: a category, tag or service by its identifier.
  public mutating func add(provider: UInt32, filter kind: TermKind, _ identifier: some StringProtocol) {
    precondition(!kind.hasImpacts, "\(kind) is not a filter")
    begin(provider)
    filter.removeAll()
    filter.addToken(identifier, kind: kind, position: 0, source: 0..<0)
    forEachTerm(of: filter, 0) { builder, term in builder.add(term) }
  }

  /// Makes every provider's number so much higher: where builders that counted for themselves are finished together. O(providers).
  public mutating func moveProviders(by offset: UInt32) {
    guard offset > 0 else { return }
    for run in runs.indices {
      runs[run] = Run(provider: runs[run].provider + offset, firstRecord: runs[run].firstRecord)
    }
  }

  private mutating func begin(_ provider: UInt32) {
    precondition(provider < .max, "a provider's number is below 2³² − 1")
    if runs.last?.provider != provider { runs.append(Run(provider: provider, firstRecord: UInt32(records.count))) }
  }

  /// Makes the index.
  /// - Parameters:
  ///   - numbers: the final number of each provider by the number it was added under; `.max` leaves it out. Nil: the same.
  ///   - providerCount: final numbers are below this.
  public func finish(providerCount: Int, numbers: [UInt32]? = nil) -> TermIndex {
    Self.finish([self], providerCount: providerCount, numbers: numbers)
  }

  /// Makes one index of several builders. O(postings + terms · log terms).
  public static func finish(_ builders: [TermIndexBuilder], providerCount: Int, numbers: [UInt32]? = nil) -> TermIndex {
    finish(builders, providerCount: providerCount, crew: .alone, numbers: { numbers }, meanwhile: {})
  }

  /// The same by a crew.
  /// - Parameters:
  ///   - numbers: asked once, while the dictionaries are joined.
  ///   - meanwhile: what else the caller has to do, called once, beside the last step: that is one thread's work.
  public static func finish(
    _ builders: [TermIndexBuilder], providerCount: Int, crew: Crew, numbers: @Sendable () -> [UInt32]?,
    meanwhile: @Sendable () -> Void
  ) -> TermIndex {
    let joined = Mutex<JoinedDictionary?>(nil)
    let final = Mutex<[UInt32]?>(nil)
    crew.run(2) { job in
      if job == 0 {
        let dictionary = JoinedDictionary(builders)
        joined.withLock { $0 = dictionary }
      } else {
        let numbers = numbers()
        final.withLock { $0 = numbers }
      }
    }
    guard let dictionary = joined.withLock({ $0 }) else { preconditionFailure("a crew does every job") }
    let records = RecordSource(builders, dictionary, providerCount: providerCount, numbers: final.withLock { $0 })
    let postings = SortedPostings(records, dictionary, providerCount: providerCount, crew: crew)
    let index = Mutex<TermIndex?>(nil)
    crew.run(2) { job in
      if job == 0 {
        let made = postings.index(providerCount: providerCount)
        index.withLock { $0 = made }
      } else {
        meanwhile()
      }
    }
    guard let index = index.withLock({ $0 }) else { preconditionFailure("a crew does every job") }
    return index
  }
}
