// Takes a connection string apart with libpq's own parser, so that everything libpq understands means the same here.
import CPQ
import Glibc

/// Where to connect, as whom, and with which TLS settings. Holds the password, which no description shows.
public struct ConnectionTarget: Sendable {
  /// Keywords and values in libpq's vocabulary.
  private(set) var parameters: [(keyword: String, value: String)]

  /// A `postgresql://` address or `key=value` pairs. The error never quotes the string: it may hold a password.
  public init(_ connectionString: String, applicationName: String = "qareeb") throws(PostgresError) {
    var message: UnsafeMutablePointer<CChar>?
    guard let options = PQconninfoParse(connectionString, &message) else {
      throw PostgresError(.configuration, "the connection string cannot be read: \(ConnectionTarget.reason(taking: message))")
    }
    defer { PQconninfoFree(options) }
    parameters = ConnectionTarget.values(of: options)
    addHostFromEnvironment()
    if self["application_name"] == nil { parameters.append(("application_name", applicationName)) }
    // Everything here is UTF-8; a database in another encoding is converted by the server.
    self["client_encoding"] = "UTF8"
  }

  private static func values(of options: UnsafeMutablePointer<PQconninfoOption>) -> [(keyword: String, value: String)] {
    var found: [(keyword: String, value: String)] = []
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { found.append((String(cString: keyword), String(cString: value))) }
      option += 1
    }
    return found
  }

  /// libpq's words up to whatever they quote.
  private static func reason(taking message: UnsafeMutablePointer<CChar>?) -> String {
    guard let message else { return "out of memory" }
    defer { PQfreemem(message) }
    let text = String(cString: message)
    return String(text.prefix { $0 != "\"" && $0 != "\n" }) + (text.contains("\"") ? "…" : "")
  }

  /// Known here already, so that its name is looked up off the loop like any other.
  private mutating func addHostFromEnvironment() {
    for keyword in ["host", "hostaddr", "port"] where self[keyword] == nil {
      if let value = getenv("PG" + keyword.uppercased()) { self[keyword] = String(cString: value) }
    }
  }

  subscript(_ keyword: String) -> String? {
    get { parameters.first { $0.keyword == keyword }?.value }
    set {
      parameters.removeAll { $0.keyword == keyword }
      if let newValue { parameters.append((keyword, newValue)) }
    }
  }

  /// `user@host:port/database`, for logs.
  public var summary: String {
    "\(self["user"] ?? "(default user)")@\(self["hostaddr"] ?? self["host"] ?? "(local socket)"):\(self["port"] ?? "5432")"
      + "/\(self["dbname"] ?? self["user"] ?? "(default database)")"
  }

  /// The same, to another database.
  public func withDatabase(_ name: String) -> ConnectionTarget {
    var copy = self
    copy["dbname"] = name
    return copy
  }

  // MARK: Names of hosts

  /// Whether a host's name must be looked up, which blocks and so happens on another thread.
  var needsLookup: Bool {
    guard self["hostaddr"] == nil, let hosts = self["host"] else { return false }
    return hosts.split(separator: ",").contains { ConnectionTarget.isName($0) }
  }

  private static func isName(_ host: Substring) -> Bool {
    guard !host.isEmpty, host.first != "/", host.first != "@" else { return false }
    var address = in6_addr()
    return inet_pton(AF_INET, String(host), &address) != 1 && inet_pton(AF_INET6, String(host), &address) != 1
  }

  /// With every host's addresses beside it (`host` stays, for TLS and error messages). Blocks on the resolver.
  func lookingUpHosts() throws(PostgresError) -> ConnectionTarget {
    let hosts = (self["host"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
    let ports = (self["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
    var lists: (hosts: [String], addresses: [String], ports: [String]) = ([], [], [])
    var failure = ""
    for (index, host) in hosts.enumerated() {
      let port = String(ports.count > 1 ? (index < ports.count ? ports[index] : "") : ports.first ?? "")
      do throws(LookupFailure) {
        for address in try ConnectionTarget.addresses(of: host) {
          lists.hosts.append(String(host))
          lists.addresses.append(address)
          lists.ports.append(port)
        }
      } catch {
        failure = error.reason
      }
    }
    guard !lists.hosts.isEmpty else {
      throw PostgresError(
        .unavailable(retryAfterMilliseconds: 0), "the host \(self["host"] ?? "") cannot be found: \(failure)")
    }
    var copy = self
    copy["host"] = lists.hosts.joined(separator: ",")
    copy["hostaddr"] = lists.addresses.joined(separator: ",")
    copy["port"] = lists.ports.allSatisfy(\.isEmpty) ? nil : lists.ports.joined(separator: ",")
    return copy
  }

  private struct LookupFailure: Error { let reason: String }

  private static func addresses(of host: Substring) throws(LookupFailure) -> [String] {
    guard isName(host) else { return [host.first == "/" ? "" : String(host)] }
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(String(host), nil, &hints, &list)
    guard code == 0 else { throw LookupFailure(reason: String(cString: gai_strerror(code))) }
    defer { freeaddrinfo(list) }
    var found: [String] = []
    var entry = list
    while let info = entry?.pointee {
      var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      if getnameinfo(info.ai_addr, info.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0 {
        found.append(name.withUnsafeBufferPointer { String(cString: $0.baseAddress.unsafelyUnwrapped) })
      }
      entry = info.ai_next
    }
    return found
  }

  // MARK: For libpq

  func withKeywordsAndValues<R>(
    _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> R
  ) -> R {
    let keywords = parameters.map { strdup($0.keyword) } + [nil]
    let values = parameters.map { strdup($0.value) } + [nil]
    defer {
      keywords.forEach { free($0) }
      for value in values {
        // The password is not left behind in freed memory.
        if let value { explicit_bzero(value, strlen(value)) }
        free(value)
      }
    }
    return keywords.map { UnsafePointer($0) }.withUnsafeBufferPointer { keywords in
      values.map { UnsafePointer($0) }.withUnsafeBufferPointer { values in
        body(keywords.baseAddress.unsafelyUnwrapped, values.baseAddress.unsafelyUnwrapped)
      }
    }
  }
}

extension ConnectionTarget: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { summary }
  public var debugDescription: String { summary }
  public var customMirror: Mirror { Mirror(self, children: ["summary": summary]) }
}
