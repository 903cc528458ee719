// ProviderIndex: who is near, fits and is free, best first: an exact top-k search over immutable segments with live columns.
public import Geometry
public import Ranking
public import TextIndex

/// A provider as it is handed to the index: values only.
public struct ProviderRecord: Sendable {
  public struct Service: Hashable, Sendable {
    /// In minor units; nil when the price is on request.
    public var price: Int64?
    public var durationMinutes: Int

    public init(price: Int64?, durationMinutes: Int) {
      self.price = price
      self.durationMinutes = durationMinutes
    }
  }

  /// A text that the provider is found by.
  public struct Text: Hashable, Sendable {
    public var field: TextField
    public var text: String

    public init(_ field: TextField, _ text: String) {
      self.field = field
      self.text = text
    }
  }

  /// What changes from minute to minute, a bit each.
  public struct Flags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public static let open = Flags(rawValue: 1)
    public static let online = Flags(rawValue: 2)
    public static let hotSlot = Flags(rawValue: 4)

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }
  }

  public var id: String
  public var place: GeoPoint
  public var category: String
  public var texts: [Text] = []
  public var services: [Service] = []
  public var tags: [String] = []
  public var rating = 0.0
  public var ratingCount: UInt32 = 0
  public var verified = false
  public var tier = Tier.none
  /// The share of the hours to come that is free, where no calendar is asked.
  public var availability = 0.0
  /// 0…1, kept in steps of 1/255.
  public var popularity = 0.0
  /// 0…1, kept in steps of 1/255.
  public var newness = 0.0
  public var flags: Flags = []
  public var serviceAreas: [GeoCircle] = []
  /// The rows of its staff in the calendar.
  public var staff: Range<UInt32> = 0..<0

  public init(id: String, place: GeoPoint, category: String) {
    self.id = id
    self.place = place
    self.category = category
  }

  /// What a record must be for the index to take it.
  public func check() throws(IndexError) {
    func fail(_ field: String, _ reason: String) -> IndexError { .record(id: id, field: field, reason: reason) }
    guard !id.isEmpty, id.utf8.count <= IndexLimits.idBytes else {
      throw fail("id", "must have 1 to \(IndexLimits.idBytes) bytes")
    }
    guard category.utf8.count <= IndexLimits.nameBytes else {
      throw fail("category", "must have at most \(IndexLimits.nameBytes) bytes")
    }
    guard rating >= 0, rating <= 5 else { throw fail("rating", "\(rating): must be a number from 0 to 5") }
    for (name, share) in [("availability", availability), ("popularity", popularity), ("newness", newness)] {
      guard share >= 0, share <= 1 else { throw fail(name, "\(share): must be a number from 0 to 1") }
    }
    guard services.count <= IndexLimits.services else { throw fail("services", "must be at most \(IndexLimits.services)") }
    for service in services {
      guard (service.price ?? 0) >= 0, (service.price ?? 0) <= IndexLimits.highestPrice else {
        throw fail("services.price", "must be from 0 to \(IndexLimits.highestPrice) minor units")
      }
      guard service.durationMinutes >= 0, service.durationMinutes <= Int(UInt16.max) else {
        throw fail("services.duration", "\(service.durationMinutes): must be from 0 to \(UInt16.max) minutes")
      }
    }
    guard serviceAreas.count <= IndexLimits.serviceAreas else {
      throw fail("service_areas", "must be at most \(IndexLimits.serviceAreas)")
    }
    guard tags.count <= IndexLimits.tags else { throw fail("tags", "must be at most \(IndexLimits.tags)") }
    guard tags.allSatisfy({ $0.utf8.count <= IndexLimits.nameBytes }) else {
      throw fail("tags", "each must have at most \(IndexLimits.nameBytes) bytes")
    }
  }
}
