import Columns
import TestSupport
import Testing

@testable import TextIndex

/// The index read back from a file, and files that check out and are wrong.
@Suite struct TermIndexFileTests {
  private static func sample(_ random: inout SeededRandom) -> TermIndexTests.Sample {
    TermIndexTests.Sample(&random, providers: 5_000, vocabulary: 400)
  }

  private static func read(_ file: ColumnFileWriter, providerCount: Int) throws -> TermIndex {
    let reader = try ColumnFileReader(memory: Column(file.bytes()).memory, version: 1)
    return try TermIndex(reading: reader, prefix: "text.", providerCount: providerCount)
  }

  @Test func comesBackAsItWas() throws {
    var random = SeededRandom()
    let index = Self.sample(&random).index()
    for index in [index, TermIndex(), TermIndex(providerCount: 7)] {
      var file = ColumnFileWriter(version: 1, number: 0)
      index.write(into: &file, prefix: "text.")
      let back = try Self.read(file, providerCount: index.providerCount)
      back._checkInvariants()
      #expect(back.termCount == index.termCount && back.postingCount == index.postingCount && back.byteCount == index.byteCount)
      for term in 0..<UInt32(index.termCount) {
        #expect(back.key(of: term) == index.key(of: term))
        #expect(back.impacts(of: term..<term + 1) == index.impacts(of: term..<term + 1))
      }
    }
  }

  /// The columns of an index as arrays, each to be spoilt.
  struct Parts: Equatable {
    var providerCount: Int
    var keys: [UInt8]
    var keyOffsets: [UInt32]
    var termContainers: [UInt32]
    var termImpacts: [UInt8]
    var containers: [PostingContainer]
    var offsets: [UInt16]
    var bitmaps: [UInt64]
    var impacts: [UInt8]

    init(_ index: TermIndex) {
      providerCount = index.providerCount
      keys = Array(index.keys)
      keyOffsets = Array(index.keyOffsets)
      termContainers = Array(index.termContainers)
      termImpacts = Array(index.termImpacts)
      containers = Array(index.containers)
      offsets = Array(index.offsets)
      bitmaps = Array(index.bitmaps)
      impacts = Array(index.impacts)
    }

    func read() throws -> TermIndex {
      var file = ColumnFileWriter(version: 1, number: 0)
      file.add(Column(keys), as: "text.keys")
      file.add(Column(keyOffsets), as: "text.keyOffsets")
      file.add(Column(termContainers), as: "text.termContainers")
      file.add(Column(termImpacts), as: "text.termImpacts")
      file.add(Column(containers), as: "text.containers")
      file.add(Column(offsets), as: "text.offsets")
      file.add(Column(bitmaps), as: "text.bitmaps")
      file.add(Column(impacts), as: "text.impacts")
      return try TermIndexFileTests.read(file, providerCount: providerCount)
    }
  }

