public import EventLoops
import Synchronization
public import Telemetry

/// What a listener has to tell.
public enum PostgresListenerEvent: Sendable, Hashable {
  public enum GapReason: Sendable, Hashable {
    /// The connection was lost and is back.
    case reconnected
    /// The reader was too slow and notifications were dropped.
    case overflow
  }

  /// LISTEN is in force: notifications from now on arrive.
  case listening
  case notification(PostgresNotification)
  /// Notifications may have been missed; LISTEN is in force again. Read the state anew.
  case gap(GapReason)
}

/// Listens on channels over a connection of its own, for ever: when the connection is lost it makes another, listens again,
/// and says that there was a gap.
public final class PostgresListener: AsyncSequence, Sendable {
  public typealias Element = PostgresListenerEvent

  private let target: ConnectionTarget
  private let channels: [String]
  private let loop: EventLoop
  private let backOff: BackOff
  private let random: RandomSource
  private let logger: Logger
  private let mailbox = Mailbox()
  private let task = Mutex<Task<Void, Never>?>(nil)

  /// Starts at once.
  public init(
    _ target: ConnectionTarget, channels: [String], on loop: EventLoop,
    backOff: BackOff = BackOff(baseMilliseconds: 50, maximumMilliseconds: 10_000),
    random: @escaping RandomSource = systemRandomSource, logger: Logger = .disabled
  ) {
    self.target = target
    self.channels = channels
    self.loop = loop
    self.backOff = backOff
    self.random = random
    self.logger = logger.labelled("postgres")
    let work = Task(executorPreference: loop) { [self] in await run() }
    task.withLock { $0 = work }
  }

  /// Stops listening; readers come to their end.
  public func close() async {
    let work = task.withLock { $0 }
    work?.cancel()
    await work?.value
    mailbox.finish()
  }

  private func run() async {
    var attempt = 0
    var hasListened = false
    while !Task.isCancelled {
      do {
        let connection = try await PostgresConnection.connect(target, on: loop)
        try await listen(connection, hasListened)
        hasListened = true
        attempt = 0
        await stay(connection)
      } catch {
        guard !Task.isCancelled else { break }
        logger.warning(
          "listening for notifications failed; it is tried again",
          ["reason": .public((error as? PostgresError)?.description ?? "\(error)")])
      }
      do {
        try await loop.sleep(milliseconds: backOff.delay(attempt: attempt, random: random()))
      } catch {
        break  // cancelled
      }
      attempt += 1
    }
    mailbox.finish()
  }

  private func listen(_ connection: PostgresConnection, _ hasListened: Bool) async throws {
    let mailbox = mailbox
    connection.onNotification = { mailbox.put(.notification($0)) }
    do {
      for channel in channels {
        let name = "\"" + channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
        _ = try await connection.query(PreparedQuery(adHoc: "LISTEN \(name)"), timeoutMilliseconds: nil)
      }
    } catch {
      await connection.close()
      throw error
    }
    mailbox.put(hasListened ? .gap(.reconnected) : .listening)
  }

  /// Until the connection ends or the listener is closed. Asks now and then whether the server is still there.
  private func stay(_ connection: PostgresConnection) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { (ended: CheckedContinuation<Void, Never>) in
        guard !connection.isClosed, !Task.isCancelled else {
          connection.close(PostgresError(.closed, "the listener was closed"))
          return ended.resume()
        }
        let pinger = Pinger(connection)
        connection.onClose = { [logger] reason in
          pinger.stop()
          if reason.code != .closed {
            logger.warning("the listening connection was lost", ["reason": .public(reason.message)])
          }
          ended.resume()
        }
        pinger.schedule()
      }
    } onCancel: {
      loop.execute { connection.close(PostgresError(.closed, "the listener was closed")) }
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(mailbox: mailbox) }

  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let mailbox: Mailbox
    /// Nil once the listener is closed or the task cancelled.
    public mutating func next() async -> PostgresListenerEvent? { await mailbox.next() }
  }
}

/// Notices a connection that is dead and silent. Touched only on the connection's loop.
private final class Pinger: @unchecked Sendable {
  // Sendable: used on the loop only, from timers and from tasks pinned to it.
  private let connection: PostgresConnection
  private var timer: LoopTimer?
  private static let ping = PreparedQuery("SELECT")

  init(_ connection: PostgresConnection) { self.connection = connection }

  func schedule() {
    timer = connection.loop.schedule(afterMilliseconds: PostgresLimits.listenerPingMilliseconds) { [self] in
      connection.loop.startTask { [self] in await ping() }
    }
  }

  func stop() {
    timer?.cancel()
    timer = nil
  }

  private func ping() async {
    do {
      _ = try await connection.query(Pinger.ping, timeoutMilliseconds: PostgresLimits.idleCheckTimeoutMilliseconds)
      if !connection.isClosed { schedule() }
    } catch {
      connection.close(PostgresError(.connectionLost, "the server did not answer the listener"))
    }
  }
}

/// Events on their way from the loop to one reader.
private final class Mailbox: Sendable {
  private struct State {
    var events = RingBuffer<PostgresListenerEvent>()
    var hasOverflowed = false
    var hasEnded = false
    var reader: CheckedContinuation<PostgresListenerEvent?, Never>?
  }

  private let state = Mutex(State())

  func put(_ event: PostgresListenerEvent) {
    let reader = state.withLock { state -> CheckedContinuation<PostgresListenerEvent?, Never>? in
      if let reader = state.reader {
        state.reader = nil
        return reader
      }
      guard state.events.count < PostgresLimits.queuedNotifications else {
        state.hasOverflowed = true
        return nil
      }
      state.events.append(event)
      return nil
    }
    reader?.resume(returning: event)
  }

  func finish() {
    let reader = state.withLock { state in
      state.hasEnded = true
      defer { state.reader = nil }
      return state.reader
    }
    reader?.resume(returning: nil)
  }

  func next() async -> PostgresListenerEvent? {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        enum Outcome { case event(PostgresListenerEvent?), waits }
        let outcome = state.withLock { state -> Outcome in
          if let event = state.events.popFirst() { return .event(event) }
          if state.hasOverflowed {
            // After what was kept, so that the gap is told where it is.
            state.hasOverflowed = false
            return .event(.gap(.overflow))
          }
          if state.hasEnded || Task.isCancelled { return .event(nil) }
          precondition(state.reader == nil, "a listener has one reader")
          state.reader = continuation
          return .waits
        }
        if case .event(let event) = outcome { continuation.resume(returning: event) }
      }
    } onCancel: {
      let reader = state.withLock { state in
        defer { state.reader = nil }
        return state.reader
      }
      reader?.resume(returning: nil)
    }
  }
}
