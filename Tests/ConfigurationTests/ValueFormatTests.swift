import TestSupport
import Testing

@testable import Configuration

private func reason<Value>(_ format: ValueFormat<Value>, _ text: String) -> String? {
  do throws(InvalidValue) {
    _ = try format.parse(text)
    return nil
  } catch {
    return error.reason
  }
}

@Suite struct ValueFormatTests {
  @Test(arguments: [
    ("0", 0), ("65535", 65535), ("8080", 8080), ("007", 7),
  ])
  func wholeNumbers(_ text: String, _ expected: Int) throws {
    #expect(try ValueFormat<Int>.integer(0...65535).parse(text) == expected)
  }

  @Test(arguments: [
    ("", "is not a whole number"), ("abc", "is not a whole number"), ("1.5", "is not a whole number"),
    ("1 ", "is not a whole number"),
    ("65536", "is above 65535"), ("-1", "is below 0"), ("99999999999999999999999", "is above 65535"),
  ])
  func wrongWholeNumbers(_ text: String, _ expected: String) {
    #expect(reason(.integer(0...65535), text) == expected)
  }

  @Test(arguments: [
    ("250ms", 250), ("30s", 30_000), ("5m", 300_000), ("2h", 7_200_000), ("1d", 86_400_000), ("0", 0), ("10 s", 10_000),
  ])
  func durations(_ text: String, _ milliseconds: Int) throws {
    let format = ValueFormat<Duration>.duration(.zero...(.seconds(86_400)))
    #expect(try format.parse(text).wholeMilliseconds == milliseconds)
  }

  @Test(arguments: [
    ("30", "has no unit; ms, s, m, h and d are known"), ("s", "does not start with a whole number"),
    ("-5s", "does not start with a whole number"), ("5w", "has an unknown unit; ms, s, m, h and d are known"),
    ("5S", "has an unknown unit; ms, s, m, h and d are known"), ("1ms", "is below 10ms"), ("2h", "is above 1h"),
    ("9223372036854775807d", "is above 1h"),
  ])
  func wrongDurations(_ text: String, _ expected: String) {
    #expect(reason(.duration(.milliseconds(10)...(.seconds(3600))), text) == expected)
  }

  @Test(arguments: [
    ("512", 512), ("512B", 512), ("64KiB", 65_536), ("64kib", 65_536), ("1 MiB", 1_048_576), ("10MB", 10_000_000), ("3kB", 3000),
    ("1GiB", 1 << 30), ("1GB", 1_000_000_000),
  ])
  func sizes(_ text: String, _ bytes: Int) throws {
    #expect(try ValueFormat<Int>.byteSize(0...(1 << 31)).parse(text) == bytes)
  }

  @Test(arguments: [
    ("64Kib2", "has an unknown unit; B, kB, MB, GB, KiB, MiB and GiB are known"), ("", "does not start with a whole number"),
    ("2MiB", "is above 1MiB"), ("9223372036854775807GiB", "is above 1MiB"), ("1", "is below 1KiB"),
  ])
  func wrongSizes(_ text: String, _ expected: String) {
    #expect(reason(.byteSize(1024...(1 << 20)), text) == expected)
  }

  /// What is printed is read back to the same value, for every unit that printing chooses.
  @Test func printedValuesAreReadBack() throws {
    var random = SeededRandom()
    let durations = ValueFormat<Duration>.duration(.zero...(.seconds(10_000_000)))
    let sizes = ValueFormat<Int>.byteSize(0...Int.max)
    for _ in 0..<500 {
      let duration = Duration.milliseconds(
        Int.random(in: 0...1000, using: &random) * [1, 500, 1000, 60_000, 3_600_000].randomElement(using: &random)!)
      #expect(try durations.parse(durations.print(duration)) == duration)
      let size = Int.random(in: 0...5000, using: &random) * [1, 1000, 1024, 1 << 20, 1 << 30].randomElement(using: &random)!
      #expect(try sizes.parse(sizes.print(size)) == size)
    }
  }

