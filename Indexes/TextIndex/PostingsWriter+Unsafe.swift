internal import Columns

/// Lays out terms and their postings; terms come in the order of their keys.
struct PostingsWriter {
  private var keys: [UInt8] = []
  private var keyOffsets: [UInt32] = [0]
  private var termContainers: [UInt32] = [0]
  private var termImpacts: [UInt8] = []
  private var containers: [PostingContainer] = []
  private var offsets: [UInt16] = []
  private var bitmaps: [UInt64] = []
  private var impacts: [UInt8] = []
  private var postingCount = 0

  init() {}

  mutating func reserve(terms: Int, postings: Int) {
    keyOffsets.reserveCapacity(terms + 1)
    termContainers.reserveCapacity(terms + 1)
    termImpacts.reserveCapacity(terms)
    impacts.reserveCapacity(postings)
  }

  /// - Parameters:
  ///   - numbers: ascending, without repeats, not empty.
  ///   - impacts: one for each number, from 1.
  mutating func add(
    key: UnsafeBufferPointer<UInt8>, numbers: UnsafeBufferPointer<UInt32>, impacts: UnsafeBufferPointer<UInt8>
  ) {
    keys.append(contentsOf: key)
    keyOffsets.append(UInt32(keys.count))
    let hasImpacts = key[0] < TermKind.firstWithoutImpacts
    var highest: UInt8 = hasImpacts ? 0 : 255
    var at = 0
    while at < numbers.count {
      let chunk = numbers[at] >> 12
      var end = at + 1
      var highestHere = impacts[at]
      while end < numbers.count, numbers[end] >> 12 == chunk {
        highestHere = max(highestHere, impacts[end])
        end += 1
      }
      if !hasImpacts { highestHere = 255 }
      highest = max(highest, highestHere)
      addContainer(chunk, UnsafeBufferPointer(rebasing: numbers[at..<end]), highestHere)
      at = end
    }
    if hasImpacts { self.impacts.append(contentsOf: impacts) }
    termImpacts.append(highest)
    termContainers.append(UInt32(containers.count))
  }

  private mutating func addContainer(_ chunk: UInt32, _ numbers: UnsafeBufferPointer<UInt32>, _ highest: UInt8) {
    let isBitmap = numbers.count > TextLimits.arrayPostings
    let data = isBitmap ? bitmaps.count : offsets.count
    containers.append(
      PostingContainer(
        data: UInt32(data), firstPosting: UInt32(postingCount), chunk: UInt16(chunk), maximumImpact: highest,
        form: isBitmap ? PostingContainer.bitmap : PostingContainer.row))
    postingCount += numbers.count
    if isBitmap {
      bitmaps.append(contentsOf: repeatElement(0, count: TextLimits.chunkWords))
      bitmaps.withUnsafeMutableBufferPointer { words in
        for number in numbers { words[data + Int(number >> 6 & 63)] |= 1 << UInt64(number & 63) }
      }
    } else {
      for number in numbers { offsets.append(UInt16(truncatingIfNeeded: number & 4_095)) }
    }
  }

  consuming func finish(providerCount: Int) -> TermIndex {
    precondition(providerCount >= 0 && providerCount <= TextLimits.providers, "\(providerCount) providers in one segment")
    containers.append(PostingContainer(data: 0, firstPosting: UInt32(postingCount), chunk: 0, maximumImpact: 0, form: 0))
    return TermIndex(
      providerCount: providerCount, keys: Column(keys), keyOffsets: Column(keyOffsets), termContainers: Column(termContainers),
      termImpacts: Column(termImpacts), containers: Column(containers), offsets: Column(offsets), bitmaps: Column(bitmaps),
      impacts: Column(impacts))
  }
}
