// Asking and awaiting the answer. The continuations are unchecked because every query pays for them; that each is resumed
// exactly once is `Command.finish`'s doing: it takes the continuation out before it resumes it, and `close` finishes whatever
// is left.
import EventLoops

extension PostgresConnection: PostgresQuerying {
  public func query<each Parameter: PostgresEncodable>(
    _ query: PreparedQuery, _ parameters: repeat each Parameter, timeoutMilliseconds: UInt64?
  ) async throws -> Rows {
    try await self.query(
      query, repeat each parameters, role: .statement, isShared: false, timeoutMilliseconds: timeoutMilliseconds)
  }

  func query<each Parameter: PostgresEncodable>(
    _ query: PreparedQuery, _ parameters: repeat each Parameter, role: Command.Role, isShared: Bool,
    timeoutMilliseconds: UInt64?
  ) async throws -> Rows {
    guard loop.isCurrent else {
      return try await loop.run {
        try await self.query(
          query, repeat each parameters, role: role, isShared: isShared, timeoutMilliseconds: timeoutMilliseconds)
      }
    }
    if needsBarrier, !isShared, commands.isEmpty { try await settle() }
    let command = Command(role, isShared: isShared)
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        command.continuation = continuation
        if Task.isCancelled, command.isCancellable {
          return command.finish(.failure(PostgresError(.cancelled, "the task was cancelled before its statement was sent")))
        }
        send(query, command, timeoutMilliseconds: timeoutMilliseconds) { writer in
          repeat writer.add(each parameters)
        }
      }
    } onCancel: {
      loop.execute { self.stop(command, .cancelled) }
    }
  }

  @discardableResult
  public func pipeline(
    timeoutMilliseconds: UInt64?, _ build: @Sendable (inout PipelineBuilder) -> Void
  ) async throws -> [Rows] {
    var builder = PipelineBuilder()
    build(&builder)
    return try await run(builder.steps, timeoutMilliseconds: timeoutMilliseconds)
  }

  func run(_ steps: [PipelineBuilder.Step], timeoutMilliseconds: UInt64?) async throws -> [Rows] {
    guard loop.isCurrent else {
      return try await loop.run { try await self.run(steps, timeoutMilliseconds: timeoutMilliseconds) }
    }
    guard !steps.isEmpty else { return [] }
    if needsBarrier, commands.isEmpty { try await settle() }
    let answers = PipelineAnswers(count: steps.count)
    return try await withTaskCancellationHandler {
      try await withUnsafeThrowingContinuation { continuation in
        answers.continuation = continuation
        if Task.isCancelled {
          return answers.fail(PostgresError(.cancelled, "the task was cancelled before its statements were sent"))
        }
        send(steps, answers, timeoutMilliseconds: timeoutMilliseconds)
      }
    } onCancel: {
      loop.execute { answers.commands.forEach { self.stop($0, .cancelled) } }
    }
  }

  /// First everything that must be prepared, then the statements with one Sync behind the last.
  private func send(_ steps: [PipelineBuilder.Step], _ answers: PipelineAnswers, timeoutMilliseconds: UInt64?) {
    do throws(PostgresError) {
      try requirePipeline()
      if unsyncedCount > 0 { try sync() }
      if !namesToForget.isEmpty { try sendForgetting() }
      var entries: [StatementCache.Entry] = []
      for step in steps {
        parameters.reset()
        step.encode(&parameters)
        entries.append(try prepare(step.query, timeoutMilliseconds))
      }
      try sendPendingBegin()
      for (index, step) in steps.enumerated() {
        parameters.reset()
        step.encode(&parameters)
        let command = answers.command(index)
        try sendExecute(entries[index], command)
        setDeadline(of: command, timeoutMilliseconds)
      }
      try sync()
    } catch {
      answers.fail(error)
    }
  }
}

/// Collects a pipeline's answers. Touched only on the connection's loop.
private final class PipelineAnswers: @unchecked Sendable {
  // Sendable: it is handed to a cancellation handler, which only passes it back to the loop.
  var continuation: UnsafeContinuation<[Rows], any Error>?
  private(set) var commands: [Command] = []
  private var answers: [Rows] = []
  private var failure: PostgresError?
  private var remaining: Int

  init(count: Int) { remaining = count }

  func command(_ index: Int) -> Command {
    let command = Command(.statement)
    command.onAnswer = { [self] in take($0, index) }
    commands.append(command)
    return command
  }

  private func take(_ result: Result<Rows, any Error>, _ index: Int) {
    remaining -= 1
    switch result {
    case .success(let rows): answers.append(rows)
    case .failure(let error):
      if failure == nil {
        failure = error as? PostgresError ?? PostgresError(.protocolViolation, "\(error)")
        failure?.statementIndex = index
      }
    }
    guard remaining == 0 else { return }
    commands = []
    let continuation = continuation
    self.continuation = nil
    continuation?.resume(with: failure.map { .failure($0) } ?? .success(answers))
  }

  /// Nothing more will be sent.
  func fail(_ error: PostgresError) {
    commands = []
    let continuation = continuation
    self.continuation = nil
    continuation?.resume(throwing: error)
  }
}
