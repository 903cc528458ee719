// Identity: who may do what. So far the keys of programs: made and revoked by the operator, kept as hashes, looked up in memory.
import Cryptography
public import PostgresClient

/// What a program proves itself with. It is shown once, when it is made, and stored nowhere.
public struct APIKeySecret: Sendable {
  /// `qk_` and 43 letters, digits, dashes and underscores.
  public let text: String

  /// Tells it apart from other tokens, and tools that search code for secrets know what they found.
  static let prefix = "qk_"
  private static let randomBytes = 32

  public init() {
    text = APIKeySecret.prefix + Base64.encode(SecureRandom.bytes(APIKeySecret.randomBytes), .url)
  }

  var hash: [UInt8] { APIKeySecret.hash(of: text) }

  /// 256 random bits cannot be guessed, so a plain hash hides them as well as a slow one.
  static func hash(of text: String) -> [UInt8] { Digest.sha256(Array(text.utf8)) }
}

/// A key as it is kept.
public struct APIKey: Sendable, Equatable {
  public let id: PostgresUUID
  public let name: String
  public let scopes: [String]
  /// The only sources of availability feeds that it may write; nil for any.
  public let sources: [String]?
  public let createdAt: PostgresTimestamp
  public let expiresAt: PostgresTimestamp?
  public let revokedAt: PostgresTimestamp?

  /// Whether it opens anything at a moment.
  public func isValid(atMicrosecondsSince1970 now: Int64) -> Bool {
    revokedAt == nil && expiresAt.map { now < $0.microsecondsSince1970 } ?? true
  }
}

/// What a key may be allowed.
public enum APIKeyScope: String, Sendable, CaseIterable {
  /// Tell what is taken and what is free, of any provider; under any source's name, unless the key is confined to some.
  case feedWrite = "feed.write"
}
