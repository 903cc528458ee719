// A connection to the server's replication side. It speaks simple queries only, so everything here has the connection to itself
// (`exclusively`), outside of libpq's pipeline mode, which is never used on it.
import CPQ
public import EventLoops

/// A connection that makes slots and streams the log. On one loop, for one task at a time.
public final class ReplicationConnection: @unchecked Sendable {
  // Sendable: its state is touched on the connection's loop; the public functions go there first.
  private let connection: PostgresConnection

  private init(_ connection: PostgresConnection) { self.connection = connection }

  public static func connect(
    _ target: ConnectionTarget, on loop: EventLoop, options: ConnectionOptions = ConnectionOptions()
  ) async throws -> ReplicationConnection {
    var target = target
    target["replication"] = "database"
    var options = options
    // Both would be set by a statement, which this side of the server does not take.
    options.serverStatementTimeoutMilliseconds = 0
    options.idleInTransactionTimeoutMilliseconds = 0
    return ReplicationConnection(try await PostgresConnection.connect(target, on: loop, options: options))
  }

  public func close() async { await connection.close() }

  /// Makes a slot for pgoutput and exports the snapshot at its position.
  public func createSlot(_ name: String, isTemporary: Bool = false) async throws -> CreatedSlot {
    let quoted = name.replacingQuotes("\"")
    let row = try await rows(
      "CREATE_REPLICATION_SLOT \"\(quoted)\" \(isTemporary ? "TEMPORARY " : "")LOGICAL pgoutput (SNAPSHOT 'export')"
    ).first
    guard let row, row.count >= 3, let position = row[1].flatMap({ LogPosition.parse($0) }), let snapshot = row[2] else {
      throw PostgresError(.protocolViolation, "the server made a slot and did not say where it begins")
    }
    return CreatedSlot(name: name, position: position, snapshot: snapshot)
  }

  /// Makes another slot that stands where one stands now, also while that one is streamed from.
  public func copySlot(_ name: String, to copy: String, isTemporary: Bool) async throws {
    let (name, copy) = (name.replacingQuotes("'"), copy.replacingQuotes("'"))
    _ = try await rows("SELECT pg_catalog.pg_copy_logical_replication_slot('\(name)', '\(copy)', \(isTemporary))")
  }

