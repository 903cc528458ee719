import TestSupport
import Testing

@testable import IndexKeeper

/// A key that shares its hash with many others.
private struct Crowded: Hashable {
  let number: Int
  func hash(into hasher: inout Hasher) { hasher.combine(number % 7) }
}

@Suite struct PersistentTableTests {
  private func contents<Key: Hashable>(_ table: PersistentTable<Key, Int>) -> [Key: Int] {
    var contents: [Key: Int] = [:]
    table.forEach { key, value in
      #expect(contents[key] == nil)
      contents[key] = value
    }
    return contents
  }

  /// Every copy stays what it was, whatever happens to the others.
  @Test func isADictionaryOfWhichCopiesStay() {
    var random = SeededRandom()
    var copies: [(table: PersistentTable<Int, Int>, expected: [Int: Int])] = [(PersistentTable(), [:])]
    for _ in 0..<40 {
      var (table, expected) = copies[Int.random(in: 0..<copies.count, using: &random)]
      for _ in 0..<Int.random(in: 0...400, using: &random) {
        let (key, value) = (Int.random(in: 0..<3_000, using: &random), Int.random(in: 0..<1_000, using: &random))
        table.set(value, for: key)
        expected[key] = value
        #expect(table[key] == value)
      }
      copies.append((table, expected))
    }
    for (table, expected) in copies {
      #expect(contents(table) == expected && table.count == expected.count)
      for key in 0..<3_000 { #expect(table[key] == expected[key]) }
    }
  }

  @Test func keysOfOneHashAreToldApart() {
    var table = PersistentTable<Crowded, Int>()
    for number in 0..<500 { table.set(number, for: Crowded(number: number)) }
    let copy = table
    for number in 0..<500 { table.set(-number, for: Crowded(number: number)) }
    for number in 0..<501 {
      #expect(table[Crowded(number: number)] == (number < 500 ? -number : nil))
      #expect(copy[Crowded(number: number)] == (number < 500 ? number : nil))
    }
    #expect(table.count == 500)
  }

  /// What changed since a copy, both with and without what they still share.
  @Test func differencesToACopy() {
    var random = SeededRandom()
    for _ in 0..<30 {
      var table = PersistentTable<Int, Int>()
      for _ in 0..<Int.random(in: 0...800, using: &random) {
        table.set(Int.random(in: 0..<4, using: &random), for: Int.random(in: 0..<1_000, using: &random))
      }
      let copy = table
      for _ in 0..<Int.random(in: 0...300, using: &random) {
        table.set(Int.random(in: 0..<4, using: &random), for: Int.random(in: 0..<2_000, using: &random))
      }
      let old = contents(copy)
      #expect(contents(table.since(copy, isSame: ==)) == contents(table).filter { old[$0.key] != $0.value })
      #expect(table.since(table, isSame: ==).isEmpty)
    }
  }
}
