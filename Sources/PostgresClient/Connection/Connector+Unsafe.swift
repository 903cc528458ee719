// Opens one connection without blocking the loop: libpq says what to wait for, the loop waits. While connecting, libpq may
// close its socket and open another, so the watch on it is taken off before every step.
import CPQ
import EventLoops

/// One attempt to connect. Touched only on its loop; calls back exactly once.
final class Connector {
  typealias Completion = (Result<OpaquePointer, PostgresError>) -> Void

  private let loop: EventLoop
  private var connection: OpaquePointer?
  private var watch: PollHandle?
  private var timer: LoopTimer?
  private var completion: Completion?

  init(loop: EventLoop) { self.loop = loop }

  func start(_ target: ConnectionTarget, timeoutMilliseconds: UInt64, _ completion: @escaping Completion) {
    loop.readClock()
    self.completion = completion
    timer = loop.schedule(afterMilliseconds: timeoutMilliseconds) { [self] in
      fail(
        PostgresError(
          .unavailable(retryAfterMilliseconds: 0), "\(target.summary) did not answer within \(timeoutMilliseconds) ms"))
    }
    guard target.needsLookup else { return open(target) }
    lookUp(target)
  }

  private func lookUp(_ target: ConnectionTarget) {
    let loop = loop
    // The connector goes to the other thread and back as an unread reference: nothing of it is touched there.
    nonisolated(unsafe) let me = self
    DetachedThread.run(name: "resolve") {
      let result = Result<ConnectionTarget, PostgresError> { () throws(PostgresError) in try target.lookingUpHosts() }
      loop.execute {
        guard me.completion != nil else { return }
        switch result {
        case .success(let target): me.open(target)
        case .failure(let error): me.fail(error)
        }
      }
    }
  }

  private func open(_ target: ConnectionTarget) {
    guard let connection = target.withKeywordsAndValues({ PQconnectStartParams($0, $1, 0) }) else {
      return fail(PostgresError(.unavailable(retryAfterMilliseconds: 0), "libpq has no memory for a connection"))
    }
    self.connection = connection
    guard PQstatus(connection) != CONNECTION_BAD else { return failWithMessage() }
    // Otherwise libpq prints to the standard error output. What ends the attempt comes as its error.
    PQsetNoticeReceiver(connection, { _, _ in }, nil)
    // While connecting, libpq offers the SQLSTATE only as part of a verbose message.
    PQsetErrorVerbosity(connection, PQERRORS_VERBOSE)
    wait(for: .writable)
  }

  private func wait(for events: PollHandle.Events) {
    guard let connection else { return }
    do throws(LoopError) {
      let watch = try PollHandle(loop: loop, fileDescriptor: PQsocket(connection))
      self.watch = watch
      watch.start(events) { [self] _ in step() }
    } catch {
      fail(PostgresError(.unavailable(retryAfterMilliseconds: 0), "the new connection cannot be watched: \(error)"))
    }
  }

  private func step() {
    guard let connection else { return }
    watch?.close()
    watch = nil
    switch PQconnectPoll(connection) {
    case PGRES_POLLING_READING: wait(for: .readable)
    case PGRES_POLLING_WRITING: wait(for: .writable)
    case PGRES_POLLING_OK: succeed(connection)
    default: failWithMessage()
    }
  }

  private func succeed(_ connection: OpaquePointer) {
    PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
    self.connection = nil
    finish(.success(connection))
  }

  private func failWithMessage() {
    guard let connection else { return }
    let message = PQerrorMessage(connection).map { String(cString: $0) } ?? "no reason given"
    let needsPassword = PQconnectionNeedsPassword(connection) != 0
    fail(Connector.error(message: message, needsPassword: needsPassword))
  }

  /// The errors that mending the configuration cures are told apart from those that time cures.
  static func error(message: String, needsPassword: Bool) -> PostgresError {
    if needsPassword {
      return PostgresError(.configuration, "the server asks for a password and the connection string has none")
    }
    let isTrustFailure = message.contains("certificate verify failed") || message.contains("does not support SSL")
    guard let (state, rest) = SQLState.inVerboseMessage(message) else {
      let line = message.split(separator: "\n").first.map(String.init) ?? message
      return PostgresError(isTrustFailure ? .configuration : .unavailable(retryAfterMilliseconds: 0), line)
    }
    let line = String(rest.prefix { $0 != "\n" })
    let code: PostgresError.Code =
      state.category == .configuration || state.category == .statement
      ? .configuration : .unavailable(retryAfterMilliseconds: 0)
    return PostgresError(code, line, sqlState: state)
  }

  private func fail(_ error: PostgresError) {
    watch?.close()
    watch = nil
    if let connection { PQfinish(connection) }
    connection = nil
    finish(.failure(error))
  }

  private func finish(_ result: Result<OpaquePointer, PostgresError>) {
    timer?.cancel()
    timer = nil
    let completion = completion
    self.completion = nil
    completion?(result)
  }
}
