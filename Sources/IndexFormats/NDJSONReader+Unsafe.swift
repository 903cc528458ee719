// Raw bytes as they come from a file, which is why the file is marked unsafe: nothing is kept of a chunk but the part of its last line.
import Bytes
import Glibc
public import JSON

/// Cuts a stream of bytes into lines and reads each as a document. Blank lines are counted and left out; a byte order mark at the
/// beginning is passed over. It holds one line at a time.
public struct NDJSONReader: ~Copyable {
  private var reader = JSONReader(limits: JSONLimits(maximumBytes: FormatLimits.lineBytes))
  /// The beginning of a line whose end has not come yet.
  private var rest = ByteBuffer()
  /// The line is longer than allowed: its bytes are dropped until it ends.
  private var isTooLong = false
  private var lineNumber = 0

  public init() {}

  /// Takes the next bytes and hands every line that ends in them to `take`, with its number (from 1).
  public mutating func read(_ chunk: UnsafeRawBufferPointer, _ take: (Int, Result<JSONValue, FormatProblem>) -> Void) {
    var start = 0
    while let end = Self.lineEnd(chunk, from: start) {
      let piece = UnsafeRawBufferPointer(rebasing: chunk[start..<end])
      if rest.isEmpty, !isTooLong {
        endLine(piece, take)
      } else {
        keep(piece)
        endKeptLine(take)
      }
      start = end + 1
    }
    keep(UnsafeRawBufferPointer(rebasing: chunk[start...]))
  }

  /// Reads the lines of a batch: in any order of batches, as they know their place.
  public mutating func read(_ batch: LineBatch, _ take: (Int, Result<JSONValue, FormatProblem>) -> Void) {
    precondition(rest.isEmpty && !isTooLong, "a stream is read whole, or in batches")
    lineNumber = batch.firstLine - 1
    batch.bytes.withUnsafeBytes { read($0, take) }
    finish(take)
  }

  /// Hands over the last line, where no line break ended it.
  public mutating func finish(_ take: (Int, Result<JSONValue, FormatProblem>) -> Void) {
    if !rest.isEmpty || isTooLong { endKeptLine(take) }
  }

  private static func lineEnd(_ chunk: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard start < chunk.count, let base = chunk.baseAddress, let found = memchr(base + start, 0x0A, chunk.count - start) else {
      return nil
    }
    return UnsafeRawPointer(found) - base
  }

  private mutating func keep(_ piece: UnsafeRawBufferPointer) {
    guard !isTooLong else { return }
    if rest.count + piece.count > FormatLimits.lineBytes {
      isTooLong = true
      rest.removeAll(keepingAtMost: 0)
    } else {
      rest.append(contentsOf: piece)
    }
  }

  private mutating func endKeptLine(_ take: (Int, Result<JSONValue, FormatProblem>) -> Void) {
    guard !isTooLong else {
      isTooLong = false
      return refuseLongLine(take)
    }
    // Out of the way, since the line is read by another part of this value.
    var line = ByteBuffer()
    swap(&line, &rest)
    line.withUnsafeBytes { endLine($0, take) }
    line.removeAll()
    swap(&line, &rest)
  }

  private mutating func refuseLongLine(_ take: (Int, Result<JSONValue, FormatProblem>) -> Void) {
    lineNumber += 1
    take(lineNumber, .failure(FormatProblem("is longer than \(FormatLimits.lineBytes) bytes")))
  }

  private mutating func endLine(_ bytes: UnsafeRawBufferPointer, _ take: (Int, Result<JSONValue, FormatProblem>) -> Void) {
    guard bytes.count <= FormatLimits.lineBytes else { return refuseLongLine(take) }
    lineNumber += 1
    let hasMark = lineNumber == 1 && bytes.starts(with: [0xEF, 0xBB, 0xBF])
    let line = hasMark ? UnsafeRawBufferPointer(rebasing: bytes[3...]) : bytes
    guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { return }
    do throws(JSONError) {
      take(lineNumber, .success(try reader.read(line).root))
    } catch {
      take(lineNumber, .failure(FormatProblem(error)))
    }
  }
}

extension FormatProblem {
  init(_ error: JSONError) {
    self.init(
      error.code == .tooLong || error.code == .tooDeep ? error.reason : "not JSON at column \(error.column): \(error.reason)")
  }
}
