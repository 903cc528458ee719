import Bytes
import EventLoops

/// Why a streamed body did not reach its end.
public enum RequestBodyError: Error, Sendable {
  /// The client has gone.
  case disconnected
  /// It was too large, too slow or not valid; the answer has been given.
  case refused
}

/// A body as it arrives. A reader that is slow makes the sender slow: little is buffered.
public final class RequestBodyStream: AsyncSequence, @unchecked Sendable {
  // Sendable: `next` goes to the loop before it touches anything; the rest is called there.
  public typealias Element = [UInt8]

  private enum Ending {
    case finished
    case failed(RequestBodyError)
  }

  private let loop: EventLoop
  /// Gone before us where a handler keeps the body longer than the connection lives.
  private weak let connection: HTTPConnection?
  private var buffered = ByteBuffer()
  private var ending: Ending?
  private var waiting: CheckedContinuation<Void, Never>?

  /// Above, the connection is not read.
  private static let bufferedBytes = 131_072

  init(loop: EventLoop, connection: HTTPConnection) {
    self.loop = loop
    self.connection = connection
  }

  var isFull: Bool { buffered.count >= RequestBodyStream.bufferedBytes }

  func push(_ bytes: UnsafeRawBufferPointer) {
    buffered.append(contentsOf: bytes)
    wake()
  }

  func finish() {
    if ending == nil { ending = .finished }
    wake()
  }

  func fail(_ error: RequestBodyError) {
    if ending == nil { ending = .failed(error) }
    wake()
  }

  private func wake() {
    waiting?.resume()
    waiting = nil
  }

  /// The next bytes, as many as are there; nil at the end.
  public func next() async throws -> [UInt8]? {
    guard loop.isCurrent else { return try await loop.run { try await self.next() } }
    if buffered.isEmpty, ending == nil {
      await withCheckedContinuation { waiting = $0 }
    }
    if !buffered.isEmpty {
      let bytes = [UInt8](buffered)
      buffered.removeAll(keepingAtMost: RequestBodyStream.bufferedBytes)
      if ending == nil { connection?.bodyWasTaken() }
      return bytes
    }
    if case .failed(let error)? = ending { throw error }
    return nil
  }

  public struct AsyncIterator: AsyncIteratorProtocol {
    let body: RequestBodyStream
    public mutating func next() async throws -> [UInt8]? { try await body.next() }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(body: self) }
}
