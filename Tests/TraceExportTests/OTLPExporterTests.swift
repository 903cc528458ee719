import EventLoops
import HTTPClient
import HTTPServer
import JSON
import Telemetry
import Testing

@testable import TraceExport

@Suite struct OTLPExporterTests {
  /// Longer than any test: the interval that never ends by itself.
  private static let never: UInt64 = 3_600_000
  private static let deadline: UInt64 = 60_000

  private func withExporter(
    _ collector: Collector, _ change: (inout TraceExportSettings) -> Void = { _ in }, logger: Logger = .disabled,
    _ body: (OTLPExporter) async throws -> Void
  ) async throws {
    try await withCollector(collector) { address, group in
      var settings = try settings(address)
      change(&settings)
      let client = Client(group: group)
      let exporter = OTLPExporter(settings: settings, client: client, loop: group.loops[0], logger: logger, random: { 0 })
      try await body(exporter)
      await exporter.shutdown(deadlineMilliseconds: Self.deadline)
      await client.shutdown()
    }
  }

  @Test func aSpanArrivesAsOTLP() async throws {
    let collector = Collector()
    let context = TraceContext(
      traceID: try #require(TraceID(high: 0x4BF9_2F35_77B3_4DA6, low: 0xA3CE_929D_0E0E_4736)),
      spanID: try #require(SpanID(0x00F0_67AA_0BA9_02B7)), isSampled: true, traceState: "a=1")
    let finished = FinishedSpan(
      name: "GET /x \"quoted\" ع", kind: .server, context: context, parentSpanID: SpanID(0xAB),
      startUnixNanoseconds: 1_795_231_249_123_456_789, endUnixNanoseconds: 1_795_231_249_223_456_789,
      attributes: [
        SpanAttribute("s", "text"), SpanAttribute("i", .integer(.min)), SpanAttribute("d", .double(0.5)),
        SpanAttribute("b", true),
        SpanAttribute("n", .double(.nan)), SpanAttribute("inf", .double(-.infinity)),
      ], droppedAttributes: 3, status: .error("INTERNAL_ERROR"))
    try await withExporter(collector) { exporter in
      exporter.offer(finished)
      await exporter.shutdown(deadlineMilliseconds: Self.deadline)
      #expect(exporter.exportedSpans == 1)
      #expect(exporter.failedSpans == 0)
    }
    let received = try #require(collector.received.first)
    #expect(received.path == "/v1/traces")
    #expect(received.contentType == "application/json")
    let resource = received.document.root["resourceSpans"]?.array?.first { _ in true }?["resource"]?["attributes"]
    #expect(attributes(resource) == ["service.name": "stringValue=qareeb", "service.version": "stringValue=1.2.3"])
    let span = try #require(received.spans.first)
    #expect(span["traceId"]?.string == "4bf92f3577b34da6a3ce929d0e0e4736")
    #expect(span["spanId"]?.string == "00f067aa0ba902b7")
    #expect(span["parentSpanId"]?.string == "00000000000000ab")
    #expect(span["traceState"]?.string == "a=1")
    #expect(span["flags"]?.int == 1)
    #expect(span["name"]?.string == finished.name)
    #expect(span["kind"]?.int == 2)
    #expect(span["startTimeUnixNano"]?.string == "1795231249123456789")
    #expect(span["endTimeUnixNano"]?.string == "1795231249223456789")
    #expect(span["droppedAttributesCount"]?.int == 3)
    #expect(span["status"]?["code"]?.int == 2)
    #expect(span["status"]?["message"]?.string == "INTERNAL_ERROR")
    #expect(
      attributes(span["attributes"]) == [
        "s": "stringValue=text", "i": "intValue=-9223372036854775808", "d": "doubleValue=0.5", "b": "boolValue=true",
        "n": "doubleValue=NaN", "inf": "doubleValue=-Infinity",
      ])
  }

