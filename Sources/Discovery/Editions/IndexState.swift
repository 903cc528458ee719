/// What whoever keeps the index says of it. Asked on every loop, at any time.
public struct IndexState: Sendable {
  /// How old the state is that the newest edition shows; nil where nobody knows yet, as just after a start.
  public let ageMilliseconds: @Sendable () -> Int?
  /// How far the first index is; asked while there is no edition.
  public let building: @Sendable () -> IndexBuilding

  public init(
    ageMilliseconds: @escaping @Sendable () -> Int?, building: @escaping @Sendable () -> IndexBuilding
  ) {
    self.ageMilliseconds = ageMilliseconds
    self.building = building
  }
}

/// How far an index is that is being built.
public struct IndexBuilding: Sendable, Equatable {
  /// What is being done, in a word.
  public let phase: String
  /// Rows that have been read, and how many there are, about; nil where none is being read.
  public let rows: Int?
  public let expectedRows: Int?

  public init(phase: String, rows: Int? = nil, expectedRows: Int? = nil) {
    self.phase = phase
    self.rows = rows
    self.expectedRows = expectedRows
  }
}
