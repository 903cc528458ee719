import Bytes
import EventLoops
import HTTPClient
import JSON
import Telemetry

/// Takes batches from the queue and sees each of them through.
final class ExportWorker: @unchecked Sendable {
  // Sendable: what changes is touched on `loop` only, which `run`, `stop` and the closures given to the loop check or follow from.

  let loop: EventLoop
  let exported = Counter()
  let failed = Counter()
  private let settings: TraceExportSettings
  private let client: Client
  private let queue: SpanQueue
  private let logger: Logger
  private let clock: TelemetryClock
  private let random: @Sendable () -> Double

  private var waiter: CheckedContinuation<Void, Never>?
  private var isStopping = false
  /// On the loop's clock, once stopping.
  private var deadlineMilliseconds = UInt64.max

  init(
    settings: TraceExportSettings, client: Client, loop: EventLoop, queue: SpanQueue, logger: Logger, clock: TelemetryClock,
    random: @escaping @Sendable () -> Double
  ) {
    self.settings = settings
    self.client = client
    self.loop = loop
    self.queue = queue
    self.logger = logger
    self.clock = clock
    self.random = random
  }

  func run() async {
    while loop.isCurrent, !Task.isCancelled {
      if !isStopping, queue.count < settings.batchSpans { await pause(milliseconds: settings.intervalMilliseconds) }
      while loop.isCurrent, !Task.isCancelled {
        let batch = queue.take(atMost: settings.batchSpans)
        if batch.isEmpty { break }
        await deliver(batch)
      }
      if isStopping { break }
    }
    let left = queue.take(atMost: .max).count
    if left > 0 { giveUp(left, "the time to shut down is over") }
  }

  // MARK: Waiting

  /// From any thread: a batch is full.
  func wake() { loop.execute { self.endPause() } }

  /// Returns false when the loop has ended, and the worker with it.
  func stop(deadlineMilliseconds: UInt64, cancel: @escaping @Sendable () -> Void) -> Bool {
    guard loop.isCurrent else { return false }
    isStopping = true
    self.deadlineMilliseconds = loop.nowMilliseconds + deadlineMilliseconds
    endPause()
    // Never cancelled: after the worker has ended it finds nothing to do.
    _ = loop.schedule(afterMilliseconds: deadlineMilliseconds) { [weak self] in
      cancel()
      self?.endPause()
    }
    return true
  }

  /// Ends early when woken, also by `stop`.
  private func pause(milliseconds: UInt64) async {
    guard loop.isCurrent else { return }
    var timer: LoopTimer?
    await withCheckedContinuation { continuation in
      waiter = continuation
      timer = loop.schedule(afterMilliseconds: milliseconds) { [weak self] in self?.endPause() }
    }
    if loop.isCurrent { timer?.cancel() }
  }

  private func endPause() {
    waiter?.resume()
    waiter = nil
  }

  // MARK: Sending

  private enum Answer {
    case taken(rejected: Int)
    case refused(String)
    case tryLater(String, retryAfterMilliseconds: UInt64?)
  }

  private func deliver(_ batch: [FinishedSpan]) async {
    let request = request(for: batch)
    var failures = 0
    while true {
      switch await answer(to: request) {
      case .taken(let claimed):
        let rejected = min(claimed, batch.count)
        exported.add(batch.count - rejected)
        if rejected > 0 { giveUp(rejected, "the collector refused some") }
        return
      case .refused(let reason): return giveUp(batch.count, reason)
      case .tryLater(let reason, let retryAfter):
        failures += 1
        let pause = settings.retry.pauseMilliseconds(
          afterFailures: failures, retryAfterMilliseconds: retryAfter, random: random())
        guard let pause, loop.isCurrent, !Task.isCancelled, loop.nowMilliseconds + pause < deadlineMilliseconds else {
          return giveUp(batch.count, reason)
        }
        logger.debug("sending \(batch.count) spans again in \(pause) ms", ["reason": .public(reason)])
        await rest(milliseconds: pause)
      }
    }
  }

  /// A pause that a full batch does not end; beginning to stop does, for one more try at once.
  private func rest(milliseconds: UInt64) async {
    let wasStopping = isStopping
    let end = loop.nowMilliseconds + milliseconds
    while loop.isCurrent, !Task.isCancelled, isStopping == wasStopping, loop.nowMilliseconds < end {
      await pause(milliseconds: end - loop.nowMilliseconds)
    }
  }

  private func request(for batch: [FinishedSpan]) -> ClientRequest {
    var body = ByteBuffer(capacity: 512 * batch.count)
    body.append(otlp: batch, resource: settings.resource)
    var request = ClientRequest(.post, settings.address, headers: settings.headers, body: Array(body))
    request.headers.append(ClientHeader("Content-Type", "application/json"))
    request.totalTimeoutMilliseconds = settings.timeoutMilliseconds
    request.maximumResponseBytes = TraceExportLimits.responseBytes
    // A collector that sees a span twice keeps one.
    request.mayBeRepeated = true
    return request
  }

  private func answer(to request: ClientRequest) async -> Answer {
    do throws(HTTPClientError) {
      let response = try await client.send(request)
      switch response.status {
      case 200..<300: return .taken(rejected: ExportWorker.rejectedSpans(response.body))
      case 429, 502, 503, 504:
        let now = Int(clock.unixNanoseconds() / 1_000_000_000)
        let retryAfter = response.header("retry-after").flatMap { RetryAfter.milliseconds($0, nowUnixSeconds: now) }
        return .tryLater("status \(response.status)", retryAfterMilliseconds: retryAfter)
      default: return .refused("status \(response.status)")
      }
    } catch {
      switch error.code {
      case .dns, .refused, .timeout, .connectionLost, .protocolViolation:
        return .tryLater(error.description, retryAfterMilliseconds: nil)
      case .invalidRequest, .tls, .tooLarge, .cancelled, .closed, .internal: return .refused(error.description)
      }
    }
  }

  /// `{"partialSuccess":{"rejectedSpans":"3"}}`: a 64-bit integer, so text, though some write a number. No sense, no rejection.
  static func rejectedSpans(_ body: [UInt8]) -> Int {
    guard !body.isEmpty, let document = try? JSONDocument(body),
      let value = document.root["partialSuccess"]?["rejectedSpans"],
      let count = value.int ?? value.string.flatMap({ Int($0) })
    else { return 0 }
    return max(0, count)
  }

  private func giveUp(_ count: Int, _ reason: String) {
    failed.add(count)
    logger.warning("spans were lost", ["spans": .int(count), "reason": .public(reason)])
  }
}
