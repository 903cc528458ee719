// From an address to a connection in pipeline mode, watched by its loop.
import CPQ
public import EventLoops

extension PostgresConnection {
  /// Connects on `loop`.
  public static func connect(
    _ target: ConnectionTarget, on loop: EventLoop, options: ConnectionOptions = ConnectionOptions()
  ) async throws -> PostgresConnection {
    guard loop.isCurrent else {
      return try await loop.run { try await connect(target, on: loop, options: options) }
    }
    let libpq = try await withUnsafeThrowingContinuation { (continuation: UnsafeContinuation<LibpqHandle, any Error>) in
      Connector(loop: loop).start(target, timeoutMilliseconds: options.connectTimeoutMilliseconds) { result in
        continuation.resume(with: result.map(LibpqHandle.init).mapError { $0 })
      }
    }
    let connection = PostgresConnection(taking: libpq.pointer, loop: loop, options: options)
    do {
      try connection.begin()
      try await connection.setUpSession()
    } catch {
      connection.close(PostgresError(.closed, "the session could not be set up"))
      throw error
    }
    return connection
  }

  private func begin() throws(PostgresError) {
    guard let libpq else { throw closedError }
    guard PQsetnonblocking(libpq, 1) == 0, PQenterPipelineMode(libpq) == 1 else {
      throw PostgresError(.protocolViolation, "libpq refuses pipeline mode")
    }
    let notices = NoticeSink(options.onNotice)
    self.notices = notices
    // The sink outlives the connection: it is released after PQfinish.
    PQsetNoticeReceiver(libpq, receiveNotice, Unmanaged.passUnretained(notices).toOpaque())
    do throws(LoopError) {
      let watch = try PollHandle(loop: loop, fileDescriptor: PQsocket(libpq))
      self.watch = watch
      // The watch keeps the connection until it is closed, by either side.
      watch.start(.readable) { [self] result in socketIsReady(result) }
    } catch {
      throw PostgresError(.unavailable(retryAfterMilliseconds: 0), "the connection cannot be watched: \(error)")
    }
  }

  private static let sessionSetting = PreparedQuery("SELECT set_config($1, $2, false)")

  private func setUpSession() async throws {
    let settings = [
      ("statement_timeout", options.serverStatementTimeoutMilliseconds),
      ("idle_in_transaction_session_timeout", options.idleInTransactionTimeoutMilliseconds),
    ].filter { $0.1 > 0 }
    guard !settings.isEmpty else { return }
    try await pipeline { pipeline in
      for (name, value) in settings { pipeline.add(PostgresConnection.sessionSetting, name, String(value)) }
    }
  }

  /// Says goodbye and frees everything. From any thread.
  public func close() async {
    guard loop.isCurrent else {
      return await loop.run { await self.close() }
    }
    close(PostgresError(.closed, "the connection was closed"))
  }

  /// The last part of `close`: the watch goes before the descriptor.
  func closeHandles() {
    watch?.close()
    watch = nil
    guard let libpq else { return }
    self.libpq = nil
    PQfinish(libpq)
    notices = nil
  }

  /// The server process behind this connection.
  public var serverProcessID: Int32 { libpq.map { PQbackendPID($0) } ?? 0 }
}

/// A pointer on its way through a continuation that is resumed and read on the same loop.
private struct LibpqHandle: @unchecked Sendable {
  let pointer: OpaquePointer
}

/// What the C callback for notices gets as its argument.
final class NoticeSink {
  let receive: (@Sendable (PostgresNotice) -> Void)?
  init(_ receive: (@Sendable (PostgresNotice) -> Void)?) { self.receive = receive }
}

private func receiveNotice(_ argument: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
  guard let argument, let result,
    let receive = Unmanaged<NoticeSink>.fromOpaque(argument).takeUnretainedValue().receive
  else { return }
  receive(
    PostgresNotice(
      severity: errorField(result, QAREEB_PQ_SEVERITY) ?? "NOTICE", message: errorField(result, QAREEB_PQ_MESSAGE) ?? "",
      sqlState: errorField(result, QAREEB_PQ_SQLSTATE).flatMap { SQLState($0) }))
}

func errorField(_ result: OpaquePointer, _ field: some BinaryInteger) -> String? {
  PQresultErrorField(result, Int32(field)).map { String(cString: $0) }
}

extension PostgresError {
  /// What a failed result says, without what it quotes. `keepsDetail` only for scripts, which have no parameters.
  init(result: OpaquePointer, keepsDetail: Bool = false) {
    let state = errorField(result, QAREEB_PQ_SQLSTATE).flatMap { SQLState($0) }
    let primary =
      errorField(result, QAREEB_PQ_MESSAGE) ?? PQresultErrorMessage(result).map { String(cString: $0) }
      ?? "the server gave no reason"
    // Without an SQLSTATE it is libpq that speaks: the connection is gone.
    let endsSession = state == nil || errorField(result, QAREEB_PQ_SEVERITY) == "FATAL"
    let message = keepsDetail ? primary : PostgresError.redacted(primary, state: state)
    self.init(endsSession ? .connectionLost : .server, String(message.prefix { $0 != "\n" }), sqlState: state)
    constraint = errorField(result, QAREEB_PQ_CONSTRAINT)
    table = errorField(result, QAREEB_PQ_TABLE)
    column = errorField(result, QAREEB_PQ_COLUMN)
    hint = errorField(result, QAREEB_PQ_HINT)
    position = errorField(result, QAREEB_PQ_POSITION).flatMap { Int($0) }
    if keepsDetail { detail = errorField(result, QAREEB_PQ_DETAIL) }
  }
}
