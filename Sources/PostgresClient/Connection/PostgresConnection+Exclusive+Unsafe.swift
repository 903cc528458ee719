// Scripts and COPY, which libpq's pipeline mode does not know: the connection leaves it, belongs to one caller, and goes
// back. Whoever waits here is woken by every event on the socket and looks for himself.
import CPQ
import EventLoops

extension PostgresConnection {
  /// Runs `body` with the connection outside of pipeline mode. If it cannot be brought back, the connection is dropped.
  func exclusively<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
    guard loop.isCurrent else { return try await loop.run { try await self.exclusively(body) } }
    try requirePipeline()
    if needsBarrier, commands.isEmpty { try await settle() }
    if pendingBegin != nil {
      // BEGIN has no statement to travel with.
      _ = try await query(PostgresConnection.nothing, timeoutMilliseconds: nil)
    }
    guard isQuiet, let libpq, PQexitPipelineMode(libpq) == 1 else {
      throw PostgresError(.misuse, "a COPY or a script needs the connection to itself; statements are still under way")
    }
    isExclusive = true
    let result: Result<R, any Error>
    do {
      result = .success(try await body())
    } catch {
      result = .failure(error)
    }
    isExclusive = false
    isPaused = false
    exclusiveStopIsWanted = false
    graceTimer?.cancel()
    graceTimer = nil
    if self.libpq != nil, PQenterPipelineMode(libpq) != 1 {
      close(PostgresError(.protocolViolation, "a COPY or script left the connection in the middle of something"))
    }
    watch?.watch(.readable)
    return try result.get()
  }

  private static let nothing = PreparedQuery("SELECT")

  /// Suspends until something happens on the socket.
  func waitForSocket() async throws {
    guard libpq != nil else { throw closedError }
    guard !inputHasEnded else { return }
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        // Only answers are waited for without a way to hurry the server: cancellation sends it a request.
        if Task.isCancelled { stopExclusive() }
        exclusiveWaiter = continuation
      }
    } onCancel: {
      loop.execute { self.stopExclusive() }
    }
    guard libpq != nil else { throw closedError }
  }

  /// Suspends until everything written has left for the server.
  func waitUntilFlushed() async throws {
    while true {
      guard let libpq else { throw closedError }
      switch PQflush(libpq) {
      case 0:
        watch?.watch(isPaused ? [] : .readable)
        return
      case 1:
        watch?.watch(isPaused ? .writable : [.readable, .writable])
        try await waitForSocket()
      default:
        let error = lostError("the connection broke while writing")
        close(error)
        throw error
      }
    }
  }

  /// The next result of a simple query; nil after the last. When the connection ends, what the server said last comes first.
  func nextResult() async throws -> LibpqResult? {
    while true {
      guard let libpq else { throw closedError }
      if PQisBusy(libpq) == 0 || inputHasEnded {
        if let result = PQgetResult(libpq) { return LibpqResult(result) }
        if inputHasEnded { close(lostError("the connection broke")) }
        return nil
      }
      try await waitForSocket()
    }
  }

  /// Runs SQL as text, without parameters: several statements are one transaction. For migrations and maintenance; the
  /// error says where, and keeps the server's detail. `timeoutMilliseconds` 0 or nil: as long as it takes.
  public func script(_ sql: String, timeoutMilliseconds: UInt64? = nil) async throws {
    try await exclusively { try await self.runScript(sql, timeoutMilliseconds) }
  }

  private func runScript(_ sql: String, _ timeoutMilliseconds: UInt64?) async throws {
    guard PQsendQuery(libpq, sql) == 1 else { throw lostError("the script could not be sent") }
    var hasTimedOut = false
    let timer = timeoutMilliseconds.flatMap { timeout in
      timeout == 0
        ? nil
        : loop.schedule(afterMilliseconds: timeout) {
          hasTimedOut = true
          self.stopExclusive()
        }
    }
    defer { timer?.cancel() }
    try await waitUntilFlushed()
    var failure: PostgresError?
    while let result = try await nextResult() {
      switch result.status {
      case .failed: if failure == nil { failure = result.error }
      case .copyIn, .copyOut, .copyBoth:
        let error = PostgresError(.misuse, "a script cannot COPY from or to the client")
        close(error)
        throw error
      case .done, .other: break
      }
    }
    guard var failure else {
      if isClosed { throw closedError }
      return
    }
    if failure.sqlState == .queryCanceled, hasTimedOut || Task.isCancelled {
      failure = PostgresError(hasTimedOut ? .timeout : .cancelled, failure.message, sqlState: failure.sqlState)
    }
    throw failure
  }
}

/// A result outside of the pipeline.
struct LibpqResult: ~Copyable {
  enum Status { case done, copyIn, copyOut, copyBoth, failed, other }

  private let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }
  deinit { PQclear(pointer) }

  var status: Status {
    switch PQresultStatus(pointer) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: .done
    case PGRES_COPY_IN: .copyIn
    case PGRES_COPY_OUT: .copyOut
    case PGRES_COPY_BOTH: .copyBoth
    case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE: .failed
    default: .other
    }
  }

  var error: PostgresError { PostgresError(result: pointer, keepsDetail: true) }

  var rowCount: Int32 { PQntuples(pointer) }
  var columnCount: Int32 { PQnfields(pointer) }

  /// A value of a result in text form; nil for NULL.
  func text(_ row: Int32, _ column: Int32) -> String? {
    PQgetisnull(pointer, row, column) != 0 ? nil : PQgetvalue(pointer, row, column).map { String(cString: $0) }
  }

  var affectedCount: Int { PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0 }
}
