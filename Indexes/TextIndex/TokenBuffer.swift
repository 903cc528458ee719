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
    public fileprivate(set) var sourceEnd: UInt32
    fileprivate let firstAlternative: UInt32
  }

  /// One term that a token may be found by.
  public struct Alternative: Sendable, Equatable {
    public let kind: TermKind
    /// How surely it is what the word stands for, 0…1; a doubtful synonym has less. What a kind counts beside the others is not said
    /// here but in the ranking profile (`MatchingRules`). It counts where a text is indexed and where it is asked for.
    public let weight: Float
    let keyStart: UInt32
  }

  public private(set) var tokens: [Token] = []
  public private(set) var alternatives: [Alternative] = []
  /// The keys of all alternatives, kind byte first.
  private(set) var keys: [UInt8] = []
  /// Where in the text, in UTF-8 bytes, an analyser stopped reading because it was too long; nil when it read all of it. Whoever asked
  /// is to be told: what is behind it was not searched for.
  public private(set) var cutOffset: Int?
  /// How far `keys` may grow before the last alternative has to begin anew; 0 once something of it was cut.
  private var keysLimit = 0

  public init() {}

  public var count: Int { tokens.count }
  public var isEmpty: Bool { tokens.isEmpty }

  /// The alternatives of a token, as places in `alternatives`.
  public func alternatives(of token: Int) -> Range<Int> {
    let end = token + 1 < tokens.count ? Int(tokens[token + 1].firstAlternative) : alternatives.count
    return Int(tokens[token].firstAlternative)..<end
  }

  /// Empties the buffer and keeps its room.
  public mutating func removeAll() {
    tokens.removeAll(keepingCapacity: true)
    alternatives.removeAll(keepingCapacity: true)
    keys.removeAll(keepingCapacity: true)
    cutOffset = nil
  }

  /// Notes that the text was read only up to here.
  public mutating func markCut(at offset: Int) { cutOffset = min(offset, cutOffset ?? offset) }

  /// Begins a word; `source` is where it stands in the text, in UTF-8 bytes.
  public mutating func beginToken(position: Int, source: Range<Int>) {
    tokens.append(
      Token(
        position: UInt32(clamping: position), sourceStart: UInt32(clamping: source.lowerBound),
        sourceEnd: UInt32(clamping: source.upperBound), firstAlternative: UInt32(alternatives.count)))
  }

  /// Begins a term of the last token; what it consists of is appended scalar by scalar.
  public mutating func beginAlternative(_ kind: TermKind, weight: Float = 1) {
    precondition(!tokens.isEmpty, "an alternative belongs to a token")
    precondition(weight >= 0 && weight <= 1, "the weight of an alternative is 0 to 1")
    alternatives.append(Alternative(kind: kind, weight: weight, keyStart: UInt32(keys.count)))
    keys.append(kind.rawValue)
    keysLimit = keys.count + TextLimits.termBytes
  }

  /// Appends to the last alternative. What is beyond `TextLimits.termBytes` is cut before the first scalar that does not fit.
  public mutating func append(_ scalar: Unicode.Scalar) {
    guard keys.count + UTF8.width(scalar) <= keysLimit else {
      keysLimit = 0
      return
    }
    if scalar.isASCII {
      keys.append(UInt8(truncatingIfNeeded: scalar.value))
    } else {
      UTF8.encode(scalar).map { keys.append(contentsOf: $0) }
    }
  }

  /// Appends the bytes of whole scalars, at most `TextLimits.termBytes` in an alternative.
  mutating func append(wholeScalars bytes: some Collection<UInt8>) {
    precondition(keys.count + bytes.count <= keysLimit, "more bytes than an alternative may have")
    keys.append(contentsOf: bytes)
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

  /// Where an alternative's key lies in `keys`.
  @inline(__always)
  func keyRange(of alternative: Int) -> Range<Int> {
    let end = alternative + 1 < alternatives.count ? Int(alternatives[alternative + 1].keyStart) : keys.count
    return Int(alternatives[alternative].keyStart)..<end
  }

  /// The key of an alternative, kind byte first, as an array: for tests and messages.
  public func key(of alternative: Int) -> [UInt8] { Array(keys[keyRange(of: alternative)]) }
}
