internal import Columns

/// Lays out terms and their postings; terms come in the order of their keys.
struct PostingsWriter: ~Copyable {
  private var keys: ColumnRoom<UInt8>
  private var keyOffsets: ColumnRoom<UInt32>
  private var termContainers: ColumnRoom<UInt32>
  private var termImpacts: ColumnRoom<UInt8>
  private var containers: ColumnRoom<PostingContainer>
  private var offsets: ColumnRoom<UInt16>
  private var bitmaps: ColumnRoom<UInt64>
  private var impacts: ColumnRoom<UInt8>
  private var postingCount = 0
  /// Of the term that is being written.
  private var hasImpacts = false
  private var highest: UInt8 = 0

  /// - Parameter postings: about how many there will be, crowded prefixes left out.
  init(keyBytes: Int = 0, terms: Int = 0, postings: Int = 0) {
    keys = ColumnRoom(capacity: keyBytes)
    keyOffsets = ColumnRoom(capacity: terms + 1)
    termContainers = ColumnRoom(capacity: terms + 1)
    termImpacts = ColumnRoom(capacity: terms)
    // Crowded prefixes repeat a posting three to five times.
    containers = ColumnRoom(capacity: postings * 2)
    offsets = ColumnRoom(capacity: postings * 4)
    bitmaps = ColumnRoom(capacity: postings / 2)
    impacts = ColumnRoom(capacity: postings * 5)
    keyOffsets.append(0)
    termContainers.append(0)
  }

  /// A term with its postings.
  /// - Parameters:
  ///   - numbers: ascending, without repeats, not empty.
  ///   - impacts: one for each number, from 1.
  mutating func add(
    key: UnsafeBufferPointer<UInt8>, numbers: UnsafeBufferPointer<UInt32>, impacts: UnsafeBufferPointer<UInt8>
  ) {
    beginTerm(key)
    var at = 0
    while at < numbers.count {
      let chunk = numbers[at] >> 12
      var end = at + 1
      var highestHere = impacts[at]
      while end < numbers.count, numbers[end] >> 12 == chunk {
        highestHere = max(highestHere, impacts[end])
        end += 1
      }
      addContainer(Int(chunk), UnsafeBufferPointer(rebasing: numbers[at..<end]), highestHere)
      at = end
    }
    if hasImpacts { self.impacts.append(contentsOf: impacts) }
    endTerm()
  }

  /// Begins a term whose containers follow, chunks ascending.
  mutating func beginTerm(_ key: UnsafeBufferPointer<UInt8>) {
    keys.append(contentsOf: key)
    keyOffsets.append(UInt32(keys.count))
    hasImpacts = key[0] < TermKind.firstWithoutImpacts
    highest = 0
  }

  mutating func endTerm() {
    termImpacts.append(highest)
    termContainers.append(UInt32(containers.count))
  }

  /// The term's postings in one chunk as a mask, with an impact for each of the chunk's providers.
  mutating func addContainer(_ chunk: Int, words: UnsafeBufferPointer<UInt64>, impacts all: UnsafeBufferPointer<UInt8>) {
    let count = words.reduce(0) { $0 + $1.nonzeroBitCount }
    let isBitmap = count > TextLimits.arrayPostings
    let highestHere = all.reduce(0, max)
    beginContainer(chunk, count: count, isBitmap: isBitmap, highestHere)
    if isBitmap { bitmaps.append(contentsOf: words) }
    for word in 0..<words.count {
      var left = words[word]
      while left != 0 {
        let offset = word << 6 + left.trailingZeroBitCount
        left &= left - 1
        if !isBitmap { offsets.append(UInt16(truncatingIfNeeded: offset)) }
        if hasImpacts { impacts.append(all[offset]) }
      }
    }
  }

  private mutating func addContainer(_ chunk: Int, _ numbers: UnsafeBufferPointer<UInt32>, _ highestHere: UInt8) {
    let isBitmap = numbers.count > TextLimits.arrayPostings
    beginContainer(chunk, count: numbers.count, isBitmap: isBitmap, highestHere)
    if isBitmap {
      let first = bitmaps.count
      bitmaps.append(repeating: 0, count: TextLimits.chunkWords)
      let words = bitmaps.base + first
      for number in numbers { words[Int(number >> 6 & 63)] |= 1 << UInt64(number & 63) }
    } else {
      for number in numbers { offsets.append(UInt16(truncatingIfNeeded: number & 4_095)) }
    }
  }

  private mutating func beginContainer(_ chunk: Int, count: Int, isBitmap: Bool, _ highestHere: UInt8) {
    let highestHere = hasImpacts ? highestHere : 255
    highest = max(highest, highestHere)
    containers.append(
      PostingContainer(
        data: UInt32(isBitmap ? bitmaps.count : offsets.count), firstPosting: UInt32(postingCount), chunk: UInt16(chunk),
        maximumImpact: highestHere, form: isBitmap ? PostingContainer.bitmap : PostingContainer.row))
    postingCount += count
  }

  consuming func finish(providerCount: Int) -> TermIndex {
    precondition(providerCount >= 0 && providerCount <= TextLimits.providers, "\(providerCount) providers in one segment")
    containers.append(PostingContainer(data: 0, firstPosting: UInt32(postingCount), chunk: 0, maximumImpact: 0, form: 0))
    return layOut(providerCount)
  }

  private consuming func layOut(_ providerCount: Int) -> TermIndex {
    TermIndex(
      providerCount: providerCount, keys: keys.column(), keyOffsets: keyOffsets.column(), termContainers: termContainers.column(),
      termImpacts: termImpacts.column(), containers: containers.column(), offsets: offsets.column(), bitmaps: bitmaps.column(),
      impacts: impacts.column())
  }
}
