/// Where in a folder of files a request's path leads. Pure: the file system is not asked.
///
/// What is not plainly a name below the folder is refused and not repaired: a path has one spelling, and no cleverness to fool.
enum StaticPath: Equatable {
  /// Relative to the folder, without a slash in front.
  case file(String)
  /// Ends in a slash, or is empty for the folder itself.
  case folder(String)

  /// No file system allows longer names.
  private static let segmentBytes = 255
  private static let pathBytes = 1_024
  /// The one hidden folder meant for the world (RFC 8615).
  private static let wellKnown = ".well-known"

  /// `path` as sent, percent-encoded, beginning with a slash; nil if it is refused.
  init?(_ path: some StringProtocol) {
    guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= StaticPath.pathBytes * 3 else { return nil }
    var segments = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isFolder = segments.last.map(\.isEmpty) ?? true
    if isFolder { segments.removeLast() }
    var names: [String] = []
    for segment in segments {
      guard let name = StaticPath.decoded(segment) else { return nil }
      guard !name.hasPrefix(".") || names.isEmpty && name == StaticPath.wellKnown else { return nil }
      names.append(name)
    }
    let joined = names.joined(separator: "/")
    guard joined.utf8.count <= StaticPath.pathBytes else { return nil }
    self = isFolder ? .folder(names.isEmpty ? "" : joined + "/") : .file(joined)
  }

  /// A segment's name; nil if it is none, or one that could mean something else to a file system.
  private static func decoded(_ segment: some Collection<UInt8>) -> String? {
    var bytes: [UInt8] = []
    var rest = segment.makeIterator()
    while let byte = rest.next() {
      if byte == UInt8(ascii: "%") {
        guard let high = rest.next().flatMap(hexadecimal), let low = rest.next().flatMap(hexadecimal) else { return nil }
        bytes.append(high << 4 | low)
      } else {
        bytes.append(byte)
      }
    }
    guard !bytes.isEmpty, bytes.count <= segmentBytes,
      bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") })
    else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
