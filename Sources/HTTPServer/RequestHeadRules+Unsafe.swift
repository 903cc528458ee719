// Looks at a head in place.
import Bytes

/// What RFC 9110 and 9112 ask of a head and llhttp leaves to its user.
enum RequestHeadRules {
  static func check(_ request: HTTPRequest, _ parser: RequestParser) -> HTTPFailure? {
    guard parser.majorVersion == 1, parser.minorVersion <= 1 else {
      return HTTPFailure(.versionNotSupported, "Only HTTP/1.0 and HTTP/1.1 are spoken here.")
    }
    if parser.isConnect { return HTTPFailure(.notImplemented, "This server is not a proxy.") }
    return checkTransferEncoding(request, parser) ?? checkHost(request) ?? checkTarget(request)
  }

  private static func checkTransferEncoding(_ request: HTTPRequest, _ parser: RequestParser) -> HTTPFailure? {
    guard parser.hasTransferEncoding || request.hasHeader("transfer-encoding") else { return nil }
    if parser.minorVersion == 0 {
      return HTTPFailure(.badRequest, "HTTP/1.0 has no Transfer-Encoding.")
    }
    if request.hasHeader("content-length") {
      return HTTPFailure(.badRequest, "Content-Length and Transfer-Encoding cannot both be given.")
    }
    let codings = request.headers("transfer-encoding")
    guard codings.count == 1, codings[0].lowercased() == "chunked" else {
      return HTTPFailure(.notImplemented, "Only the transfer coding chunked is understood.")
    }
    return nil
  }

  private static func checkHost(_ request: HTTPRequest) -> HTTPFailure? {
    var hosts = 0
    var isValid = true
    for field in request.fields where request.hasName(field, "host") {
      hosts += 1
      request.withHead(Int(field.valueStart), Int(field.valueCount)) { isValid = isValid && HostGrammar.matches($0) }
    }
    if hosts > 1 { return HTTPFailure(.badRequest, "More than one Host.") }
    if hosts == 0 && request.minorVersion >= 1 { return HTTPFailure(.badRequest, "Host is missing.") }
    return isValid ? nil : HTTPFailure(.badRequest, "Host is not a host name.")
  }

  /// Leaves path and query; splits them.
  private static func checkTarget(_ request: HTTPRequest) -> HTTPFailure? {
    var authority: Range<Int>?
    let problem = request.withHead(0, request.targetCount) { target -> String? in
      if let bad = target.first(where: { $0 <= 0x20 || $0 >= 0x7f || $0 == UInt8(ascii: "#") }) {
        return "The target has the byte 0x\(String(bad, radix: 16)), which must be percent-encoded."
      }
      if target.first == UInt8(ascii: "/") { return nil }
      if target.count == 1, target.first == UInt8(ascii: "*") {
        return request.method == .options ? nil : "Only OPTIONS can be asked of *."
      }
      authority = self.authority(of: target)
      return authority == nil ? "The target must be a path." : nil
    }
    if let problem { return HTTPFailure(.badRequest, problem) }
    if let authority { request.reduceAbsoluteTarget(authority) }
    request.splitTarget()
    return nil
  }

  /// Where host and port stand in `http://host:port/path`; nil if it is no such target. User information is refused
  /// (RFC 9110, 4.2.4).
  private static func authority(of target: UnsafeRawBufferPointer) -> Range<Int>? {
    for scheme in ["http://", "https://"] as [StaticString] {
      let start = scheme.utf8CodeUnitCount
      guard target.count > start, equalIgnoringCase(UnsafeRawBufferPointer(rebasing: target[..<start]), scheme) else { continue }
      let end = target[start...].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? target.count
      return HostGrammar.matches(UnsafeRawBufferPointer(rebasing: target[start..<end])) ? start..<end : nil
    }
    return nil
  }
}

extension HTTPRequest {
  /// Leaves path and query of an absolute target; its authority takes the place of what Host said (RFC 9112, 3.2.2).
  func reduceAbsoluteTarget(_ authority: Range<Int>) {
    if let index = fields.firstIndex(where: { hasName($0, "host") }) {
      let host = withHead(authority.lowerBound, authority.count) { [UInt8]($0) }
      fields[index].valueStart = Int32(head.count)
      fields[index].valueCount = Int32(host.count)
      head.append(contentsOf: host)
    }
    var dropped = authority.upperBound
    if dropped == targetCount || head[dropped] == UInt8(ascii: "?") {
      // No path is the path `/`: it overwrites the authority's last byte.
      dropped -= 1
      head.withUnsafeMutableBytes { $0[dropped] = UInt8(ascii: "/") }
    }
    head.removeFirst(dropped)
    targetCount -= dropped
    for index in fields.indices {
      fields[index].nameStart -= Int32(dropped)
      fields[index].valueStart -= Int32(dropped)
    }
  }

  func splitTarget() {
    let mark = withHead(0, targetCount) { $0.firstIndex(of: UInt8(ascii: "?")) }
    pathCount = mark ?? targetCount
    queryStart = mark.map { $0 + 1 } ?? targetCount
  }
}
