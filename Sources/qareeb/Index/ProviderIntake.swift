import IndexFormats
import ProviderIndex
import Synchronization
import Terminal
import TextIndex

/// What a file of providers gave.
struct ProvidersTaken {
  let builders: [SegmentBuilder]
  let count: Int
  /// Of the prices; nil where there are none.
  let currency: Currency?
  let badLines: BadLines
}

/// Takes lines of providers in, on several threads. What comes of it is what one thread would have made of the file from its first line
/// to its last.
///
/// A thread cuts the next batch of lines off the input and reads them; batches are then entered in the register in the order of the
/// file; what was let in, the thread adds to a builder of its own. So a thread holds one batch at a time, of 256 kB or of the longest line
/// allowed, and its records.
final class ProviderIntake: Sendable {
  private let analyzer: any TextAnalyzer
  private let stopsAtBadLines: Bool
  private let crew: Crew
  private let register: Mutex<ProviderRegister>
  private let builders = Mutex<[SegmentBuilder]>([])

  init(currency: Currency?, analyzer: any TextAnalyzer, stopsAtBadLines: Bool, crew: Crew) {
    self.analyzer = analyzer
    self.stopsAtBadLines = stopsAtBadLines
    self.crew = crew
    register = Mutex(ProviderRegister(currency: currency))
  }

  /// Reads the input to its end, or to where there are enough bad lines to show. Once.
  func read(_ input: InputFile, console: Console) throws(CommandFailure) -> ProvidersTaken {
    let bar = ProgressBar("Reading", unit: .bytes, total: input.byteCount, console: console)
    let queue = BatchQueue(input) { bar.advance(by: $0) }
    crew.run(crew.size) { _ in work(queue) }
    do throws(CommandFailure) {
      try queue.check()
    } catch {
      bar.finish(.stopped(error.message))
      throw error
    }
    let taken = register.withLock { register in
      // Handed over and not kept: who changes them then need not copy.
      let builders = builders.withLock { builders in
        defer { builders = [] }
        return builders
      }
      return ProvidersTaken(
        builders: builders, count: register.count, currency: register.currency, badLines: register.badLines)
    }
    bar.finish(stopsAtBadLines && taken.badLines.count > 0 ? .stopped("bad lines") : .done)
    return taken
  }

  /// What one thread does.
  private func work(_ queue: BatchQueue) {
    var builder = SegmentBuilder(analyzer: analyzer)
    var reader = NDJSONReader()
    while let batch = queue.next() {
      let lines = ProviderBatch(batch.lines, &reader, currency: register.withLock { $0.currency })
      batch.waitForThoseBefore()
      let admitted = admit(lines, of: batch, &reader)
      batch.letNextEnter()
      guard let admitted else {
        queue.stop()
        break
      }
      do throws(IndexError) {
        for (turn, record) in admitted { try builder.add(record, turn: turn) }
      } catch {
        // The register has let in nothing that the index refuses.
        queue.stop(CommandFailure(.badData, "the index cannot be built", details: [withoutControls("\(error)")]))
        break
      }
    }
    builders.withLock { $0.append(builder) }
  }

  /// Nil where nothing more is wanted.
  private func admit(
    _ batch: ProviderBatch, of numbered: BatchQueue.Batch, _ reader: inout NDJSONReader
  ) -> [(turn: UInt32, record: ProviderRecord)]? {
    register.withLock { register in
      if stopsAtBadLines, register.badLines.areEnough { return nil }
      // Read before the first price was known, as few batches are: it may mean another amount now, or another currency.
      let isOutdated = batch.assumedCurrency != register.currency
      return register.admit(isOutdated ? ProviderBatch(numbered.lines, &reader, currency: register.currency) : batch)
    }
  }
}

/// The providers of some lines, by themselves.
struct ProviderBatch {
  /// What prices were taken to be in.
  let assumedCurrency: Currency?
  /// What they are in, as far as it is known behind these lines.
  let currency: Currency?
  let lines: [(number: Int, record: Result<ProviderRecord, FormatProblem>)]

  init(_ batch: LineBatch, _ reader: inout NDJSONReader, currency: Currency?) {
    var providers = ProviderLines(currency: currency)
    var lines: [(Int, Result<ProviderRecord, FormatProblem>)] = []
    reader.read(batch) { number, line in
      do throws(FormatProblem) {
        lines.append((number, .success(try providers.record(try line.get()))))
      } catch {
        lines.append((number, .failure(error)))
      }
    }
    (assumedCurrency, self.currency, self.lines) = (currency, providers.currency, lines)
  }
}

/// What holds for a file as a whole: ids are unique, prices are in one currency, and the index has its bounds. Batches are entered in
/// the order of the file.
struct ProviderRegister {
  private(set) var badLines = BadLines()
  private(set) var currency: Currency?
  private(set) var count = 0
  /// The line of each id, so that the second one can be named with both.
  private var lineNumbers: [ExactText: Int] = [:]
  private var categories: Set<ExactText> = []

  init(currency: Currency?) { self.currency = currency }

  /// Gives those that may be added, each with its turn; notes what is wrong with the others.
  mutating func admit(_ batch: ProviderBatch) -> [(turn: UInt32, record: ProviderRecord)] {
    currency = batch.currency
    var admitted: [(UInt32, ProviderRecord)] = []
    admitted.reserveCapacity(batch.lines.count)
    for (number, line) in batch.lines {
      do throws(FormatProblem) {
        let record = try line.get()
        try enter(record, number)
        admitted.append((UInt32(count - 1), record))
      } catch {
        badLines.add(error, line: number)
      }
    }
    return admitted
  }

  private mutating func enter(_ record: ProviderRecord, _ number: Int) throws(FormatProblem) {
    guard count < IndexLimits.providers else { throw FormatProblem(.full(providers: count + 1)) }
    let category = ExactText(record.category)
    if !categories.contains(category) {
      guard categories.count < IndexLimits.categories else {
        throw FormatProblem("more than \(IndexLimits.categories) different ones", member: "category")
      }
    }
    let id = ExactText(record.id)
    if let first = lineNumbers.updateValue(number, forKey: id) {
      lineNumbers[id] = first
      throw FormatProblem("occurs already in line \(first): every provider has an id of its own", member: "id")
    }
    categories.insert(category)
    count += 1
  }
}
