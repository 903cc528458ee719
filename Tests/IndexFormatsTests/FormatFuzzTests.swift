import IndexFormats
import JSON
import ProviderIndex
import Ranking
import TestSupport
import Testing
import TextIndex

/// Whatever comes in is read or refused; nothing traps, and what is read the index takes.
@Suite struct FormatFuzzTests {
  private static let pieces = [
    "null", "true", "-1", "1e999", "0.0000001", "9007199254740993", "\"\"", "\"\\ud800\"", "\"ب\"", "{}", "[]", "[[[[]]]]",
    "{\"a\":1}", ",",
    ":", "\"lat\"", "\"id\"", "\"price\"", "\u{0}", "\"\\u0000\"", "1.7976931348623157e308", "-0",
  ].map { Array($0.utf8) }

  /// A text with a few bytes changed, removed, doubled or put in.
  private static func mutated(_ text: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
    var text = text
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let at = Int.random(in: 0..<text.count, using: &random)
      let end = min(text.count, at + Int.random(in: 0...8, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: text[at] = UInt8.random(in: 0...255, using: &random)
      case 1: text.removeSubrange(at..<end)
      case 2: text.insert(contentsOf: Array(text[at..<end]), at: at)
      case 3: text.replaceSubrange(at..<end, with: pieces[Int.random(in: 0..<pieces.count, using: &random)])
      default: replaceValue(&text, &random)
      }
      if text.isEmpty { text = [0x20] }
    }
    return text
  }

  /// Puts something else in the place of a member's value, which keeps the rest of the line readable.
  private static func replaceValue(_ text: inout [UInt8], _ random: inout SeededRandom) {
    let colons = text.indices.filter { text[$0] == UInt8(ascii: ":") }
    guard let colon = colons.randomElement(using: &random) else { return }
    let start = colon + 1
    let end = text[start...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? text.endIndex
    text.replaceSubrange(start..<end, with: pieces[Int.random(in: 0..<pieces.count, using: &random)])
  }

  private static func read(_ bytes: [UInt8]) -> [JSONValue] {
    var reader = NDJSONReader()
    var values: [JSONValue] = []
    func take(_ line: Result<JSONValue, FormatProblem>) { if case .success(let value) = line { values.append(value) } }
    bytes.withUnsafeBytes { reader.read($0) { take($1) } }
    reader.finish { take($1) }
    return values
  }

  @Test func providersAreTakenOrRefused() throws {
    var random = SeededRandom()
    var (taken, refused) = (0, 0)
    var builder = SegmentBuilder(analyzer: CaseFoldingSplitter())
    for _ in 0..<3000 {
      var lines = ProviderLines()
      for value in Self.read(Self.mutated(Array(Lines.provider.utf8), &random)) {
        do throws(FormatProblem) {
          var record = try lines.record(value)
          record.id = "\(taken)"
          #expect(throws: Never.self) { try builder.add(record) }
          taken += 1
        } catch {
          refused += 1
          #expect(!error.reason.isEmpty && error.description.count < 500)
        }
      }
    }
    #expect(taken > 50 && refused > 50, "\(taken) taken, \(refused) refused")
    (try builder.finish())._checkInvariants()
  }

  @Test func queriesAreAnsweredOrRefused() throws {
    var random = SeededRandom()
    var builder = SegmentBuilder(analyzer: CaseFoldingSplitter())
    try builder.add(try Lines.record(Lines.provider))
    let (snapshot, searcher) = (IndexSnapshot(try builder.finish()), Searcher())
    let reading = QueryLines(profiles: RankingProfiles(), currency: .jordanianDinar, analyzer: CaseFoldingSplitter())
    var (answered, refused) = (0, 0)
    for _ in 0..<3000 {
      for value in Self.read(Self.mutated(Array(Lines.query.utf8), &random)) {
        do throws(FormatProblem) {
          let query = try reading.query(value).query
          #expect(throws: Never.self) { try searcher.search(snapshot, query) }
          answered += 1
        } catch {
          refused += 1
          #expect(!error.reason.isEmpty && error.description.count < 500)
        }
      }
    }
    #expect(answered > 50 && refused > 50, "\(answered) answered, \(refused) refused")
  }

  @Test func profilesAreReadOrRefused() throws {
    var random = SeededRandom()
    let whole = Array(try ProjectFolder.text("data/ranking/default.json").utf8)
    var (read, refused) = (0, 0)
    for _ in 0..<3000 {
      let text = Self.mutated(whole, &random)
      do throws(ProfileProblem) {
        _ = try ProfileFile.profile(text, name: "default")
        read += 1
      } catch {
        refused += 1
        #expect(error.line >= 1 && error.line <= text.count { $0 == 0x0A } + 1, "\(error)")
      }
    }
    #expect(read > 20 && refused > 50, "\(read) read, \(refused) refused")
  }

  @Test func randomBytesAreRefused() {
    var random = SeededRandom()
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      for value in Self.read(bytes) {
        #expect(
          Lines.problem {
            var lines = ProviderLines(); _ = try lines.record(value)
          } != nil)
      }
      #expect(throws: ProfileProblem.self) { try ProfileFile.profile(bytes, name: "p") }
    }
  }
}
