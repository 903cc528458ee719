import PostgresClient
import ProviderIndex

/// Something that an index says otherwise than the database.
public struct IndexDifference: Sendable, Hashable {
  /// A provider's id, or the name of a row that many providers use: `category salon`.
  public let subject: String
  /// Where in it, as in `row.name.en` or `document.rating`.
  public let field: String
  public let index: String
  public let database: String
}

/// Collects differences: all are counted, a bounded number is kept.
struct DifferenceList {
  private(set) var kept: [IndexDifference] = []
  private(set) var count = 0
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  mutating func add(_ subject: String, _ field: String, index: String, database: String) {
    count += 1
    guard kept.count < limit else { return }
    kept.append(
      IndexDifference(subject: subject, field: field, index: Self.bounded(index), database: Self.bounded(database)))
  }

  /// Descriptions may be long; what differs is named, not printed whole.
  private static func bounded(_ text: String) -> String { text.count <= 200 ? text : "\(text.prefix(200))…" }
}

/// Finds where two values of one type differ, member by member: whatever members rows have or will have.
enum MemberDifferences {
  struct Difference: Hashable {
    let path: String
    let one: String
    let other: String
  }

  static func between<Value>(_ one: Value, _ other: Value, at path: String) -> [Difference] {
    var found: [Difference] = []
    compare(one, other, path, &found)
    return found
  }

  private static func compare(_ one: Any, _ other: Any, _ path: String, _ found: inout [Difference]) {
    let (mirror, otherMirror) = (Mirror(reflecting: one), Mirror(reflecting: other))
    switch mirror.displayStyle {
    case .optional where mirror.children.count == 1 && otherMirror.children.count == 1:
      guard let one = mirror.children.first?.value, let other = otherMirror.children.first?.value else { return }
      compare(one, other, path, &found)
    case .struct where !(one is any CustomStringConvertible) && !mirror.children.isEmpty:
      for (member, otherMember) in zip(mirror.children, otherMirror.children) {
        compare(member.value, otherMember.value, "\(path).\(member.label ?? "?")", &found)
      }
    default:
      // Exact values have exact descriptions.
      let (text, otherText) = (told(one), told(other))
      if text != otherText { found.append(Difference(path: path, one: text, other: otherText)) }
    }
  }

  private static func told(_ value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional else { return "\(value)" }
    return mirror.children.first.map { told($0.value) } ?? "nothing"
  }
}
