import Bytes
import EventLoops

/// What a server has on one loop: its connections, its pools, and the gathered output. Touched only on the loop.
final class ServerLoop: @unchecked Sendable {
  // Sendable: everything but `statistics`, which is atomic, is touched on the loop only; `Server` goes there to call.

  let loop: EventLoop
  let service: any HTTPService
  let limits: ServerLimits
  let statistics: ServerStatistics

  /// Answers of the connection that is being read, so that pipelined ones leave in one write.
  var output = ByteBuffer()
  /// Where a WebSocket's frame is put together; empty of meaning between two writes.
  var frame = ByteBuffer()
  var clock: ServerClock
  let compressor = Compressor()
  private(set) var inFlight = 0
  private(set) var isDraining = false
  private var requests: [HTTPRequest] = []
  private var responses: [HTTPResponse] = []
  private var connections: [ObjectIdentifier: HTTPConnection] = [:]
  private var webSockets: [ObjectIdentifier: WebSocketConnection] = [:]
  private var clients: [String: Client] = [:]
  private var listeners: [StreamListener] = []
  private var retrySpread = 0

  /// One remote address with connections here.
  final class Client {
    let address: String
    let isShared: Bool
    var connections = 0
    var inFlight = 0

    init(address: String, isShared: Bool) {
      self.address = address
      self.isShared = isShared
    }
  }

  init(loop: EventLoop, service: any HTTPService, limits: ServerLimits, statistics: ServerStatistics, clock: ServerClock) {
    self.loop = loop
    self.service = service
    self.limits = limits
    self.statistics = statistics
    self.clock = clock
  }

  // MARK: Connections

  func listen(_ socket: ListeningSocket) throws(LoopError) {
    listeners.append(try StreamListener(loop: loop, socket: socket) { [unowned self] in self.accept($0) })
  }

  private func accept(_ stream: ByteStream) {
    statistics.accepted.add()
    let connection = HTTPConnection(stream: stream, context: self, client: client(stream.peerAddress()))
    connections[ObjectIdentifier(connection)] = connection
    statistics.open.set(connections.count + webSockets.count)
    stream.handler = connection
    if connections.count + webSockets.count > limits.connectionsPerLoop {
      statistics.shed.add()
      connection.refuse(overload("Too many connections."))
    } else {
      connection.start()
    }
  }

  private func client(_ address: String) -> Client {
    let client = clients[address] ?? Client(address: address, isShared: limits.sharedAddresses.contains(address))
    client.connections += 1
    clients[address] = client
    return client
  }

  func didClose(_ connection: HTTPConnection) {
    connections[ObjectIdentifier(connection)] = nil
    left(connection.client)
  }

  /// The connection goes on as a WebSocket.
  func didUpgrade(_ connection: HTTPConnection, to webSocket: WebSocketConnection) {
    connections[ObjectIdentifier(connection)] = nil
    webSockets[ObjectIdentifier(webSocket)] = webSocket
    statistics.webSockets.set(webSockets.count)
  }

  func didClose(_ webSocket: WebSocketConnection, of client: Client) {
    webSockets[ObjectIdentifier(webSocket)] = nil
    statistics.webSockets.set(webSockets.count)
    left(client)
  }

  private func left(_ client: Client) {
    client.connections -= 1
    if client.connections == 0 { clients[client.address] = nil }
    statistics.open.set(connections.count + webSockets.count)
  }

  // MARK: Shedding

  /// Takes a place for a request that will wait for something, or says why there is none.
  func admit(_ client: Client) -> HTTPFailure? {
    if inFlight >= limits.inFlightPerLoop { return shed("The server is overloaded.") }
    if inFlight * 2 >= limits.inFlightPerLoop, !client.isShared, client.inFlight >= limits.inFlightPerAddress {
      return shed("Too many requests at once from this address while the server is busy.")
    }
    inFlight += 1
    client.inFlight += 1
    statistics.inFlight.set(inFlight)
    return nil
  }

  func release(_ client: Client) {
    inFlight -= 1
    client.inFlight -= 1
    statistics.inFlight.set(inFlight)
  }

  private func shed(_ reason: String) -> HTTPFailure {
    statistics.shed.add()
    return overload(reason)
  }

  /// The advised seconds go round, so that clients do not all come back at once.
  private func overload(_ reason: String) -> HTTPFailure {
    retrySpread = (retrySpread + 1) % (limits.retryAfterSeconds + 1)
    return HTTPFailure(.serviceUnavailable, reason, retryAfterSeconds: limits.retryAfterSeconds + retrySpread)
  }

  // MARK: Draining

  /// Accepts no more, closes what is idle, and lets what is being answered be answered.
  func drain() {
    isDraining = true
    for listener in listeners { listener.close() }
    listeners = []
    for connection in connections.values { connection.drain() }
    for webSocket in webSockets.values { webSocket.goAway() }
  }

  /// Cuts what is left.
  func closeAll() {
    for connection in connections.values { connection.close() }
    for webSocket in webSockets.values { webSocket.cut() }
  }

  var openCount: Int { connections.count + webSockets.count }

  // MARK: Pools

  private static let poolSize = 256

  func takeRequest() -> HTTPRequest {
    requests.popLast() ?? HTTPRequest(loop: loop)
  }

  /// Keeps the object for the next request, unless somebody else still has it.
  func giveBack(_ request: inout HTTPRequest?) {
    defer { request = nil }
    guard requests.count < ServerLoop.poolSize, isKnownUniquelyReferenced(&request), let kept = request else { return }
    kept.reset()
    requests.append(kept)
  }

  func takeResponse() -> HTTPResponse {
    responses.popLast() ?? HTTPResponse()
  }

  func giveBack(_ response: inout HTTPResponse?) {
    defer { response = nil }
    guard responses.count < ServerLoop.poolSize, isKnownUniquelyReferenced(&response), let kept = response else { return }
    kept.reset()
    responses.append(kept)
  }
}
