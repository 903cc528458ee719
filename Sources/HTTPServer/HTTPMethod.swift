/// The methods an API uses; anything else the parser knows is `other` and finds no route.
public enum HTTPMethod: UInt8, Sendable, CaseIterable, CustomStringConvertible {
  case get, head, post, put, patch, delete, options, other

  public var description: String {
    switch self {
    case .get: "GET"
    case .head: "HEAD"
    case .post: "POST"
    case .put: "PUT"
    case .patch: "PATCH"
    case .delete: "DELETE"
    case .options: "OPTIONS"
    case .other: "other"
    }
  }
}
