public import PostgresClient

/// The keys in the database.
public struct APIKeyStore: Sendable {
  public enum Failure: Error, Sendable, Equatable {
    /// A key that is not revoked has that name.
    case nameIsTaken
  }

  let database: Database

  public init(database: Database) { self.database = database }

  private static let columns = "id, name, scopes, sources, created_at, expires_at, revoked_at"
  private static let insertion = PreparedQuery(
    """
    INSERT INTO identity.api_key (name, secret_sha256, scopes, sources, expires_at)
    VALUES ($1, $2, $3, $4, now() + $5 * interval '1 day') RETURNING \(columns)
    """)
  private static let all = PreparedQuery("SELECT \(columns) FROM identity.api_key ORDER BY created_at, id")
  private static let revocation = PreparedQuery(
    """
    UPDATE identity.api_key SET revoked_at = now() WHERE revoked_at IS NULL AND (name = $1 OR id::text = lower($1))
    RETURNING \(columns)
    """)
  private static let valid = PreparedQuery(
    """
    SELECT secret_sha256, \(columns) FROM identity.api_key
    WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())
    """)

  /// Makes a key. The secret is in the answer and nowhere else.
  /// - Parameter sources: see `APIKey.sources`; they go with the scope `feedWrite`.
  public func create(
    name: String, scopes: Set<APIKeyScope>, sources: Set<String>? = nil, expiresAfterDays days: Int?
  ) async throws -> (key: APIKey, secret: APIKeySecret) {
    let secret = APIKeySecret()
    do {
      let row = try await database.query(
        APIKeyStore.insertion, name, secret.hash, scopes.map(\.rawValue).sorted(), sources?.sorted(),
        days.map(Int32.init(clamping:))
      ).only()
      return (try APIKey(row.reader), secret)
    } catch let error as PostgresError where error.violates("api_key_name") {
      throw Failure.nameIsTaken
    }
  }

  /// All keys that ever were, the oldest first.
  public func list() async throws -> [APIKey] {
    try await database.query(APIKeyStore.all).map { try APIKey($0.reader) }
  }

  /// Ends a key, by its name or id; nil when there is none that could be ended.
  public func revoke(_ nameOrID: String) async throws -> APIKey? {
    try await database.query(APIKeyStore.revocation, nameOrID).first.map { try APIKey($0.reader) }
  }

  /// Those that open something now, by the hashes of their secrets.
  func validKeys() async throws -> [[UInt8]: APIKey] {
    var keys: [[UInt8]: APIKey] = [:]
    for row in try await database.query(APIKeyStore.valid) {
      var reader = row.reader
      keys[try reader.next()] = try APIKey(reader)
    }
    return keys
  }
}

extension APIKey {
  init(_ reader: RowReader) throws(PostgresError) {
    var reader = reader
    id = try reader.next()
    name = try reader.next()
    scopes = try reader.next()
    sources = try reader.next()
    createdAt = try reader.next()
    expiresAt = try reader.next()
    revokedAt = try reader.next()
  }
}
