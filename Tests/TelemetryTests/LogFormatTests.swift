import Telemetry
import Testing

@Suite struct LogFormatTests {
  @Test func aLineIsOneJSONObject() {
    let capture = Capture()
    capture.log.with(LogContext(requestID: "r-1", traceID: TraceID(high: 1, low: 2), spanID: SpanID(3))).info(
      "took \(12) ms", ["rows": 7, "share": 0.5, "ok": true, "none": nil, "state": .public("57014"), "big": .int(UInt64.max)])
    #expect(
      capture.sink.lines == [
        #"{"time":"2026-11-21T03:20:49.123Z","level":"info","module":"Test","message":"took 12 ms","request_id":"r-1","#
          + #""trace_id":"00000000000000010000000000000002","span_id":"0000000000000003","#
          + #""fields":{"rows":7,"share":0.5,"ok":true,"none":null,"state":"57014","big":18446744073709551615}}"# + "\n"
      ])
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00.000Z"),
    (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
    (951_868_799_999_999_999, "2000-02-29T23:59:59.999Z"),
    (1_709_164_800_000_000_000, "2024-02-29T00:00:00.000Z"),
    (1_735_689_599_001_000_000, "2024-12-31T23:59:59.001Z"),
    (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
  ])
  func timesAreISO8601InUTC(unixNanoseconds: UInt64, text: String) {
    let capture = Capture()
    capture.clock.setUnix(unixNanoseconds)
    capture.log.info("x")
    #expect(capture.sink.lines.first?.hasPrefix(#"{"time":"\#(text)","#) == true)
  }

  @Test func readableLinesAreColouredOnlyWhenAsked() {
    let plain = Capture(format: .readable(colours: false))
    plain.log.warning("slow", ["ms": 12, "code": "A B"])
    #expect(plain.sink.lines == ["2026-11-21T03:20:49.123Z WARNING  Test: slow ms=12 code=\"A B\"\n"])
    let coloured = Capture(format: .readable(colours: true))
    coloured.log.warning("slow")
    #expect(coloured.sink.lines.first?.contains("\u{1B}[33mWARNING ") == true)
  }

  @Test(arguments: [LogFormat.json, .readable(colours: false)])
  func nothingInALineCanForgeAnother(format: LogFormat) {
    let capture = Capture(format: format)
    let evil = "a\nb\r\n{\"level\":\"info\"}\u{1B}[31m\u{0}\u{7F}\u{9B}31m\u{85}\u{2028}\u{202E}\u{2066}\"\\"
    capture.log.info("x \(public: evil)", ["key": .public(evil), "ev\nil\"": 1])
    let lines = capture.sink.lines
    #expect(lines.count == 1)
    let body = lines[0].dropLast()
    #expect(lines[0].hasSuffix("\n"))
    let forbidden = body.unicodeScalars.filter {
      $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || (0x2028...0x202E).contains($0.value)
        || (0x2066...0x2069).contains($0.value)
    }
    #expect(forbidden.isEmpty)
    #expect(body.contains("\\n") && body.contains("\\u001b") && body.contains("\\u202e"))
  }

  @Test func longTextIsCutAtACharacter() {
    let capture = Capture()
    capture.log.info("\(public: String(repeating: "ع", count: 10_000))")
    let line = capture.sink.lines[0]
    #expect(line.utf8.count < TelemetryLimits.messageBytes + 200)
    #expect(line.contains("ع…\""))
    #expect(!line.contains("\u{FFFD}"))
  }

  @Test func numbersThatJSONLacksAreNull() {
    let capture = Capture()
    capture.log.info("x", ["a": .double(.nan), "b": .double(.infinity)])
    #expect(capture.sink.lines[0].contains(#""fields":{"a":null,"b":null}"#))
  }

  @Test func repeatsOfAWarningAreCountedNotPrinted() {
    let capture = Capture()
    for attempt in 0..<100 { capture.log.warning("attempt \(attempt) failed") }
    #expect(capture.sink.lines.count == TelemetryLimits.repeatsInWindow)
    #expect(capture.pipeline.suppressedLines == UInt64(100 - TelemetryLimits.repeatsInWindow))
    capture.log.critical("attempt failed")
    capture.log.warning("another matter")
    #expect(capture.sink.lines.count == TelemetryLimits.repeatsInWindow + 2)

    capture.clock.advance(nanoseconds: TelemetryLimits.repeatWindowMilliseconds * 1_000_000)
    capture.log.warning("attempt \(100) failed")
    #expect(capture.sink.lines.last?.contains(#""suppressed_repeats":80"#) == true)
    capture.log.warning("attempt \(101) failed")
    #expect(capture.sink.lines.last?.contains("suppressed_repeats") == false)
  }

  @Test func countsShowInTheRegistry() {
    let capture = Capture()
    let registry = MetricsRegistry()
    capture.pipeline.register(in: registry)
    capture.log.info("a")
    capture.log.info("b")
    capture.log.error("c")
    let page = registry.page
    #expect(page.contains("log_lines_total{level=\"info\"} 2\n"))
    #expect(page.contains("log_lines_total{level=\"error\"} 1\n"))
    #expect(page.contains("log_lines_dropped_total 0\n"))
  }
}
