import EventLoops

extension LiveIndexOptions {
  var folder: IndexFolder? { filePath.map(IndexFolder.init(current:)) }

  /// A name that nobody has used.
  func newSlotName() -> String {
    let digits = String(random() & 0xffff_ffff, radix: 16)
    return "\(slotPrefix)_\(String(repeating: "0", count: 8 - digits.count))\(digits)"
  }

  /// Slots that must stay although nobody streams from them: of files that are there to be taken up or gone back to. That of the current
  /// one is either followed or of no use.
  func slotsOfKeptFiles() async -> Set<String> {
    guard let folder else { return [] }
    // Others make `next` of the first two: looked at in this order, one that moves meanwhile is not missed.
    let paths = [folder.previous, folder.unchecked, folder.next]
    guard paths.contains(where: folder.exists) else { return [] }
    // Every byte of a file is checked; that is no work for a loop.
    return await onThread(named: "index-look") {
      // One that cannot be read will not be taken up either.
      Set(paths.compactMap { path in (try? IndexFileFacts.read(path: path))??.slot })
    }
  }
}

/// Runs on a thread of its own what would keep a loop from turning.
func onThread<R: Sendable>(named name: String, _ body: @escaping @Sendable () -> R) async -> R {
  await withCheckedContinuation { continuation in
    DetachedThread.run(name: name) { continuation.resume(returning: body()) }
  }
}
