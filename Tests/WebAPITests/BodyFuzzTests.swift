import Bytes
import JSON
import TestSupport
import Testing

@testable import WebAPI

/// Bodies made with known faults: exactly these must be reported, each at its path. And bodies damaged at random.
/// `FUZZ_ROUNDS` makes it longer, `TEST_SEED` repeats it.
@Suite struct BodyFuzzTests {
  /// A piece of JSON and what is wrong with it: paths relative to it, and codes.
  struct Planned {
    var json: String
    var faults: [(path: String, code: String)] = []

    init(_ json: String, _ code: String? = nil) {
      self.json = json
      if let code { faults = [("", code)] }
    }
  }

  struct Member {
    let name: String
    let value: Planned
    var isRequired = true
  }

  // MARK: Bodies

  private static func text(_ length: ClosedRange<Int>, isNullable: Bool = false) -> [Planned] {
    [
      Planned("\"\(String(repeating: "a", count: length.lowerBound))\""),
      Planned("\"\(String(repeating: "ق", count: length.upperBound))\""), Planned(#""\u0642\ud83d\udc88 \\ \" / x""#),
      Planned("\"\(String(repeating: "ق", count: length.upperBound + 1))\"", "too_long"),
      Planned("\"\(String(repeating: "a", count: length.lowerBound - 1))\"", "too_short"),
      Planned("\"\(String(repeating: "a", count: length.lowerBound))\\u0007\"", "not_allowed"), Planned("7", "malformed"),
      Planned("true", "malformed"), Planned("[]", "malformed"), Planned("{}", "malformed"),
      Planned("null", isNullable ? nil : "malformed"),
    ]
  }

  private static let prices = [
    Planned("0"), Planned("8.000"), Planned("1e3"), Planned("1000"), Planned("1000.001", "out_of_range"),
    Planned("-0.001", "out_of_range"),
    Planned("1.0005", "malformed"), Planned("1e300", "malformed"), Planned("\"8\"", "malformed"), Planned("null", "malformed"),
  ]

  private static let minutes = [
    Planned("5"), Planned("480"), Planned("4", "out_of_range"), Planned("481", "out_of_range"), Planned("30.5", "malformed"),
    Planned("99999999999999999999", "out_of_range"), Planned("\"30\"", "malformed"), Planned("null", "malformed"),
  ]

  private static let days = [
    Planned("\"2026-11-21\""), Planned("\"2026-02-29\"", "malformed"), Planned("\"2026-11-21 \"", "malformed"),
    Planned("20261121", "malformed"),
  ]

  /// Mostly right: a body in which everything is wrong tells little.
  private static func choose(_ values: [Planned], _ random: inout SeededRandom) -> Planned {
    let isRight = Int.random(in: 0..<6, using: &random) > 0
    return random.pick(isRight ? values.filter(\.faults.isEmpty) : values)
  }

  private static func service(_ random: inout SeededRandom) -> Planned {
    if Int.random(in: 0..<12, using: &random) == 0 { return Planned(random.pick(["7", "null", "[]", "\"x\""]), "malformed") }
    return object(
      [
        Member(name: "name", value: choose(text(1...40), &random)), Member(name: "price", value: choose(prices, &random)),
        Member(name: "minutes", value: choose(minutes, &random), isRequired: false),
      ], &random)
  }

  private static func services(_ random: inout SeededRandom) -> Planned {
    let count = random.pick([0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4])
    if count == 0 { return Planned("[]", "too_short") }
    let elements = (0..<count).map { _ in service(&random) }
    var array = Planned("[" + elements.map(\.json).joined(separator: ",") + "]")
    if count == 4 {
      array.faults = [("", "too_long")]
    } else {
      for (index, element) in elements.enumerated() {
        array.faults += element.faults.map {
          ("[\(index)]" + ($0.path.isEmpty || $0.path.hasPrefix("[") ? "" : ".") + $0.path, $0.code)
        }
      }
    }
    return array
  }

  /// Members in any order, some left out, some that nobody knows.
  private static func object(_ members: [Member], _ random: inout SeededRandom) -> Planned {
    var written: [String] = []
    var object = Planned("")
    for member in members {
      if Int.random(in: 0..<(member.isRequired ? 30 : 3), using: &random) == 0 {
        if member.isRequired { object.faults.append((member.name, "missing")) }
        continue
      }
      written.append("\"\(member.name)\":\(member.value.json)")
      object.faults += member.value.faults.map { fault in
        (member.name + (fault.path.isEmpty || fault.path.hasPrefix("[") ? "" : ".") + fault.path, fault.code)
      }
    }
    written.shuffle(using: &random)
    if Int.random(in: 0..<20, using: &random) == 0 {
      let stranger = random.pick(["colour", "nam", "Name", "prices", "", "ق"])
      written.insert("\"\(stranger)\":{\"name\":[]}", at: Int.random(in: 0...written.count, using: &random))
      object.faults.append((stranger, "unknown"))
    }
    object.json = "{ " + written.joined(separator: " ,\n") + "}"
    return object
  }

  private static func shop(_ random: inout SeededRandom) -> Planned {
    object(
      [
        Member(name: "name", value: choose(text(1...100), &random)),
        Member(name: "password", value: choose(text(8...64), &random)),
        Member(name: "services", value: services(&random)),
        Member(name: "nickname", value: choose(text(1...10, isNullable: true), &random), isRequired: false),
        Member(name: "owner", value: service(&random), isRequired: false),
        Member(name: "opens", value: choose(days, &random), isRequired: false),
      ], &random)
  }

  // MARK: Known faults

  private static func report(_ body: String) -> [String] {
    do {
      _ = try readInput(CreateShop.self, query: [], body: Array(body.utf8))
      return []
    } catch {
      return error.problems.list.map { "\($0.field) \($0.code.rawValue)" }
    }
  }

  private static func run(_ rounds: Int, _ random: inout SeededRandom, report: (String) -> [String] = report) throws -> Int {
    var faultless = 0
    for round in 0..<rounds {
      let body = shop(&random)
      let expected = body.faults.map { "\($0.path) \($0.code)" }
      let found = report(body.json)
      guard found == expected else {
        throw FuzzFailure(round: round, input: body.json.utf8, "reported \(found), planted \(expected)")
      }
      if expected.isEmpty { faultless += 1 }
    }
    return faultless
  }

  @Test func exactlyThePlantedFaultsAreReported() throws {
    var random = SeededRandom()
    let rounds = FuzzRounds.count(default: 2_000)
    let faultless = try Self.run(rounds, &random)
    #expect(faultless > 0 && faultless < rounds / 2)
  }

  @Test(arguments: ["services[2].minutes out_of_range", "owner.price malformed", "nickname too_long"])
  func aForgottenFaultIsNoticed(_ forgotten: String) {
    var random = SeededRandom(seed: 1)
    #expect(throws: FuzzFailure.self) {
      _ = try Self.run(2_000, &random) { body in Self.report(body).filter { $0 != forgotten } }
    }
  }

