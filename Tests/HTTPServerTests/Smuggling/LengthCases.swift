extension WireCase {
  /// Content-Length: RFC 9110, 8.6 and RFC 9112, 6.3. Two readings of a length are two readings of where a request ends.
  static let lengths: [WireCase] = [
    .answered("length", "9110 8.6", Wire.length("Content-Length: 3"), sees: "POST / abc"),
    .answered("leading zeros", "9110 8.6", Wire.length("Content-Length: 003"), sees: "POST / abc"),
    .answered("white space around a length", "9110 5.5", Wire.length("Content-Length: \t 3 \t "), sees: "POST / abc"),
    .answered("no white space before a length", "9110 5.5", Wire.length("content-length:3"), sees: "POST / abc"),
    .answered("length zero", "9110 8.6", Wire.post + "Content-Length: 0\r\n\r\n", sees: "POST / "),
    .answered("no length is no body", "9112 6.3", Wire.post + Wire.end, sees: "POST / "),
    .answered(
      "GET with a body", "9110 9.3.1", "GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", sees: "GET /a abc"),
    .answered(
      "HEAD with a body", "9110 9.3.2", "HEAD /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc", sees: "HEAD /a abc"),
    .answered(
      "a request right behind a body", "9112 9.3.2", Wire.length("Content-Length: 3") + Wire.target("/x"),
      sees: "POST / abc", "GET /x "),
    .answered(
      "a request inside a body stays inside", "9112 6.3",
      Wire.post + "Content-Length: 35\r\n\r\n" + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n",
      sees: "POST / GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n"),
    .answered(
      "a body of the limit", "9110 15.5.14", Wire.post + "Content-Length: 64\r\n\r\n" + String(repeating: "x", count: 64),
      sees: "POST / " + String(repeating: "x", count: 64)),

    .refused("two different lengths", "9112 6.3", Wire.length("Content-Length: 3\r\nContent-Length: 4")),
    .refused("two different lengths, shorter last", "9112 6.3", Wire.length("Content-Length: 4\r\nContent-Length: 3")),
    .refused("the same length twice", "9112 6.3", Wire.length("Content-Length: 3\r\nContent-Length: 3")),
    .refused("a length in two spellings", "9112 6.3", Wire.length("Content-Length: 3\r\nContent-Length: 03")),
    .refused("a list of equal lengths", "9110 8.6", Wire.length("Content-Length: 3, 3")),
    .refused("a list of different lengths", "9112 6.3", Wire.length("Content-Length: 3, 4")),
    .refused("a list with an empty element", "9110 8.6", Wire.length("Content-Length: 3,")),
    .refused("plus", "9110 8.6", Wire.length("Content-Length: +3")),
    .refused("minus", "9110 8.6", Wire.length("Content-Length: -3")),
    .refused("minus zero", "9110 8.6", Wire.length("Content-Length: -0")),
    .refused("hexadecimal", "9110 8.6", Wire.length("Content-Length: 0x3")),
    .refused("hexadecimal digits", "9110 8.6", Wire.length("Content-Length: 3a")),
    .refused("a fraction", "9110 8.6", Wire.length("Content-Length: 3.0")),
    .refused("an exponent", "9110 8.6", Wire.length("Content-Length: 3e0")),
    .refused("two numbers", "9110 8.6", Wire.length("Content-Length: 3 3")),
    .refused("a number cut by a tab", "9110 8.6", Wire.length("Content-Length: 1\t0")),
    .refused("an empty length", "9110 8.6", Wire.length("Content-Length:")),
    .refused("a blank length", "9110 8.6", Wire.length("Content-Length:  \t")),
    .refused("a quoted length", "9110 8.6", Wire.length("Content-Length: \"3\"")),
    .refused("a length with a parameter", "9110 8.6", Wire.length("Content-Length: 3;x")),
    .refused("digits of another script", "9110 8.6", Wire.length("Content-Length: ٣")),
    .refused("NUL in a length", "9110 5.5", raw: Wire.raw(Wire.post + "Content-Length: 3", 0, "\r\n\r\nabc")),
    .refused("two to the 64th", "9112 6.3", Wire.length("Content-Length: 18446744073709551616")),
    .refused("two to the 64th and three", "9112 6.3", Wire.length("Content-Length: 18446744073709551619")),
    .refused("thirty digits", "9112 6.3", Wire.length("Content-Length: 100000000000000000000000000003")),
    .refused("two to the 63rd", "9110 15.5.14", Wire.length("Content-Length: 9223372036854775808"), 400, 413),
    .refused("two to the 64th less one", "9110 15.5.14", Wire.length("Content-Length: 18446744073709551615"), 400, 413),
    .refused("a folded length", "9112 5.2", Wire.length("Content-Length: 3\r\n 4")),
    .refused("space before a length's colon", "9112 5.1", Wire.length("Content-Length : 3")),
    .refused("a body above the limit", "9110 15.5.14", Wire.post + "Content-Length: 65\r\n\r\n" + pad(65, "x"), 413),
    .partly("an underscore makes no length", "9110 5.1", Wire.length("Content_Length: 3"), sees: "POST / ", then: 400, 501),
    .partly(
      "a body longer than its length", "9112 9.3.2", Wire.post + "Content-Length: 3\r\n\r\nabcd\r\n", sees: "POST / abc",
      then: 400, 501),
  ]

  static func pad(_ count: Int, _ character: Character = "a") -> String { String(repeating: character, count: count) }
}
