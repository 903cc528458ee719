import Synchronization
import Telemetry

/// What a pool looks like from outside. Written by its loop, read by anyone.
public final class PoolStatistics: Sendable {
  public enum CircuitState: Int, Sendable { case closed, open, probing }

  private let connections = Atomic<Int>(0)
  private let idle = Atomic<Int>(0)
  private let waiting = Atomic<Int>(0)
  private let circuit = Atomic<Int>(0)

  public var connectionCount: Int { connections.load(ordering: .relaxed) }
  public var idleCount: Int { idle.load(ordering: .relaxed) }
  public var inUseCount: Int { max(0, connectionCount - idleCount) }
  public var waitingCount: Int { waiting.load(ordering: .relaxed) }
  public var circuitState: CircuitState { CircuitState(rawValue: circuit.load(ordering: .relaxed)) ?? .closed }

  func update(connections: Int, idle: Int, waiting: Int, circuit: Circuit) {
    self.connections.store(connections, ordering: .relaxed)
    self.idle.store(idle, ordering: .relaxed)
    self.waiting.store(waiting, ordering: .relaxed)
    let state: CircuitState =
      switch circuit.state {
      case .closed: .closed
      case .waiting: .open
      case .probing: .probing
      }
    self.circuit.store(state.rawValue, ordering: .relaxed)
  }
}

/// The database's metrics, shared by its pools.
struct DatabaseMetrics: Sendable {
  let queryTime: Histogram
  let waitTime: Histogram
  let errors: MetricFamily<Counter>
  let connectionsOpened: Counter
  let connectFailures: Counter
  let transactionRetries: Counter
  private let registrations: [MetricRegistration]

  init(_ registry: MetricsRegistry, pools: [PoolStatistics]) {
    queryTime = registry.histogram(
      "qareeb_postgres_query_seconds", help: "Time from sending a statement to its answer.")
    waitTime = registry.histogram(
      "qareeb_postgres_wait_seconds", help: "Time spent waiting for a connection, by those who had to.")
    errors = registry.counterFamily(
      "qareeb_postgres_errors_total", help: "Statements and transactions that failed, by kind of error.", labels: ["class"])
    connectionsOpened = registry.counter("qareeb_postgres_connections_opened_total", help: "Connections made.")
    connectFailures = registry.counter("qareeb_postgres_connect_failures_total", help: "Attempts to connect that failed.")
    transactionRetries = registry.counter(
      "qareeb_postgres_transaction_retries_total", help: "Transactions run again after a conflict.")
    func gauge(_ name: String, _ help: String, _ value: @escaping @Sendable (PoolStatistics) -> Int) -> MetricRegistration {
      registry.gaugeCallback(name, help: help, labels: ["loop"]) {
        pools.enumerated().map { MetricSample([String($0.offset)], Double(value($0.element))) }
      }
    }
    registrations = [
      gauge("qareeb_postgres_pool_connections", "Open connections.") { $0.connectionCount },
      gauge("qareeb_postgres_pool_in_use", "Connections lent out.") { $0.inUseCount },
      gauge("qareeb_postgres_pool_waiting", "Requests waiting for a connection.") { $0.waitingCount },
      gauge("qareeb_postgres_circuit_open", "1 while the database cannot be reached.") { $0.circuitState == .closed ? 0 : 1 },
    ]
  }

  func unregister() { registrations.forEach { $0.cancel() } }

  func count(_ error: any Error) {
    guard let error = error as? PostgresError else { return }
    errors.with(error.metricClass).add()
  }
}
