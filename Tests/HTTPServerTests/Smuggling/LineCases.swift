extension WireCase {
  /// Lines and fields: RFC 9112, 2.2 and 5; RFC 9110, 5.
  static let lines: [WireCase] = [
    .answered("a line end before the request", "9112 2.2", "\r\n" + Wire.get + Wire.end, sees: "GET / "),
    .answered("two line ends before the request", "9112 2.2", "\r\n\r\n" + Wire.get + Wire.end, sees: "GET / "),
    .answered("line ends between requests", "9112 2.2", Wire.get + "\r\n\r\n" + Wire.get + "\r\n", sees: "GET / ", "GET / "),
    .answered("tab inside a value", "9110 5.5", Wire.field("X: a\tb"), sees: "GET / "),
    .answered("an empty value", "9110 5.5", Wire.field("X:"), sees: "GET / "),
    .answered("a blank value", "9110 5.5", Wire.field("X: \t "), sees: "GET / "),
    .answered("bytes above 127 in a value", "9110 5.5", Wire.field("X: سلام"), sees: "GET / "),
    .answered("every character of a token", "9110 5.6.2", Wire.field("!#$%&'*+-.^_`|~09azAZ: x"), sees: "GET / "),
    .answered("twenty fields", "6585 5", Wire.get + String(repeating: "A: b\r\n", count: 19) + Wire.end, sees: "GET / "),

    .refused("bare LF behind the request line", "9112 2.2", "GET / HTTP/1.1\nHost: h\r\n\r\n"),
    .refused("bare LF behind a field", "9112 2.2", "GET / HTTP/1.1\r\nHost: h\n\r\n"),
    .refused("bare LF as the end of the head", "9112 2.2", "GET / HTTP/1.1\r\nHost: h\r\n\n"),
    .refused("bare LF everywhere", "9112 2.2", "GET / HTTP/1.1\nHost: h\n\n"),
    .refused("bare LF hides a field", "9112 2.2", Wire.field("X: a\nContent-Length: 5")),
    .refused("bare CR in a value", "9112 2.2", Wire.field("X: a\rb")),
    .refused("bare CR at a value's end", "9112 2.2", Wire.field("X: a\r\r")),
    .refused("bare CR before a value", "9112 2.2", Wire.field("X:\ra")),
    .refused("bare CR in a name", "9112 2.2", Wire.field("X\rY: a")),
    .refused("bare CR behind the request line", "9112 2.2", "GET / HTTP/1.1\rHost: h\r\n\r\n"),
    .refused("bare CR in the target", "9112 2.2", Wire.target("/a\rb")),
    .refused("bare CR as the end of the head", "9112 2.2", "GET / HTTP/1.1\r\nHost: h\r\n\rX"),
    .refused("a folded field", "9112 5.2", Wire.field("X: a\r\n b")),
    .refused("a field folded with a tab", "9112 5.2", Wire.field("X: a\r\n\tb")),
    .refused("a folded empty field", "9112 5.2", Wire.field("X:\r\n b")),
    .refused("a folded line of nothing", "9112 5.2", Wire.field("X: a\r\n ")),
    .refused("white space before the first field", "9112 2.2", "GET / HTTP/1.1\r\n Host: h\r\n\r\n"),
    .refused("tab before the first field", "9112 2.2", "GET / HTTP/1.1\r\n\tX: y\r\nHost: h\r\n\r\n"),
    .refused("space before a colon", "9112 5.1", Wire.field("X : y")),
    .refused("tab before a colon", "9112 5.1", Wire.field("X\t: y")),
    .refused("an empty name", "9110 5.1", Wire.field(": y")),
    .refused("a line without colon", "9112 5", Wire.field("nonsense")),
    .refused("space inside a name", "9110 5.1", Wire.field("A B: c")),
    .refused("bytes above 127 in a name", "9110 5.1", Wire.field("Ä: c")),
    .refused("twenty-one fields", "6585 5", Wire.get + String(repeating: "A: b\r\n", count: 20) + Wire.end, 431),
    .refused("a long field", "6585 5", Wire.field("X: " + pad(600)), 431),
    .refused("a long name", "6585 5", Wire.field(pad(600) + ": x"), 431),
    .refused("a long head", "6585 5", Wire.get + String(repeating: "X: \(pad(60))\r\n", count: 10) + Wire.end, 431),
  ]

  /// RFC 9110, 5.6.2: what no name may have.
  static let nameBytes: [WireCase] =
    ([0x00, 0x01, 0x08, 0x0b, 0x0c, 0x1b, 0x1f, 0x7f, 0x80, 0xff] + "\"(),/;<=>?@[\\]{}".utf8).map { byte in
      .refused("0x\(String(byte, radix: 16)) in a name", "9110 5.6.2", raw: Wire.raw(Wire.get + "X", byte, "Y: z\r\n\r\n"))
    }

  /// RFC 9110, 5.5: what no value may have.
  static let valueBytes: [WireCase] =
    ([0x00, 0x01, 0x07, 0x08, 0x0b, 0x0c, 0x0e, 0x1b, 0x1f, 0x7f] as [UInt8]).map { byte in
      .refused("0x\(String(byte, radix: 16)) in a value", "9110 5.5", raw: Wire.raw(Wire.get + "X: y", byte, "z\r\n\r\n"))
    }

  /// Request lines: RFC 9112, 2.3 and 3.
  static let requestLines: [WireCase] = [
    .refused("space before the method", "9112 3", Wire.requestLine(" GET / HTTP/1.1")),
    .refused("a tab for a space", "9112 3", Wire.requestLine("GET\t/ HTTP/1.1")),
    .refused("a tab before the version", "9112 3", Wire.requestLine("GET /\tHTTP/1.1")),
    // A recipient may read words instead of single spaces, as llhttp does.
    .answered("two spaces behind the method", "9112 3", Wire.requestLine("GET  / HTTP/1.1"), sees: "GET / "),
    .answered("two spaces before the version", "9112 3", Wire.requestLine("GET /  HTTP/1.1"), sees: "GET / "),
    .refused("space behind the version", "9112 3", Wire.requestLine("GET / HTTP/1.1 ")),
    .refused("no target", "9112 3", Wire.requestLine("GET HTTP/1.1")),
    .refused("an empty target", "9112 3", Wire.requestLine("GET  HTTP/1.1")),
    .refused("HTTP/0.9", "9112 3", "GET /\r\n\r\n", 400, 505),
    .refused("the version HTTP/0.9", "9110 2.5", Wire.requestLine("GET / HTTP/0.9"), 400, 505),
    .refused("the version in small letters", "9112 2.3", Wire.requestLine("GET / http/1.1")),
    .refused("HTTP/1.2", "9110 2.5", Wire.requestLine("GET / HTTP/1.2"), 505),
    .refused("HTTP/1.9", "9110 2.5", Wire.requestLine("GET / HTTP/1.9"), 505),
    .refused("HTTP/2.0", "9110 15.6.6", Wire.requestLine("GET / HTTP/2.0"), 505),
    .refused("HTTP/3.0", "9110 15.6.6", Wire.requestLine("GET / HTTP/3.0"), 505),
    .refused("HTTP/1.10", "9112 2.3", Wire.requestLine("GET / HTTP/1.10"), 400, 505),
    .refused("HTTP/01.1", "9112 2.3", Wire.requestLine("GET / HTTP/01.1"), 400, 505),
    .refused("HTTP/11", "9112 2.3", Wire.requestLine("GET / HTTP/11"), 400, 505),
    .refused("HTTP/1", "9112 2.3", Wire.requestLine("GET / HTTP/1"), 400, 505),
    .refused("HTTP/-1.1", "9112 2.3", Wire.requestLine("GET / HTTP/-1.1"), 400, 505),
    .refused("HTTP/1,1", "9112 2.3", Wire.requestLine("GET / HTTP/1,1"), 400, 505),
    .refused("another protocol", "9112 2.3", Wire.requestLine("GET / HTTPS/1.1")),
    .refused("RTSP", "9112 2.3", Wire.requestLine("DESCRIBE / RTSP/1.0"), 400, 501),
    .refused("ICE", "9112 2.3", Wire.requestLine("SOURCE / ICE/1.0"), 400, 501),
    .refused("the preface of HTTP/2", "9113 3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, 505),
    .refused("a method in small letters", "9110 9.1", Wire.requestLine("get / HTTP/1.1"), 400, 501),
    .refused("an unknown method", "9110 9.1", Wire.requestLine("FROB / HTTP/1.1"), 400, 501),
    .refused("a method with more letters", "9110 9.1", Wire.requestLine("GETX / HTTP/1.1"), 400, 501),
    .refused("a method that is no token", "9110 9.1", Wire.requestLine("G@T / HTTP/1.1"), 400, 501),
    .refused("a long method", "9112 3", Wire.requestLine(pad(700, "G") + " / HTTP/1.1"), 400, 501),
    .refused("NUL in the method", "9110 9.1", raw: Wire.raw("GE", 0, "T / HTTP/1.1\r\nHost: h\r\n\r\n"), 400, 501),
    .refused("TLS", "9112 9.7", raw: [0x16, 3, 1, 0, 0xa5, 1, 0, 0, 0xa1, 3, 3] + Array(repeating: 0x5a, count: 80), 400, 501),
    .refused("SSH", "9112 3", "SSH-2.0-OpenSSH_9.2\r\n", 400, 501),
    .refused("the proxy protocol", "9112 3", "PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n" + Wire.get + Wire.end, 400, 501),
    .refused("an answer for a request", "9112 2.1", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 400, 501),
  ]
}
