import Testing

@testable import HTTPServer

@Suite struct EntityTagTests {
  @Test(arguments: [
    ("\"a\"", EntityTag("a")), ("W/\"a\"", EntityTag("a", isWeak: true)), ("\"\"", EntityTag("")), ("\"a,b\"", EntityTag("a,b")),
    ("\"!#~é\"", EntityTag("!#~é")),
  ])
  func readsAndWritesTags(text: String, tag: EntityTag) {
    #expect(EntityTag(parsing: text) == tag)
    #expect(tag.description == text)
  }

  @Test(arguments: ["", "a", "\"", "\"a", "a\"", "w/\"a\"", "W/ \"a\"", "\"a\"b", "\"a b\"", "\"a\"\"", " \"a\"", "*"])
  func refusesWhatIsNoTag(text: String) {
    #expect(EntityTag(parsing: text) == nil)
  }

  /// The table of RFC 9110, 8.8.3.2.
  @Test(arguments: [
    (true, "1", true, "1", false, true), (true, "1", true, "2", false, false), (true, "1", false, "1", false, true),
    (false, "1", false, "1", true, true),
  ])
  func compares(_ leftWeak: Bool, _ left: String, _ rightWeak: Bool, _ right: String, _ strongly: Bool, _ weakly: Bool) {
    let (left, right) = (EntityTag(left, isWeak: leftWeak), EntityTag(right, isWeak: rightWeak))
    #expect(left.matchesStrongly(right) == strongly)
    #expect(left.matchesWeakly(right) == weakly)
  }

  @Test(arguments: [
    (["*"], EntityTagList.any), (["\"a\""], .tags([EntityTag("a")])),
    (["\"a\", W/\"b,c\" ,\"d\""], .tags([EntityTag("a"), EntityTag("b,c", isWeak: true), EntityTag("d")])),
    (["\"a\"", "\"b\""], .tags([EntityTag("a"), EntityTag("b")])),
    ([", \"a\",, \"b\","], .tags([EntityTag("a"), EntityTag("b")])),
    ([""], .tags([])),
  ])
  func readsLists(fields: [String], list: EntityTagList) {
    #expect(EntityTagList(parsing: fields) == list)
  }

  @Test(arguments: [["a"], ["\"a\" \"b\""], ["\"a\"", "*"], ["\"a\";q=1"], ["*, \"a\""]])
  func refusesWhatIsNoList(fields: [String]) {
    #expect(EntityTagList(parsing: fields) == nil)
  }
}

@Suite struct AcceptEncodingTests {
  @Test(arguments: [
    ("gzip", true), ("GZIP", true), ("x-gzip", true), ("gzip, deflate, br", true), ("deflate, gzip;q=1.0, *;q=0.5", true),
    ("*", true),
    ("gzip;q=0.001", true), ("gzip ; q=0.5 , identity; q=0.5", true), ("identity;q=0, gzip;q=0.1", true), ("*;q=0.3, br", true),
    ("\tgzip\t", true), ("gzip;Q=1", true), ("identity;q=0, *", true),
    ("", false), ("identity", false), ("deflate, br", false), ("gzip;q=0", false), ("gzip;q=0.000, *", false), ("*;q=0", false),
    ("gzip;q=0.5, identity", false), ("gzip;q=0.5, identity;q=0.6", false), ("gzipped", false), ("gzi", false),
    ("gzip;q=", false), ("gzip;q=2", false), ("gzip;q=1.001", false), ("gzip;q=0.5555", false), ("gzip;level=9", false),
    (",;,", false),
  ])
  func prefers(field: String, gzip: Bool) {
    #expect(AcceptEncoding(field).prefersGzip == gzip)
  }
}

