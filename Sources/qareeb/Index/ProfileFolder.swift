import FoundationEssentials
import IndexFormats
import Ranking
import Terminal

/// The ranking profiles of a folder, one a file.
enum ProfileFolder {
  static let standardPath = "data/ranking"
  private static let ending = ".json"

  /// Reads all of them; everything that is wrong is told at once. Only the standard folder may be missing: its default profile is known
  /// without it.
  static func read(_ chosenPath: String?) throws(CommandFailure) -> RankingProfiles {
    let path = chosenPath ?? standardPath
    var profiles = RankingProfiles()
    guard chosenPath != nil || FileManager.default.fileExists(atPath: path) else { return profiles }
    var problems: [String] = []
    for file in try files(path) {
      guard let bytes = FileManager.default.contents(atPath: "\(path)/\(file)") else {
        throw CommandFailure(.inputOutput, "cannot read \(withoutControls("\(path)/\(file)"))")
      }
      do throws(ProfileProblem) {
        profiles.add(try ProfileFile.profile([UInt8](bytes), name: String(file.dropLast(ending.count))))
      } catch {
        problems.append("\(withoutControls("\(path)/\(file)")), \(error)")
      }
    }
    guard problems.isEmpty else {
      throw CommandFailure(
        .badData, problems.count == 1 ? "a ranking profile is wrong" : "\(problems.count) ranking profiles are wrong",
        details: problems)
    }
    return profiles
  }

  private static func files(_ path: String) throws(CommandFailure) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(ending) && !$0.hasPrefix(".") }
        .sorted()
    } catch {
      throw CommandFailure(
        .inputOutput, "cannot read the folder of ranking profiles, \(withoutControls(path))",
        details: ["Does it exist, and may this user read it?"])
    }
  }
}
