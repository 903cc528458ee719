import Bytes
import Configuration
import Identity
import JSON
import PostgresClient
import Telemetry
import Terminal

/// Does what was asked of the keys.
func manageKeys(_ request: KeyRequest, settings: Settings, console: Console) async throws -> ExitCode {
  try await withStore(settings) { store in
    let keys = APIKeyStore(database: store.database)
    do {
      switch request {
      case .create(let name, let scopes, let sources, let days):
        let (key, secret) = try await keys.create(name: name, scopes: scopes, sources: sources, expiresAfterDays: days)
        if key.maySpeak { console.print("It may write \(key.sourcesText) in availability feeds.", to: .error) }
        console.print(
          "Key \(withoutControls(key.name)) (\(key.id)) was made; this is the only time its secret is shown:", to: .error)
        console.print(secret.text)
      case .list(let asJSON):
        let all = try await keys.list()
        console.print(asJSON ? jsonText(all) : table(all, console))
      case .revoke(let nameOrID):
        guard let key = try await keys.revoke(nameOrID) else {
          throw CommandFailure(.failure, "no key in use has the name or id \(withoutControls(nameOrID))")
        }
        console.print("Key \(withoutControls(key.name)) (\(key.id)) is revoked.")
      }
      return .ok
    } catch APIKeyStore.Failure.nameIsTaken {
      throw CommandFailure(
        .failure, "a key of that name is in use",
        details: ["Revoke it first, or choose another name.", "\"qareeb key list\" shows them."])
    } catch let error as PostgresError where error.sqlState == .undefinedTable {
      throw CommandFailure(
        .configuration, "the database's schema is not up to date", details: ["\"qareeb migrate\" brings it up to date."])
    }
  }
}

extension APIKey {
  /// In one word.
  fileprivate var state: String {
    if revokedAt != nil { return "revoked" }
    return isValid(atMicrosecondsSince1970: wallClockMicroseconds()) ? "valid" : "expired"
  }

  fileprivate var maySpeak: Bool { scopes.contains(APIKeyScope.feedWrite.rawValue) }

  /// Which sources of feeds it may write.
  fileprivate var sourcesText: String { maySpeak ? sources?.joined(separator: " ") ?? "any source" : "" }
}

private func table(_ keys: [APIKey], _ console: Console) -> String {
  guard !keys.isEmpty else { return "There is no key." }
  var table = Table([
    .init("NAME", style: .cyan), .init("STATE"), .init("SCOPES"), .init("SOURCES"), .init("MADE"), .init("EXPIRES"),
    .init("REVOKED"), .init("ID"),
  ])
  for key in keys {
    table.add([
      withoutControls(key.name), key.state, key.scopes.joined(separator: " "), key.sourcesText, "\(key.createdAt)",
      key.expiresAt.map { "\($0)" } ?? "", key.revokedAt.map { "\($0)" } ?? "", "\(key.id)",
    ])
  }
  return table.lines(columns: console.columns(of: .output), traits: console.traits(of: .output)).joined(separator: "\n")
}

private func jsonText(_ keys: [APIKey]) -> String {
  var buffer = ByteBuffer()
  buffer.beginArray()
  for key in keys {
    buffer.beginObject()
    buffer.member("id", "\(key.id)")
    buffer.member("name", key.name)
    buffer.member("state", key.state)
    buffer.member("scopes", key.scopes)
    buffer.member("sources", key.sources)
    buffer.member("created_at", "\(key.createdAt)")
    buffer.member("expires_at", key.expiresAt.map { "\($0)" })
    buffer.member("revoked_at", key.revokedAt.map { "\($0)" })
    buffer.endObject()
  }
  buffer.endArray()
  return String(buffer)
}

private func wallClockMicroseconds() -> Int64 { Int64(TelemetryClock.system.unixNanoseconds() / 1_000) }
