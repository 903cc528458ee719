import Synchronization

/// What handlers on other threads did, to be looked at by a test.
public final class Tally<Element: Sendable>: Sendable {
  private let elements = Mutex<[Element]>([])

  public init() {}

  public func add(_ element: Element) { elements.withLock { $0.append(element) } }

  public var all: [Element] { elements.withLock { $0 } }
  public var count: Int { elements.withLock { $0.count } }
}
