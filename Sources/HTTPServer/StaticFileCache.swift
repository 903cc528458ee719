import Cryptography
import EventLoops

/// A small file as it is answered, with its packed form where it has one.
final class CachedFile {
  struct Form {
    let bytes: [UInt8]
    let entityTag: EntityTag
  }

  let version: FileVersion
  let plain: Form
  private(set) var packed: Form?
  /// The version of the sibling `.gz` that `packed` was read from or that was too old.
  let siblingVersion: FileVersion?
  private var hasTriedPacking: Bool

  var checkedAtMilliseconds: UInt64 = 0
  var lastUse: UInt64 = 0

  init(version: FileVersion, bytes: [UInt8], sibling: (version: FileVersion, bytes: [UInt8]?)?) {
    self.version = version
    // Of the content, so that all nodes name a version alike. 128 bits of a good hash do not collide.
    let hash = Hexadecimal.encode(Array(Digest.sha256(bytes).prefix(16)))
    plain = Form(bytes: bytes, entityTag: EntityTag(hash))
    siblingVersion = sibling?.version
    hasTriedPacking = false
    if let packed = sibling?.bytes {
      let packedHash = Hexadecimal.encode(Array(Digest.sha256(packed).prefix(16)))
      self.packed = Form(bytes: packed, entityTag: EntityTag("\(packedHash)-gz"))
      hasTriedPacking = true
    }
  }

  /// Packs on first demand. At most once a file and a loop, so it may take its time: level 6, 10 ms for the largest cached file.
  func pack() {
    guard !hasTriedPacking else { return }
    hasTriedPacking = true
    packed = Compressor(level: 6).gzip(plain.bytes).map {
      Form(bytes: $0, entityTag: EntityTag("\(plain.entityTag.opaque)-gz"))
    }
  }

  var cost: Int { plain.bytes.count + (packed?.bytes.count ?? 0) }
}

/// The small files that one loop has read, least recently used out first. Touched only on its loop.
final class StaticFileCache: @unchecked Sendable {
  // Sendable: `StaticFiles` keeps one for each loop and uses it on that loop only.

  private let root: StaticRoot
  private let options: StaticFilesOptions
  private var files: [String: CachedFile] = [:]
  private var bytes = 0
  private var uses: UInt64 = 0

  init(root: StaticRoot, options: StaticFilesOptions) {
    self.root = root
    self.options = options
  }

  /// The file as it was at most `revalidationMilliseconds` ago; nil if it is not here.
  func file(_ path: String, nowMilliseconds now: UInt64) -> CachedFile? {
    guard let file = files[path] else { return nil }
    if now - file.checkedAtMilliseconds >= options.revalidationMilliseconds {
      let sibling = root.version(of: path + ".gz")
      guard root.version(of: path) == file.version, sibling == file.siblingVersion else {
        remove(path, file)
        return nil
      }
      file.checkedAtMilliseconds = now
    }
    uses += 1
    file.lastUse = uses
    return file
  }

  /// Reads a file that is small enough, and keeps it.
  func load(_ path: String, _ opened: OpenFile, nowMilliseconds now: UInt64) throws(FileProblem) -> CachedFile {
    let (version, bytes) = try StaticFileCache.readWhole(opened)
    let file = CachedFile(version: version, bytes: bytes, sibling: sibling(of: path, version))
    file.checkedAtMilliseconds = now
    uses += 1
    file.lastUse = uses
    if let old = files[path] { remove(path, old) }
    files[path] = file
    self.bytes += file.cost
    makeRoom()
    return file
  }

  /// The file's packed form, if it is smaller.
  func packed(_ path: String, _ file: CachedFile) -> CachedFile.Form? {
    let before = file.cost
    file.pack()
    if files[path] === file {
      bytes += file.cost - before
      makeRoom()
    }
    return file.packed
  }

  /// Content and version belong together, or the file is read again, a few times.
  private static func readWhole(_ file: OpenFile) throws(FileProblem) -> (FileVersion, [UInt8]) {
    var version = try file.version()
    for _ in 0..<3 {
      let bytes = try file.read(at: 0, version.size + 1)
      let after = try file.version()
      if after == version, bytes.count == version.size { return (version, bytes) }
      version = after
    }
    throw .changed
  }

  /// The packed form beside the file, if it is not older than the file.
  private func sibling(of path: String, _ version: FileVersion) -> (version: FileVersion, bytes: [UInt8]?)? {
    guard let found = root.version(of: path + ".gz") else { return nil }
    // One that cannot be read, or changes meanwhile, is as good as none: the file itself is there.
    guard !found.isOlder(than: version), found.size <= options.cachedFileBytes,
      case .file(let opened)? = try? root.find(path + ".gz"), let (packed, bytes) = try? StaticFileCache.readWhole(opened),
      packed == found, bytes.starts(with: [0x1f, 0x8b])
    else { return (found, nil) }
    return (found, bytes)
  }

  private func remove(_ path: String, _ file: CachedFile) {
    files[path] = nil
    bytes -= file.cost
  }

  /// Drops the least recently used quarter, so that the search for it is paid once for many.
  private func makeRoom() {
    guard bytes > options.cacheBytesPerLoop || files.count > options.cacheFilesPerLoop else { return }
    let oldest = files.sorted { $0.value.lastUse < $1.value.lastUse }
    for (path, file) in oldest.dropLast(1) {
      if bytes <= options.cacheBytesPerLoop * 3 / 4, files.count <= options.cacheFilesPerLoop * 3 / 4 { break }
      remove(path, file)
    }
  }
}
