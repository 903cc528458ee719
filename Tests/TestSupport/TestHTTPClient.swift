public import EventLoops
public import JSON
import Synchronization

/// Ordinary requests for tests of what stands on the server: one kept connection, opened anew when the server has closed it.
public final class TestHTTPClient: Sendable {
  public let address: ListenAddress
  private let connection = Mutex<Kept>(Kept())

  /// A connection at rest between two requests.
  // @unchecked Sendable: reached through the mutex only, by whoever took it out; it is never in two hands.
  private struct Kept: @unchecked Sendable {
    var client: RawHTTPClient?
  }

  public init(_ address: ListenAddress) {
    self.address = address
  }

  public func get(_ target: String, headers: [(String, String)] = []) async throws -> RawAnswer {
    try await send("GET", target, headers: headers)
  }

  public func delete(_ target: String, headers: [(String, String)] = []) async throws -> RawAnswer {
    try await send("DELETE", target, headers: headers)
  }

  public func post(_ target: String, json: String, headers: [(String, String)] = []) async throws -> RawAnswer {
    try await send("POST", target, headers: headers + [("Content-Type", "application/json")], body: Array(json.utf8))
  }

  public func put(_ target: String, json: String, headers: [(String, String)] = []) async throws -> RawAnswer {
    try await send("PUT", target, headers: headers + [("Content-Type", "application/json")], body: Array(json.utf8))
  }

  public func patch(_ target: String, json: String, headers: [(String, String)] = []) async throws -> RawAnswer {
    try await send("PATCH", target, headers: headers + [("Content-Type", "application/json")], body: Array(json.utf8))
  }

  public func send(
    _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8]? = nil
  ) async throws -> RawAnswer {
    var head = "\(method) \(target) HTTP/1.1\r\n"
    if !headers.contains(where: { $0.0.lowercased() == "host" }) { head += "Host: \(host)\r\n" }
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if let body { head += "Content-Length: \(body.count)\r\n" }
    let bytes = Array((head + "\r\n").utf8) + (body ?? [])
    return try await offThePool { try self.exchange(bytes, isHead: method == "HEAD") }
  }

  private func exchange(_ bytes: [UInt8], isHead: Bool) throws -> RawAnswer {
    if let kept = takeKept(), let answer = try exchange(bytes, isHead: isHead, on: kept) {
      return answer
    }
    guard let answer = try exchange(bytes, isHead: isHead, on: RawHTTPClient(address)) else {
      throw MalformedAnswer(reason: "a new connection was closed without an answer", bytes: bytes)
    }
    return answer
  }

  /// Nil if the connection was closed before anything came: then nobody has begun to answer.
  private func exchange(_ bytes: [UInt8], isHead: Bool, on client: RawHTTPClient) throws -> RawAnswer? {
    guard try client.sendWhileOpen(bytes) else { return nil }
    try client.waitForBytes(1)
    if client.unreadCount == 0 { return nil }
    let answer = try client.readAnswer(isHead: isHead)
    if answer.saysClose { return answer }
    keep(client)
    return answer
  }

  private func takeKept() -> RawHTTPClient? {
    let kept = connection.withLock { kept in
      defer { kept = Kept() }
      return kept
    }
    return kept.client
  }

  private func keep(_ client: RawHTTPClient) {
    let kept = Kept(client: client)
    connection.withLock { $0 = kept }
  }

  private var host: String {
    switch address {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix: "localhost"
    }
  }
}

extension RawAnswer {
  /// The body as JSON.
  public func json() throws -> JSONValue { try JSONDocument(body).root }
}
