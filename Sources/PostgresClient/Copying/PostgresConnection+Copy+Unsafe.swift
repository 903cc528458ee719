// COPY, streamed both ways. Writing waits whenever the socket is full; reading leaves the socket alone while the consumer is
// busy, so that the server waits instead of this process's memory growing.
import CPQ
import EventLoops

extension PostgresConnection {
  /// Runs `COPY … FROM STDIN`; `body` writes the data. Returns how many rows the server took. If `body` throws, the COPY
  /// is called off and nothing of it stays.
  @discardableResult
  public func copyIn(_ sql: String, _ body: @escaping @Sendable (CopyWriter) async throws -> Void) async throws -> Int {
    try await exclusively {
      try await self.startCopy(sql, expecting: .copyIn)
      let writer = CopyWriter(connection: self)
      do {
        try await body(writer)
        try await writer.flush()
      } catch {
        try await self.callOffCopyIn()
        throw error
      }
      writer.isOpen = false
      try await self.sendCopyEnd(callingOff: nil)
      return try await self.endOfCopy()
    }
  }

  /// Runs `COPY … TO STDOUT`; `body` reads the chunks. If it leaves before the end, the rest is cancelled.
  @discardableResult
  public func copyOut<R: Sendable>(
    _ sql: String, _ body: @escaping @Sendable (CopyChunks) async throws -> R
  ) async throws -> R {
    try await exclusively {
      try await self.startCopy(sql, expecting: .copyOut)
      self.copyOutHasEnded = false
      // Nothing is taken in before somebody reads: libpq would gather it without end, and move all of it with each arrival.
      self.isPaused = true
      self.watch?.watch([])
      let chunks = CopyChunks(connection: self)
      do {
        let result = try await body(chunks)
        try await self.discardCopyOut(chunks)
        return result
      } catch {
        try await self.discardCopyOut(chunks)
        throw error
      }
    }
  }

  func startCopy(_ sql: String, expecting status: LibpqResult.Status) async throws {
    guard PQsendQuery(libpq, sql) == 1 else { throw lostError("the COPY could not be sent") }
    try await waitUntilFlushed()
    guard let result = try await nextResult() else {
      throw PostgresError(.misuse, "the statement is no COPY")
    }
    if result.status == status { return }
    let error =
      result.status == .failed ? result.error : PostgresError(.misuse, "the statement is no COPY in this direction")
    if result.status == .copyIn || result.status == .copyOut || result.status == .copyBoth {
      close(error)
      throw error
    }
    while try await nextResult() != nil {}
    throw error
  }

  /// The results behind the data: how many rows, or why not.
  private func endOfCopy() async throws -> Int {
    var count = 0
    var failure: PostgresError?
    while let result = try await nextResult() {
      if result.status == .failed { failure = failure ?? result.error } else { count += result.affectedCount }
    }
    guard var failure else {
      if isClosed { throw closedError }
      return count
    }
    // A COPY carries data: what the server quotes of them stays out.
    failure = PostgresError.withoutData(failure)
    if failure.sqlState == .queryCanceled, Task.isCancelled {
      failure = PostgresError(.cancelled, "the task was cancelled", sqlState: failure.sqlState)
    }
    throw failure
  }

  // MARK: In

  /// Puts bytes into libpq's buffer.
  fileprivate func writeCopy(_ bytes: [UInt8], _ range: Range<Int>) throws(PostgresError) {
    guard let libpq else { throw closedError }
    let code = bytes.withUnsafeBytes { memory -> Int32 in
      guard let start = memory.baseAddress, !range.isEmpty else { return 1 }
      return PQputCopyData(
        libpq, (start + range.lowerBound).assumingMemoryBound(to: CChar.self), Int32(truncatingIfNeeded: range.count))
    }
    guard code == 1 else {
      let error = lostError("the COPY broke")
      close(error)
      throw error
    }
  }

  private func sendCopyEnd(callingOff reason: String?) async throws {
    while true {
      guard let libpq else { throw closedError }
      switch reason.map({ PQputCopyEnd(libpq, $0) }) ?? PQputCopyEnd(libpq, nil) {
      case 1: return try await waitUntilFlushed()
      case 0 where !inputHasEnded: try await waitUntilFlushed()
      default:
        let error = lostError("the COPY broke")
        close(error)
        throw error
      }
    }
  }

