import Bytes

/// The name of one version of a representation (RFC 9110, 8.8.3).
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
  /// What stands between the quotes.
  public let opaque: String
  /// Equal in meaning, not byte for byte.
  public let isWeak: Bool

  /// `opaque` is our own: a hash, a version. Characters that a tag cannot hold are a mistake of the caller's.
  public init(_ opaque: String, isWeak: Bool = false) {
    precondition(opaque.utf8.allSatisfy(EntityTag.isTagByte), "\(opaque) cannot be an entity tag")
    self.opaque = opaque
    self.isWeak = isWeak
  }

  public var description: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }

  /// For `If-None-Match`: the same meaning is enough.
  public func matchesWeakly(_ other: EntityTag) -> Bool { opaque == other.opaque }

  /// For `If-Match` and ranges: the same bytes are needed.
  public func matchesStrongly(_ other: EntityTag) -> Bool { !isWeak && !other.isWeak && opaque == other.opaque }

  private static func isTagByte(_ byte: UInt8) -> Bool { byte == 0x21 || (0x23...0x7e).contains(byte) || byte >= 0x80 }

  /// Reads one tag; nil for anything else.
  public init?(parsing text: String) {
    var rest = text.utf8[...]
    guard let tag = EntityTag(first: &rest), rest.isEmpty else { return nil }
    self = tag
  }

  /// Takes a tag off the front.
  fileprivate init?(first rest: inout Substring.UTF8View) {
    isWeak = rest.starts(with: "W/".utf8)
    if isWeak { rest = rest.dropFirst(2) }
    guard rest.first == UInt8(ascii: "\"") else { return nil }
    let inner = rest.dropFirst().prefix(while: EntityTag.isTagByte)
    guard inner.endIndex < rest.endIndex, rest[inner.endIndex] == UInt8(ascii: "\"") else { return nil }
    opaque = String(Substring(inner))
    rest = rest[rest.index(after: inner.endIndex)...]
  }
}

/// What `If-Match` or `If-None-Match` name.
public enum EntityTagList: Sendable, Hashable {
  /// `*`: whatever there is.
  case any
  case tags([EntityTag])

  /// Reads the fields of one request together; nil where one is not a list of tags.
  public init?(parsing fields: [String]) {
    if fields == ["*"] {
      self = .any
      return
    }
    var tags: [EntityTag] = []
    for field in fields {
      var rest = field.utf8[...]
      while true {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: ",") }
        if rest.isEmpty { break }
        guard let tag = EntityTag(first: &rest) else { return nil }
        let next = rest.first { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
        guard next == nil || next == UInt8(ascii: ",") else { return nil }
        tags.append(tag)
      }
    }
    self = .tags(tags)
  }

  func contains(where matches: (EntityTag) -> Bool) -> Bool {
    switch self {
    case .any: true
    case .tags(let tags): tags.contains(where: matches)
    }
  }
}

/// What a request's conditions say of the representation there is.
public enum PreconditionResult: Sendable, Hashable {
  case proceed
  /// The client has it: 304.
  case notModified
  /// The client wants another: 412.
  case failed
}

extension HTTPRequest {
  /// Weighs `If-Match`, `If-Unmodified-Since`, `If-None-Match` and `If-Modified-Since` in the order of RFC 9110, 13.2.2.
  ///
  /// Pass what the answer would say of itself. A tag of ours that the server has weakened by compressing still matches.
  public func precondition(entityTag: EntityTag?, lastModified: Int64? = nil) -> PreconditionResult {
    let isRead = method == .get || method == .head
    if hasHeader("if-match") {
      let list = EntityTagList(parsing: headers("if-match"))
      guard let entityTag, let list, list.contains(where: entityTag.matchesStrongly) else { return .failed }
    } else if let lastModified, let since = header("if-unmodified-since").flatMap(HTTPDate.seconds), lastModified > since {
      return .failed
    }
    if hasHeader("if-none-match") {
      guard let entityTag, let list = EntityTagList(parsing: headers("if-none-match")) else { return .proceed }
      guard list.contains(where: entityTag.matchesWeakly) else { return .proceed }
      return isRead ? .notModified : .failed
    }
    if isRead, let lastModified, let since = header("if-modified-since").flatMap(HTTPDate.seconds), lastModified <= since {
      return .notModified
    }
    return .proceed
  }
}

extension HTTPResponse {
  public func setEntityTag(_ tag: EntityTag) {
    HTTPResponse.append("ETag", to: &fields) { fields in
      fields.append(tag.isWeak ? "W/\"" : "\"")
      fields.append(tag.opaque)
      fields.append(byte: UInt8(ascii: "\""))
    }
  }
}
