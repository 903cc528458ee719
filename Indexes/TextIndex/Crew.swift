/// Threads that are lent to an engine, which has none of its own: whoever calls knows how many there are and where they come from. What
/// is made does not depend on them.
public struct Crew: Sendable {
  /// How many may work at the same time.
  public let size: Int
  private let perform: @Sendable (_ jobs: Int, _ job: @Sendable (Int) -> Void) -> Void

  /// - Parameter perform: calls `job` once with each number below `jobs`, and returns when all calls have returned.
  public init(size: Int, perform: @escaping @Sendable (_ jobs: Int, _ job: @Sendable (Int) -> Void) -> Void) {
    precondition(size > 0, "somebody has to do it")
    self.size = size
    self.perform = perform
  }

  /// Only who calls.
  public static let alone = Crew(size: 1) { jobs, job in for number in 0..<jobs { job(number) } }

  public func run(_ jobs: Int, _ job: @Sendable (Int) -> Void) { perform(jobs, job) }
}
