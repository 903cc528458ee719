extension WireCase {
  /// Transfer-Encoding: RFC 9112, 6.1 and 6.3.
  static let codings: [WireCase] = [
    .answered("chunked", "9112 7.1", Wire.coding("Transfer-Encoding: chunked"), sees: "POST / abc"),
    .answered("chunked in capitals", "9112 7", Wire.coding("TRANSFER-ENCODING: CHUNKED"), sees: "POST / abc"),
    .answered("space around chunked", "9110 5.5", Wire.coding("Transfer-Encoding:  chunked  "), sees: "POST / abc"),
    .answered("tab before chunked", "9110 5.5", Wire.coding("Transfer-Encoding:\tchunked"), sees: "POST / abc"),
    // Allowed by the grammar, never sent by an honest client; llhttp is stricter, which is safe.
    .refused("tab behind chunked", "9110 5.5", Wire.coding("Transfer-Encoding: chunked\t")),
    .answered(
      "GET with chunks", "9112 6.3", "GET /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
      sees: "GET /a x"),
    .answered(
      "a request right behind chunks", "9112 9.3.2", Wire.coding("Transfer-Encoding: chunked") + Wire.target("/x"),
      sees: "POST / abc", "GET /x "),

    .refused("length, then chunked", "9112 6.3", Wire.coding("Content-Length: 3\r\nTransfer-Encoding: chunked")),
    .refused("chunked, then length", "9112 6.3", Wire.coding("Transfer-Encoding: chunked\r\nContent-Length: 3")),
    .refused("length zero beside chunked", "9112 6.3", Wire.coding("Content-Length: 0\r\nTransfer-Encoding: chunked")),
    .refused("length beside an unknown coding", "9112 6.3", Wire.length("Content-Length: 3\r\nTransfer-Encoding: x"), 400, 501),
    .refused("length beside identity", "9112 6.3", Wire.length("Transfer-Encoding: identity\r\nContent-Length: 3"), 400, 501),
    .refused("chunked twice in a list", "9112 7", Wire.coding("Transfer-Encoding: chunked, chunked"), 400, 501),
    .refused(
      "chunked twice in two fields", "9112 7", Wire.coding("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked"), 400, 501),
    .refused("chunked not last", "9112 6.3", Wire.coding("Transfer-Encoding: chunked, gzip"), 400, 501),
    .refused("chunked behind gzip", "9112 7", Wire.coding("Transfer-Encoding: gzip, chunked"), 501),
    .refused(
      "chunked behind gzip in two fields", "9112 7", Wire.coding("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked"), 501),
    .refused(
      "identity behind chunked", "9112 6.3", Wire.coding("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"), 400, 501),
    .refused("identity alone", "9112 6.3", Wire.coding("Transfer-Encoding: identity"), 400, 501),
    .refused("gzip alone", "9112 6.3", Wire.coding("Transfer-Encoding: gzip"), 400, 501),
    .refused("xchunked", "9112 6.1", Wire.coding("Transfer-Encoding: xchunked"), 400, 501),
    .refused("chunkedx", "9112 6.1", Wire.coding("Transfer-Encoding: chunkedx"), 400, 501),
    .refused("x chunked", "9112 6.1", Wire.coding("Transfer-Encoding: x chunked"), 400, 501),
    .refused("chunked x", "9112 6.1", Wire.coding("Transfer-Encoding: chunked x"), 400, 501),
    .refused("chunk", "9112 6.1", Wire.coding("Transfer-Encoding: chunk"), 400, 501),
    .refused("quoted chunked", "9112 6.1", Wire.coding("Transfer-Encoding: \"chunked\""), 400, 501),
    .refused("chunked with a parameter", "9112 7", Wire.coding("Transfer-Encoding: chunked;q=1"), 400, 501),
    .refused("an empty element before chunked", "9110 5.6.1", Wire.coding("Transfer-Encoding: ,chunked"), 400, 501),
    .refused("an empty element behind chunked", "9110 5.6.1", Wire.coding("Transfer-Encoding: chunked,"), 400, 501),
    .refused("an empty coding", "9112 6.1", Wire.coding("Transfer-Encoding:"), 400, 501),
    .refused("vertical tab before chunked", "9110 5.5", Wire.coding("Transfer-Encoding: \u{0b}chunked")),
    .refused("form feed behind chunked", "9110 5.5", Wire.coding("Transfer-Encoding: chunked\u{0c}")),
    .refused("no-break space before chunked", "9110 5.6.3", Wire.coding("Transfer-Encoding: \u{a0}chunked"), 400, 501),
    .refused("space before the coding's colon", "9112 5.1", Wire.coding("Transfer-Encoding : chunked")),
    .refused("tab before the coding's colon", "9112 5.1", Wire.coding("Transfer-Encoding\t: chunked")),
    .refused("a folded coding", "9112 5.2", Wire.coding("Transfer-Encoding:\r\n chunked")),
    .refused("a coding hidden behind a bare CR", "9112 2.2", Wire.coding("X: y\rTransfer-Encoding: chunked")),
    .refused("a coding hidden behind a bare LF", "9112 2.2", Wire.coding("X: y\nTransfer-Encoding: chunked")),
    .refused(
      "chunked in HTTP/1.0", "9112 6.1", "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    .refused(
      "chunked and a length in HTTP/1.0", "9112 6.1",
      "POST / HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
    .partly(
      "an underscore makes no coding", "9110 5.1", Wire.coding("Transfer_Encoding: chunked"), sees: "POST / ", then: 400, 501),
  ]
}
