import JSON
public import Ranking

/// Why a profile is refused, and in which line of its file.
public struct ProfileProblem: Error, Hashable, Sendable, CustomStringConvertible {
  public let line: Int
  public let problem: FormatProblem
  public var description: String { "line \(line): \(problem)" }
}

/// Reads ranking profiles; `data/ranking/README.md` describes the format. Unlike lines of data, a profile may have no member that is not
/// known: a misspelt weight would silently count nothing.
public enum ProfileFile {
  /// - Parameter name: the profile's, which is its file's without ".json".
  public static func profile(_ bytes: [UInt8], name: String) throws(ProfileProblem) -> RankingProfile {
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(bytes, limits: JSONLimits(maximumBytes: FormatLimits.profileBytes))
    } catch {
      throw ProfileProblem(line: error.line, problem: FormatProblem(error))
    }
    var reading = ProfileReading(name: name, lines: LineTable(bytes))
    do throws(FormatProblem) {
      try reading.read(document.root)
    } catch {
      throw ProfileProblem(line: reading.line, problem: error)
    }
    do throws(RankingError) {
      return try RankingProfile(name: name, rules: reading.rules)
    } catch {
      throw ProfileProblem(line: reading.line(of: error.field), problem: FormatProblem(error.reason, member: error.field))
    }
  }
}

/// Where lines begin.
private struct LineTable {
  private let starts: [Int]

  init(_ bytes: [UInt8]) { starts = [0] + bytes.indices.filter { bytes[$0] == 0x0A }.map { $0 + 1 } }

  func line(ofByte offset: Int) -> Int { starts.count { $0 <= offset } }
}

private struct ProfileReading {
  enum Member: String, CaseIterable {
    case name, description, weights, distance, rating, verification, tier, text, matching
    case priceFit = "price_fit"
  }
  enum DistanceMember: String, CaseIterable {
    case decay
    case scaleMetres = "scale_m"
  }
  enum RatingMember: String, CaseIterable { case prior, strength }
  enum VerificationMember: String, CaseIterable { case unverified }
  enum TextMember: String, CaseIterable { case pivot }
  enum PriceMember: String, CaseIterable { case scale }
  enum MatchingMember: String, CaseIterable { case weights, enough, first, last }

  let name: String
  let lines: LineTable
  var rules = RankingRules()
  /// The line of the member that is being read.
  private(set) var line = 1
  /// The line of each member read, by its path.
  private var places: [String: Int] = [:]

  init(name: String, lines: LineTable) {
    self.name = name
    self.lines = lines
  }

  /// Of a member, or of what it would stand in.
  func line(of path: String) -> Int {
    if let line = places[path] { return line }
    let parent = path.split(separator: ".").dropLast().joined(separator: ".")
    return places[parent] ?? places["weights.\(parent)"] ?? 1
  }

  mutating func read(_ root: JSONValue) throws(FormatProblem) {
    try members(of: root, at: "", Member.allCases.map(\.rawValue)) { (reading, name, value) throws(FormatProblem) in
      guard let member = Member(rawValue: name) else { return }
      try reading.take(member, value)
    }
    guard places["weights"] != nil else {
      line = 1
      throw FormatProblem("is missing", member: "weights")
    }
  }

  private mutating func take(_ member: Member, _ value: JSONValue) throws(FormatProblem) {
    switch member {
    case .name: try checkName(value)
    case .description: _ = try value.text()
    case .weights:
      try members(of: value, at: "weights", Feature.allCases.map(\.description)) { (reading, name, value) throws(FormatProblem) in
        guard let feature = Feature(name: name) else { return }
        reading.rules.weights[feature] = try value.anyNumber()
      }
    case .tier:
      try members(of: value, at: "tier", Tier.allCases.map(\.description)) { (reading, name, value) throws(FormatProblem) in
        guard let tier = Tier(name: name) else { return }
        reading.rules.tierShares[Int(tier.rawValue)] = try value.anyNumber()
      }
    case .distance: try takeDistance(value)
    case .rating:
      try members(of: value, at: "rating", RatingMember.allCases.map(\.rawValue)) {
        (reading, name, value) throws(FormatProblem) in
        switch RatingMember(rawValue: name) {
        case .prior: reading.rules.ratingPrior = try value.anyNumber()
        case .strength: reading.rules.ratingStrength = try value.anyNumber()
        case nil: return
        }
      }
    case .verification:
      try number(value, at: "verification", VerificationMember.unverified.rawValue, \.unverifiedShare)
    case .text: try number(value, at: "text", TextMember.pivot.rawValue, \.textPivot)
    case .matching: try takeMatching(value)
    case .priceFit: try number(value, at: "price_fit", PriceMember.scale.rawValue, \.priceScale)
    }
  }

