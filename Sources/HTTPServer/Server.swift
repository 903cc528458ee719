public import EventLoops
import Synchronization

/// An HTTP/1.1 and WebSocket server on the loops of a group.
///
/// `listen` may be called several times, for TCP and Unix sockets alike. TLS and HTTP/2 are the business of the proxy in front.
public final class Server: Sendable {
  private let loops: [ServerLoop]
  private let socketFiles = Mutex<[SocketFile]>([])

  /// `secondsSince1970` is the wall clock for `Date`.
  public init(
    group: EventLoopGroup, service: any HTTPService, limits: ServerLimits = ServerLimits(),
    secondsSince1970: @escaping @Sendable () -> Int64
  ) {
    loops = group.loops.map {
      ServerLoop(
        loop: $0, service: service, limits: limits, statistics: ServerStatistics(),
        clock: ServerClock(secondsSince1970: secondsSince1970))
    }
  }

  /// Listens on every loop; returns the address with the port the system chose, if it chose.
  @discardableResult
  public func listen(_ address: ListenAddress) async throws -> ListenAddress {
    let (sockets, bound) = try ListeningSocket.bind(address, count: loops.count)
    for (context, socket) in zip(loops, sockets) {
      try await context.loop.run { try context.listen(socket) }
    }
    if let file = SocketFile(bound) { socketFiles.withLock { $0.append(file) } }
    return bound
  }

  /// What each loop counts.
  public var statistics: [ServerStatistics] { loops.map(\.statistics) }

  /// Accepts no more, lets what is under way end, and cuts what is left after `deadlineMilliseconds`.
  public func drain(deadlineMilliseconds: UInt64) async {
    for file in socketFiles.withLock({ files in
      defer { files = [] }
      return files
    }) { file.remove() }
    await withTaskGroup(of: Void.self) { group in
      for context in loops {
        group.addTask { await context.loop.run { await Server.drain(context, deadlineMilliseconds) } }
      }
    }
  }

  private static func drain(_ context: ServerLoop, _ deadlineMilliseconds: UInt64) async {
    context.drain()
    let end = context.loop.nowMilliseconds + deadlineMilliseconds
    while context.openCount > 0, context.loop.nowMilliseconds < end {
      // A cancelled drain is a hurried one.
      do { try await context.loop.sleep(milliseconds: 10) } catch { break }
    }
    context.closeAll()
    // Until the connections' handlers have seen the end.
    await Task.yield()
  }
}