  private func callOffCopyIn() async throws {
    guard libpq != nil else { return }
    try await sendCopyEnd(callingOff: "called off by the client")
    while try await nextResult() != nil {}
  }

  // MARK: Out

  /// The next rows, up to a chunk; nil at the end.
  fileprivate func readCopy() async throws -> [UInt8]? {
    var chunk: [UInt8] = []
    while !copyOutHasEnded {
      guard let libpq else { throw closedError }
      var row: UnsafeMutablePointer<CChar>?
      let count = PQgetCopyData(libpq, &row, 1)
      switch count {
      case 1...:
        if let row {
          chunk.append(contentsOf: UnsafeRawBufferPointer(start: row, count: Int(count)))
          PQfreemem(row)
        }
        if chunk.count >= PostgresLimits.copyChunkBytes { return chunk }
      case 0:
        if !chunk.isEmpty { return chunk }
        if inputHasEnded {
          let error = lostError("the connection broke during COPY")
          close(error)
          throw error
        }
        isPaused = false
        watch?.watch(.readable)
        try await waitForSocket()
        isPaused = true
        watch?.watch([])
      case -1: copyOutHasEnded = true
      default:
        let error = lostError("the COPY broke")
        close(error)
        throw error
      }
    }
    return chunk.isEmpty ? nil : chunk
  }

  fileprivate func discardCopyOut(_ chunks: CopyChunks) async throws {
    isPaused = false
    watch?.watch(.readable)
    guard libpq != nil else { return }
    if !chunks.hasEnded {
      stopExclusive()
      while try await readCopy() != nil {}
      isPaused = false
      watch?.watch(.readable)
      while try await nextResult() != nil {}
    }
  }

  fileprivate func finishCopyOut() async throws {
    isPaused = false
    watch?.watch(.readable)
    _ = try await endOfCopy()
  }
}

/// Takes the bytes of a `COPY … FROM STDIN`.
public final class CopyWriter: @unchecked Sendable {
  // Sendable: used on the connection's loop only; `write` goes there first.
  private let connection: PostgresConnection
  private var unflushed = 0
  fileprivate var isOpen = true

  fileprivate init(connection: PostgresConnection) { self.connection = connection }

  /// Sends bytes in any portions; returns once the server keeps up.
  public func write(_ bytes: [UInt8]) async throws {
    guard connection.loop.isCurrent else {
      return try await connection.loop.run { try await self.write(bytes) }
    }
    guard isOpen else { throw PostgresError(.misuse, "the COPY has ended") }
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + PostgresLimits.copyChunkBytes)
      try connection.writeCopy(bytes, start..<end)
      unflushed += end - start
      start = end
      if unflushed >= PostgresLimits.copyChunkBytes { try await flush() }
    }
  }

  public func write(_ text: String) async throws { try await write(Array(text.utf8)) }

  fileprivate func flush() async throws {
    unflushed = 0
    if Task.isCancelled { throw PostgresError(.cancelled, "the task was cancelled during COPY") }
    try await connection.waitUntilFlushed()
  }
}

/// The bytes of a `COPY … TO STDOUT`, in chunks of whole rows. Read once.
public struct CopyChunks: AsyncSequence, Sendable {
  public typealias Element = [UInt8]
  fileprivate let state: State

  /// Touched only on the connection's loop.
  fileprivate final class State: @unchecked Sendable {
    // Sendable: `next` goes to the loop first.
    let connection: PostgresConnection
    var hasEnded = false
    init(connection: PostgresConnection) { self.connection = connection }

    func next() async throws -> [UInt8]? {
      guard connection.loop.isCurrent else { return try await connection.loop.run { try await self.next() } }
      guard !hasEnded else { return nil }
      if let chunk = try await connection.readCopy() { return chunk }
      hasEnded = true
      try await connection.finishCopyOut()
      return nil
    }
  }

  fileprivate init(connection: PostgresConnection) { state = State(connection: connection) }

  fileprivate var hasEnded: Bool { state.hasEnded }

  public struct AsyncIterator: AsyncIteratorProtocol {
    fileprivate let state: State
    public mutating func next() async throws -> [UInt8]? { try await state.next() }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(state: state) }
}

extension PostgresError {
  fileprivate static func withoutData(_ error: PostgresError) -> PostgresError {
    var copy = PostgresError(error.code, redacted(error.message, state: error.sqlState), sqlState: error.sqlState)
    copy.constraint = error.constraint
    copy.table = error.table
    copy.column = error.column
    return copy
  }
}
