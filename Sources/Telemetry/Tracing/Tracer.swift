/// Starts spans and decides which are recorded. Without an exporter nothing is made: no id, no clock read, no allocation.
public struct Tracer: Sendable {
  private let exporter: (any SpanExporter)?
  private let clock: TelemetryClock
  private let random: @Sendable () -> UInt64
  /// A new trace is recorded when the low 63 bits of its id are below this: every process decides alike.
  private let sampledBelow: UInt64

  /// `ratio` is the share of new traces recorded; a trace that began elsewhere keeps the decision it came with.
  public init(
    exporter: any SpanExporter, ratio: Double, clock: TelemetryClock = .system,
    random: @escaping @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }
  ) {
    self.init(exporter: exporter, sampledBelow: Tracer.bound(ratio), clock: clock, random: random)
  }

  private init(
    exporter: (any SpanExporter)?, sampledBelow: UInt64, clock: TelemetryClock, random: @escaping @Sendable () -> UInt64
  ) {
    self.exporter = exporter
    self.sampledBelow = sampledBelow
    self.clock = clock
    self.random = random
  }

  /// Records nothing; passes a caller's context on unchanged.
  public static let disabled = Tracer(exporter: nil, sampledBelow: 0, clock: .system, random: { 0 })

  public var isEnabled: Bool { exporter != nil }

  /// Starts a span; `parent` comes from the caller's headers or from another span's `context`.
  public func startSpan(
    _ name: @autoclosure () -> String, kind: SpanKind = .internal, parent: TraceContext? = nil
  ) -> Span {
    guard let exporter else { return parent.map { Span(context: $0, recording: nil) } ?? .none }
    let traceID = parent?.traceID ?? TraceID(from: random)
    let isSampled = parent?.isSampled ?? (traceID.low & (UInt64.max >> 1) < sampledBelow)
    let context = TraceContext(
      traceID: traceID, spanID: SpanID(from: random), isSampled: isSampled, traceState: parent?.traceState ?? "")
    guard isSampled else { return Span(context: context, recording: nil) }
    let recording = SpanRecording(
      name: name(), kind: kind, context: context, parentSpanID: parent?.spanID, clock: clock, exporter: exporter)
    return Span(context: context, recording: recording)
  }

  private static func bound(_ ratio: Double) -> UInt64 {
    guard ratio > 0 else { return 0 }
    guard ratio < 1 else { return UInt64.max }
    return UInt64(ratio * 0x1p63)
  }
}