  private func attributes(_ list: JSONValue?) -> [String: String] {
    var found: [String: String] = [:]
    for entry in list?.array.map({ Array($0) }) ?? [] {
      guard let key = entry["key"]?.string, let member = entry["value"]?.object?.first(where: { _ in true }) else { continue }
      let value = member.value.string ?? member.value.bool.map { "\($0)" } ?? member.value.double.map { "\($0)" } ?? "?"
      found[key] = "\(member.name)=\(value)"
    }
    return found
  }

  @Test func aFullBatchLeavesBeforeItsTime() async throws {
    let collector = Collector()
    try await withExporter(collector) {
      $0.intervalMilliseconds = Self.never
      $0.batchSpans = 3
    } _: { exporter in
      for index in 0..<3 { exporter.offer(span("\(index)")) }
      var requests = collector.requests.makeAsyncIterator()
      #expect(await requests.next()?.names == ["0", "1", "2"])
    }
  }

  @Test func aLoneSpanLeavesWhenItsTimeHasCome() async throws {
    let collector = Collector()
    try await withExporter(collector) { exporter in
      exporter.offer(span("lone"))
      var requests = collector.requests.makeAsyncIterator()
      #expect(await requests.next()?.names == ["lone"])
    }
  }

  @Test func shuttingDownSendsWhatIsWaiting() async throws {
    let collector = Collector()
    try await withExporter(collector) {
      $0.intervalMilliseconds = Self.never
      $0.batchSpans = 4
      $0.queuedSpans = 1_000
    } _: { exporter in
      for index in 0..<10 { exporter.offer(span("\(index)")) }
      await exporter.shutdown(deadlineMilliseconds: Self.deadline)
      #expect(exporter.exportedSpans == 10)
      exporter.offer(span("too late"))
      #expect(exporter.droppedSpans == 1)
    }
    #expect(collector.received.flatMap(\.names) == (0..<10).map(String.init))
    #expect(collector.received.allSatisfy { $0.spans.count <= 4 })
  }

