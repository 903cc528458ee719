internal import Columns

/// The columns of an index before they are trusted.
struct TermIndexShape {
  let providerCount: Int
  let keys: Column<UInt8>
  let keyOffsets: Column<UInt32>
  let termContainers: Column<UInt32>
  let termImpacts: Column<UInt8>
  let containers: Column<PostingContainer>
  let offsets: Column<UInt16>
  let bitmaps: Column<UInt64>
  let impacts: Column<UInt8>

  struct Fault {
    let section: String
    let reason: String
  }

  /// What is wrong, if anything. Each check relies on those before it.
  func fault() -> Fault? {
    guard providerCount >= 0, providerCount <= TextLimits.providers else {
      return Fault(section: "containers", reason: "a segment cannot have \(providerCount) providers")
    }
    return dictionaryFault() ?? directoryFault() ?? postingsFault()
  }

  private func dictionaryFault() -> Fault? {
    func fault(_ reason: String) -> Fault { Fault(section: "keyOffsets", reason: reason) }
    guard keyOffsets.count >= 1, keyOffsets[0] == 0, Int(keyOffsets[keyOffsets.count - 1]) == keys.count else {
      return fault("it does not span the keys")
    }
    for term in 0..<keyOffsets.count - 1 {
      let (start, end) = (Int(keyOffsets[term]), Int(keyOffsets[term + 1]))
      guard start < end, end <= keys.count, end - start <= TextLimits.keyBytes else {
        return fault("the key of term \(term) has an impossible length")
      }
      if term > 0 {
        let before = Int(keyOffsets[term - 1])
        guard keys[before..<start].lexicographicallyPrecedes(keys[start..<end]) else {
          return fault("term \(term) is not after the one before it")
        }
      }
    }
    return nil
  }

  private func directoryFault() -> Fault? {
    func fault(_ reason: String) -> Fault { Fault(section: "termContainers", reason: reason) }
    let terms = keyOffsets.count - 1
    guard termContainers.count == terms + 1, termImpacts.count == terms else { return fault("it is not one for each term") }
    guard containers.count >= 1, termContainers[0] == 0, Int(termContainers[terms]) == containers.count - 1 else {
      return fault("it does not span the containers")
    }
    for term in 0..<terms where termContainers[term] >= termContainers[term + 1] { return fault("term \(term) has no postings") }
    return nil
  }

  private func postingsFault() -> Fault? {
    guard containers[0].firstPosting == 0 else { return Fault(section: "containers", reason: "the first posting is not 0") }
    let terms = keyOffsets.count - 1
    var withImpacts = 0
    for term in 0..<terms {
      let hasImpacts = keys[Int(keyOffsets[term])] < TermKind.firstWithoutImpacts
      var highest: UInt8 = 0
      for entry in Int(termContainers[term])..<Int(termContainers[term + 1]) {
        let isFirst = entry == Int(termContainers[term])
        if !isFirst && containers[entry - 1].chunk >= containers[entry].chunk {
          return Fault(section: "containers", reason: "the chunks of term \(term) do not ascend")
        }
        if let fault = containerFault(entry, hasImpacts: hasImpacts) { return fault }
        highest = max(highest, containers[entry].maximumImpact)
      }
      guard highest == termImpacts[term] else {
        return Fault(section: "termImpacts", reason: "the highest impact of term \(term) is not that of its postings")
      }
      if hasImpacts { withImpacts = Int(containers[Int(termContainers[term + 1])].firstPosting) }
    }
    guard withImpacts == impacts.count else { return Fault(section: "impacts", reason: "it is not one for each posting") }
    return nil
  }

  private func containerFault(_ index: Int, hasImpacts: Bool) -> Fault? {
    func fault(_ reason: String) -> Fault { Fault(section: "containers", reason: "entry \(index) \(reason)") }
    let entry = containers[index]
    let (first, end) = (Int(entry.firstPosting), Int(containers[index + 1].firstPosting))
    guard first < end, end - first <= TextLimits.chunkProviders else { return fault("has an impossible count") }
    let firstProvider = Int(entry.chunk) * TextLimits.chunkProviders
    let room = min(providerCount - firstProvider, TextLimits.chunkProviders)
    guard room > 0 else { return fault("is of a chunk without providers") }
    let rowFault =
      switch entry.form {
      case PostingContainer.row: rowFault(entry, count: end - first, room: room)
      case PostingContainer.bitmap: bitmapFault(entry, count: end - first, room: room)
      default: "has an unknown form"
      }
    if let rowFault { return fault(rowFault) }
    guard hasImpacts else { return entry.maximumImpact == 255 ? nil : fault("is a filter's and has an impact") }
    guard end <= impacts.count else { return Fault(section: "impacts", reason: "it ends before posting \(end)") }
    var (lowest, highest): (UInt8, UInt8) = (255, 0)
    for posting in first..<end {
      lowest = min(lowest, impacts[posting])
      highest = max(highest, impacts[posting])
    }
    return lowest > 0 && highest == entry.maximumImpact ? nil : fault("does not have its highest impact")
  }

  private func rowFault(_ entry: PostingContainer, count: Int, room: Int) -> String? {
    let start = Int(entry.data)
    guard start + count <= offsets.count else { return "lies beyond the offsets" }
    for index in start + 1..<start + count where offsets[index - 1] >= offsets[index] { return "does not ascend" }
    return Int(offsets[start + count - 1]) < room ? nil : "names a provider that is not there"
  }

  private func bitmapFault(_ entry: PostingContainer, count: Int, room: Int) -> String? {
    let start = Int(entry.data)
    guard start + TextLimits.chunkWords <= bitmaps.count else { return "lies beyond the bitmaps" }
    var found = 0
    for word in 0..<TextLimits.chunkWords {
      let bits = bitmaps[start + word]
      found += bits.nonzeroBitCount
      let allowed = min(max(room - word * 64, 0), 64)
      guard allowed == 64 || bits >> UInt64(allowed) == 0 else { return "names a provider that is not there" }
    }
    return found == count ? nil : "does not have its count"
  }
}
