// Takes answers out of libpq and hands each to the command at the front. Runs on the loop, never waits: libpq is asked for
// a result only when it says that it has one.
import CPQ
import EventLoops

extension PostgresConnection {
  func socketIsReady(_ events: Result<PollHandle.Events, LoopError>) {
    if case .failure(let error) = events { return close(PostgresError(.connectionLost, "\(error)")) }
    if case .success(let events) = events, events.contains(.writable) { flush() }
    // Writing may have found the end of the connection, and freed it.
    guard let libpq else { return }
    if isExclusive {
      // Whoever has the connection to himself looks for himself, also at what came before the end.
      if PQconsumeInput(libpq) == 0 {
        inputHasEnded = true
        watch?.close()
        watch = nil
      }
      return resumeExclusiveWaiter()
    }
    let couldRead = PQconsumeInput(libpq) == 1
    // Answers that arrived before the end are good.
    takeAnswers()
    takeNotifications()
    if !couldRead, self.libpq != nil { close(lostError("the connection broke")) }
  }

  func takeAnswers() {
    while let libpq, let command = commands.first {
      guard PQisBusy(libpq) == 0 else { return }
      guard let result = PQgetResult(libpq) else {
        guard endOfAnswer(to: command) else { return }
        continue
      }
      strayEnds = 0
      take(result, for: command)
    }
  }

  /// libpq ends each statement's results with nothing; returns false when the connection had to be closed.
  private func endOfAnswer(to command: Command) -> Bool {
    if command.hasAnswer {
      complete(command)
      return true
    }
    strayEnds += 1
    if strayEnds <= 2 { return true }
    close(PostgresError(.protocolViolation, "the server sent fewer answers than it was asked for"))
    return false
  }

  private func take(_ result: OpaquePointer, for command: Command) {
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
      command.answer = Rows(taking: result)
      return
    case PGRES_PIPELINE_SYNC:
      PQclear(result)
      guard command.role == .sync else {
        return close(PostgresError(.protocolViolation, "the server synchronised before it answered"))
      }
      groupFailure = nil
      _ = commands.popFirst()
      stopFirstIfAsked()
      return
    case PGRES_PIPELINE_ABORTED:
      command.wasSkipped = true
    case PGRES_FATAL_ERROR, PGRES_NONFATAL_ERROR, PGRES_BAD_RESPONSE:
      let failure = PostgresError(result: result)
      command.failure = failure
      if groupFailure == nil { groupFailure = failure }
      PQclear(result)
      if failure.code == .connectionLost { close(failure) }
      return
    default:
      // COPY through the pipeline: libpq 15 cannot get out of it again.
      command.failure = PostgresError(.misuse, "COPY has its own calls, copyIn and copyOut; the connection was dropped")
      close(PostgresError(.misuse, "a COPY was sent as a query"))
    }
    PQclear(result)
  }

  private func complete(_ command: Command) {
    _ = commands.popFirst()
    command.finish(outcome(of: command))
  }

  private func outcome(of command: Command) -> Result<Rows, any Error> {
    if let failure = command.failure {
      if command.role == .prepare, let entry = command.entry {
        entry.failure = explained(failure, command)
        statements.remove(entry)
      }
      if command.isShared, failure.sqlState == .queryCanceled, command.stopReason == nil {
        // A cancellation meant for a neighbour.
        return .failure(SharedReadSpoilt(reason: failure))
      }
      return .failure(explained(failure, command))
    }
    if command.wasSkipped {
      let reason = groupFailure ?? PostgresError(.server, "skipped because an earlier statement failed")
      return .failure(command.isShared ? SharedReadSpoilt(reason: reason) : reason)
    }
    guard let answer = command.answer else { preconditionFailure("a completed command has an answer") }
    return .success(answer)
  }

  private func explained(_ failure: PostgresError, _ command: Command) -> PostgresError {
    // The statement is unknown because preparing it failed, a moment ago and for its own reason.
    if failure.sqlState == .invalidStatementName, let reason = command.entry?.failure { return reason }
    guard failure.sqlState == .queryCanceled else { return failure }
    switch command.stopReason {
    case .timeout: return PostgresError(.timeout, "the statement ran into its deadline", sqlState: failure.sqlState)
    case .cancelled: return PostgresError(.cancelled, "the task was cancelled", sqlState: failure.sqlState)
    case nil where failure.message.contains("statement timeout"):
      return PostgresError(.timeout, failure.message, sqlState: failure.sqlState)
    case nil: return failure
    }
  }

  func takeNotifications() {
    while let libpq, let notification = PQnotifies(libpq) {
      defer { PQfreemem(notification) }
      onNotification?(
        PostgresNotification(
          channel: String(cString: notification.pointee.relname), payload: String(cString: notification.pointee.extra),
          processID: notification.pointee.be_pid))
    }
  }

  /// What the server says about the transaction, as of the last answer.
  var transactionStatus: TransactionStatus {
    guard let libpq else { return .unknown }
    switch PQtransactionStatus(libpq) {
    case PQTRANS_IDLE: return .idle
    case PQTRANS_INTRANS: return .open
    case PQTRANS_INERROR: return .failed
    case PQTRANS_ACTIVE: return .active
    default: return .unknown
    }
  }

  enum TransactionStatus { case idle, open, failed, active, unknown }
}
