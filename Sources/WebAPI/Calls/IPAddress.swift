import Bytes

/// An IPv4 or IPv6 address; IPv4 as IPv6-mapped, so that both compare alike.
public struct IPAddress: Hashable, Sendable {
  let high: UInt64
  let low: UInt64

  private static let mappedPrefix: UInt64 = 0xFFFF_0000_0000

  var isIPv4: Bool { high == 0 && low >> 32 == 0xFFFF }

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The usual text forms, with an optional zone (`%eth0`) or brackets; no port.
  public init?(_ text: String) {
    self.init(text.utf8Span.span.bytes)
  }

  init?(_ text: RawSpan) {
    var range = 0..<text.byteCount
    if text.byteCount >= 2, text.byte(0) == UInt8(ascii: "["), text.byte(text.byteCount - 1) == UInt8(ascii: "]") {
      range = 1..<(text.byteCount - 1)
    }
    let address = text.extracting(range)
    let end = address.firstOffset(of: UInt8(ascii: "%")) ?? address.byteCount
    let plain = address.extracting(0..<end)
    if plain.firstOffset(of: UInt8(ascii: ":")) == nil {
      guard end == address.byteCount, let bits = IPAddress.ipv4(plain) else { return nil }
      self.init(high: 0, low: IPAddress.mappedPrefix | UInt64(bits))
    } else {
      guard let (high, low) = IPAddress.ipv6(plain) else { return nil }
      self.init(high: high, low: low)
    }
  }

  /// Four decimal numbers without leading zeros, which some readers take for octal.
  private static func ipv4(_ text: RawSpan) -> UInt32? {
    var bits: UInt32 = 0
    var index = 0
    for part in 0..<4 {
      if part > 0 {
        guard index < text.byteCount, text.byte(index) == UInt8(ascii: ".") else { return nil }
        index += 1
      }
      let start = index
      var value: UInt32 = 0
      while index < text.byteCount, index - start < 3, case let digit = text.byte(index) &- UInt8(ascii: "0"), digit <= 9 {
        value = value * 10 + UInt32(digit)
        index += 1
      }
      guard index > start, value <= 255, index - start == 1 || text.byte(start) != UInt8(ascii: "0") else { return nil }
      bits = bits << 8 | value
    }
    return index == text.byteCount ? bits : nil
  }

  private static func ipv6(_ text: RawSpan) -> (UInt64, UInt64)? {
    var groups: [UInt16] = []
    var gap: Int?
    var index = 0
    if text.byteCount >= 2, text.byte(0) == UInt8(ascii: ":") {
      guard text.byte(1) == UInt8(ascii: ":") else { return nil }
      (gap, index) = (0, 2)
    }
    while index < text.byteCount {
      guard groups.count < 8 else { return nil }
      let end = text.firstOffset(of: UInt8(ascii: ":"), from: index) ?? text.byteCount
      let group = text.extracting(index..<end)
      if group.firstOffset(of: UInt8(ascii: ".")) != nil {
        guard end == text.byteCount, groups.count <= 6, let bits = ipv4(group) else { return nil }
        groups += [UInt16(bits >> 16), UInt16(bits & 0xFFFF)]
        break
      }
      guard let value = hexadecimal(group) else { return nil }
      groups.append(value)
      if end == text.byteCount { break }
      index = end + 1
      guard index < text.byteCount else { return nil }
      if text.byte(index) == UInt8(ascii: ":") {
        guard gap == nil else { return nil }
        gap = groups.count
        index += 1
      }
    }
    if let gap {
      guard groups.count < 8 else { return nil }
      groups.insert(contentsOf: [UInt16](repeating: 0, count: 8 - groups.count), at: gap)
    }
    guard groups.count == 8 else { return nil }
    let halves = groups.map(UInt64.init)
    return (
      halves[0] << 48 | halves[1] << 32 | halves[2] << 16 | halves[3],
      halves[4] << 48 | halves[5] << 32 | halves[6] << 16 | halves[7]
    )
  }

  private static func hexadecimal(_ text: RawSpan) -> UInt16? {
    guard (1...4).contains(text.byteCount) else { return nil }
    var value: UInt16 = 0
    for index in 0..<text.byteCount {
      guard let digit = hexadecimalValue(text.byte(index)) else { return nil }
      value = value << 4 | UInt16(digit)
    }
    return value
  }

  /// What one client is counted by: an IPv6 customer has a whole /64 to choose addresses from.
  var countedAs: IPAddress { isIPv4 ? self : IPAddress(high: high, low: 0) }
}

/// A range of addresses, `10.0.0.0/8` or `fd00::/8`; a single address without the slash.
public struct AddressRange: Hashable, Sendable {
  private let base: IPAddress
  private let prefix: Int

  public init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let base = IPAddress(String(first)) else { return nil }
    let width = base.isIPv4 ? 32 : 128
    var bits = width
    if parts.count == 2 {
      guard let given = Int(parts[1]), (0...width).contains(given) else { return nil }
      bits = given
    }
    self.base = base
    prefix = bits + (128 - width)
  }

  public func contains(_ address: IPAddress) -> Bool {
    let highMask = AddressRange.mask(min(prefix, 64))
    let lowMask = AddressRange.mask(max(prefix - 64, 0))
    return (base.high ^ address.high) & highMask == 0 && (base.low ^ address.low) & lowMask == 0
  }

  private static func mask(_ bits: Int) -> UInt64 { bits == 0 ? 0 : UInt64.max << UInt64(64 - bits) }
}

/// Which peers may say, in X-Forwarded-For, who the client is. Everyone else would only be making it up.
public struct TrustedProxies: Sendable {
  public var ranges: [AddressRange]
  /// A Unix socket is only reachable from this machine: whoever connects is the proxy in front.
  public var trustsUnixSocket: Bool

  public init(ranges: [AddressRange] = [], trustsUnixSocket: Bool = true) {
    self.ranges = ranges
    self.trustsUnixSocket = trustsUnixSocket
  }

  private func trusts(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

  /// The client's address: the nearest hop that is no trusted proxy. `forwarded` gives the header's values in order.
  func client(peer: String, forwarded: () -> [String]) -> IPAddress? {
    var nearest = IPAddress(peer)
    guard nearest.map(trusts) ?? trustsUnixSocket else { return nearest }
    let hops = forwarded().flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
    for hop in hops.reversed().prefix(WebAPILimits.forwardedHops) {
      // A hop that is no address was not written by a proxy we trust: what lies behind it cannot be believed either.
      guard let address = IPAddress(TrustedProxies.withoutPort(hop)) else { return nearest }
      nearest = address
      if !trusts(address) { return address }
    }
    return nearest
  }

  /// Some proxies add the port: `203.0.113.7:4711`, `[2001:db8::1]:4711`.
  private static func withoutPort(_ hop: Substring) -> String {
    let text = hop.drop { $0 == " " }
    if text.first == "[", let close = text.firstIndex(of: "]") { return String(text[...close]) }
    let colons = text.reduce(0) { $0 + ($1 == ":" ? 1 : 0) }
    let plain = colons == 1 ? text.prefix { $0 != ":" } : text
    return String(plain.reversed().drop { $0 == " " }.reversed())
  }
}
