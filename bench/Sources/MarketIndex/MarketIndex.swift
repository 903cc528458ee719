// MarketIndex hands the generated market to Qareeb's own engine: records, calendar and queries as the engine's values.
public import AvailabilityIndex
import Geometry
public import MarketWorkload
public import ProviderIndex
import Ranking
import TextIndex

extension Market {
  /// A provider as the index takes it; `staff` are its rows in the calendar.
  public func record(_ index: Int, staff: Range<UInt32>) -> ProviderRecord {
    let provider = provider(at: index)
    guard let place = try? GeoPoint(latitude: provider.latitude, longitude: provider.longitude) else {
      preconditionFailure("the workload places provider \(index) outside the world")
    }
    let category = Market.categories[provider.category]
    var record = ProviderRecord(id: provider.id, place: place, category: category)
    record.texts = [.init(.name, provider.name.english), .init(.name, provider.name.arabic), .init(.category, category)]
    for service in provider.services {
      record.texts += [.init(.service, service.name.english), .init(.service, service.name.arabic)]
      record.services.append(.init(price: Int64(service.price), durationMinutes: service.durationMinutes))
    }
    record.rating = provider.rating
    record.ratingCount = UInt32(provider.ratingCount)
    record.verified = provider.isVerified
    record.tier = provider.tier.flatMap { Tier(name: $0.rawValue) } ?? .none
    record.tags = Market.tags.enumerated().filter { provider.tagBits >> UInt16($0.offset) & 1 == 1 }.map(\.element)
    record.availability = provider.availability
    record.serviceAreas = provider.serviceAreas.compactMap { area in
      guard
        let centre = try? GeoPoint(
          latitude: Double(area.latitudeMicrodegrees) / 1e6, longitude: Double(area.longitudeMicrodegrees) / 1e6)
      else { return nil }
      return try? GeoCircle(centre: centre, radiusMetres: Double(area.radiusMetres))
    }
    record.staff = staff
    return record
  }

  /// Everybody's rows in `calendar(_:)`, by provider: in the order of places along the Hilbert curve, as a database hands them over
  /// that is asked to order by place. So neighbours' calendars are neighbours too.
  public func staffRows() -> [Range<UInt32>] {
    let keys = (0..<providerCount).map { index -> UInt64 in
      let provider = provider(at: index)
      return (try? GeoPoint(latitude: provider.latitude, longitude: provider.longitude)).map(HilbertCurve.number) ?? 0
    }
    var rows = [Range<UInt32>](repeating: 0..<0, count: providerCount)
    var next: UInt32 = 0
    for index in (0..<providerCount).sorted(by: { (keys[$0], $0) < (keys[$1], $1) }) {
      rows[index] = next..<next + UInt32(staffCount(ofProvider: index))
      next = rows[index].upperBound
    }
    return rows
  }

  public func calendar(_ rows: [Range<UInt32>]) -> AvailabilityCalendar {
    let staffCount = rows.reduce(0) { $0 + $1.count }
    let calendar = AvailabilityCalendar(staffCount: staffCount, firstDay: 0, days: Market.horizonDays)
    for (provider, rows) in rows.enumerated() {
      for (member, row) in rows.enumerated() {
        for day in 0..<Market.horizonDays {
          let free = freeSlots(ofProvider: provider, staff: member, day: day)
          let slots = DaySlots(bits: UInt128(free.high) << 64 | UInt128(free.low))
          precondition(calendar.setDay(staff: Int(row), day: Int32(day), slots: slots), "day \(day) is within the horizon")
        }
      }
    }
    return calendar
  }
}

extension GeneratedQuery {
  /// The query as the engine takes it, but for its words: analysing them is part of answering.
  public func providerQuery(total: ProviderQuery.Total) throws -> ProviderQuery {
    let centre = try GeoPoint(latitude: latitude, longitude: longitude)
    var query = ProviderQuery(circle: try GeoCircle(centre: centre, radiusMetres: Double(radiusMetres)))
    query.limit = GeneratedQuery.limit
    query.total = total
    query.categories = categories.map { Market.categories[$0] }
    query.highestPrice = priceMaximum.map(Int64.init)
    query.lowestRating = ratingMinimumTenths.map { Double($0) / 10 }
    query.lastWordIsPrefix = endsInPrefix
    query.when = window.map {
      ProviderQuery.When(window: SlotWindow(day: Int32($0.day), slots: $0.slots), slots: ($0.durationMinutes + 14) / 15)
    }
    return query
  }
}
