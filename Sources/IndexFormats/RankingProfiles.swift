public import Ranking

/// The profiles there are, by name. The default one is always there.
public struct RankingProfiles: Sendable {
  public static let standardName = "default"
  private var profiles: [String: RankingProfile] = [standardName: .default]

  public init() {}

  /// A profile of the same name takes its place.
  public mutating func add(_ profile: RankingProfile) { profiles[profile.name] = profile }

  public var names: [String] { profiles.keys.sorted() }

  public func profile(named name: String) throws(FormatProblem) -> RankingProfile {
    if let profile = profiles[name] { return profile }
    throw FormatProblem(
      "\(quoted(name)): must be one of \(names.joined(separator: ", "))\(suggestion(name, names))", member: "profile")
  }
}
