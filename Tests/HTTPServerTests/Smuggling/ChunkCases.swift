extension WireCase {
  private static func chunks(_ text: String) -> String { Wire.chunked + text }
  private static let rest = "abc\r\n0\r\n\r\n"

  /// The chunked coding itself: RFC 9112, 7.1.
  static let chunks: [WireCase] = [
    .answered("capital digits", "9112 7.1", chunks("A\r\n0123456789\r\n0\r\n\r\n"), sees: "POST / 0123456789"),
    .answered("two chunks", "9112 7.1", chunks("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"), sees: "POST / abc"),
    .answered("line ends inside a chunk", "9112 7.1", chunks("7\r\n0\r\n\r\nGE\r\n0\r\n\r\n"), sees: "POST / 0\r\n\r\nGE"),
    .answered("leading zeros of a size", "9112 7.1", chunks("0003\r\n" + rest), sees: "POST / abc"),
    .answered("several zeros at the end", "9112 7.1", chunks("000\r\n\r\n"), sees: "POST / "),
    .answered("an extension", "9112 7.1.1", chunks("3;a=b\r\n" + rest), sees: "POST / abc"),
    .answered("an extension without value", "9112 7.1.1", chunks("3;a\r\n" + rest), sees: "POST / abc"),
    .answered("a quoted extension", "9112 7.1.1", chunks("3;a=\"b;c d\"\r\n" + rest), sees: "POST / abc"),
    .answered("an extension of the last chunk", "9112 7.1.1", chunks("3\r\nabc\r\n0;a=b\r\n\r\n"), sees: "POST / abc"),
    .answered("a trailer", "9112 7.1.2", chunks("3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n"), sees: "POST / abc"),
    .answered(
      "a request right behind a trailer", "9112 7.1.2", chunks("0\r\nX: 1\r\n\r\n") + Wire.target("/x"), sees: "POST / ",
      "GET /x "),

    .refused("a negative size", "9112 7.1", chunks("-3\r\n" + rest)),
    .refused("a size with plus", "9112 7.1", chunks("+3\r\n" + rest)),
    .refused("a size with 0x", "9112 7.1", chunks("0x3\r\n" + rest)),
    .refused("a size with an underscore", "9112 7.1", chunks("0_3\r\n" + rest)),
    .refused("an empty size", "9112 7.1", chunks("\r\n" + rest)),
    .refused("a size that is no number", "9112 7.1", chunks("g\r\n" + rest)),
    .refused("a size of another script", "9112 7.1", chunks("٣\r\n" + rest)),
    .refused("space before a size", "9112 7.1", chunks(" 3\r\n" + rest)),
    .refused("space behind a size", "9112 7.1", chunks("3 \r\n" + rest)),
    .refused("tab behind a size", "9112 7.1", chunks("3\t\r\n" + rest)),
    .refused("NUL in a size", "9112 7.1", raw: Wire.raw(chunks("3"), 0, "\r\n" + rest)),
    .refused("a size of two to the 64th", "9112 7.1", chunks("10000000000000000\r\n" + rest)),
    .refused("a size of two to the 64th and three", "9112 7.1", chunks("10000000000000003\r\n" + rest)),
    .refused("a size of two to the 64th less one", "9112 7.1", chunks("ffffffffffffffff\r\n" + pad(100)), 400, 413),
    .refused("a chunk above the limit", "9110 15.5.14", chunks("41\r\n" + pad(65) + "\r\n0\r\n\r\n"), 413),
    .refused(
      "chunks above the limit together", "9110 15.5.14",
      chunks("20\r\n" + pad(32) + "\r\n20\r\n" + pad(32) + "\r\n1\r\na\r\n0\r\n\r\n"), 413),
    .refused("a chunk longer than its size", "9112 7.1", chunks("2\r\n" + rest)),
    .refused("a chunk shorter than its size", "9112 7.1", chunks("4\r\n" + rest)),
    .refused("a chunk without its line end", "9112 7.1", chunks("3\r\nabc0\r\n\r\n")),
    .refused("bare LF behind a size", "9112 2.2", chunks("3\n" + rest)),
    .refused("bare CR behind a size", "9112 2.2", chunks("3\r" + rest)),
    .refused("bare LF behind a chunk", "9112 2.2", chunks("3\r\nabc\n0\r\n\r\n")),
    .refused("bare CR behind a chunk", "9112 2.2", chunks("3\r\nabc\r0\r\n\r\n")),
    .refused("two bytes that are no line end", "9112 7.1", chunks("3\r\nabcxx0\r\n\r\n")),
    .refused("bare LF behind the last size", "9112 2.2", chunks("3\r\nabc\r\n0\n\r\n")),
    .refused("bare LF as the end", "9112 2.2", chunks("3\r\nabc\r\n0\r\n\n")),
    .refused("bare LF in an extension", "9112 7.1.1", chunks("3;a=b\nc\r\n" + rest)),
    .refused("bare LF ends an extension", "9112 7.1.1", chunks("3;\n" + rest)),
    .refused("bare CR in an extension", "9112 7.1.1", chunks("3;a\rb\r\n" + rest)),
    .refused("bare LF in a quoted extension", "9112 7.1.1", chunks("3;a=\"\n\"\r\n" + rest)),
    .refused("NUL in an extension", "9112 7.1.1", raw: Wire.raw(chunks("3;a"), 0, "\r\n" + rest)),
    .refused("a long extension", "9112 7.1.1", chunks("3;a=" + pad(2_000) + "\r\n" + rest), 400, 413, 431),
    .refused("a long extension name", "9112 7.1.1", chunks("3;" + pad(2_000) + "\r\n" + rest), 400, 413, 431),
    .refused(
      "many extensions", "9112 7.1.1", chunks(String(repeating: "1;a=b\r\nx\r\n", count: 40) + "0;" + pad(900) + "\r\n\r\n"), 400,
      413, 431),
    .refused("a folded trailer", "9112 5.2", chunks("0\r\nX: 1\r\n 2\r\n\r\n")),
    .refused("bare LF in a trailer", "9112 2.2", chunks("0\r\nX: 1\n\r\n")),
    .refused("a trailer without colon", "9112 5", chunks("0\r\nX\r\n\r\n")),
    .refused("space before a trailer's colon", "9112 5.1", chunks("0\r\nX : 1\r\n\r\n")),
    .refused("NUL in a trailer", "9110 5.5", raw: Wire.raw(chunks("0\r\nX: "), 0, "\r\n\r\n")),
    .refused("trailers above the limit", "6585 5", chunks("0\r\nX: " + pad(700) + "\r\n\r\n"), 413, 431),
    .refused(
      "many trailers above the limit", "6585 5", chunks("0\r\n" + String(repeating: "X: 12345\r\n", count: 120) + "\r\n"), 413,
      431
    ),
  ]

  /// Framing fields have no business in a trailer (RFC 9110, 6.5.1): they may be dropped or refused, and must change nothing.
  static let framingTrailers: [WireCase] = [
    .harmless("length in a trailer", "9110 6.5.1", chunks("0\r\nContent-Length: 30\r\n\r\n"), sees: "POST / "),
    .harmless("coding in a trailer", "9110 6.5.1", chunks("0\r\nTransfer-Encoding: chunked\r\n\r\n"), sees: "POST / "),
    .harmless("other coding in a trailer", "9110 6.5.1", chunks("0\r\nTransfer-Encoding: gzip\r\n\r\n"), sees: "POST / "),
    .harmless("host in a trailer", "9110 6.5.1", chunks("0\r\nHost: other\r\n\r\n"), sees: "POST / "),
    .harmless("close in a trailer", "9110 6.5.1", chunks("0\r\nConnection: close\r\n\r\n"), sees: "POST / "),
    .harmless("upgrade in a trailer", "9110 6.5.1", chunks("0\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"), sees: "POST / "),
  ]
}
