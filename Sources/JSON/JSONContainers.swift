/// The elements of an array, in order.
public struct JSONArray: Sequence, Sendable {
  let value: JSONValue

  public var count: Int { value.childCount }
  public var isEmpty: Bool { count == 0 }
  public var underestimatedCount: Int { count }

  public func makeIterator() -> Iterator { Iterator(next: value.firstChild, remaining: count) }

  public struct Iterator: IteratorProtocol {
    var upcoming: JSONValue
    var remaining: Int

    init(next: JSONValue, remaining: Int) {
      upcoming = next
      self.remaining = remaining
    }

    public mutating func next() -> JSONValue? {
      guard remaining > 0 else { return nil }
      remaining -= 1
      let current = upcoming
      if remaining > 0 { upcoming = current.next }
      return current
    }
  }
}

/// The members of an object, in the order they were written, duplicates included.
public struct JSONObject: Sequence, Sendable {
  let value: JSONValue

  public struct Member: Sendable {
    let key: JSONValue
    public let value: JSONValue

    public var name: String { key.string ?? "" }
    public func isNamed(_ name: String) -> Bool { key.equalsText(name) }
    /// Where the name stands in the text that was read, in bytes: for a message that says where.
    public var byteOffset: Int { key.textOffset }
  }

  public var count: Int { value.childCount }
  public var isEmpty: Bool { count == 0 }
  public var underestimatedCount: Int { count }

  /// The first member of this name. O(members).
  public subscript(_ name: String) -> JSONValue? {
    for member in self where member.isNamed(name) { return member.value }
    return nil
  }

  /// A name that more than one member has. Expected O(members).
  public var duplicateName: String? {
    if count <= JSONLimits.pairwiseSearchLimit { return value.duplicateAmongFewNames() }
    var seen = Set<[UInt8]>(minimumCapacity: count)
    for member in self where !seen.insert(member.key.withText { [UInt8]($0) }).inserted { return member.name }
    return nil
  }

  public func makeIterator() -> Iterator { Iterator(next: value.firstChild, remaining: count) }

  public struct Iterator: IteratorProtocol {
    var key: JSONValue
    var remaining: Int

    init(next: JSONValue, remaining: Int) {
      key = next
      self.remaining = remaining
    }

    public mutating func next() -> Member? {
      guard remaining > 0 else { return nil }
      remaining -= 1
      let value = key.next
      let member = Member(key: key, value: value)
      if remaining > 0 { key = value.next }
      return member
    }
  }
}

extension JSONValue {
  /// The path (`services[2].price`) of the first member, anywhere below, whose name its object has twice.
  /// Readers differ in which of the two they take, so such a document says two things at once. O(values).
  public func firstDuplicatePath() -> String? {
    if let array {
      for (index, element) in array.enumerated() {
        if let path = element.firstDuplicatePath() { return JSONPath.join("[\(index)]", path) }
      }
    } else if let object {
      if let name = object.duplicateName { return name }
      for member in object {
        if let path = member.value.firstDuplicatePath() { return JSONPath.join(member.name, path) }
      }
    }
    return nil
  }
}

/// Paths as people write them: `services[2].price`.
public enum JSONPath {
  public static func join(_ first: String, _ second: String) -> String {
    if first.isEmpty || second.isEmpty || second.first == "[" { return first + second }
    return "\(first).\(second)"
  }
}
