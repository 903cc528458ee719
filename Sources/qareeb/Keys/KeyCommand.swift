import Feeds
import Identity
import Terminal

/// What `qareeb key` is asked to do.
enum KeyRequest: Sendable {
  case create(name: String, scopes: Set<APIKeyScope>, sources: Set<String>?, expiresAfterDays: Int?)
  case list(asJSON: Bool)
  case revoke(String)
}

/// `qareeb key`. Rules: works on the database that `serve` would use; a secret is printed once, alone on standard output, and kept nowhere.
enum KeyCommand {
  private static let name = Option("name", .text, placeholder: "NAME", "Whose key it is; of all keys in use, only this one's.")
  private static let scope = Option<APIKeyScope>(
    "scope", .choice, placeholder: "SCOPE", isRepeatable: true, "What the key may be used for; more than once for more.")
  private static let source = Option(
    "source", .feedSource, placeholder: "SOURCE", isRepeatable: true,
    "A source of availability feeds that the key may write, and no other; more than once for more. Without it, the key may write any."
  )
  private static let expires = Option(
    "expires", .integer(1...3_650), placeholder: "DAYS", "Days until the key ends by itself; without it, it does not.")
  private static let json = Flag("json", "Print a JSON array.")
  private static let key = Argument<String>("KEY", .text, "The key's name or id.")

  static let command = Command(
    "key",
    summary: "make, list and revoke the keys of programs",
    discussion: """
      A program shows its key with every request, as "Authorization: Bearer KEY" or "X-Api-Key: KEY". Servers that are running learn of new and revoked keys at once.
      """,
    examples: [
      .init("qareeb key create --name acme --scope feed.write --source acme --expires 365", "For a partner who sends busy times.")
    ],
    subcommands: [create, list, revoke])

  private static let create = Command(
    "create",
    summary: "make a key and print its secret, once",
    discussion:
      """
      The secret is printed on standard output, everything else on standard error. It is stored nowhere: whoever loses it needs another key.
      A key with the scope feed.write may tell of any provider, and, unless --source confines it, under any source's name.
      """,
    options: [name, scope, source, expires],
    examples: [
      .init(
        "qareeb key create --name acme --scope feed.write --source acme > acme.key", "The secret into a file, and nowhere else.")
    ],
    exitCodes: [.failure, .unavailable, .configuration],
    action: { invocation, console in
      guard let name = invocation[name] else { throw CommandFailure(.usage, "--name NAME is missing") }
      guard (1...100).contains(name.unicodeScalars.count), name == withoutControls(name) else {
        throw CommandFailure(.usage, "--name must have 1 to 100 characters, without control characters")
      }
      let scopes = Set(invocation.all(scope))
      guard !scopes.isEmpty else { throw CommandFailure(.usage, "--scope SCOPE is missing") }
      let sources = Set(invocation.all(source))
      guard sources.isEmpty || scopes.contains(.feedWrite) else {
        throw CommandFailure(.usage, "--source goes with --scope \(APIKeyScope.feedWrite.rawValue)")
      }
      guard sources.count <= IdentityLimits.sourcesPerKey else {
        throw CommandFailure(
          .usage, "--source may be given \(IdentityLimits.sourcesPerKey) times at most; without it, the key may write any")
      }
      let request = KeyRequest.create(
        name: name, scopes: scopes, sources: sources.isEmpty ? nil : sources, expiresAfterDays: invocation[expires])
      return try await run(request, invocation, console)
    })

  private static let list = Command(
    "list",
    summary: "list all keys that ever were",
    options: [json],
    examples: [.init("qareeb key list --json | jq '.[] | select(.state == \"valid\")'", "Only those that open something.")],
    exitCodes: [.failure, .unavailable, .configuration],
    action: { invocation, console in try await run(.list(asJSON: invocation[json]), invocation, console) })

  private static let revoke = Command(
    "revoke",
    summary: "end a key at once",
    arguments: [key],
    examples: [.init("qareeb key revoke acme", "By its name; another key may have the name afterwards.")],
    exitCodes: [.failure, .unavailable, .configuration],
    action: { invocation, console in
      guard let key = invocation[key] else { preconditionFailure("the parser lets no call without KEY through") }
      return try await run(.revoke(key), invocation, console)
    })

  private static func run(_ request: KeyRequest, _ invocation: Invocation, _ console: Console) async throws -> ExitCode {
    let settings = try SettingOptions.resolve(invocation).checkedForCommand()
    return try await manageKeys(request, settings: settings, console: console)
  }
}

extension ArgumentFormat where Value == String {
  fileprivate static var feedSource: ArgumentFormat {
    ArgumentFormat(
      allowed: "1 to 63 of a-z 0-9 . _ - beginning with a letter or digit",
      parse: { (text: String) throws(InvalidArgument) -> String in
        guard FeedSource.isName(text) else { throw InvalidArgument("is no name of a source") }
        return text
      })
  }
}
