import Configuration
import Glibc
import Telemetry

/// Logs and metrics of the process.
struct Signals {
  let metrics = MetricsRegistry()
  private let pipeline: LogPipeline

  init(_ settings: Settings) throws {
    pipeline = LogPipeline(
      levels: LogLevels(settings.log), format: Signals.format(settings.log.format), sink: DescriptorSink.standardError())
    pipeline.register(in: metrics)
    ProcessMetrics.register(in: metrics, build: BuildInfo(version: Version.current, commit: Version.commit))
  }

  func logger(_ label: String) -> Logger { pipeline.logger(label) }

  private static func format(_ format: Settings.Log.Format) -> LogFormat {
    switch format {
    case .json: .json
    case .text: .readable(colours: false)
    case .auto: .suited(toFileDescriptor: STDERR_FILENO, noColour: getenv("NO_COLOR") != nil)
    }
  }
}

extension LogLevels {
  init(_ log: Settings.Log) {
    var modules: [String: LogLevel?] = [:]
    for entry in log.modules { modules[entry.module] = LogLevel(entry.level) }
    self.init(standard: LogLevel(log.level), modules: modules)
  }
}

extension LogLevel {
  init(_ level: Settings.Log.Level) {
    self =
      switch level {
      case .trace: .trace
      case .debug: .debug
      case .info: .info
      case .notice: .notice
      case .warning: .warning
      case .error: .error
      case .critical: .critical
      }
  }
}
