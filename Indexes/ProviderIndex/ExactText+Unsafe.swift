/// A text as a key: equal to another when their bytes are. `String` takes two ways to write a letter for one ("é" as one scalar, or e
/// and an accent), where ids, categories and tags of the index are found by their bytes: what is keyed by one is keyed by this.
public struct ExactText: Hashable, Sendable {
  public let text: String

  public init(_ text: String) { self.text = text }

  public static func == (one: ExactText, other: ExactText) -> Bool { one.text.utf8.elementsEqual(other.text.utf8) }

  public func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
