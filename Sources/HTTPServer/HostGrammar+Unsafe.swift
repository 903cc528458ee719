// Looks at the bytes where they were read: this runs for every request and must not allocate.

/// `uri-host [ ":" port ]` (RFC 9110, 7.2; RFC 3986, 3.2.2), without user information. Two readers that disagree about a host
/// disagree about whose request it is, so what is not a host is refused. An empty one names nobody and is refused as well.
enum HostGrammar {
  static func matches(_ host: UnsafeRawBufferPointer) -> Bool {
    let hostEnd: Int
    if host.first == UInt8(ascii: "[") {
      guard let close = host.firstIndex(of: UInt8(ascii: "]")), isAddress(host[1..<close]) else { return false }
      hostEnd = close + 1
    } else {
      hostEnd = host.firstIndex(of: UInt8(ascii: ":")) ?? host.count
      guard hostEnd > 0, isName(host[..<hostEnd]) else { return false }
    }
    if hostEnd == host.count { return true }
    return host[hostEnd] == UInt8(ascii: ":") && isPort(host[(hostEnd + 1)...])
  }

  /// Digits up to 65535; none means the scheme's own.
  private static func isPort(_ digits: Slice<UnsafeRawBufferPointer>) -> Bool {
    var port = 0
    for digit in digits {
      guard isDigit(digit) else { return false }
      port = port * 10 + Int(digit - UInt8(ascii: "0"))
      if port > 65_535 { return false }
    }
    return true
  }

  /// A registered name or an IPv4 address: unreserved characters, sub-delimiters, percent-encoded bytes.
  private static func isName(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    var encodedLeft = 0
    for byte in bytes {
      if encodedLeft > 0 {
        guard isHexadecimal(byte) else { return false }
        encodedLeft -= 1
      } else if byte == UInt8(ascii: "%") {
        encodedLeft = 2
      } else if !isNameByte(byte) {
        return false
      }
    }
    return encodedLeft == 0
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"), UInt8(ascii: "$"),
      UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"),
      UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
      true
    default: false
    }
  }

  /// An IPv6 address by its shape: groups of up to four digits, at most one gap, perhaps an IPv4 tail.
  private static func isAddress(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    let groups = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard groups.count >= 3, groups.count <= 9 else { return false }
    let tailIsIPv4 = groups.last.map { $0.contains(UInt8(ascii: ".")) } ?? false
    let isShaped = groups.indices.allSatisfy { index in
      let group = groups[index]
      if tailIsIPv4, index == groups.count - 1 { return group.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") } }
      return group.count <= 4 && group.allSatisfy(isHexadecimal)
    }
    let hasGap = groups.dropFirst().dropLast().contains { $0.isEmpty }
    return isShaped && (hasGap || groups.count == (tailIsIPv4 ? 7 : 8) && groups.allSatisfy { !$0.isEmpty })
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private static func isHexadecimal(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- UInt8(ascii: "a") < 6 }
}
