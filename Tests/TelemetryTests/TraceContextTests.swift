import Telemetry
import Testing

@Suite struct TraceContextTests {
  static let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

  @Test func readsAndWritesTheHeader() throws {
    let context = try #require(TraceContext(traceparent: Self.valid))
    #expect(context.traceID.description == "4bf92f3577b34da6a3ce929d0e0e4736")
    #expect(context.spanID.description == "00f067aa0ba902b7")
    #expect(context.isSampled)
    #expect(context.traceparent == Self.valid)
  }

  @Test(arguments: [
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", false),
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02", false),
    ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff", true),
    ("00-00000000000000000000000000000001-0000000000000001-01", true),
    ("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", true),
    ("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future", true),
    ("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-", true),
    ("fe-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-09", true),
  ])
  func accepts(header: String, isSampled: Bool) throws {
    let context = try #require(TraceContext(traceparent: header))
    #expect(context.isSampled == isSampled)
    #expect(context.traceparent.hasPrefix("00-"))
    #expect(context.traceparent.hasSuffix(isSampled ? "-01" : "-00"))
  }

  @Test(arguments: [
    "",
    "00",
    "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-011",
    "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what",
    "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-012",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
    "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
    "0A-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902bx-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
    "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
    "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-011",
    " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 ",
    "00-4bf92f3577b34da6a3ce929d0e0e47ع6-00f067aa0ba902b7-01",
  ])
  func refuses(header: String) { #expect(TraceContext(traceparent: header) == nil) }

  @Test(arguments: [
    ("rojo=00f067aa0ba902b7", "rojo=00f067aa0ba902b7"),
    ("rojo=1,congo=t61", "rojo=1,congo=t61"),
    (" rojo=1 ,\tcongo=t61 ", "rojo=1,congo=t61"),
    ("rojo=1,,congo=2,", "rojo=1,congo=2"),
    ("fw529a3039@dt=FfAAAA", "fw529a3039@dt=FfAAAA"),
    ("1a@b=x", "1a@b=x"),
    ("a= b", "a= b"),
    ("a*/_-0=~!", "a*/_-0=~!"),
    ("", ""),
    ("rojo", ""),
    ("rojo=", ""),
    ("=1", ""),
    ("Rojo=1", ""),
    ("1rojo=1", ""),
    ("a@1b=1", ""),
    ("a@b@c=1", ""),
    ("@b=1", ""),
    ("a@=1", ""),
    ("a@bcdefghijklmnop=1", ""),
    ("a b=1", ""),
    ("a=b=c", ""),
    ("a=1,a=2", ""),
    ("a=ع", ""),
    ("a=1\u{0}", ""),
  ])
  func traceStateIsKeptOrDropped(header: String, expected: String) throws {
    let context = try #require(TraceContext(traceparent: Self.valid, tracestate: header))
    #expect(context.traceState == expected)
  }

  @Test func traceStateHasLimits() throws {
    func state(_ header: String) -> String? { TraceContext(traceparent: Self.valid, tracestate: header)?.traceState }
    let members = (0..<33).map { "k\($0)=1" }
    #expect(state(members.prefix(32).joined(separator: ",")) == members.prefix(32).joined(separator: ","))
    #expect(state(members.joined(separator: ",")) == "")
    #expect(state("\(String(repeating: "a", count: 256))=1")?.count == 258)
    #expect(state("\(String(repeating: "a", count: 257))=1") == "")
    #expect(state("a=\(String(repeating: "b", count: 256))")?.count == 258)
    #expect(state("a=\(String(repeating: "b", count: 257))") == "")
    // Too long in all: what is over 128 characters goes first, then the oldest.
    let long = "long=\(String(repeating: "x", count: 200))"
    let short = (0..<5).map { "s\($0)=\(String(repeating: "y", count: 90))" }
    #expect(state(([long] + short).joined(separator: ",")) == short.joined(separator: ","))
    let many = (0..<8).map { "m\($0)=\(String(repeating: "z", count: 100))" }
    #expect(state(many.joined(separator: ",")) == many.prefix(4).joined(separator: ","))
  }
}
