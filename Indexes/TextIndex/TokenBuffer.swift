/// What an analyser makes of a text: tokens in order, each with the terms it may be found by.
///
/// One buffer is used for text after text: once it has grown to what is usual, filling it allocates nothing.
public struct TokenBuffer: Sendable {
  /// One word of the text.
  public struct Token: Sendable, Equatable {
    /// Its place among the words; two words that stand in one place have the same.
    public let position: UInt32
    /// Where it stands in the text, in UTF-8 bytes.
    public let sourceStart: UInt32
    public let sourceEnd: UInt32
    fileprivate(set) var alternativesEnd: UInt32
  }

  /// One term that a token may be found by.
  public struct Alternative: Sendable, Equatable {
    public let kind: TermKind
    /// How much finding it counts, 0…1: the word as written 1, its stem less, its skeleton least.
    public let weight: Float
    let keyStart: UInt32
    fileprivate(set) var keyCount: UInt32
  }

  public private(set) var tokens: [Token] = []
  public private(set) var alternatives: [Alternative] = []
  /// The keys of all alternatives, kind byte first.
  private(set) var keys: [UInt8] = []
  private var isCut = false

  public init() {}

  public var count: Int { tokens.count }
  public var isEmpty: Bool { tokens.isEmpty }

  /// The alternatives of a token, as places in `alternatives`.
  public func alternatives(of token: Int) -> Range<Int> {
    (token == 0 ? 0 : Int(tokens[token - 1].alternativesEnd))..<Int(tokens[token].alternativesEnd)
  }

  /// Empties the buffer and keeps its room.
  public mutating func removeAll() {
    tokens.removeAll(keepingCapacity: true)
    alternatives.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
  }

  /// Begins a word; `source` is where it stands in the text, in UTF-8 bytes.
  public mutating func beginToken(position: Int, source: Range<Int>) {
    tokens.append(
      Token(
        position: UInt32(clamping: position), sourceStart: UInt32(clamping: source.lowerBound),
        sourceEnd: UInt32(clamping: source.upperBound), alternativesEnd: UInt32(alternatives.count)))
  }

  /// Begins a term of the last token; what it consists of is appended scalar by scalar.
  public mutating func beginAlternative(_ kind: TermKind, weight: Float = 1) {
    precondition(!tokens.isEmpty, "an alternative belongs to a token")
    precondition(weight >= 0 && weight <= 1, "the weight of an alternative is 0 to 1")
    alternatives.append(Alternative(kind: kind, weight: weight, keyStart: UInt32(keys.count), keyCount: 1))
    keys.append(kind.rawValue)
    tokens[tokens.count - 1].alternativesEnd = UInt32(alternatives.count)
    isCut = false
  }

  /// Appends to the last alternative. What is beyond `TextLimits.termBytes` is cut before the first scalar that does not fit.
  public mutating func append(_ scalar: Unicode.Scalar) {
    let last = alternatives.count - 1
    let width = UTF8.width(scalar)
    guard !isCut, Int(alternatives[last].keyCount) + width <= TextLimits.keyBytes else {
      isCut = true
      return
    }
    alternatives[last].keyCount += UInt32(width)
    if scalar.isASCII {
      keys.append(UInt8(truncatingIfNeeded: scalar.value))
    } else {
      UTF8.encode(scalar).map { keys.append(contentsOf: $0) }
    }
  }

  /// A term of the last token in one go.
  public mutating func addAlternative(_ kind: TermKind, weight: Float = 1, _ text: some StringProtocol) {
    beginAlternative(kind, weight: weight)
    for scalar in text.unicodeScalars { append(scalar) }
  }

  /// Adds a token with one alternative: what most analysers mostly do.
  public mutating func addToken(_ text: some StringProtocol, kind: TermKind = .surface, position: Int, source: Range<Int>) {
    beginToken(position: position, source: source)
    addAlternative(kind, text)
  }

  /// Says where the last token ends, for an analyser that begins a token before it knows.
  public mutating func endToken(sourceEnd: Int) {
    let token = tokens.removeLast()
    tokens.append(
      Token(
        position: token.position, sourceStart: token.sourceStart, sourceEnd: UInt32(clamping: sourceEnd),
        alternativesEnd: token.alternativesEnd))
  }

  /// The key of an alternative, kind byte first, as an array: for tests and messages.
  public func key(of alternative: Int) -> [UInt8] {
    let alternative = alternatives[alternative]
    return Array(keys[Int(alternative.keyStart)..<Int(alternative.keyStart + alternative.keyCount)])
  }
}