@Suite struct ByteRangeTests {
  @Test(arguments: [
    ("bytes=0-0", ByteRange.part(0..<1)), ("bytes=0-99", .part(0..<100)), ("bytes=10-19", .part(10..<20)),
    ("bytes=90-1000", .part(90..<100)), ("bytes=99-", .part(99..<100)), ("bytes=0-", .part(0..<100)),
    ("bytes=-1", .part(99..<100)),
    ("bytes=-100", .part(0..<100)), ("bytes=-1000", .part(0..<100)), ("Bytes=1-2", .part(1..<3)), ("bytes= 1-2 ", .part(1..<3)),
    ("bytes=5-99999999999999999999999", .part(5..<100)),
    ("bytes=100-", .unsatisfiable), ("bytes=100-200", .unsatisfiable), ("bytes=-0", .unsatisfiable),
    ("bytes=99999999999999999999999-", .unsatisfiable),
    ("bytes=2-1", .whole), ("bytes=", .whole), ("bytes=-", .whole), ("bytes=a-b", .whole), ("bytes=0-1,3-4", .whole),
    ("lines=1-2", .whole),
    ("bytes", .whole), ("bytes=1", .whole), ("bytes=+1-2", .whole), ("bytes=1-2x", .whole), ("", .whole), ("bytes=0x1-2", .whole),
  ])
  func ofAHundred(field: String, range: ByteRange) {
    #expect(ByteRange(field, size: 100) == range)
  }

  @Test(arguments: [("bytes=0-", ByteRange.unsatisfiable), ("bytes=-5", .unsatisfiable), ("bytes=0-0", .unsatisfiable)])
  func ofNothing(field: String, range: ByteRange) {
    #expect(ByteRange(field, size: 0) == range)
  }
}

@Suite struct StaticPathTests {
  @Test(arguments: [
    ("/", StaticPath.folder("")), ("/a", .file("a")), ("/a/", .folder("a/")), ("/a/b.css", .file("a/b.css")),
    ("/%D8%AD%D9%84%D8%A7%D9%82.html", .file("حلاق.html")), ("/a%20b+c", .file("a b+c")), ("/%61", .file("a")),
    ("/.well-known/assetlinks.json", .file(".well-known/assetlinks.json")), ("/a..b", .file("a..b")), ("/a.", .file("a.")),
    ("/...a".replacing("...", with: "x"), .file("xa")), ("/%25", .file("%")),
    ("/" + String(repeating: "a", count: 255), .file(String(repeating: "a", count: 255))),
  ])
  func leadsTo(path: String, expected: StaticPath) {
    #expect(StaticPath(path) == expected)
  }

  @Test(arguments: [
    "", "a", "*", "//", "//a", "/a//b", "/a//", "/.", "/..", "/./a", "/../a", "/a/..", "/a/../b", "/a/./b", "/%2e", "/%2e%2e/a",
    "/%2E%2e",
    "/.%2e/a", "/...", "/.hidden", "/a/.git/config", "/.well-known/.hidden", "/a/.well-known/b", "/%2ehidden", "/a%2fb", "/a%2Fb",
    "/..%2f..%2fetc/passwd", "/a\\b", "/a%5cb", "/..%5c..%5cetc", "/a%00", "/a%00.html", "/a%0ab", "/a%7f", "/%", "/%4", "/%zz",
    "/%%61", "/a%2",
    "/%ff", "/%c0%ae%c0%ae/", "/%ed%a0%80", "/\u{1}", "/" + String(repeating: "a", count: 256),
    "/" + Array(repeating: "abcdefgh", count: 200).joined(separator: "/"),
  ])
  func refuses(path: String) {
    #expect(StaticPath(path) == nil)
  }
}

@Suite struct FileNameTests {
  @Test(arguments: [
    ("a.html", "text/html; charset=utf-8", true), ("A.HTML", "text/html; charset=utf-8", true),
    ("a.js", "text/javascript; charset=utf-8", true),
    ("a.min.css", "text/css; charset=utf-8", true), ("a.svg", "image/svg+xml; charset=utf-8", true),
    ("a.png", "image/png", false),
    ("a.woff2", "font/woff2", false), ("a", "application/octet-stream", false), ("a.exe", "application/octet-stream", false),
    ("a.tar.gz", "application/gzip", false), ("a.ics", "text/calendar; charset=utf-8", true),
  ])
  func tellsTheType(name: String, type: String, isCompressible: Bool) {
    #expect(MediaType(fileName: name).value == type)
    #expect(MediaType(fileName: name).isCompressible == isCompressible)
  }

  @Test(arguments: [
    ("app.3f9a2b1c.js", true), ("style-0123456789abcdef.css", true), ("chunk_deadbee5.js", true), ("app.js", false),
    ("facade-decade.js", false), ("app.1.2.3.js", false), ("deadbeef.js", false), ("12345678", false),
    ("logo.abc1234.png", false),
  ])
  func tellsNamesThatNeverChange(name: String, isImmutable: Bool) {
    #expect(StaticFilesOptions.namesItsContent(name) == isImmutable)
  }
}
