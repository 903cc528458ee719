import JSON

/// What one line of a body came to.
public enum LineReading<Line: BodyInput>: Sendable {
  case read(Line)
  /// What is wrong with it, and what could be read; placeholders stand in for the members that are named. A problem without a field is one of
  /// the whole line, of which then nothing could be read.
  case refused([FieldProblem], Line)
}

/// Cuts a stream of bytes into lines and reads each as an object by the rules of bodies. Blank lines are counted and passed over, and so is a
/// byte order mark at the beginning. It holds one line at a time, and of one that is too long nothing.
public struct BodyLines<Line: BodyInput>: ~Copyable {
  private let maximumLineBytes: Int
  private var reader: JSONReader
  /// The beginning of a line whose end has not come yet.
  private var rest: [UInt8] = []
  /// The line is longer than allowed: its bytes are dropped until it ends.
  private var isTooLong = false
  /// Of the last line that ended, from 1.
  public private(set) var lineNumber = 0

  public init(maximumLineBytes: Int) {
    self.maximumLineBytes = maximumLineBytes
    reader = JSONReader(limits: JSONLimits(maximumBytes: maximumLineBytes))
  }

  /// Takes the next bytes and hands over every line that ends in them, with its number.
  public mutating func read(_ chunk: RawSpan, _ take: (Int, LineReading<Line>) -> Void) {
    var start = 0
    while let end = chunk.firstOffset(of: UInt8(ascii: "\n"), from: start) {
      let piece = chunk.extracting(start..<end)
      if rest.isEmpty, !isTooLong {
        endLine(piece, take)
      } else {
        keep(piece)
        endKeptLine(take)
      }
      start = end + 1
    }
    keep(chunk.extracting(start..<chunk.byteCount))
  }

  /// Hands over the last line, where no line break ended it.
  public mutating func finish(_ take: (Int, LineReading<Line>) -> Void) {
    if !rest.isEmpty || isTooLong { endKeptLine(take) }
  }

  private mutating func keep(_ piece: RawSpan) {
    guard !isTooLong, piece.byteCount > 0 else { return }
    if rest.count + piece.byteCount > maximumLineBytes {
      isTooLong = true
      rest = []
    } else {
      rest.append(contentsOf: piece)
    }
  }

  private mutating func endKeptLine(_ take: (Int, LineReading<Line>) -> Void) {
    guard !isTooLong else {
      isTooLong = false
      return refuseLongLine(take)
    }
    // Out of the way, since the line is read by another part of this value.
    var line: [UInt8] = []
    swap(&line, &rest)
    endLine(line.span.bytes, take)
  }

  private mutating func refuseLongLine(_ take: (Int, LineReading<Line>) -> Void) {
    lineNumber += 1
    refuse(
      .tooLong, Localized(en: "at most \(maximumLineBytes) bytes long", ar: "بطول \(maximumLineBytes) بايت على الأكثر"), take)
  }

  private func refuse(_ code: FieldProblem.Code, _ expected: Localized, _ take: (Int, LineReading<Line>) -> Void) {
    take(lineNumber, .refused([FieldProblem("", .body, code, expected: expected)], ObjectRule<Line>().placeholder))
  }

  private mutating func endLine(_ bytes: RawSpan, _ take: (Int, LineReading<Line>) -> Void) {
    guard bytes.byteCount <= maximumLineBytes else { return refuseLongLine(take) }
    lineNumber += 1
    let start = lineNumber == 1 && bytes.startsWithByteOrderMark ? 3 : 0
    var range = bytes.trimmedRange(start..<bytes.byteCount)
    if !range.isEmpty, bytes.byte(range.upperBound - 1) == UInt8(ascii: "\r") {
      range = bytes.trimmedRange(range.lowerBound..<range.upperBound - 1)
    }
    guard !range.isEmpty else { return }
    let document: JSONDocument
    do throws(JSONError) {
      document = try reader.read(bytes.extracting(range))
    } catch {
      let column = error.column + range.lowerBound
      return refuse(
        .malformed,
        Localized(
          en: "a JSON object: \(error.reason), at column \(column)", ar: "كائن JSON سليمًا (الخطأ عند الموضع \(column))"), take)
    }
    take(lineNumber, Self.reading(document.root))
  }

  private static func reading(_ json: JSONValue) -> LineReading<Line> {
    let body = BodyReading()
    if let path = json.firstDuplicatePath() {
      body.report(.repeated, at: .member(String(clipping: path)))
      return .refused(body.problems.list, ObjectRule<Line>().placeholder)
    }
    guard let object = json.object else {
      body.report(.malformed, at: nil, expected: ObjectRule<Line>().expectation)
      return .refused(body.problems.list, ObjectRule<Line>().placeholder)
    }
    let line = body.read(object, as: Line.self)
    return body.hasProblems ? .refused(body.problems.list, line) : .read(line)
  }
}

extension RawSpan {
  fileprivate var startsWithByteOrderMark: Bool {
    byteCount >= 3 && byte(0) == 0xEF && byte(1) == 0xBB && byte(2) == 0xBF
  }
}
