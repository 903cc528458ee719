import Configuration
import EventLoops
import HTTPClient
import Telemetry
import TraceExport

/// Traces of the process: exported where `trace.endpoint` says, else not made at all.
struct Tracing {
  let tracer: Tracer
  private let exporter: OTLPExporter?
  private let client: Client?

  init(_ settings: Settings, _ group: EventLoopGroup, _ signals: Signals) throws {
    guard let endpoint = settings.trace.endpoint else {
      tracer = .disabled
      exporter = nil
      client = nil
      return
    }
    let client = Client(loop: group.loops[0])
    let export = try TraceExportSettings(
      endpoint: endpoint, serviceName: settings.trace.serviceName, serviceVersion: Version.current)
    let exporter = OTLPExporter(settings: export, client: client, loop: group.loops[0], logger: signals.logger("traces"))
    exporter.register(in: signals.metrics)
    tracer = Tracer(exporter: exporter, ratio: settings.trace.ratio)
    self.exporter = exporter
    self.client = client
  }

  /// Sends what is waiting, for a few seconds at most. Before the loops end.
  func close() async {
    await exporter?.shutdown(deadlineMilliseconds: 3_000)
    await client?.shutdown()
  }
}
