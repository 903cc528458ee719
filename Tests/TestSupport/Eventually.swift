public struct DidNotHappen: Error, CustomStringConvertible {
  public let description: String

  public init(description: String) { self.description = description }
}

/// Returns once `condition` holds, looking again and again; throws when it does not come true in two minutes. The pause between two
/// looks is no part of what is tested.
public func eventually(_ what: @autoclosure () -> String, _ condition: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(120)
  while try await !condition() {
    guard ContinuousClock.now < deadline else { throw DidNotHappen(description: "it did not happen that \(what())") }
    try await Task.sleep(for: .milliseconds(10))
  }
}
