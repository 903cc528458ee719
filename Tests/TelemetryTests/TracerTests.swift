import Synchronization
import Telemetry
import Testing

@Suite struct TracerTests {
  let clock = StillClock()
  let queue = SpanQueue()

  private func tracer(ratio: Double = 1, random: CountingRandom = CountingRandom(from: 1)) -> Tracer {
    Tracer(exporter: queue, ratio: ratio, clock: clock.clock, random: random.draw)
  }

  @Test func aSpanTellsItsStory() throws {
    let span = tracer().startSpan("GET /x", kind: .server)
    span.setAttribute("http.route", "/x")
    span.setAttribute("http.response.status_code", 500)
    span.setAttribute("http.route", "/y")
    span.setStatus(.error("INTERNAL_ERROR"))
    span.setStatus(.ok)
    clock.advance(nanoseconds: 2_500)
    span.end()
    span.end()
    #expect(
      queue.take(atMost: 10) == [
        FinishedSpan(
          name: "GET /x", kind: .server,
          context: TraceContext(
            traceID: try #require(TraceID(high: 1, low: 2)), spanID: try #require(SpanID(3)), isSampled: true),
          parentSpanID: nil, startUnixNanoseconds: StillClock.usualStart, endUnixNanoseconds: StillClock.usualStart + 2_500,
          attributes: [SpanAttribute("http.route", "/y"), SpanAttribute("http.response.status_code", 500)],
          status: .error("INTERNAL_ERROR"))
      ])
  }

  @Test func aChildFollowsItsParent() throws {
    let tracer = tracer(ratio: 0)
    let sampled = try #require(TraceContext(traceparent: TraceContextTests.valid, tracestate: "a=1"))
    let span = tracer.startSpan("child", parent: sampled)
    #expect(span.isRecording)
    #expect(span.context?.traceID == sampled.traceID)
    #expect(span.context?.spanID != sampled.spanID)
    #expect(span.context?.traceState == "a=1")
    span.end()
    #expect(queue.take(atMost: 1).first?.parentSpanID == sampled.spanID)

    let unsampled = TraceContext(traceID: sampled.traceID, spanID: sampled.spanID, isSampled: false)
    let quiet = self.tracer(ratio: 1).startSpan("child", parent: unsampled)
    #expect(!quiet.isRecording)
    #expect(quiet.context?.isSampled == false)
    #expect(quiet.context?.traceID == sampled.traceID)
    quiet.end()
    #expect(queue.count == 0)
  }

  @Test func theRatioIsKept() {
    let seed = UInt64.random(in: 0 ... .max)
    let random = Mutex(Seeded(state: seed))
    let tracer = Tracer(exporter: queue, ratio: 0.25, clock: clock.clock, random: { random.withLock { $0.next() } })
    let recorded = (0..<8_000).filter { _ in tracer.startSpan("x").isRecording }.count
    // Eight standard deviations.
    #expect(abs(recorded - 2_000) < 310, "seed \(seed)")
    #expect((0..<100).allSatisfy { _ in !self.tracer(ratio: 0).startSpan("x").isRecording })
    #expect((0..<100).allSatisfy { _ in self.tracer(ratio: 1).startSpan("x").isRecording })
  }

  @Test func withoutAnExporterNothingHappens() throws {
    var evaluated = false
    func name() -> String {
      evaluated = true
      return "x"
    }
    let span = Tracer.disabled.startSpan(name())
    span.setAttribute("a", .string(name()))
    span.end()
    #expect(span.context == nil)
    #expect(!evaluated)
    let parent = try #require(TraceContext(traceparent: TraceContextTests.valid))
    #expect(Tracer.disabled.startSpan(name(), parent: parent).context == parent)
  }

  @Test func zeroIdsAreDrawnAgain() throws {
    let draws = Mutex<[UInt64]>([0, 0, 0, 5, 0, 0, 7])
    let tracer = Tracer(exporter: queue, ratio: 1, clock: clock.clock, random: { draws.withLock { $0.removeFirst() } })
    let context = try #require(tracer.startSpan("x").context)
    #expect(context.traceID == TraceID(high: 0, low: 5))
    #expect(context.spanID == SpanID(7))
  }

  @Test func aClockSetBackEndsNoSpanEarly() {
    let span = tracer().startSpan("x")
    clock.advance(nanoseconds: 10)
    clock.setUnix(5)
    span.end()
    let finished = queue.take(atMost: 1)[0]
    #expect(finished.endUnixNanoseconds == finished.startUnixNanoseconds + 10)
  }

  @Test func attributesAreBoundedAndSecretsHidden() {
    let span = tracer().startSpan("x")
    span.setAttribute("db.password", "hunter2")
    span.setAttribute("card_number", 4_242)
    span.setAttribute("url", "postgres://a:hunter2@h")
    span.setAttribute("long", .string(String(repeating: "x", count: 5_000)))
    for index in 0..<TelemetryLimits.spanAttributes { span.setAttribute("k\(index)", .int(index)) }
    span.end()
    let finished = queue.take(atMost: 1)[0]
    #expect(finished.attributes.count == TelemetryLimits.spanAttributes)
    #expect(finished.droppedAttributes == 4)
    #expect(finished.attributes[0].value == "[redacted]")
    #expect(finished.attributes[1].value == "[redacted]")
    #expect(finished.attributes[2].value == "postgres://a:[redacted]@h")
    #expect(finished.attributes[3].value == .string(String(repeating: "x", count: TelemetryLimits.spanAttributeBytes)))
  }

  @Test func aFullQueueDropsAndCounts() async {
    let queue = SpanQueue(capacity: 10, wakeAt: 4)
    let wakes = Atomic<Int>(0)
    queue.onBatchReady { wakes.add(1, ordering: .relaxed) }
    let tracer = Tracer(exporter: queue, ratio: 1)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<5 { group.addTask { for _ in 0..<5 { tracer.startSpan("x").end() } } }
    }
    #expect(queue.count == 10)
    #expect(queue.droppedSpans == 15)
    #expect(wakes.load(ordering: .relaxed) == 1)
    #expect(queue.take(atMost: 7).count == 7)
    tracer.startSpan("x").end()
    #expect(wakes.load(ordering: .relaxed) == 2)
    #expect(queue.take(atMost: 7).count == 4)

    let registry = MetricsRegistry()
    queue.register(in: registry)
    #expect(registry.page.contains("trace_spans_dropped_total 15\n"))
  }
}
