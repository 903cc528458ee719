/// Every bound the server keeps, each with its reason. Nothing a client does can make it use more.
public struct ServerLimits: Sendable, Hashable {
  /// Cookies, tokens and trace headers fit in half of it; more is an attack or a bug.
  public var headBytes = 16_384
  public var headerCount = 100
  /// The longest search link with every filter is under 2 kB.
  public var targetBytes = 8_192
  /// Bodies that no handler wants are read and dropped up to this, so that the connection can go on; above, it is closed.
  public var discardedBodyBytes = 65_536
  /// One WebSocket message, where the route says nothing else: many times what a chat or a position needs.
  public var webSocketMessageBytes = 1_048_576

  /// From a request's first byte to the end of its head: a phone on a bad line needs a few seconds.
  public var headSeconds = 10
  /// Without any progress in a body.
  public var bodySeconds = 30
  /// Slower bodies are cut after `bodySeconds` of grace: 1 kB/s is below the worst mobile line and above an attack's drip.
  public var bodyBytesPerSecond = 1_024
  /// Between requests; longer than the 60 s that balancers keep a connection, so that they close first.
  public var idleSeconds = 75
  /// Without the peer taking a single byte of an answer.
  public var writeSeconds = 30
  /// How long a closed connection is listened to, so that the last answer is not lost to a reset.
  public var lingerSeconds = 2

  /// Clients that never leave are sent away now and then, so that they spread over loops and machines again.
  public var requestsPerConnection = 100_000
  /// Of one loop. 20,000 idle ones cost about 20 MB.
  public var connectionsPerLoop = 20_000
  /// Requests a loop works on at once; beyond, 503. At 10 ms each this is 100,000 requests a second.
  public var inFlightPerLoop = 1_024
  /// Once half of `inFlightPerLoop` is taken, one address may hold no more than this, so that one client cannot take it all.
  public var inFlightPerAddress = 128
  /// Addresses that stand for many clients: a proxy on this machine.
  public var sharedAddresses: Set<String> = ["unix", "127.0.0.1", "::1"]
  /// What 503 advises; spread out by up to as much again, so that all do not come back at once.
  public var retryAfterSeconds = 1

  /// A reader slower than its answers makes the connection wait above this.
  public var unsentBytes = 262_144
  /// Input kept while an earlier request of the connection is still worked on.
  public var pendingInputBytes = 65_536
  /// Below, gzip saves less than a packet.
  public var compressionBytes = 1_024
  /// Above, gzip would hold up its loop for longer than 10 ms.
  public var compressionMaximumBytes = 2_097_152

  public init() {}
}