  private func checkName(_ value: JSONValue) throws(FormatProblem) {
    let text = try value.text()
    guard text == name else {
      throw FormatProblem("\(quoted(text)): must be the file's name without \".json\", \(quoted(name))")
    }
  }

  private mutating func takeDistance(_ value: JSONValue) throws(FormatProblem) {
    var (shape, scale) = (Decay.Shape.linear, Double?.none)
    try members(of: value, at: "distance", DistanceMember.allCases.map(\.rawValue)) { (_, name, value) throws(FormatProblem) in
      switch DistanceMember(rawValue: name) {
      case .decay: shape = try value.choice([Decay.Shape.linear, .exponential, .gaussian]) { "\($0)" }
      case .scaleMetres: scale = try value.anyNumber()
      case nil: return
      }
    }
    rules.decay = Decay(shape: shape, scaleMetres: scale)
  }

  private mutating func takeMatching(_ value: JSONValue) throws(FormatProblem) {
    try members(of: value, at: "matching", MatchingMember.allCases.map(\.rawValue)) {
      (reading, name, value) throws(FormatProblem) in
      switch MatchingMember(rawValue: name) {
      case .weights: try reading.takeMatchWeights(value)
      case .enough: reading.rules.matching.enough = try value.whole(in: 0...RankingLimits.mostEnough)
      case .first: reading.rules.matching.first = try value.choice(MatchTier.allCases) { $0.description }
      case .last: reading.rules.matching.last = try value.choice(MatchTier.allCases) { $0.description }
      case nil: return
      }
    }
  }

  private mutating func takeMatchWeights(_ value: JSONValue) throws(FormatProblem) {
    let places: [(name: String, place: WritableKeyPath<MatchingRules, Double>)] = [
      ("exact", \.exact), ("prefix", \.prefix), ("stem", \.stem), ("synonym", \.synonym), ("phonetic", \.phonetic),
      ("typo", \.typo),
    ]
    try members(of: value, at: "matching.weights", places.map(\.name)) { (reading, name, value) throws(FormatProblem) in
      guard let place = places.first(where: { $0.name == name })?.place else { return }
      reading.rules.matching[keyPath: place] = try value.anyNumber()
    }
  }

  /// An object of one number.
  private mutating func number(
    _ value: JSONValue, at path: String, _ member: String, _ place: WritableKeyPath<RankingRules, Double>
  ) throws(FormatProblem) {
    try members(of: value, at: path, [member]) { (reading, _, value) throws(FormatProblem) in
      reading.rules[keyPath: place] = try value.anyNumber()
    }
  }

  /// Hands every member to `take`, and refuses names that are not among `known`.
  private mutating func members(
    of value: JSONValue, at path: String, _ known: [String],
    _ take: (inout ProfileReading, String, JSONValue) throws(FormatProblem) -> Void
  ) throws(FormatProblem) {
    guard let object = value.object else { throw value.refusal("must be an object") }
    var seen: Set<String> = []
    for member in object {
      let name = member.name
      line = lines.line(ofByte: member.byteOffset)
      guard known.contains(name) else {
        throw FormatProblem(
          "is not a member of \(path.isEmpty ? "a profile" : "this object"), which may have \(known.joined(separator: ", "))"
            + suggestion(name, known), member: shownName(name))
      }
      guard seen.insert(name).inserted else { throw FormatProblem("is given twice", member: name) }
      places[JSONPath.join(path, name)] = line
      do throws(FormatProblem) {
        try take(&self, name, member.value)
      } catch {
        throw error.under(name)
      }
    }
  }
}

extension JSONValue {
  /// A finite number; what range it must be in, the profile says itself.
  fileprivate func anyNumber() throws(FormatProblem) -> Double {
    guard let number = double else { throw refusal("must be a number") }
    return number
  }
}