  /// Removes it; false when somebody streams from it, or it is gone.
  @discardableResult
  public func dropSlot(_ name: String) async throws -> Bool {
    do {
      _ = try await rows("DROP_REPLICATION_SLOT \"\(name.replacingQuotes("\""))\"")
      return true
    } catch let error as PostgresError where error.sqlState == .objectInUse || error.sqlState == .undefinedObject {
      return false
    }
  }

  /// Nil when there is no such slot in this database.
  public func slotState(_ name: String) async throws -> SlotState? {
    let row = try await rows(
      """
      SELECT active_pid, confirmed_flush_lsn, coalesce(wal_status, 'lost') FROM pg_catalog.pg_replication_slots
      WHERE slot_name = '\(name.replacingQuotes("'"))' AND database = current_database() AND slot_type = 'logical'
      """
    ).first
    return row.map {
      SlotState(
        activeProcess: $0[0].flatMap { Int32($0) }, confirmedPosition: $0[1].flatMap { LogPosition.parse($0) },
        logState: $0[2] ?? "lost")
    }
  }

  /// Everything committed by now is before it.
  public func endOfLog() async throws -> UInt64 {
    let text = try await rows("SELECT pg_catalog.pg_current_wal_flush_lsn()").first?.first ?? nil
    guard let end = text.flatMap({ LogPosition.parse($0) }) else {
      throw PostgresError(.decoding, "the end of the log is not a position: \(text ?? "nothing")")
    }
    return end
  }

  /// This database's slots whose names begin so and from which nobody streams.
  public func idleSlots(prefix: String) async throws -> [String] {
    try await slots(prefix: prefix).filter { !$0.isActive }.map(\.name)
  }

  /// Those from which somebody streams, without temporary ones.
  public func followedSlots(prefix: String) async throws -> [String] {
    try await rows(
      """
      SELECT slot_name FROM pg_catalog.pg_replication_slots
      WHERE starts_with(slot_name, '\(prefix.replacingQuotes("'"))') AND database = current_database() AND active AND NOT temporary
      """
    ).compactMap { $0[0] }
  }

  /// This database's slots whose names begin so.
  public func slots(prefix: String) async throws -> [(name: String, isActive: Bool)] {
    try await rows(
      """
      SELECT slot_name, active FROM pg_catalog.pg_replication_slots
      WHERE starts_with(slot_name, '\(prefix.replacingQuotes("'"))') AND database = current_database()
      """
    ).map { ($0[0] ?? "", $0[1] == "t") }
  }

  /// Runs a statement as text; all values as text.
  private func rows(_ sql: String) async throws -> [[String?]] {
    try await connection.exclusively { [connection] in
      guard PQsendQuery(connection.libpq, sql) == 1 else { throw connection.lostError("the command could not be sent") }
      try await connection.waitUntilFlushed()
      var rows: [[String?]] = []
      var failure: PostgresError?
      while let result = try await connection.nextResult() {
        if result.status == .failed { failure = failure ?? result.error } else { rows += result.textRows }
      }
      if let failure { throw failure }
      if connection.isClosed { throw connection.closedError }
      return rows
    }
  }

  /// Streams until `body` returns or throws, then ends the stream in order where the server lets it.
  public func stream<R: Sendable>(
    _ request: StreamRequest, _ body: @escaping @Sendable (ReplicationStream) async throws -> R
  ) async throws -> R {
    try await connection.exclusively { [connection] in
      try await connection.startCopy(request.command, expecting: .copyBoth)
      let stream = ReplicationStream(connection)
      do {
        let result = try await body(stream)
        await stream.finish()
        return result
      } catch {
        await stream.finish()
        throw error
      }
    }
  }
}

/// The log, as it comes. Used on the connection's loop only. Between two calls nothing is read: who is slow slows the server.
public final class ReplicationStream: @unchecked Sendable {
  // Sendable: `next` and `send` check that they are on the connection's loop.
  private let connection: PostgresConnection
  private var isOpen = true

  fileprivate init(_ connection: PostgresConnection) {
    self.connection = connection
    connection.pauseReading()
  }

  /// The next message; nil when none has come within `waitMilliseconds`, or the task is cancelled. With 0 only what has arrived.
  public func next(waitMilliseconds: UInt64) async throws -> ReplicationMessage? {
    connection.loop.preconditionCurrent()
    if let message = try nextBuffered() { return message }
    guard waitMilliseconds > 0, !Task.isCancelled else {
      // What lies in the socket counts as arrived.
      guard connection.readAvailable() else { return nil }
      return try nextBuffered()
    }
    var isLate = false
    let timer = connection.loop.schedule(afterMilliseconds: waitMilliseconds) { [connection] in
      isLate = true
      connection.resumeExclusiveWaiter()
    }
    defer { timer.cancel() }
    while !isLate, !Task.isCancelled {
      try await connection.waitForReplication()
      if let message = try nextBuffered() { return message }
    }
    return nil
  }

  private func nextBuffered() throws(PostgresError) -> ReplicationMessage? {
    guard isOpen, let libpq = connection.libpq else { throw connection.closedError }
    var row: UnsafeMutablePointer<CChar>?
    let count = PQgetCopyData(libpq, &row, 1)
    switch count {
    case 1...:
      guard let row else { throw connection.lostError("the stream broke") }
      defer { PQfreemem(row) }
      return try ReplicationMessage([UInt8](UnsafeRawBufferPointer(start: row, count: Int(count))))
    case 0:
      guard connection.inputHasEnded else { return nil }
      let error = connection.lostError("the connection broke while streaming")
      connection.close(error)
      throw error
    default: throw endOfStream(libpq)
    }
  }