  @Test func refusesEachWrongShape() throws {
    var random = SeededRandom()
    let whole = Parts(Self.sample(&random).index())
    #expect(throws: Never.self) { try whole.read() }
    let row = try #require(whole.containers.dropLast().firstIndex { $0.form == PostingContainer.row })
    let long = try #require(
      whole.containers.indices.dropLast().first {
        whole.containers[$0].form == PostingContainer.row
          && whole.containers[$0 + 1].firstPosting > whole.containers[$0].firstPosting + 1
      })
    let bitmap = try #require(whole.containers.dropLast().firstIndex { $0.form == PostingContainer.bitmap })
    let spoilers: [(String, (inout Parts) -> Void)] = [
      ("fewer providers", { $0.providerCount = 4_000 }), ("no providers", { $0.providerCount = 0 }),
      ("negative providers", { $0.providerCount = -1 }), ("too many providers", { $0.providerCount = .max }),
      ("no key offsets", { $0.keyOffsets = [] }), ("keys cut", { $0.keys.removeLast() }),
      ("key offsets do not ascend", { $0.keyOffsets[3] = $0.keyOffsets[5] }),
      ("a key offset far out", { $0.keyOffsets[3] = .max }), ("keys out of order", { $0.keys[Int($0.keyOffsets[2])] = 255 }),
      ("a kind with impacts becomes a filter", { parts in parts.keys = parts.keys.map { $0 == 1 ? 40 : $0 } }),
      ("one directory entry less", { $0.termContainers.removeLast() }), ("a term without postings", { $0.termContainers[1] = 0 }),
      ("the directory far out", { $0.termContainers[$0.termContainers.count - 1] += 1 }),
      ("no containers", { $0.containers = [] }),
      ("the first posting is not 0", { $0.containers[0] = Self.with($0.containers[0], firstPosting: 1) }),
      ("an empty container", { $0.containers[1] = Self.with($0.containers[1], firstPosting: 0) }),
      ("a container far too large", { $0.containers[1] = Self.with($0.containers[1], firstPosting: .max) }),
      ("an unknown form", { $0.containers[row] = Self.with($0.containers[row], form: 2) }),
      ("a row as a bitmap", { $0.containers[row] = Self.with($0.containers[row], form: 1) }),
      ("a row far out", { $0.containers[row] = Self.with($0.containers[row], data: .max) }),
      ("a bitmap far out", { $0.containers[bitmap] = Self.with($0.containers[bitmap], data: .max) }),
      ("a chunk that is not there", { $0.containers[row] = Self.with($0.containers[row], chunk: 9) }),
      ("chunks out of order", { $0.containers[bitmap] = Self.with($0.containers[bitmap], chunk: 1) }),
      ("a wrong maximum", { $0.containers[row] = Self.with($0.containers[row], maximumImpact: 0) }),
      ("a wrong maximum of a term", { $0.termImpacts[0] ^= 1 }), ("one impact less", { $0.impacts.removeLast() }),
      ("one impact more", { $0.impacts.append(1) }), ("an impact of 0", { $0.impacts[$0.impacts.count / 2] = 0 }),
      ("a row that does not ascend", { $0.offsets[Int($0.containers[long].data) + 1] = 0 }),
      ("an offset beyond the chunk", { $0.offsets[$0.offsets.count - 1] = 4_096 }), ("offsets cut", { $0.offsets.removeLast() }),
      ("bitmaps cut", { $0.bitmaps.removeLast() }), ("a bit more", { $0.bitmaps[Int($0.containers[bitmap].data)] ^= 1 }),
    ]
    for (name, spoil) in spoilers {
      var parts = whole
      spoil(&parts)
      #expect(throws: ColumnFileError.self, "\(name)") { try parts.read() }
    }
  }

  private static func with(
    _ entry: PostingContainer, data: UInt32? = nil, firstPosting: UInt32? = nil, chunk: UInt16? = nil,
    maximumImpact: UInt8? = nil,
    form: UInt8? = nil
  ) -> PostingContainer {
    PostingContainer(
      data: data ?? entry.data, firstPosting: firstPosting ?? entry.firstPosting, chunk: chunk ?? entry.chunk,
      maximumImpact: maximumImpact ?? entry.maximumImpact, form: form ?? entry.form)
  }

  /// Random damage that a checksum would not show: it is refused, or what is read answers without a trap.
  @Test func randomDamageNeverTraps() throws {
    var random = SeededRandom()
    let whole = Parts(TermIndexTests.Sample(&random, providers: 300, vocabulary: 60).index())
    var refused = 0
    for _ in 0..<250 {
      var parts = whole
      func spoil<Value: FixedWidthInteger>(_ values: inout [Value]) {
        guard let place = values.indices.randomElement(using: &random) else { return }
        values[place] = Bool.random(using: &random) ? values[place] &+ 1 : Value(truncatingIfNeeded: random.next())
      }
      switch Int.random(in: 0..<7, using: &random) {
      case 0: spoil(&parts.keys)
      case 1: spoil(&parts.keyOffsets)
      case 2: spoil(&parts.termContainers)
      case 3: spoil(&parts.termImpacts)
      case 4: spoil(&parts.offsets)
      case 5: spoil(&parts.impacts)
      default:
        let place = Int.random(in: 0..<parts.containers.count, using: &random)
        parts.containers[place] = Self.with(
          parts.containers[place], data: UInt32.random(in: 0..<2_000, using: &random), firstPosting: UInt32(place))
      }
      do {
        let index = try parts.read()
        for term in 0..<UInt32(index.termCount) { _ = index.impacts(of: term..<term + 1) }
        var scratch = TypoScratch()
        for term in 0..<UInt32(index.termCount) {
          index.withKey(of: term) { key in
            index.typos(of: key, edits: 2, into: &scratch)
            _ = index.prefix(key)
          }
        }
      } catch is ColumnFileError {
        refused += 1
      }
    }
    #expect(refused > 120)
  }
}
