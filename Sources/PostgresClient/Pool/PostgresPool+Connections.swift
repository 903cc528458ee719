import EventLoops
import Telemetry

extension PostgresPool {
  func start() {
    loop.preconditionCurrent()
    openMissing()
    scheduleHousekeeping()
  }

  // MARK: Opening

  /// Opens one more connection if there may be one more, the database seems to be there, and fewer are being opened than
  /// there are requests for one.
  func openAnother(demand: Int) {
    guard !isClosing, circuit.isClosed, connections.count + openingCount < configuration.maximumConnectionsPerLoop,
      openingCount < demand
    else { return }
    open()
  }

  private func openMissing() {
    // Asked each time: an attempt can fail on the spot, and then nobody else tries.
    while circuit.isClosed, !isClosing, connections.count + openingCount < configuration.minimumConnectionsPerLoop { open() }
  }

  private func open() {
    openingCount += 1
    loop.startTask { [self] in
      do {
        var options = configuration.connection
        options.onNotice = { [logger] notice in
          logger.debug("notice from PostgreSQL", ["severity": .public(notice.severity), "message": .public(notice.message)])
        }
        let connection = try await PostgresConnection.connect(configuration.target, on: loop, options: options)
        openingCount -= 1
        opened(connection)
      } catch {
        openingCount -= 1
        failedToOpen(error as? PostgresError ?? PostgresError(.unavailable(retryAfterMilliseconds: 0), "\(error)"))
      }
      endClosingIfDone()
    }
  }

  private func opened(_ connection: PostgresConnection) {
    metrics?.connectionsOpened.add()
    retryTimer?.cancel()
    retryTimer = nil
    if circuit.succeeded() {
      logger.notice("the database is reachable again", ["database": .public(configuration.target.summary)])
    }
    let lifetime = configuration.maximumLifetimeMilliseconds
    // Spread over the last tenth, so that those opened together do not all end together.
    connection.expiresAtMilliseconds = loop.nowMilliseconds + lifetime - random() % (lifetime / 10 + 1)
    connection.onClose = { [weak self, weak connection] reason in
      guard let connection else { return }
      self?.closed(connection, reason)
    }
    connections.append(connection)
    becomeIdle(connection)
    openMissing()
  }

  private func failedToOpen(_ error: PostgresError) {
    metrics?.connectFailures.add()
    let wasClosed = circuit.isClosed
    let isNews = circuit.lastError.map { $0.code != error.code } ?? true
    let now = loop.nowMilliseconds
    guard wasClosed || circuit.state == .probing else { return }
    let delay = circuit.failed(error, now: now, backOff: configuration.reconnect, random: random())
    if isNews { announce(error) }
    refuseThoseWhoCannotWait(nextAttemptAt: now + delay)
    retryTimer?.cancel()
    retryTimer = loop.schedule(afterMilliseconds: delay) { [weak self] in self?.probe() }
    noteState()
  }

  private func announce(_ error: PostgresError) {
    let fields: LogFields = [
      "database": .public(configuration.target.summary), "reason": .public(error.message),
      "sqlstate": .public(error.sqlState?.description),
    ]
    if error.code == .configuration {
      logger.error("the database refuses this configuration; it is tried again now and then", fields)
    } else {
      logger.warning("the database cannot be reached; it is tried again with growing pauses", fields)
    }
  }

  /// One attempt on behalf of all.
  private func probe() {
    retryTimer = nil
    guard !isClosing else { return }
    circuit.probe()
    noteState()
    open()
  }

  // MARK: Closing

  private func closed(_ connection: PostgresConnection, _ reason: PostgresError) {
    connections.removeAll { $0 === connection }
    idle.removeAll { $0 === connection }
    if gathering === connection { gathering = nil }
    if reason.code != .closed {
      logger.info(
        "a database connection ended", ["reason": .public(reason.message), "sqlstate": .public(reason.sqlState?.description)])
    }
    noteState()
    endClosingIfDone()
    guard !isClosing else { return }
    // Not from within the callback: it may come from the middle of a send.
    loop.execute { [self] in
      openMissing()
      pump()
    }
  }

  func retire(_ connection: PostgresConnection) {
    connection.close(PostgresError(.closed, "the pool closed the connection"))
  }

  /// Lends no more, waits for what is lent to come back, at most until the deadline, and closes everything.
  func close(deadlineMilliseconds: UInt64) async {
    loop.preconditionCurrent()
    guard !isClosing else { return }
    isClosing = true
    housekeepingTimer?.cancel()
    retryTimer?.cancel()
    refuseEveryone(PostgresError(.closed, "the database is being closed"))
    for connection in idle { retire(connection) }
    guard !connections.isEmpty || openingCount > 0 else { return noteState() }
    let timer = loop.schedule(afterMilliseconds: deadlineMilliseconds) { [self] in
      for connection in connections { connection.close(PostgresError(.closed, "the database was closed")) }
    }
    await withCheckedContinuation { closeContinuations.append($0) }
    timer.cancel()
    noteState()
  }

  private func endClosingIfDone() {
    guard isClosing, connections.isEmpty, openingCount == 0 else { return }
    let continuations = closeContinuations
    closeContinuations = []
    continuations.forEach { $0.resume() }
  }

  // MARK: Housekeeping

  private func scheduleHousekeeping() {
    housekeepingTimer = loop.schedule(afterMilliseconds: PostgresLimits.housekeepingMilliseconds) { [weak self] in
      guard let self, !isClosing else { return }
      keepHouse()
      scheduleHousekeeping()
    }
  }

  /// Closes connections that are too old or not needed, opens those that are missing.
  func keepHouse() {
    let now = loop.nowMilliseconds
    for connection in idle where now >= connection.expiresAtMilliseconds { retire(connection) }
    let spare = connections.count - configuration.minimumConnectionsPerLoop
    if spare > 0 {
      let unused = idle.filter { now - $0.idleSinceMilliseconds >= configuration.idleTimeoutMilliseconds }
      for connection in unused.prefix(spare) { retire(connection) }
    }
    openMissing()
    noteState()
  }
}