  /// The server has ended the stream: because it stops, or because of an error, which it says behind the data.
  private func endOfStream(_ libpq: OpaquePointer) -> PostgresError {
    isOpen = false
    guard PQisBusy(libpq) == 0, let result = PQgetResult(libpq) else {
      return connection.lostError("the server ended the stream")
    }
    let said = LibpqResult(result)
    return said.status == .failed ? said.error : PostgresError(.connectionLost, "the server ended the stream")
  }

  /// Tells the server how far this side is.
  public func send(_ status: ReplicationStatus, sentAt: PostgresTimestamp) async throws {
    connection.loop.preconditionCurrent()
    guard isOpen, let libpq = connection.libpq else { throw connection.closedError }
    let bytes = status.bytes(sentAt: sentAt)
    let code = bytes.withUnsafeBytes { memory in
      memory.baseAddress.map {
        PQputCopyData(libpq, $0.assumingMemoryBound(to: CChar.self), Int32(truncatingIfNeeded: memory.count))
      } ?? -1
    }
    guard code == 1 else {
      let error = connection.lostError("the stream broke while answering")
      connection.close(error)
      throw error
    }
    try await connection.waitUntilFlushed()
  }

  /// Says that no more is wanted and reads what was under way. A server that does not end in time is left.
  fileprivate func finish() async {
    guard let libpq = connection.libpq else { return }
    guard isOpen, PQputCopyEnd(libpq, nil) == 1 else {
      return connection.close(PostgresError(.closed, "the stream has ended"))
    }
    isOpen = false
    let timer = connection.loop.schedule(afterMilliseconds: PostgresLimits.streamEndMilliseconds) { [connection] in
      connection.close(PostgresError(.closed, "the server did not end the stream in time"))
    }
    defer { timer.cancel() }
    do {
      try await connection.waitUntilFlushed()
      try await connection.discardStream()
    } catch {
      connection.close(PostgresError(.closed, "the stream could not be ended: \(error)"))
    }
  }
}

extension PostgresConnection {
  fileprivate func pauseReading() {
    isPaused = true
    watch?.watch([])
  }

  /// Reads from the socket once, without waiting.
  fileprivate func readAvailable() -> Bool {
    guard let libpq, !inputHasEnded else { return false }
    if PQconsumeInput(libpq) == 0 { inputHasEnded = true }
    return true
  }

  /// Suspends until something comes, somebody calls `resumeExclusiveWaiter`, or the task is cancelled. Unlike `waitForSocket`
  /// it sends no cancellation: a stream ends by saying so.
  fileprivate func waitForReplication() async throws {
    guard libpq != nil else { throw closedError }
    guard !inputHasEnded else { return }
    isPaused = false
    watch?.watch(.readable)
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        exclusiveWaiter = continuation
        if Task.isCancelled { resumeExclusiveWaiter() }
      }
    } onCancel: {
      loop.execute { self.resumeExclusiveWaiter() }
    }
    pauseReading()
    guard libpq != nil else { throw closedError }
  }

  fileprivate func discardStream() async throws {
    while let libpq {
      var row: UnsafeMutablePointer<CChar>?
      let count = PQgetCopyData(libpq, &row, 1)
      if let row { PQfreemem(row) }
      if count < 0 { break }
      if count == 0 {
        if inputHasEnded { throw closedError }
        try await waitForStreamEnd()
      }
    }
    isPaused = false
    watch?.watch(.readable)
    while try await nextResult() != nil {}
  }

  /// As `waitForReplication`, also when the task is cancelled: that is when streams are ended.
  private func waitForStreamEnd() async throws {
    isPaused = false
    watch?.watch(.readable)
    await withUnsafeContinuation { exclusiveWaiter = $0 }
    guard libpq != nil else { throw closedError }
  }
}

extension LibpqResult {
  var textRows: [[String?]] {
    (0..<rowCount).map { row in (0..<columnCount).map { text(row, $0) } }
  }
}
