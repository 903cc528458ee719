// Sends finished spans to an OpenTelemetry collector: OTLP over HTTP, as JSON.
//
// Spans wait in a bounded queue and leave in batches, when one is full or its time has come. A collector that is busy or away is tried
// again with growing pauses; meanwhile the queue fills, and what does not fit is counted, never waited for.

public import EventLoops
public import HTTPClient
public import Telemetry

/// The exporter a `Tracer` is given. Shut it down before its client and its loop.
public final class OTLPExporter: SpanExporter {
  private let queue: SpanQueue
  private let worker: ExportWorker
  private let task: Task<Void, Never>

  /// `random` gives the jitter of pauses, `clock` the time that a `Retry-After` date is compared with.
  public init(
    settings: TraceExportSettings, client: Client, loop: EventLoop, logger: Logger = .disabled, clock: TelemetryClock = .system,
    random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    let queue = SpanQueue(capacity: settings.queuedSpans, wakeAt: settings.batchSpans)
    let worker = ExportWorker(
      settings: settings, client: client, loop: loop, queue: queue, logger: logger, clock: clock, random: random)
    self.queue = queue
    self.worker = worker
    queue.onBatchReady { [weak worker] in worker?.wake() }
    task = Task(executorPreference: loop) { await worker.run() }
  }

  deinit {
    // Without a shutdown, what is waiting is given up.
    task.cancel()
    worker.wake()
  }

  public func offer(_ span: FinishedSpan) { queue.offer(span) }

  /// Sends what is waiting, then stops. At the deadline what is left is given up and counted.
  public func shutdown(deadlineMilliseconds: UInt64) async {
    queue.close()
    let isOnLoop = await worker.loop.run { [worker, task] in
      worker.stop(deadlineMilliseconds: deadlineMilliseconds) { task.cancel() }
    }
    // A loop that has ended took the worker with it.
    if isOnLoop { await task.value }
  }

  public var exportedSpans: UInt64 { worker.exported.value }
  /// Spans the collector refused, or that were given up.
  public var failedSpans: UInt64 { worker.failed.value }
  /// Spans that found the queue full.
  public var droppedSpans: Int { queue.droppedSpans }

  /// Shows what was sent and what was lost.
  public func register(in registry: MetricsRegistry) {
    queue.register(in: registry)
    registry.counterCallback("trace_spans_exported_total", help: "Spans a collector has taken.") { [weak worker] in
      (worker?.exported.value).map(Double.init)
    }
    registry.counterCallback("trace_spans_failed_total", help: "Spans a collector refused or that were given up.") {
      [weak worker] in (worker?.failed.value).map(Double.init)
    }
  }
}
