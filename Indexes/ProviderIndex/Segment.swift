import AvailabilityIndex
import Columns
import Geometry
import Ranking
import SpatialIndex
import TextIndex

/// Providers, numbered along a Hilbert curve and, inside a run of neighbours, by merit. It never changes but for its
/// live columns: rating, count, availability, verification, flags, popularity and newness.
public final class Segment: Sendable {
  public let count: Int
  let tree: PackedTree
  let features: FeatureBlocks
  let byCategory: CategoryOrder
  /// Unit vector, and the lowest price in minor units or infinity.
  let vectors: Column<SIMD4<Double>>
  /// Latitude and longitude, as they were given.
  let places: Column<SIMD2<Double>>
  /// Two words a provider: the bits of its rating and of its availability.
  let shares: LiveWords
  /// Ratings' counts, a word each.
  let counts: LiveWords
  let ids: TextColumn
  let idTable: IDTable
  /// The category's number, by provider; the categories' names.
  let categories: Column<UInt16>
  let categoryNames: TextColumn
  let categoryTable: IDTable
  /// A provider's services are from its entry up to the next.
  let serviceStarts: Column<UInt32>
  /// In minor units; -1 on request.
  let prices: Column<Int64>
  let durations: Column<UInt16>
  /// A provider's rows in the calendar: first, and how many.
  let staff: Column<SIMD2<UInt32>>
  let areas: ServiceAreas
  let terms: TermIndex

  init(
    tree: PackedTree, features: FeatureBlocks, byCategory: CategoryOrder, vectors: Column<SIMD4<Double>>,
    places: Column<SIMD2<Double>>, shares: LiveWords,
    counts: LiveWords,
    ids: TextColumn, idTable: IDTable, categories: Column<UInt16>, categoryNames: TextColumn,
    categoryTable: IDTable, serviceStarts: Column<UInt32>,
    prices: Column<Int64>,
    durations: Column<UInt16>, staff: Column<SIMD2<UInt32>>, areas: ServiceAreas, terms: TermIndex
  ) {
    count = tree.count
    self.tree = tree
    self.features = features
    self.byCategory = byCategory
    self.vectors = vectors
    self.places = places
    self.shares = shares
    self.counts = counts
    self.ids = ids
    self.idTable = idTable
    self.categories = categories
    self.categoryNames = categoryNames
    self.categoryTable = categoryTable
    self.serviceStarts = serviceStarts
    self.prices = prices
    self.durations = durations
    self.staff = staff
    self.areas = areas
    self.terms = terms
  }

  var chunkCount: Int { (count + TextLimits.chunkProviders - 1) / TextLimits.chunkProviders }

  /// Bytes of everything but text.
  public var byteCount: Int {
    let columns =
      tree.places.byteCount + tree.boxes.byteCount + vectors.byteCount + places.byteCount + ids.byteCount + categories.byteCount
    let services = serviceStarts.byteCount + prices.byteCount + durations.byteCount
    return columns + services + staff.byteCount + 8 * (features.words.count + shares.count + counts.count) + areas.byteCount
      + byCategory.byteCount + idTable.slots.byteCount
  }

  public var textByteCount: Int { terms.byteCount }

  func facts(_ number: Int) -> ProviderFacts {
    let lowest = vectors[number].w
    return ProviderFacts(
      rating: Double(bitPattern: shares.load(2 * number)), ratingCount: UInt32(truncatingIfNeeded: counts.load(number)),
      availability: Double(bitPattern: shares.load(2 * number + 1)), verified: features.byte(.verification, number) != 0,
      tier: features.byte(.tier, number), popularity: features.byte(.popularity, number),
      newness: features.byte(.newness, number),
      hasHotSlot: features.byte(.flags, number) & ProviderRecord.Flags.hotSlot.rawValue != 0,
      lowestPrice: lowest >= 0 && lowest <= Double(IndexLimits.highestPrice) ? Int64(lowest) : nil)
  }

  /// The provider with this id. O(1).
  public func number(of id: String) -> Int? { idTable.number(of: id, in: ids) }

  public func id(_ number: Int) -> String {
    precondition(number >= 0 && number < count, "provider \(number) of \(count)")
    return ids[number]
  }

  public func category(_ number: Int) -> String {
    precondition(number >= 0 && number < count, "provider \(number) of \(count)")
    return categoryNames[Int(categories[number])]
  }
}

/// Texts in a row of bytes.
struct TextColumn: Sendable {
  let starts: Column<UInt32>
  let bytes: Column<UInt8>

  init(_ texts: some Sequence<String>) {
    var (starts, bytes): ([UInt32], [UInt8]) = ([0], [])
    for text in texts {
      bytes.append(contentsOf: text.utf8)
      starts.append(UInt32(bytes.count))
    }
    self.init(starts: Column(starts), bytes: Column(bytes))
  }

  init(starts: Column<UInt32>, bytes: Column<UInt8>) {
    self.starts = starts
    self.bytes = bytes
  }

  var count: Int { starts.count - 1 }
  var byteCount: Int { starts.byteCount + bytes.byteCount }

  subscript(_ index: Int) -> String { String(decoding: bytes[Int(starts[index])..<Int(starts[index + 1])], as: UTF8.self) }
}

extension Segment {
  /// Everything that the search relies on, looked at one by one: for tests.
  public func _checkInvariants() {
    tree._checkInvariants()
    features._checkInvariants()
    byCategory.tree._checkInvariants()
    byCategory.features._checkInvariants()
    terms._checkInvariants()
    for number in 0..<count {
      let facts = facts(number)
      precondition(features.byte(.rating, number) == Share.roundedUp(facts.rating / 5), "the rating's byte of \(number)")
      precondition(
        features.byte(.availability, number) == Share.roundedUp(facts.availability), "the availability's byte of \(number)")
      let merit = Merit(rating: facts.rating, availability: facts.availability, verified: facts.verified)
      precondition(features.byte(.merit, number) == merit.byte, "the merit of \(number)")
      precondition(features.byte(.standing, number) == merit.standingByte, "the standing of \(number)")
      precondition(self.number(of: id(number)) == number, "the id of \(number)")
      let seat = Int(byCategory.seats[number])
      precondition(Int(byCategory.numbers[seat]) == number, "the seat of \(number)")
      for row in FeatureBlocks.Row.allCases {
        precondition(byCategory.features.byte(row, seat) == features.byte(row, number), "\(row) on the seat of \(number)")
      }
    }
  }
}
