import Columns
import Ranking
import SpatialIndex

/// A segment's providers once more, those of one category together: a tree of its own, so that a search in a category meets nobody
/// else, and finds its matches sixteen to a leaf.
///
/// A place in this order is a **seat**. Within a category seats are in the order of numbers, which is nearness, and in short runs by
/// merit.
struct CategoryOrder: Sendable {
  let tree: PackedTree
  let features: FeatureBlocks
  /// The provider on each seat, and the seat of each provider.
  let numbers: Column<UInt32>
  let seats: Column<UInt32>
  /// Category c has the seats from its entry up to the next.
  let starts: Column<UInt32>

  /// - Parameters:
  ///   - categories: by provider.
  ///   - merits: by provider, 0…1.
  init(
    categories: [UInt16], categoryCount: Int, merits: [Double], latitudes: [Double], longitudes: [Double], bytes: FeatureBlocks
  ) {
    let starts = Self.starts(categories, count: categoryCount)
    var next = starts
    var numbers = [UInt32](repeating: 0, count: categories.count)
    for (number, category) in categories.enumerated() {
      numbers[Int(next[Int(category)])] = UInt32(number)
      next[Int(category)] += 1
    }
    for category in 0..<categoryCount {
      let end = Int(starts[category + 1])
      for first in stride(from: Int(starts[category]), to: end, by: SegmentRows.meritRun) {
        numbers[first..<min(first + SegmentRows.meritRun, end)].sort {
          (merits[Int($1)], $0) < (merits[Int($0)], $1)
        }
      }
    }
    self.init(
      tree: PackedTree(latitudes: numbers.map { latitudes[Int($0)] }, longitudes: numbers.map { longitudes[Int($0)] }),
      numbers: Column(numbers), starts: Column(starts), bytes: bytes)
  }

  private init(tree: PackedTree, numbers: Column<UInt32>, starts: Column<UInt32>, bytes: FeatureBlocks) {
    var seats = [UInt32](repeating: 0, count: numbers.count)
    for (seat, number) in numbers.enumerated() { seats[Int(number)] = UInt32(seat) }
    (self.tree, self.numbers, self.starts, self.seats) = (tree, numbers, starts, Column(seats))
    features = FeatureBlocks(count: numbers.count)
    features.fill { row, seat in bytes.byte(row, Int(numbers[seat])) }
  }

  /// Where each category begins, and the end of the last.
  private static func starts(_ categories: some Sequence<UInt16>, count: Int) -> [UInt32] {
    var starts = [UInt32](repeating: 0, count: count + 1)
    for category in categories { starts[Int(category) + 1] += 1 }
    for category in 0..<count { starts[category + 1] += starts[category] }
    return starts
  }

  var byteCount: Int {
    tree.places.byteCount + tree.boxes.byteCount + 8 * features.words.count + numbers.byteCount + seats.byteCount
  }

  func write(into file: inout ColumnFileWriter) {
    tree.write(into: &file, prefix: "seats")
    file.add(numbers, as: "seats.numbers")
  }

  /// What follows from other columns (bytes, seats, starts) is made again.
  init(
    reading file: ColumnFileReader, categories: Column<UInt16>, categoryCount: Int, bytes: FeatureBlocks
  ) throws(ColumnFileError) {
    let tree = try PackedTree(reading: file, prefix: "seats")
    let numbers: Column<UInt32> = try file.column("seats.numbers", count: categories.count)
    guard tree.count == categories.count else {
      throw .shape(section: "seats", reason: "\(tree.count) seats for \(categories.count) providers")
    }
    let starts = Self.starts(categories, count: categoryCount)
    var (category, seated) = (0, [Bool](repeating: false, count: numbers.count))
    for (seat, number) in numbers.enumerated() {
      while category < categoryCount, seat >= Int(starts[category + 1]) { category += 1 }
      guard Int(number) < numbers.count, !seated[Int(number)], Int(categories[Int(number)]) == category else {
        throw .shape(section: "seats.numbers", reason: "seat \(seat) is not for provider \(number)")
      }
      seated[Int(number)] = true
    }
    self.init(tree: tree, numbers: numbers, starts: Column(starts), bytes: bytes)
  }
}
