/// An answer, whole.
public struct ClientResponse: Sendable {
  public let status: Int
  public let headers: [ClientHeader]
  public let body: [UInt8]
  /// Whether the answer came over a connection that was already open.
  public let usedOpenConnection: Bool

  /// The first header of this name.
  public func header(_ lowercasedName: String) -> String? { headers.first { $0.isNamed(lowercasedName) }?.value }
}

/// Collects header lines and body as they arrive, within the limits. Interim answers and redirects start it afresh.
struct ResponseCollector {
  enum Refusal { case bodyTooLarge, headersTooLarge }

  private(set) var headers: [ClientHeader] = []
  private(set) var body: [UInt8] = []
  private(set) var refusal: Refusal?
  private var headerBytes = 0
  private var hasBody = false
  private let maximumBytes: Int

  init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

  /// Takes one line as received, with its line end. False ends the transfer.
  mutating func takeHeader(_ line: some Collection<UInt8>) -> Bool {
    headerBytes += line.count
    guard headerBytes <= HTTPClientLimits.responseHeaderBytes else {
      refusal = .headersTooLarge
      return false
    }
    if line.starts(with: "HTTP/".utf8) {
      headers = []
      body = []
      hasBody = false
      return true
    }
    // Trailers are not headers.
    guard !hasBody else { return true }
    let text = ResponseCollector.trimmed(String(decoding: line, as: UTF8.self)[...])
    guard !text.isEmpty else { return true }
    if let first = line.first, first == 0x20 || first == 0x09 {
      // A folded line continues the one before.
      if let last = headers.popLast() { headers.append(ClientHeader(last.name, "\(last.value) \(text)")) }
      return true
    }
    guard let colon = text.firstIndex(of: ":") else { return true }
    headers.append(ClientHeader(String(text[..<colon]), String(ResponseCollector.trimmed(text[text.index(after: colon)...]))))
    return true
  }

  /// Takes a piece of the body. False ends the transfer.
  mutating func takeBody(_ bytes: some Collection<UInt8>) -> Bool {
    hasBody = true
    guard bytes.count <= maximumBytes - body.count else {
      refusal = .bodyTooLarge
      return false
    }
    body.append(contentsOf: bytes)
    return true
  }

  private static func trimmed(_ text: Substring) -> Substring {
    let isSpace = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" || scalar == "\r" || scalar == "\n" }
    var scalars = text.unicodeScalars
    while let first = scalars.first, isSpace(first) { scalars.removeFirst() }
    while let last = scalars.last, isSpace(last) { scalars.removeLast() }
    return Substring(scalars)
  }
}
