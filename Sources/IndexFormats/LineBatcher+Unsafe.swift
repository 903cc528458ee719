// Raw bytes as they come from a file, which is why the file is marked unsafe: what a batch has is copied.

/// Some whole lines of a stream, which can be read on any thread (`NDJSONReader.read`).
public struct LineBatch: Sendable {
  /// The number of the first of them, from 1.
  public let firstLine: Int
  let bytes: [UInt8]
}

/// Cuts a stream of bytes into batches of whole lines. A batch is as large as what it was cut from, and the line before; of a line that is
/// longer than allowed only so much is kept that this is seen.
public struct LineBatcher: Sendable {
  /// The beginning of a line whose end has not come yet.
  private var rest: [UInt8] = []
  /// Of the unfinished line, bytes have been dropped.
  private var isCut = false
  private var nextLine = 1

  private static let lineEnd: UInt8 = 0x0A

  public init() {}

  /// Takes the next bytes; gives the lines that end in them, if one does.
  public mutating func take(_ chunk: UnsafeRawBufferPointer) -> LineBatch? {
    guard let end = chunk.lastIndex(of: Self.lineEnd) else {
      keep(chunk)
      return nil
    }
    let first = isCut ? chunk.firstIndex(of: Self.lineEnd) ?? end : 0
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rest.count + end + 1 - first)
    bytes += rest
    bytes += chunk[first...end]
    rest.removeAll(keepingCapacity: rest.capacity <= Self.keptBytes)
    isCut = false
    keep(UnsafeRawBufferPointer(rebasing: chunk[(end + 1)...]))
    let batch = LineBatch(firstLine: nextLine, bytes: bytes)
    nextLine += bytes.reduce(0) { $0 + ($1 == Self.lineEnd ? 1 : 0) }
    return batch
  }

  /// The last line, where no line break ended it.
  public mutating func finish() -> LineBatch? {
    guard !rest.isEmpty else { return nil }
    defer { rest = [] }
    return LineBatch(firstLine: nextLine, bytes: rest)
  }

  /// Most lines have a few hundred bytes; the room of a huge one is not kept.
  private static let keptBytes = 64 << 10

  private mutating func keep(_ piece: UnsafeRawBufferPointer) {
    let room = FormatLimits.lineBytes + 1 - rest.count
    rest += piece.prefix(room)
    if piece.count > room { isCut = true }
  }
}