  @Test func truth() {
    for text in ["true", "YES", "on", "1"] { #expect((try? ValueFormat<Bool>.boolean.parse(text)) == true) }
    for text in ["false", "No", "off", "0"] { #expect((try? ValueFormat<Bool>.boolean.parse(text)) == false) }
    #expect(reason(.boolean, "maybe") == "is neither true nor false")
  }

  @Test func ratios() throws {
    #expect(try ValueFormat<Double>.ratio.parse("0.25") == 0.25)
    #expect(reason(.ratio, "1.1") == "is above 1.0")
    #expect(reason(.ratio, "nan") == "is not a number")
    #expect(reason(.ratio, "-0.1") == "is below 0.0")
    #expect(ValueFormat<Double>.ratio.print(1) == "1")
  }

  @Test(arguments: [
    ("http://localhost:4318", nil), ("https://collector.example.com/v1/traces", nil), ("http://[::1]:4318/", nil),
    ("ftp://x", "does not start with http:// or https://"), ("localhost:4318", "does not start with http:// or https://"),
    ("http://", "has no host"), ("http://:80", "has no host"), ("http://a b", "contains white space"),
    ("http://a:port", "has a wrong port"), ("http://a:0", "has a wrong port"), ("http://a:65536", "has a wrong port"),
    ("http://[::1", "has an address whose bracket is not closed"),
  ])
  func urls(_ text: String, _ expected: String?) {
    #expect(reason(.url(schemes: ["http", "https"]), text) == expected)
  }

  @Test(arguments: [
    ("https://app.example.com", nil), ("http://localhost:3000", nil), ("*", nil),
    ("https://app.example.com/", "has something after the host"), ("https://u@app.example.com", "has a user before the host"),
    ("app.example.com", "does not start with http:// or https://"),
  ])
  func origins(_ text: String, _ expected: String?) {
    #expect(reason(.origin, text) == expected)
  }

  @Test func lists() throws {
    let format = ValueFormat<[Int]>.list(of: .integer(0...9))
    #expect(try format.parse("") == [])
    #expect(try format.parse("1, 2 ,3") == [1, 2, 3])
    #expect(reason(format, "1,x") == "has a wrong item 2, which is not a whole number")
    #expect(reason(format, "1,") == "has a wrong item 2, which is not a whole number")
  }

  @Test func optionals() throws {
    let format = ValueFormat<Int?>.optional(.integer(1...9), absent: "one for each core")
    #expect(try format.parse("") == nil)
    #expect(try format.parse("3") == 3)
    #expect(format.print(nil) == "(none: one for each core)")
    #expect(reason(format, "0") == "is below 1")
  }

  @Test func placesAndSecrets() {
    #expect(reason(.socketPath, String(repeating: "a", count: 107)) == nil)
    #expect(reason(.socketPath, String(repeating: "a", count: 108)) == "is longer than 107 bytes")
    #expect(reason(.path, "a\0b") == "contains a NUL")
    #expect(reason(.path, "") == "is empty")
    #expect(reason(.secret(minimumBytes: 32), "short") == "is shorter than 32 bytes")
    #expect(reason(.databaseURL, "postgresql:///qareeb?host=/run/postgresql") == nil)
    #expect(reason(.databaseURL, "host=/run/postgresql dbname=qareeb") == nil)
    #expect(reason(.databaseURL, "mysql://localhost/x") == "has a scheme that is not postgresql://")
    #expect(reason(.databaseURL, "qareeb") == "is neither a URL nor keywords")
  }

  @Test func moduleLevels() throws {
    let format = ValueFormat<[Settings.Log.ModuleLevel]>.list(of: .moduleLevel)
    #expect(try format.parse("HTTPServer=debug, Migrations = trace").map(\.level) == [.debug, .trace])
    #expect(reason(format, "HTTPServer") == "has a wrong item 1, which is not of the form module=level")
    #expect(reason(format, "A=debug,B=loud") == "has a wrong item 2, which has a level that is not known")
  }
}
