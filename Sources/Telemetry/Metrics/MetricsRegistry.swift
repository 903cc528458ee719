public import Bytes
import Synchronization

/// All metrics of a process, and their page in Prometheus' text format.
///
/// Declaring a metric again gives the same one; declaring it differently is a mistake in the program and stops it.
public final class MetricsRegistry: Sendable {
  private let families = Mutex<[String: any RenderedFamily]>([:])
  private let overflows = Counter()

  public init() {
    counterCallback("metrics_series_overflow_total", help: "Look-ups answered with a series labelled other.") { [overflows] in
      Double(overflows.value)
    }
  }

  // MARK: Declaring

  public func counter(_ name: String, help: String) -> Counter { counterFamily(name, help: help, labels: []).with([]) }
  public func gauge(_ name: String, help: String) -> Gauge { gaugeFamily(name, help: help, labels: []).with([]) }
  public func histogram(_ name: String, help: String, buckets: HistogramBuckets = .latency) -> Histogram {
    histogramFamily(name, help: help, labels: [], buckets: buckets).with([])
  }

  public func counterFamily(
    _ name: String, help: String, labels: [String], maximumSeries: Int = TelemetryLimits.seriesInFamily
  ) -> MetricFamily<Counter> {
    family(MetricDescription(name: name, help: help, kind: .counter, labels: labels)) { description in
      MetricFamily(description, maximumSeries: maximumSeries, overflows: overflows, make: { Counter() }) {
        counter, description, labels, buffer in
        buffer.appendSample(description, suffix: "", labels) { $0.append(decimal: counter.value) }
      }
    }
  }

  public func gaugeFamily(
    _ name: String, help: String, labels: [String], maximumSeries: Int = TelemetryLimits.seriesInFamily
  ) -> MetricFamily<Gauge> {
    family(MetricDescription(name: name, help: help, kind: .gauge, labels: labels)) { description in
      MetricFamily(description, maximumSeries: maximumSeries, overflows: overflows, make: { Gauge() }) {
        gauge, description, labels, buffer in
        buffer.appendSample(description, suffix: "", labels) { $0.append(decimal: gauge.value) }
      }
    }
  }

  public func histogramFamily(
    _ name: String, help: String, labels: [String], buckets: HistogramBuckets = .latency,
    maximumSeries: Int = TelemetryLimits.seriesInFamily
  ) -> MetricFamily<Histogram> {
    family(MetricDescription(name: name, help: help, kind: .histogram, labels: labels)) { description in
      MetricFamily(
        description, maximumSeries: maximumSeries, overflows: overflows, make: { Histogram(buckets: buckets) }
      ) { histogram, description, labels, buffer in
        buffer.appendHistogram(description, histogram, labels)
      }
    }
  }

  /// A gauge asked for at each scrape, from the scraping thread; `nil` shows nothing.
  @discardableResult public func gaugeCallback(
    _ name: String, help: String, _ value: @escaping @Sendable () -> Double?
  ) -> MetricRegistration {
    gaugeCallback(name, help: help, labels: []) { value().map { [MetricSample([], $0)] } ?? [] }
  }

  /// A labelled gauge asked for at each scrape. Several callbacks may add series to one name.
  @discardableResult public func gaugeCallback(
    _ name: String, help: String, labels: [String], _ samples: @escaping @Sendable () -> [MetricSample]
  ) -> MetricRegistration {
    callback(MetricDescription(name: name, help: help, kind: .gauge, labels: labels), samples)
  }

  /// A counter kept elsewhere, asked for at each scrape; it must never go down.
  @discardableResult public func counterCallback(
    _ name: String, help: String, _ value: @escaping @Sendable () -> Double?
  ) -> MetricRegistration {
    counterCallback(name, help: help, labels: []) { value().map { [MetricSample([], $0)] } ?? [] }
  }

  @discardableResult public func counterCallback(
    _ name: String, help: String, labels: [String], _ samples: @escaping @Sendable () -> [MetricSample]
  ) -> MetricRegistration {
    callback(MetricDescription(name: name, help: help, kind: .counter, labels: labels), samples)
  }

  // MARK: Reading

  /// Writes the page, families and series in alphabetical order.
  public func render(into buffer: inout ByteBuffer) {
    let sorted = families.withLock { $0.values.sorted { $0.description.name < $1.description.name } }
    for family in sorted { family.render(into: &buffer) }
  }

  /// The page's content type.
  public static let contentType: StaticString = "text/plain; version=0.0.4; charset=utf-8"

  // MARK: Bookkeeping

  private func family<Family: RenderedFamily>(_ description: MetricDescription, make: (MetricDescription) -> Family) -> Family {
    families.withLock { families in
      guard let existing = families[description.name] else {
        let made = make(description)
        families[description.name] = made
        return made
      }
      guard let same = existing as? Family, same.description.kind == description.kind,
        same.description.labels == description.labels
      else { preconditionFailure("\(description.name) is declared twice, differently") }
      return same
    }
  }

  private func callback(
    _ description: MetricDescription, _ samples: @escaping @Sendable () -> [MetricSample]
  ) -> MetricRegistration {
    let family = family(description) { CallbackFamily($0) }
    return MetricRegistration(family: family, key: family.add(samples))
  }
}