  @Test(arguments: [HTTPStatus.tooManyRequests, .badGateway, .serviceUnavailable, .gatewayTimeout])
  func aBusyCollectorIsTriedAgain(status: HTTPStatus) async throws {
    let collector = Collector([.init(status: status, retryAfter: "0"), .init(status: status), .init()])
    try await withExporter(collector) { exporter in
      exporter.offer(span("patient"))
      var requests = collector.requests.makeAsyncIterator()
      for _ in 0..<3 { #expect(await requests.next()?.names == ["patient"]) }
      await exporter.shutdown(deadlineMilliseconds: Self.deadline)
      #expect(exporter.exportedSpans == 1)
      #expect(exporter.failedSpans == 0)
    }
    #expect(collector.received.count == 3)
  }

  @Test(arguments: [HTTPStatus.badRequest, .unauthorized, .notFound, .contentTooLarge, .internalServerError])
  func aRefusalIsFinal(status: HTTPStatus) async throws {
    let collector = Collector([.init(status: status, body: "s3cret")])
    let sink = MemoryLogSink()
    let pipeline = LogPipeline(format: .json, sink: sink)
    try await withExporter(collector, logger: pipeline.logger("TraceExport")) { exporter in
      exporter.offer(span("unwelcome"))
      await exporter.shutdown(deadlineMilliseconds: Self.deadline)
      #expect(exporter.exportedSpans == 0)
      #expect(exporter.failedSpans == 1)
    }
    #expect(collector.received.count == 1)
    #expect(sink.lines.count == 1)
    #expect(sink.lines.first?.contains("status \(status.code)") == true)
    #expect(sink.lines.first?.contains("s3cret") == false)
  }

  @Test func aCollectorThatStaysBusyLosesTheBatchNotTheNextOne() async throws {
    let collector = Collector([.init(status: .serviceUnavailable), .init(status: .serviceUnavailable)])
    try await withExporter(collector) {
      $0.retry.attempts = 2
    } _: { exporter in
      exporter.offer(span("first"))
      var requests = collector.requests.makeAsyncIterator()
      for _ in 0..<2 { #expect(await requests.next()?.names == ["first"]) }
      exporter.offer(span("second"))
      #expect(await requests.next()?.names == ["second"])
      await exporter.shutdown(deadlineMilliseconds: Self.deadline)
      #expect(exporter.exportedSpans == 1)
      #expect(exporter.failedSpans == 1)
    }
  }

  @Test(arguments: [
    (#"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"no"}}"#, 2), (#"{"partialSuccess":{"rejectedSpans":1}}"#, 1),
    (#"{"partialSuccess":{}}"#, 0), ("not JSON", 0), ("", 0), (#"{"partialSuccess":{"rejectedSpans":"99"}}"#, 3),
    (#"{"partialSuccess":{"rejectedSpans":-5}}"#, 0),
  ])
  func partialSuccessIsCounted(body: String, rejected: UInt64) async throws {
    let collector = Collector([.init(body: body)])
    try await withExporter(collector) {
      $0.intervalMilliseconds = Self.never
      $0.batchSpans = 3
    } _: { exporter in
      for index in 0..<3 { exporter.offer(span("\(index)")) }
      await exporter.shutdown(deadlineMilliseconds: Self.deadline)
      #expect(exporter.exportedSpans == 3 - rejected)
      #expect(exporter.failedSpans == rejected)
    }
  }

  @Test func beginningToStopEndsALongPauseWithOneMoreTry() async throws {
    let collector = Collector([.init(status: .serviceUnavailable, retryAfter: "100")])
    try await withExporter(collector) { exporter in
      exporter.offer(span("x"))
      var requests = collector.requests.makeAsyncIterator()
      _ = await requests.next()
      await exporter.shutdown(deadlineMilliseconds: Self.deadline)
      #expect(exporter.exportedSpans + exporter.failedSpans == 1)
    }
  }

  @Test func atTheDeadlineTheRestIsGivenUp() async throws {
    // Each answer asks for more patience than there is time.
    let collector = Collector((0..<10).map { _ in .init(status: .serviceUnavailable, retryAfter: "90") })
    try await withExporter(collector) {
      $0.intervalMilliseconds = Self.never
      $0.batchSpans = 2
    } _: { exporter in
      exporter.offer(span("a"))
      await exporter.shutdown(deadlineMilliseconds: 50)
      #expect(exporter.exportedSpans == 0)
      #expect(exporter.failedSpans == 1)
    }
  }

  @Test func aCollectorThatIsAwayCostsSpansOnly() async throws {
    let group = try EventLoopGroup(count: 1)
    let client = Client(group: group)
    var settings = try settings("http://127.0.0.1:1")
    settings.retry.attempts = 3
    settings.queuedSpans = 5
    settings.batchSpans = 5
    settings.intervalMilliseconds = Self.never
    let exporter = OTLPExporter(settings: settings, client: client, loop: group.loops[0])
    let registry = MetricsRegistry()
    exporter.register(in: registry)
    for index in 0..<8 { exporter.offer(span("\(index)")) }
    await exporter.shutdown(deadlineMilliseconds: Self.deadline)
    #expect(exporter.exportedSpans == 0)
    #expect(exporter.failedSpans + UInt64(exporter.droppedSpans) == 8)
    await client.shutdown()
    await group.shutdown()
    // After its loop it neither hangs nor traps.
    await exporter.shutdown(deadlineMilliseconds: Self.deadline)
  }

  @Test func aTracerFeedsIt() async throws {
    let collector = Collector()
    try await withExporter(collector) { exporter in
      let tracer = Tracer(exporter: exporter, ratio: 1)
      let parent = tracer.startSpan("parent", kind: .server)
      let child = tracer.startSpan("child", kind: .client, parent: parent.context)
      child.end()
      parent.end()
      await exporter.shutdown(deadlineMilliseconds: Self.deadline)
      let spans = collector.received.flatMap(\.spans)
      #expect(spans.compactMap { $0["name"]?.string } == ["child", "parent"])
      #expect(spans.first?["parentSpanId"]?.string == parent.context?.spanID.description)
      #expect(spans.first?["kind"]?.int == 3)
    }
  }
}
