public import EventLoops
import Glibc
public import HTTPServer
import Synchronization

/// A server of one test, on loops of its own.
public final class TestServer: Sendable {
  public enum Transport: Sendable, CaseIterable { case tcp, unix }

  public let group: EventLoopGroup
  public let server: Server
  public let address: ListenAddress

  private static let numbers = Atomic<Int>(0)

  public init(
    _ service: any HTTPService, limits: ServerLimits = ServerLimits(), loops: Int = 1, on transport: Transport = .tcp
  ) async throws {
    group = try EventLoopGroup(count: loops, name: "test")
    server = Server(group: group, service: service, limits: limits) { Int64(time(nil)) }
    let wanted: ListenAddress =
      switch transport {
      case .tcp: .tcp(host: "127.0.0.1", port: 0)
      case .unix: .unix(path: TestServer.freshSocketPath())
      }
    do {
      address = try await server.listen(wanted)
    } catch {
      await group.shutdown()
      throw error
    }
  }

  /// Short: a Unix socket's path has room for 107 bytes.
  public static func freshSocketPath() -> String {
    "/tmp/qareeb-test-\(getpid())-\(numbers.wrappingAdd(1, ordering: .relaxed).newValue).sock"
  }

  /// Cuts what is still open, ends the loops, removes the socket's file.
  public func stop() async {
    await server.drain(deadlineMilliseconds: 0)
    await group.shutdown()
    if case .unix(let path) = address { unlink(path) }
  }

  public func connect(from source: String? = nil, receiveBufferBytes: Int32? = nil) throws -> RawHTTPClient {
    try RawHTTPClient(address, from: source, receiveBufferBytes: receiveBufferBytes)
  }

  /// One of the loops' counts, summed.
  public func count(_ counter: (ServerStatistics) -> Int) -> Int {
    server.statistics.reduce(0) { $0 + counter($1) }
  }
}

/// Runs `body` with a server that is gone afterwards. The body may block: it runs off the pool that other tests share.
public func withTestServer<R: Sendable>(
  _ service: any HTTPService, limits: ServerLimits = ServerLimits(), loops: Int = 1, on transport: TestServer.Transport = .tcp,
  _ body: @Sendable (TestServer) async throws -> R
) async throws -> R {
  let server = try await TestServer(service, limits: limits, loops: loops, on: transport)
  do {
    let result = try await withTaskExecutorPreference(BlockingExecutor.shared) { try await body(server) }
    await server.stop()
    return result
  } catch {
    await server.stop()
    throw error
  }
}

/// Returns once `condition` holds; throws `timedOut` where it does not come true in a minute.
///
/// For state that can only be looked at, such as a counter: the pause between two looks is no part of what is tested.
public func eventually(_ condition: @Sendable () -> Bool) async throws {
  let deadline = ContinuousClock.now.advanced(by: .seconds(60))
  while !condition() {
    if ContinuousClock.now > deadline { throw ClientSocketError.timedOut }
    try await Task.sleep(for: .milliseconds(2))
  }
}
