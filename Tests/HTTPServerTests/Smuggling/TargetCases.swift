extension WireCase {
  /// Host: RFC 9110, 7.2 and RFC 9112, 3.2.
  static let hosts: [WireCase] = [
    .answered("host and port", "9110 7.2", Wire.host("Host: h:8080"), sees: "GET / "),
    .answered("an empty port", "3986 3.2.3", Wire.host("Host: h:"), sees: "GET / "),
    .answered("an IPv6 address", "3986 3.2.2", Wire.host("Host: [::1]:80"), sees: "GET / "),
    .answered("an IPv4 address", "3986 3.2.2", Wire.host("Host: 127.0.0.1"), sees: "GET / "),
    .answered("an encoded byte", "3986 3.2.2", Wire.host("Host: a%20b"), sees: "GET / "),
    .answered("white space around a host", "9110 5.5", Wire.host("host: \t h \t"), sees: "GET / "),
    .answered("host behind other fields", "9110 7.2", Wire.host("X: y\r\nHost: h"), sees: "GET / "),
    .last("no host in HTTP/1.0", "9112 3.2", "GET / HTTP/1.0\r\n\r\n", sees: "GET / "),

    .refused("no host", "9112 3.2", "GET / HTTP/1.1\r\n\r\n"),
    .refused("no host beside an absolute target", "9112 3.2", "GET http://h/ HTTP/1.1\r\n\r\n"),
    .refused("two hosts", "9112 3.2", Wire.host("Host: a\r\nHost: b")),
    .refused("the same host twice", "9112 3.2", Wire.host("Host: a\r\nHost: a")),
    .refused("two hosts in HTTP/1.0", "9112 3.2", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"),
    .refused("two hosts around other fields", "9112 3.2", Wire.host("Host: a\r\nX: y\r\nhOST: a")),
    .refused("space in a host", "9112 3.2", Wire.host("Host: a b")),
    .refused("a path in a host", "9112 3.2", Wire.host("Host: a/b")),
    .refused("user information in a host", "9112 3.2", Wire.host("Host: u@a")),
    .refused("a query in a host", "9112 3.2", Wire.host("Host: a?b")),
    .refused("a fragment in a host", "9112 3.2", Wire.host("Host: a#b")),
    .refused("a backslash in a host", "9112 3.2", Wire.host("Host: a\\b")),
    .refused("a port that is no number", "9112 3.2", Wire.host("Host: a:b")),
    .refused("two ports", "9112 3.2", Wire.host("Host: a:1:2")),
    .refused("a port above 65535", "9110 4.2.1", Wire.host("Host: a:65536")),
    .refused("an address without brackets", "3986 3.2.2", Wire.host("Host: ::1")),
    .refused("an open bracket", "3986 3.2.2", Wire.host("Host: [::1")),
    .refused("a bracket inside", "3986 3.2.2", Wire.host("Host: a[::1]")),
    .refused("a name behind a bracket", "3986 3.2.2", Wire.host("Host: [::1]a")),
    .refused("a bad address in brackets", "3986 3.2.2", Wire.host("Host: [g]")),
    .refused("a bad encoded byte", "3986 2.1", Wire.host("Host: a%zz")),
    .refused("bytes above 127 in a host", "3986 3.2.2", Wire.host("Host: ä")),
    .refused("NUL in a host", "9110 5.5", raw: Wire.raw("GET / HTTP/1.1\r\nHost: a", 0, "\r\n\r\n")),
    .refused("a folded host", "9112 5.2", Wire.host("Host:\r\n a")),
  ]

  /// The four forms of a target: RFC 9112, 3.2.1 to 3.2.4.
  static let targets: [WireCase] = [
    .answered("path and query", "9112 3.2.1", Wire.target("/a/b?c=d&e"), sees: "GET /a/b?c=d&e "),
    .answered("a target of the limit", "9110 4.1", Wire.target("/" + pad(127)), sees: "GET /\(pad(127)) "),
    .answered("absolute", "9112 3.2.2", Wire.target("http://h/a?b"), sees: "GET /a?b "),
    .answered("absolute with another host", "9112 3.2.2", Wire.target("http://other:81/a"), sees: "GET /a "),
    .answered("absolute in capitals", "3986 3.1", Wire.target("HTTP://h/a"), sees: "GET /a "),
    .answered("absolute, https", "9112 3.2.2", Wire.target("https://h/a"), sees: "GET /a "),
    .answered("absolute without a path", "9112 3.2.2", Wire.target("http://h"), sees: "GET / "),
    .answered("absolute with a query and no path", "9112 3.2.2", Wire.target("http://h?a"), sees: "GET /?a "),
    .answered("asterisk", "9112 3.2.4", Wire.target("*", method: "OPTIONS"), sees: "OPTIONS * "),
    .answered("double slash is a path", "9112 3.2.1", Wire.target("//other/a"), sees: "GET //other/a "),

    .refused("a target above the limit", "9110 15.5.15", Wire.target("/" + pad(128)), 414),
    .refused("a far too long target", "9110 15.5.15", Wire.target("/" + pad(3_000)), 414),
    .refused("a long query", "9110 15.5.15", Wire.target("/?" + pad(200)), 414),
    .refused("user information in a target", "9110 4.2.4", Wire.target("http://u:p@h/")),
    .refused("absolute without a host", "9110 4.2.1", Wire.target("http:///a")),
    .refused("absolute with a bad port", "9110 4.2.1", Wire.target("http://h:x/a")),
    .refused("another scheme", "9110 7.4", Wire.target("ftp://h/a")),
    .refused("a scheme without slashes", "9112 3.2", Wire.target("http:a")),
    .refused("authority", "9112 3.2.3", Wire.target("h:80")),
    .refused("CONNECT", "9110 9.3.6", Wire.target("h:80", method: "CONNECT"), 400, 405, 501),
    .refused("CONNECT to a path", "9112 3.2.3", Wire.target("/", method: "CONNECT"), 400, 405, 501),
    .refused("GET of an asterisk", "9112 3.2.4", Wire.target("*")),
    .refused("more than an asterisk", "9112 3.2.4", Wire.target("*/a", method: "OPTIONS")),
    .refused("a fragment", "9112 3.2", Wire.target("/a#b")),
    .refused("a fragment behind a query", "9112 3.2", Wire.target("/a?b#c")),
    .refused("a relative path", "9112 3.2.1", Wire.target("a/b")),
    .refused("a query alone", "9112 3.2.1", Wire.target("?a")),
    .refused("space in a target", "9112 3.2", Wire.target("/a b")),
    .refused("a second version", "9112 3", Wire.requestLine("GET / HTTP/1.1 HTTP/1.1")),
    .refused("a second request line", "9112 3", Wire.requestLine("GET /a HTTP/1.1 GET /b HTTP/1.1")),
    .refused("UTF-8 in a target", "3986 2.1", Wire.target("/حلاق")),
  ]

  /// Bytes that would end a target for one reader and not for another.
  static let targetBytes: [WireCase] =
    ([0x00, 0x01, 0x09, 0x0b, 0x0c, 0x1f, 0x7f, 0x80, 0xff] as [UInt8]).map { byte in
      .refused(
        "0x\(String(byte, radix: 16)) in a target", "9112 3.2", raw: Wire.raw("GET /a", byte, "b HTTP/1.1\r\nHost: h\r\n\r\n"))
    }
}
