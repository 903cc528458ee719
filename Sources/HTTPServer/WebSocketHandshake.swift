import Bytes
import Cryptography
import EventLoops

/// The opening handshake (RFC 6455, 4.2): what is asked, and what is answered.
enum WebSocketHandshake {
  struct Agreement: Equatable {
    /// The value of `Sec-WebSocket-Accept`.
    let accept: String
    let subprotocol: String?
  }

  static func check(_ request: HTTPRequest, _ options: WebSocketOptions) throws(HTTPFailure) -> Agreement {
    guard request.method == .get else { throw HTTPFailure(.methodNotAllowed, "A WebSocket is opened with GET.") }
    guard request.minorVersion >= 1, lists(request.headers("upgrade"), "websocket"),
      lists(request.headers("connection"), "upgrade")
    else { throw HTTPFailure(.upgradeRequired, "This address speaks WebSocket.") }
    let versions = request.headers("sec-websocket-version")
    guard versions == ["13"] else { throw HTTPFailure(.upgradeRequired, "Only version 13 of WebSocket is spoken here.") }
    let keys = request.headers("sec-websocket-key")
    guard keys.count == 1, Base64.decode(keys[0])?.count == 16 else {
      throw HTTPFailure(.badRequest, "Sec-WebSocket-Key must be 16 bytes in base64.")
    }
    if let allowed = options.allowedOrigins {
      let origins = request.headers("origin")
      guard origins.isEmpty || origins.count == 1 && allowed.contains(origins[0]) else {
        throw HTTPFailure(.forbidden, "Pages of this origin may not connect.")
      }
    }
    let offered = items(request.headers("sec-websocket-protocol"))
    return Agreement(accept: accept(key: keys[0]), subprotocol: options.subprotocols.first { offered.contains($0) })
  }

  static func accept(key: String) -> String {
    Base64.encode(Digest.sha1(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
  }

  static func write(_ agreement: Agreement, dateLine: [UInt8], to output: inout ByteBuffer) {
    output.append("HTTP/1.1 101 Switching Protocols\r\n")
    output.append(contentsOf: dateLine)
    output.append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
    output.append(agreement.accept)
    if let subprotocol = agreement.subprotocol {
      output.append("\r\nSec-WebSocket-Protocol: ")
      output.append(subprotocol)
    }
    output.append("\r\n\r\n")
  }

  /// What a refusal must say besides its reason.
  static func addHeaders(for failure: HTTPFailure, to response: HTTPResponse) {
    if failure.status == .upgradeRequired {
      response.addHeader("Upgrade", "websocket")
      response.addHeader("Connection", "Upgrade")
      response.addHeader("Sec-WebSocket-Version", "13")
    } else if failure.status == .methodNotAllowed {
      response.addHeader("Allow", "GET")
    }
  }

  /// The items of comma-separated fields, without the spaces around them.
  private static func items(_ fields: [String]) -> [String] {
    fields.flatMap { $0.split(separator: ",") }
      .map { item in
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        return String(item.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
      }
  }

  private static func lists(_ fields: [String], _ token: String) -> Bool {
    items(fields).contains { $0.lowercased() == token }
  }
}

extension HTTPConnection {
  /// Answers a request for a WebSocket and, if all is well, hands the connection over to it.
  func upgrade(
    _ options: WebSocketOptions,
    _ converse: @escaping @Sendable (HTTPRequest, WebSocket) async -> Void
  ) {
    guard let request else { return close() }
    do throws(HTTPFailure) {
      if context.isDraining { throw HTTPFailure(.serviceUnavailable, "The server is going.", retryAfterSeconds: 1) }
      let agreement = try WebSocketHandshake.check(request, options)
      context.clock.update(nowMilliseconds: context.loop.nowMilliseconds)
      WebSocketHandshake.write(agreement, dateLine: context.clock.line, to: &context.output)
      let leftover = detach()
      let webSocket = WebSocketConnection(stream: stream, context: context, client: client, options: options)
      context.didUpgrade(self, to: webSocket)
      let socket = WebSocket(connection: webSocket, subprotocol: agreement.subprotocol)
      webSocket.start(leftover: leftover) { await converse(request, socket) }
    } catch {
      fail(error)
      if let response { WebSocketHandshake.addHeaders(for: error, to: response) }
      finish()
    }
  }
}
