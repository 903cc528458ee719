public import Columns
import SpatialIndex
import TextIndex

/// A segment as a file of columns. The file holds the live columns as they were; the caller maps it, and keeps the feed's position in
/// the file's number.
extension Segment {
  /// Raised whenever a column changes its meaning: an older file is refused, and the index built again.
  public static let formatVersion: UInt32 = 3

  public func write(into file: inout ColumnFileWriter) {
    tree.write(into: &file, prefix: "tree")
    byCategory.write(into: &file)
    areas.write(into: &file, prefix: "areas")
    terms.write(into: &file, prefix: "terms.")
    file.add(features.words.copy(), as: "features")
    file.add(shares.copy(), as: "shares")
    file.add(counts.copy(), as: "counts")
    file.add(vectors, as: "vectors")
    file.add(places, as: "places")
    file.add(ids.starts, as: "ids.starts")
    file.add(ids.bytes, as: "ids.bytes")
    file.add(idTable.slots, as: "ids.table")
    file.add(categories, as: "categories")
    file.add(categoryNames.starts, as: "categories.starts")
    file.add(categoryNames.bytes, as: "categories.bytes")
    file.add(serviceStarts, as: "services.starts")
    file.add(prices, as: "services.prices")
    file.add(durations, as: "services.durations")
    file.add(staff, as: "staff")
  }

  /// Reads a file back in place. Every byte has been checked by the reader; here the columns are checked to fit each other, so that
  /// whatever the file says, nothing traps later.
  public convenience init(reading file: ColumnFileReader) throws(ColumnFileError) {
    let tree = try PackedTree(reading: file, prefix: "tree")
    let count = tree.count
    let words = FeatureBlocks.blockCount(count) * FeatureBlocks.wordsPerBlock
    let ids = try TextColumn(reading: file, "ids", count: count)
    let names = try TextColumn(reading: file, "categories", count: nil)
    let categories: Column<UInt16> = try file.column("categories", count: count)
    guard categories.allSatisfy({ Int($0) < names.count }) else {
      throw .shape(section: "categories", reason: "a category has no name")
    }
    let prices: Column<Int64> = try file.column("services.prices")
    let starts: Column<UInt32> = try file.column("services.starts", count: count + 1)
    try starts.checkAscending("services.starts", to: prices.count)
    let staff: Column<SIMD2<UInt32>> = try file.column("staff", count: count)
    guard staff.allSatisfy({ UInt64($0.x) + UInt64($0.y) <= UInt64(UInt32.max) }) else {
      throw .shape(section: "staff", reason: "a range of staff is too large")
    }
    guard let table = try? IDTable.build(names).get() else {
      throw .shape(section: "categories", reason: "a category has two numbers")
    }
    let features = FeatureBlocks(count: count, words: try file.column("features", count: words))
    self.init(
      tree: tree, features: features,
      byCategory: try CategoryOrder(reading: file, categories: categories, categoryCount: names.count, bytes: features),
      vectors: try file.column("vectors", count: count), places: try file.column("places", count: count),
      shares: LiveWords(copying: try file.column("shares", count: 2 * count)),
      counts: LiveWords(copying: try file.column("counts", count: count)), ids: ids,
      idTable: try IDTable(reading: file, "ids.table", count: count), categories: categories, categoryNames: names,
      categoryTable: table,
      serviceStarts: starts, prices: prices, durations: try file.column("services.durations", count: prices.count), staff: staff,
      areas: try ServiceAreas(reading: file, prefix: "areas", ownerCount: count),
      terms: try TermIndex(reading: file, prefix: "terms.", providerCount: count))
  }
}

extension TextColumn {
  fileprivate init(reading file: ColumnFileReader, _ name: String, count: Int?) throws(ColumnFileError) {
    let bytes: Column<UInt8> = try file.column("\(name).bytes")
    let starts: Column<UInt32> = try file.column("\(name).starts", count: count.map { $0 + 1 })
    try starts.checkAscending("\(name).starts", to: bytes.count)
    self.init(starts: starts, bytes: bytes)
  }
}

extension IDTable {
  /// A table must have a free slot, or a search in it would not end.
  fileprivate init(reading file: ColumnFileReader, _ name: String, count: Int) throws(ColumnFileError) {
    let slots: Column<UInt32> = try file.column(name)
    let capacity = slots.count
    guard capacity > 0, capacity & (capacity - 1) == 0, slots.contains(0), slots.allSatisfy({ Int($0) <= count }) else {
      throw .shape(section: name, reason: "it is no table of \(count) ids")
    }
    self.init(slots: slots)
  }
}

extension Column<UInt32> {
  /// Entries of a row of starts: from 0, never falling, up to `end`.
  fileprivate func checkAscending(_ name: String, to end: Int) throws(ColumnFileError) {
    guard let first, let last, first == 0, Int(last) == end, zip(self, dropFirst()).allSatisfy({ $0 <= $1 }) else {
      throw .shape(section: name, reason: "its entries do not ascend from 0 to \(end)")
    }
  }
}
