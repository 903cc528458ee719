import Bytes
import Synchronization

/// What the registry needs to know of a family of any kind.
protocol RenderedFamily: Sendable {
  var description: MetricDescription { get }
  func render(into buffer: inout ByteBuffer)
}

/// A metric's name, kind and labels, checked when it is declared.
struct MetricDescription: Sendable, Equatable {
  enum Kind: Sendable { case counter, gauge, histogram }

  let name: String
  let help: String
  let kind: Kind
  let labels: [String]

  init(name: String, help: String, kind: Kind, labels: [String]) {
    precondition(MetricDescription.isName(name, colons: true), "not a metric name: \(name)")
    for label in labels {
      precondition(
        MetricDescription.isName(label, colons: false) && !label.hasPrefix("__") && !(kind == .histogram && label == "le"),
        "not a label name: \(label)")
    }
    precondition(Set(labels).count == labels.count, "a label named twice in \(name)")
    self.name = name
    self.help = help
    self.kind = kind
    self.labels = labels
  }

  private static func isName(_ text: String, colons: Bool) -> Bool {
    var isFirst = true
    for byte in text.utf8 {
      let isLetter = byte >= 0x41 && byte <= 0x5A || byte >= 0x61 && byte <= 0x7A || byte == 0x5F || colons && byte == 0x3A
      let isDigit = byte >= 0x30 && byte <= 0x39
      guard isLetter || isDigit && !isFirst else { return false }
      isFirst = false
    }
    return !isFirst
  }
}

/// Series of one metric, told apart by labels. Look a series up once and hold it: looking up takes a lock.
///
/// Label values that come from outside cannot fill the memory: past the family's limit, values go to one series labelled `other`.
public final class MetricFamily<Series: Sendable>: RenderedFamily {
  let description: MetricDescription
  private let maximumSeries: Int
  private let overflows: Counter
  private let make: @Sendable () -> Series
  private let renderSeries: @Sendable (Series, MetricDescription, [String], inout ByteBuffer) -> Void
  private let series = Mutex<[[String]: Series]>([:])

  init(
    _ description: MetricDescription, maximumSeries: Int, overflows: Counter, make: @escaping @Sendable () -> Series,
    render: @escaping @Sendable (Series, MetricDescription, [String], inout ByteBuffer) -> Void
  ) {
    self.description = description
    self.maximumSeries = maximumSeries
    self.overflows = overflows
    self.make = make
    renderSeries = render
  }

  /// The series with these label values, in the order of the family's labels.
  public func with(_ labelValues: String...) -> Series { with(labelValues) }

  public func with(_ labelValues: [String]) -> Series {
    precondition(labelValues.count == description.labels.count, "\(description.name) has \(description.labels.count) labels")
    return series.withLock { series in
      if let found = series[labelValues] { return found }
      guard series.count < maximumSeries || labelValues.isEmpty else {
        overflows.add()
        let other = labelValues.map { _ in "other" }
        if let found = series[other] { return found }
        let made = make()
        series[other] = made
        return made
      }
      let made = make()
      series[labelValues] = made
      return made
    }
  }

  func render(into buffer: inout ByteBuffer) {
    let rows = series.withLock { series in series.map { (labels: $0.key, series: $0.value) } }
      .sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
    guard !rows.isEmpty else { return }
    buffer.appendHeader(description)
    for row in rows { renderSeries(row.series, description, row.labels, &buffer) }
  }
}

/// One value of a metric that is asked for when it is read.
public struct MetricSample: Sendable {
  public let labelValues: [String]
  public let value: Double

  public init(_ labelValues: [String] = [], _ value: Double) {
    self.labelValues = labelValues
    self.value = value
  }
}

/// A metric read from elsewhere at each scrape. Several parts may add to one (each pool its own series).
final class CallbackFamily: RenderedFamily {
  private struct State {
    var next = 0
    var callbacks: [Int: @Sendable () -> [MetricSample]] = [:]
  }

  let description: MetricDescription
  private let state = Mutex(State())

  init(_ description: MetricDescription) { self.description = description }

  func add(_ callback: @escaping @Sendable () -> [MetricSample]) -> Int {
    state.withLock { state in
      state.next += 1
      state.callbacks[state.next] = callback
      return state.next
    }
  }

  func remove(_ key: Int) { state.withLock { _ = $0.callbacks.removeValue(forKey: key) } }

  func render(into buffer: inout ByteBuffer) {
    let callbacks = state.withLock { state in state.callbacks.sorted { $0.key < $1.key }.map(\.value) }
    // Prometheus refuses a page with one series twice: the first callback to name it wins.
    var seen: Set<[String]> = []
    let samples = callbacks.flatMap { $0() }.filter { seen.insert($0.labelValues).inserted }
      .sorted { $0.labelValues.lexicographicallyPrecedes($1.labelValues) }
    guard !samples.isEmpty else { return }
    buffer.appendHeader(description)
    for sample in samples {
      precondition(sample.labelValues.count == description.labels.count, "\(description.name) has other labels")
      buffer.appendSample(description, suffix: "", sample.labelValues) { $0.append(sampleValue: sample.value) }
    }
  }
}

/// Ends a callback metric's registration when cancelled; letting go of it changes nothing.
public struct MetricRegistration: Sendable {
  let family: CallbackFamily
  let key: Int

  public func cancel() { family.remove(key) }
}
