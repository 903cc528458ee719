import Catalogue
import Configuration
import DemoMarkets
import Discovery
import EventLoops
import Feeds
import Glibc
import HTTPServer
import Identity
import IndexKeeper
import Migrations
import PostgresClient
import Synchronization
import Telemetry
import TextAnalysis
import WebAPI

/// A serving process, wired. The order in which things start, and the reverse in which they stop, is all there is to it.
struct Application {
  let settings: Settings
  let signals: Signals
  let group: EventLoopGroup
  let store: Store
  let index: LiveIndex
  let keys: KeyRing
  let tracing: Tracing
  let readiness: Readiness
  let server: Server
  let addresses: [ListenAddress]
  private let stopSignal: StopSignal

  /// Starts everything; on failure what had been started is stopped again. A signal to stop that comes meanwhile is obeyed once all
  /// stands, so that it is taken down in order.
  static func start(_ settings: Settings) async throws -> Application {
    let signals = try Signals(settings)
    let logger = signals.logger("qareeb")
    let group = try EventLoopGroup(count: settings.http.loops ?? coreCount)
    let stopSignal = StopSignal(on: group.loops[0])
    var unwinding = Unwinding()
    unwinding.add { await group.shutdown() }
    do {
      let store = try await Store.open(settings, group, signals)
      unwinding.add { await store.close() }
      try await store.migrate(settings) { logger.info("migration", ["event": .public($0)]) }
      let catalogue = ProviderCatalogue(database: store.database)
      try await loadDemoMarket(settings, catalogue, store, logger)
      let analyzer = BilingualAnalyzer(try AnalysisFolder.read(analysisFolder(settings)))
      let editions = ShownEditions(analyzer, signals.logger("index"))
      let index = try startIndex(settings, store, signals, analyzer, showing: editions)
      unwinding.add { await index.close() }
      let discovery = try discovery(settings, analyzer, editions, of: index)
      let keys = KeyRing(database: store.database, on: group.loops[0], logger: signals.logger("identity"))
      unwinding.add { await keys.close() }
      let feed = AvailabilityFeed(database: store.database, metrics: signals.metrics)
      let tracing = try Tracing(settings, group, signals)
      unwinding.add { await tracing.close() }
      let readiness = Readiness(database: store.database, index: index)
      let api = try API(
        routes: discovery.routes() + catalogue.routes() + feed.routes() + operationRoutes(readiness, signals.metrics),
        configuration: APIConfiguration(settings),
        environment: APIEnvironment(
          logger: signals.logger("api"), metrics: signals.metrics, tracer: tracing.tracer, authenticator: keys))
      let limits = ServerLimits(settings, loops: group.loops.count)
      let server = Server(group: group, service: Screens.around(api, settings, logger), limits: limits) { Int64(time(nil)) }
      registerMetrics(of: server, group, in: signals.metrics)
      unwinding.add { await server.drain(deadlineMilliseconds: 0) }
      let addresses = try await listen(server, settings)
      return Application(
        settings: settings, signals: signals, group: group, store: store, index: index, keys: keys, tracing: tracing,
        readiness: readiness,
        server: server, addresses: addresses, stopSignal: stopSignal)
    } catch {
      await unwinding.run()
      throw error
    }
  }

  /// Until SIGTERM or SIGINT; then ends what is under way and stops everything.
  func runUntilStopped() async {
    let logger = signals.logger("qareeb")
    let signal = await stopSignal.wait()
    logger.notice("stopping", ["signal": .public(signal == SIGINT ? "SIGINT" : "SIGTERM")])
    // Balancers are told before connections are refused.
    readiness.startDraining()
    await server.drain(deadlineMilliseconds: UInt64(settings.limits.drainDeadline.wholeMilliseconds))
    await tracing.close()
    await keys.close()
    await index.close()
    await store.close()
    await group.shutdown()
    logger.notice("stopped")
  }

  private static func listen(_ server: Server, _ settings: Settings) async throws -> [ListenAddress] {
    var addresses = [try await server.listen(.tcp(host: settings.http.host, port: settings.http.port))]
    if let path = settings.http.unixSocket { addresses.append(try await server.listen(.unix(path: path))) }
    return addresses
  }

  /// The embedded cluster shows the demo market; a server of one's own gets it only when asked for.
  private static func loadDemoMarket(
    _ settings: Settings, _ catalogue: ProviderCatalogue, _ store: Store, _ logger: Logger
  ) async throws {
    guard settings.demo.isLoaded ?? store.isEmbedded else { return }
    let demo = try DemoMarket(file: "\(settings.data.assets)/demo/amman.json")
    let outcome = try await catalogue.load(demo, providers: settings.demo.providers, seed: 2026)
    switch outcome {
    case .loaded(let providers, let services):
      logger.info("demo market loaded", ["providers": .int(providers), "services": .int(services)])
    case .present:
      logger.debug("demo market present")
    }
  }

  private static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}

/// What has been started, to be stopped in reverse when the rest fails to start.
private struct Unwinding {
  private var steps: [@Sendable () async -> Void] = []

  mutating func add(_ step: @escaping @Sendable () async -> Void) { steps.append(step) }

  func run() async {
    for step in steps.reversed() { await step() }
  }
}

/// SIGTERM and SIGINT as a suspension; one that came before somebody waits is not lost. A second one of either ends the process at
/// once, for people who cannot wait.
private struct StopSignal: Sendable {
  private let stream: AsyncStream<Int32>
  private let watchers: [SignalWatcher]

  init(on loop: EventLoop) {
    let (stream, continuation) = AsyncStream<Int32>.makeStream()
    self.stream = stream
    let counted = Counted()
    watchers = [SIGTERM, SIGINT].map { signal in
      SignalWatcher.watch(signal, on: loop) {
        if counted.next() > 1 { _exit(128 + signal) }
        continuation.yield(signal)
      }
    }
  }

  /// The watchers stay afterwards: a second signal must find them.
  func wait() async -> Int32 {
    for await signal in stream { return signal }
    return SIGTERM
  }

  private final class Counted: Sendable {
    private let count = Atomic(0)
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
  }
}