  @Test func aNameGivenTwiceIsAllThatIsReported() throws {
    var random = SeededRandom()
    for round in 0..<FuzzRounds.count(default: 500) {
      let body = Self.shop(&random)
      let twice = "{\"twice\":1, \"twic\\u0065\":2" + (body.json == "{ }" ? "" : ",") + body.json.dropFirst()
      let found = Self.report(twice)
      guard found == ["twice repeated"] else { throw FuzzFailure(round: round, input: twice.utf8, "reported \(found)") }
    }
  }

  // MARK: Damage

  private static let pieces =
    [
      "{", "}", "[", "]", "\"", ",", ":", "null", "1e9", "-", "\\u", "\\ud800", "\\", "\"name\":", "\"x\":{}", "[[[[", " ",
      "\u{0}",
    ].map { Array($0.utf8) } + [[0xff], [0xed, 0xa0, 0x80]]

  /// Nothing traps, and whatever is refused can be told to the client in well-formed JSON of bounded size.
  @Test func damagedBodiesAreRefusedInOrder() throws {
    var random = SeededRandom()
    var refusals: Set<String> = []
    for round in 0..<FuzzRounds.count(default: 3_000) {
      var body = Array(Self.shop(&random).json.utf8)
      random.damage(&body, with: Self.pieces, atMost: 5)
      do {
        _ = try readInput(CreateShop.self, query: [], body: body)
      } catch {
        refusals.insert(error.code.name)
        var answer = ByteBuffer()
        answer.beginArray()
        for problem in error.problems.list {
          problem.write(in: random.pick([Language.en, .ar]), to: &answer)
        }
        answer.endArray()
        let count = try JSONDocument([UInt8](answer)).root.array?.count
        guard count == error.problems.list.count, count ?? 0 <= WebAPILimits.reportedProblems, answer.count < 100_000 else {
          throw FuzzFailure(round: round, input: body, "answered with \(String(answer))")
        }
      }
    }
    #expect(refusals == ["BAD_REQUEST", "VALIDATION_ERROR"])
  }
}
