import Cryptography
public import EventLoops
import HTTPServer
public import PostgresClient
import Synchronization
public import Telemetry
public import WebAPI

/// The valid keys in memory, so that no request waits for the database to learn who asks, and none is turned away while it is gone.
///
/// They are read again whenever the database says that they changed, and when the connection that hears it is back: a revoked key opens nothing
/// a moment later. What a key may do is in its scopes, which are the permissions of routes.
public final class KeyRing: Authenticator {
  private let store: APIKeyStore
  private let clock: TelemetryClock
  private let logger: Logger
  private let listener: PostgresListener
  private let keys = Mutex<[[UInt8]: APIKey]?>(nil)
  private let work = Mutex<Task<Void, Never>?>(nil)

  static let channel = "qareeb_api_keys"

  /// Starts reading in the background; until the keys are known, calls that carry one are answered 503.
  public init(database: Database, on loop: EventLoop, clock: TelemetryClock = .system, logger: Logger = .disabled) {
    store = APIKeyStore(database: database)
    self.clock = clock
    self.logger = logger
    listener = PostgresListener(database.configuration.target, channels: [KeyRing.channel], on: loop, logger: logger)
    let task = Task(executorPreference: loop) { [self] in await follow(on: loop) }
    work.withLock { $0 = task }
  }

  /// Stops listening.
  public func close() async {
    let task = work.withLock { $0 }
    task?.cancel()
    await listener.close()
    await task?.value
  }

  private func follow(on loop: EventLoop) async {
    // Every event means the same: what is known may be old.
    for await _ in listener { await reload(on: loop) }
  }

  /// Until it succeeds: an old key must not go on opening doors because one question failed.
  private func reload(on loop: EventLoop) async {
    while !Task.isCancelled {
      do {
        let valid = try await store.validKeys()
        keys.withLock { $0 = valid }
        return
      } catch {
        logger.warning("the API keys cannot be read; it is tried again", ["reason": .public("\(error)")])
      }
      do {
        try await loop.sleep(milliseconds: IdentityLimits.reloadMilliseconds)
      } catch {
        return  // cancelled
      }
    }
  }

  // MARK: Authenticator

  public func principal(of call: Call) throws(APIError) -> Principal? {
    guard let secret = try KeyRing.credential(of: call) else { return nil }
    guard secret.utf8.count <= IdentityLimits.credentialBytes, secret.hasPrefix(APIKeySecret.prefix) else { throw .unauthorized }
    guard let keys = keys.withLock({ $0 }) else { throw APIError(.unavailable, retryAfterSeconds: 1) }
    // Found by its hash, whose bits nobody can choose: how long the search takes tells nothing about any secret.
    let hash = APIKeySecret.hash(of: secret)
    guard let index = keys.index(forKey: hash), ConstantTime.areEqual(keys[index].key, hash) else { throw .unauthorized }
    let key = keys[index].value
    guard key.isValid(atMicrosecondsSince1970: Int64(clock.unixNanoseconds() / 1_000)) else { throw .unauthorized }
    let confinements = key.sources.map { [APIKeyScope.feedWrite.rawValue: Set($0)] } ?? [:]
    return Principal(id: "key \(key.id)", permissions: Set(key.scopes), confinements: confinements)
  }

  /// `Authorization: Bearer …` or `X-Api-Key: …`. Both, where they differ, and every other kind of credential are wrong ones.
  private static func credential(of call: Call) throws(APIError) -> String? {
    let key = call.request.header("x-api-key")
    guard let authorization = call.request.header("authorization") else { return key }
    let parts = authorization.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, parts[0].lowercased() == "bearer", key == nil || key == String(parts[1]) else {
      throw .unauthorized
    }
    return String(parts[1])
  }
}

/// Every bound of this module, with its reason.
public enum IdentityLimits {
  /// A partner has a few systems; who writes for more has a key that is not confined. The database checks the same.
  public static let sourcesPerKey = 32
  /// Our secrets have 46; what is longer is none, and need not be hashed.
  static let credentialBytes = 256
  /// Between attempts to read the keys, when the database has a bad moment.
  static let reloadMilliseconds: UInt64 = 1_000
}
