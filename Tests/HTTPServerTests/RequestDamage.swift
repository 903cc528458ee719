import Synchronization
import TestSupport

/// How the fuzzer makes its bytes: pipelines of valid requests with a few wounds that are typical of attacks.
enum RequestDamage {
  private static let requests = [
    "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
    "GET /a?b=c&d HTTP/1.1\r\nHost: example.com:80\r\nAccept: */*\r\nX:\r\n\r\n",
    "GET http://h/ab HTTP/1.1\r\nHost: h\r\n\r\n",
    "POST /abc HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
    "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n",
    "PUT /ab HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc",
    "DELETE / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: close\r\n\r\n",
    "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 28\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n\r\n",
  ].map { Array($0.utf8) }

  private static let pieces = [
    "\r\n", "\n", "\r", "\r\n\r\n", "\0", " ", "\t", ":", ";", ",", "0", "-1", "ffffffffffffffff", "Content-Length: 5\r\n",
    "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: identity\r\n", "Host: x\r\n",
    "Connection: close\r\n",
    " HTTP/1.1", "GET / HTTP/1.1\r\n", "0\r\n\r\n", "5\r\n", "\u{ff}\u{fe}", "Expect: 100-continue\r\n", "X: \r\n y\r\n",
  ].map { Array($0.utf8) }

  static func pipeline(_ random: inout SeededRandom) -> [UInt8] {
    var bytes = (0..<Int.random(in: 1...4, using: &random)).flatMap { _ in
      requests[Int.random(in: 0..<requests.count, using: &random)]
    }
    // Now and then none: what is valid is part of what is tried.
    for _ in 0..<Int.random(in: 0...4, using: &random) { wound(&bytes, &random) }
    return bytes
  }

  private static func wound(_ bytes: inout [UInt8], _ random: inout SeededRandom) {
    guard !bytes.isEmpty else { return }
    let place = Int.random(in: 0..<bytes.count, using: &random)
    let end = min(place + Int.random(in: 1...12, using: &random), bytes.count)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 4: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)], at: place)
    case 5: bytes.replaceSubrange(place..<end, with: pieces[Int.random(in: 0..<pieces.count, using: &random)])
    default: bytes.removeSubrange(place...)
    }
  }
}

/// A number that several threads count up.
final class Counter: Sendable {
  private let value = Atomic<Int>(0)

  func add() { value.wrappingAdd(1, ordering: .relaxed) }

  /// The count since the last time.
  func take() -> Int { value.exchange(0, ordering: .relaxed) }
}
