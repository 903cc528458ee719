// An HTTP client for calls to other services: trace collectors, payment gateways, messaging.
//
// libcurl speaks the protocol; its sockets are watched by our event loops, so that a call costs no thread. The defaults are those of
// money: certificates are verified, redirects and proxies are off, nothing is repeated that might have been acted on, and every failure
// says whether the request can have left. Bodies and headers are never logged here: this module has no log.

public import EventLoops
import Synchronization

/// Sends requests from any task. Close it before its loops: what is in flight then fails instead of waiting for ever.
public final class Client: Sendable {
  private let engines: [TransferEngine]
  private let turn = Atomic<Int>(0)

  public convenience init(group: EventLoopGroup, options: HTTPClientOptions = HTTPClientOptions()) {
    self.init(loops: group.loops, options: options)
  }

  public convenience init(loop: EventLoop, options: HTTPClientOptions = HTTPClientOptions()) {
    self.init(loops: [loop], options: options)
  }

  private init(loops: [EventLoop], options: HTTPClientOptions) {
    engines = loops.map { TransferEngine(loop: $0, options: options) }
  }

  deinit {
    for engine in engines { engine.loop.execute { engine.close() } }
  }

  /// Sends a request and waits for the whole answer. Any status is an answer; an error means that there was none.
  ///
  /// Cancelling the task aborts the transfer and closes its connection. A caller on one of the client's loops stays on it.
  public func send(_ request: ClientRequest) async throws(HTTPClientError) -> ClientResponse {
    try request.check()
    let engine = engine()
    let transfer = Transfer(request: request)
    let outcome = await engine.loop.run { await engine.perform(transfer) }
    return try outcome.get()
  }

  /// Fails what is in flight, closes every connection, refuses what comes later.
  public func shutdown() async {
    for engine in engines { await engine.loop.run { engine.closeIfOnLoop() } }
  }

  private func engine() -> TransferEngine {
    if let here = engines.first(where: { $0.loop.isCurrent }) { return here }
    let value = turn.wrappingAdd(1, ordering: .relaxed).oldValue
    return engines[Int(UInt(bitPattern: value) % UInt(engines.count))]
  }
}
