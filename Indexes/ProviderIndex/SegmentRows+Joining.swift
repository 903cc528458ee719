import SpatialIndex

/// Rows of several builders as one.
extension SegmentRows {
  /// Part after part. A category's number is its place in the order of first turns, as if one builder had taken all in that order.
  /// O(rows + categories · log categories).
  init(joining parts: [SegmentRows]) throws(IndexError) {
    if parts.count == 1 {
      self = parts[0]
      return
    }
    self.init()
    let numbers = try joinCategories(of: parts)
    for (part, rows) in parts.enumerated() { append(rows, categories: numbers[part]) }
  }

  /// The new number of each part's categories.
  private mutating func joinCategories(of parts: [SegmentRows]) throws(IndexError) -> [[UInt16]] {
    var firstTurns: [ExactText: UInt32] = [:]
    for part in parts {
      for (name, number) in part.categoryNumbers {
        let turn = part.categoryTurns[Int(number)]
        firstTurns[name] = min(firstTurns[name] ?? turn, turn)
      }
    }
    for (name, turn) in firstTurns.sorted(by: { $0.value < $1.value }) { _ = try number(ofCategory: name.text, turn: turn) }
    var numbers: [[UInt16]] = []
    for part in parts {
      var row = [UInt16](repeating: 0, count: part.categoryNumbers.count)
      for (name, number) in part.categoryNumbers { row[Int(number)] = categoryNumbers[name] ?? 0 }
      numbers.append(row)
    }
    return numbers
  }

  private mutating func append(_ other: SegmentRows, categories numbers: [UInt16]) {
    let (firstRow, firstService) = (UInt32(count), UInt32(prices.count))
    turns += other.turns
    places += other.places
    ids += other.ids
    categories += other.categories.lazy.map { numbers[Int($0)] }
    ratings += other.ratings
    availabilities += other.availabilities
    ratingCounts += other.ratingCounts
    bytes += other.bytes
    lowestPrices += other.lowestPrices
    serviceStarts += other.serviceStarts.dropFirst().lazy.map { $0 + firstService }
    prices += other.prices
    durations += other.durations
    staff += other.staff
    areas += other.areas.lazy.map { ServiceAreas.Area(owner: $0.owner + firstRow, circle: $0.circle) }
  }
}
