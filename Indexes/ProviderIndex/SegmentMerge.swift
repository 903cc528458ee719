import Columns
import Geometry
import Ranking
import SpatialIndex
import TextIndex

/// Segments to be made one, without their removed providers. Reads what never changes, and live columns as they are: it may run on any
/// thread while the index is searched and written; `IndexWriter.finish` then brings over what has changed meanwhile.
public struct SegmentMerge: Sendable {
  let parts: [IndexSnapshot.Part]

  /// How many providers will be in it.
  public var count: Int { parts.reduce(0) { $0 + $1.segment.count - $1.removedCount } }

  /// The segment that was made, and where each of its providers came from.
  public struct Finished: Sendable {
    let merge: SegmentMerge
    public let segment: Segment
    /// For each part, the new number of each provider by its old one; `.max` when it was removed.
    let numbers: [[UInt32]]
  }

  /// O(n log n).
  public func run() throws(IndexError) -> Finished {
    var rows = SegmentRows()
    var rowNumbers: [[UInt32]] = []
    for part in parts { rowNumbers.append(try copy(part, to: &rows)) }
    let (count, layout) = (rows.count, SegmentLayout(rows))
    let newNumbers = layout.numbers
    var numbers = rowNumbers
    for part in numbers.indices {
      for old in numbers[part].indices where numbers[part][old] != .max {
        numbers[part][old] = newNumbers[Int(numbers[part][old])]
      }
    }
    let terms = TermIndex.merging(
      zip(parts, numbers).map { TermIndex.MergePart(index: $0.segment.terms, numbers: $1) }, providerCount: count)
    layout.layOutRows()
    let segment = try layout.segment(terms)
    return Finished(merge: self, segment: segment, numbers: numbers)
  }

  /// Appends the rows of one part; gives the row of each provider by its number.
  private func copy(_ part: IndexSnapshot.Part, to rows: inout SegmentRows) throws(IndexError) -> [UInt32] {
    let segment = part.segment
    var rowNumbers = [UInt32](repeating: .max, count: segment.count)
    var categories: [UInt16] = []
    for index in 0..<segment.categoryNames.count {
      categories.append(try rows.number(ofCategory: segment.categoryNames[index], turn: UInt32(rows.count)))
    }
    for number in 0..<segment.count where !part.isRemoved(number) {
      rowNumbers[number] = UInt32(rows.count)
      let place = segment.places[number]
      // A place of a segment was one when it was indexed; a foreign file's numbers may be anything.
      guard let place = try? GeoPoint(latitude: place.x, longitude: place.y) else {
        throw .record(id: segment.id(number), field: "place", reason: "\(place.x), \(place.y) is no place")
      }
      rows.turns.append(UInt32(rows.count))
      rows.places.append(place)
      rows.ids.append(segment.id(number))
      rows.categories.append(categories[Int(segment.categories[number])])
      let facts = segment.facts(number)
      rows.ratings.append(facts.rating)
      rows.availabilities.append(facts.availability)
      rows.ratingCounts.append(facts.ratingCount)
      rows.bytes.append(segment.features.bytes(number))
      rows.lowestPrices.append(segment.vectors[number].w)
      rows.staff.append(segment.staff[number])
      let services = Int(segment.serviceStarts[number])..<Int(segment.serviceStarts[number + 1])
      rows.prices.append(contentsOf: segment.prices[services])
      rows.durations.append(contentsOf: segment.durations[services])
      rows.serviceStarts.append(UInt32(rows.prices.count))
    }
    for area in segment.areas.all where rowNumbers[Int(area.owner)] != .max {
      rows.areas.append(ServiceAreas.Area(owner: rowNumbers[Int(area.owner)], circle: area.circle))
    }
    return rowNumbers
  }
}

extension FeatureBlocks {
  /// All bytes of a provider, in the order of `Row`.
  func bytes(_ number: Int) -> SIMD16<UInt8> {
    var bytes = SIMD16<UInt8>(repeating: 0)
    for row in Row.allCases { bytes[row.rawValue] = byte(row, number) }
    return bytes
  }
}
