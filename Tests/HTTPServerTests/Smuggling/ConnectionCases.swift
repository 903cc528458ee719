extension WireCase {
  private static let old = "GET / HTTP/1.0\r\n"

  /// How long a connection lives and what travels on it: RFC 9112, 9.3 and 9.6; RFC 9110, 7.6.1 and 7.8.
  static let connections: [WireCase] = [
    .answered(
      "three requests at once", "9112 9.3.2", Wire.target("/a") + Wire.target("/b") + Wire.target("/c"),
      sees: "GET /a ", "GET /b ", "GET /c "),
    .answered("keep-alive asked for", "9112 9.3", Wire.field("Connection: keep-alive"), sees: "GET / "),
    .answered("an unknown option", "9110 7.6.1", Wire.field("Connection: x-close"), sees: "GET / "),
    .answered("close in another field", "9110 7.6.1", Wire.field("X-Connection: close"), sees: "GET / "),
    .answered("keep-alive in HTTP/1.0", "9112 9.3", old + "Connection: keep-alive\r\n\r\n", sees: "GET / "),
    .answered(
      "upgrade to h2c", "9113 3.1",
      Wire.field("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"),
      sees: "GET / "),
    .answered(
      "upgrade to a WebSocket where there is none", "9110 7.8",
      Wire.field("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"), sees: "GET / "),
    .answered(
      "upgrade with a body", "9110 7.8",
      Wire.length("Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3"), sees: "POST / abc"),
    .answered(
      "upgrade with chunks", "9110 7.8",
      Wire.coding("Connection: Upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked"), sees: "POST / abc"),
    .answered(
      "upgrade, then a request", "9110 7.8",
      Wire.field("Connection: Upgrade\r\nUpgrade: x") + Wire.target("/b"), sees: "GET / ", "GET /b "),

    .last("close", "9112 9.6", Wire.field("Connection: close"), sees: "GET / "),
    .last("close in capitals", "9110 7.6.1", Wire.field("CONNECTION: CLOSE"), sees: "GET / "),
    .last("close among others", "9110 7.6.1", Wire.field("Connection: x, close, y"), sees: "GET / "),
    .last("close behind keep-alive", "9112 9.3", Wire.field("Connection: keep-alive, close"), sees: "GET / "),
    .last("close before keep-alive", "9112 9.3", Wire.field("Connection: close, keep-alive"), sees: "GET / "),
    .last("close in a second field", "9110 7.6.1", Wire.field("Connection: keep-alive\r\nConnection: close"), sees: "GET / "),
    .last("close with white space", "9110 5.6.1", Wire.field("Connection: x ,\tclose "), sees: "GET / "),
    .last("nothing behind close is read", "9112 9.6", Wire.field("Connection: close") + Wire.target("/b"), sees: "GET / "),
    .last("close with a body", "9112 9.6", Wire.length("Connection: close\r\nContent-Length: 3"), sees: "POST / abc"),
    .last("HTTP/1.0", "9112 9.3", old + "Host: h\r\n\r\n", sees: "GET / "),
    .last("close and keep-alive in HTTP/1.0", "9112 9.3", old + "Connection: close, keep-alive\r\n\r\n", sees: "GET / "),
    .last("HTTP/1.0 with a body", "9112 9.3", "POST / HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", sees: "POST / abc"),

    .partly("garbage behind a request", "9112 9.3.2", Wire.get + "\r\n@@@@\r\n\r\n", sees: "GET / ", then: 400, 501),
    .partly(
      "a bad request behind two good ones", "9112 9.3.2",
      Wire.target("/a") + Wire.target("/b") + "GET / HTTP/1.1\r\n\r\n" + Wire.target("/c"), sees: "GET /a ", "GET /b "),
    .partly(
      "a bad length behind a good request", "9112 6.3",
      Wire.target("/a") + Wire.length("Content-Length: 3\r\nContent-Length: 4"), sees: "GET /a "),
  ]

  /// Expect: RFC 9110, 10.1.1.
  static let expectations: [WireCase] = [
    .answered(
      "100-continue", "9110 10.1.1", Wire.length("Expect: 100-continue\r\nContent-Length: 3"), sees: "POST / abc",
      continues: true),
    .answered(
      "100-continue in capitals", "9110 10.1.1", Wire.length("Expect: 100-CONTINUE\r\nContent-Length: 3"),
      sees: "POST / abc", continues: true),
    .answered(
      "white space around 100-continue", "9110 5.5", Wire.length("Expect: \t100-continue \t\r\nContent-Length: 3"),
      sees: "POST / abc", continues: true),
    .answered(
      "100-continue with chunks", "9110 10.1.1", Wire.coding("Expect: 100-continue\r\nTransfer-Encoding: chunked"),
      sees: "POST / abc", continues: true),
    .answered("100-continue without a body", "9110 10.1.1", Wire.field("Expect: 100-continue"), sees: "GET / "),
    .last(
      "100-continue in HTTP/1.0", "9110 10.1.1",
      "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc", sees: "POST / abc"),
    .refused("another expectation", "9110 10.1.1", Wire.length("Expect: 200-ok\r\nContent-Length: 3"), 417),
    .refused("another expectation beside it", "9110 10.1.1", Wire.length("Expect: 100-continue, x\r\nContent-Length: 3"), 417),
    .refused(
      "100-continue with a body above the limit", "9110 10.1.1",
      Wire.post + "Expect: 100-continue\r\nContent-Length: 65\r\n\r\n", 413),
    .refused(
      "100-continue with two lengths", "9112 6.3",
      Wire.post + "Expect: 100-continue\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc"),
  ]
}
