// Puts statements into libpq's pipeline. Everything here runs on the loop and never waits.
import CPQ
import EventLoops

extension PostgresConnection {
  /// Sends one statement. `command` gets the answer, or the error of this call.
  func send(
    _ query: PreparedQuery, _ command: Command, timeoutMilliseconds: UInt64?, encode: (inout ParameterWriter) -> Void
  ) {
    do throws(PostgresError) {
      try requirePipeline()
      if !command.isShared, unsyncedCount > 0 { try sync() }
      if !namesToForget.isEmpty { try sendForgetting() }
      parameters.reset()
      encode(&parameters)
      let entry = try prepare(query, timeoutMilliseconds)
      try sendPendingBegin()
      try sendExecute(entry, command)
      setDeadline(of: command, timeoutMilliseconds)
      if command.isShared, unsyncedCount < PostgresLimits.readsInBatch { scheduleSync() } else { try sync() }
    } catch {
      command.finish(.failure(error))
    }
  }

  func requirePipeline() throws(PostgresError) {
    loop.preconditionCurrent()
    guard libpq != nil else { throw closedError }
    guard !isExclusive else {
      throw PostgresError(.misuse, "the connection is busy with a COPY or a script")
    }
  }

  /// The statement the written parameters are for, prepared if need be. A Prepare has a Sync of its own: whether it
  /// succeeds depends on nobody else, and who comes later may rely on it.
  func prepare(_ query: PreparedQuery, _ timeoutMilliseconds: UInt64?) throws(PostgresError) -> StatementCache.Entry {
    guard parameters.count <= PostgresLimits.parameters else {
      throw PostgresError(.encoding, "\(parameters.count) parameters, \(PostgresLimits.parameters) are allowed")
    }
    guard parameters.byteCount <= PostgresLimits.parameterBytes else {
      throw PostgresError(.encoding, "\(parameters.byteCount) bytes of parameters, the server takes less than 1 GB")
    }
    let types = parameters.types
    if let entry = statements.find(query, types: types) { return entry }
    return try sendPrepare(query, types: types, timeoutMilliseconds)
  }

  private func sendPrepare(
    _ query: PreparedQuery, types: [UInt32], _ timeoutMilliseconds: UInt64?
  ) throws(PostgresError) -> StatementCache.Entry {
    if unsyncedCount > 0 { try sync() }
    let (entry, evicted) = statements.insert(query, types: types)
    // Told to the server before the next statement, not now: what is being put together may still use it.
    if let evicted { namesToForget.append(evicted.name) }
    guard PQsendPrepare(libpq, entry.name, query.sql, Int32(types.count), types) == 1 else { throw lostWhileSending() }
    let command = Command(.prepare)
    command.entry = entry
    commands.append(command)
    unsyncedCount += 1
    setDeadline(of: command, timeoutMilliseconds)
    try sync()
    return entry
  }

  func sendForgetting() throws(PostgresError) {
    let names = namesToForget
    namesToForget = []
    for name in names {
      let text = name.dropLast().map { UInt8(bitPattern: $0) }
      let sql = "DEALLOCATE " + String(decoding: text, as: UTF8.self)
      guard PQsendQueryParams(libpq, sql, 0, nil, nil, nil, nil, 1) == 1 else { throw lostWhileSending() }
      let command = Command(.deallocate)
      command.onAnswer = { [weak self] result in
        // Refused inside a failed transaction: asked again later.
        if case .failure = result { self?.namesToForget.append(name) }
      }
      commands.append(command)
      unsyncedCount += 1
      try sync()
    }
  }

  /// BEGIN travels in front of its first statement, in the same message. What is prepared must be prepared before.
  func sendPendingBegin() throws(PostgresError) {
    guard let begin = pendingBegin else { return }
    pendingBegin = nil
    let entry: StatementCache.Entry
    if let known = statements.find(begin, types: []) {
      entry = known
    } else {
      entry = try sendPrepare(begin, types: [], nil)
    }
    guard PQsendQueryPrepared(libpq, entry.name, 0, nil, nil, nil, 1) == 1 else { throw lostWhileSending() }
    let command = Command(.statement)
    command.entry = entry
    commands.append(command)
    unsyncedCount += 1
  }

  func sendExecute(_ entry: StatementCache.Entry, _ command: Command) throws(PostgresError) {
    let sent = parameters.withArguments { arguments in
      PQsendQueryPrepared(libpq, entry.name, arguments.count, arguments.values, arguments.lengths, arguments.formats, 1)
    }
    guard sent == 1 else { throw lostWhileSending() }
    command.entry = entry
    commands.append(command)
    unsyncedCount += 1
  }

  /// Ends a group: what came since the last Sync is one transaction, and a failure in it ends there. libpq 15 writes to
  /// the socket here, so a Sync is also what sends.
  func sync() throws(PostgresError) {
    guard PQpipelineSync(libpq) == 1 else { throw lostWhileSending() }
    commands.append(Command(.sync))
    unsyncedCount = 0
    flush()
  }

  /// One Sync for all reads of this turn.
  private func scheduleSync() {
    guard !syncIsScheduled else { return }
    syncIsScheduled = true
    loop.execute { [self] in
      syncIsScheduled = false
      guard unsyncedCount > 0, libpq != nil else { return }
      do throws(PostgresError) {
        try sync()
      } catch {
        close(error)
      }
    }
  }

  /// Writes what libpq holds; watches for room in the socket until all is written.
  func flush() {
    guard let libpq else { return }
    switch PQflush(libpq) {
    case 0: watch?.watch(isPaused ? [] : .readable)
    case 1: watch?.watch([.readable, .writable])
    default: close(lostError("the connection broke while writing"))
    }
  }

  /// libpq refused to send: either the connection is gone, or it was misused and nothing it says can be trusted.
  private func lostWhileSending() -> PostgresError {
    let error = lostError("the statement could not be sent")
    close(error)
    return error
  }

  func lostError(_ what: String) -> PostgresError {
    let reason = libpq.flatMap { PQerrorMessage($0) }.map { String(cString: $0) } ?? ""
    let line = reason.split(separator: "\n").first.map(String.init) ?? "no reason given"
    return PostgresError(.connectionLost, "\(what): \(line)")
  }
}
