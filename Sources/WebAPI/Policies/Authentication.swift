/// Who makes a call.
public struct Principal: Sendable, Equatable {
  /// Stable; rate limits are counted by it.
  public let id: String
  public let permissions: Set<String>
  /// By permission: the only things it may be used on, such as the sources of a feed. One that is not named here may be used on all.
  public let confinements: [String: Set<String>]

  public init(id: String, permissions: Set<String>, confinements: [String: Set<String>] = [:]) {
    self.id = id
    self.permissions = permissions
    self.confinements = confinements
  }
}

/// What a route asks of its caller. Every route says it: there is no default.
public enum Permission: Sendable, Equatable {
  /// Anyone.
  case `public`
  /// Anyone who is signed in.
  case signedIn
  /// Whoever has this permission.
  case named(String)
}

/// Finds out who makes a call, from its headers. Runs on the loop before the body is read, so it must not wait.
public protocol Authenticator: Sendable {
  /// Nobody, when the call carries no credentials; throws `UNAUTHORIZED` when it carries wrong ones.
  func principal(of call: Call) throws(APIError) -> Principal?
}

/// Knows nobody.
public struct AnonymousAuthenticator: Authenticator {
  public init() {}
  public func principal(of call: Call) throws(APIError) -> Principal? { nil }
}

extension Permission {
  func check(_ principal: Principal?) throws(APIError) {
    switch self {
    case .public: return
    case .signedIn: guard principal != nil else { throw .unauthorized }
    case .named(let name):
      guard let principal else { throw .unauthorized }
      guard principal.permissions.contains(name) else { throw .forbidden }
    }
  }
}
