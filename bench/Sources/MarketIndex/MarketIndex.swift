// MarketIndex hands the generated market to Qareeb's own engine: records, calendar and queries as the engine's values.
public import AvailabilityIndex
import Geometry
public import MarketWorkload
public import ProviderIndex
import Ranking
import TextIndex

extension Market {
  /// A provider as the index takes it; `staff` are its rows in `calendar()`.
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

  /// Everybody's staff, one provider's after the other's.
  public func calendar() -> AvailabilityCalendar {
    let staffCount = (0..<providerCount).reduce(0) { $0 + self.staffCount(ofProvider: $1) }
    let calendar = AvailabilityCalendar(staffCount: staffCount, firstDay: 0, days: Market.horizonDays)
    var row = 0
    for provider in 0..<providerCount {
      for member in 0..<self.staffCount(ofProvider: provider) {
        for day in 0..<Market.horizonDays {
          let free = freeSlots(ofProvider: provider, staff: member, day: day)
          let slots = DaySlots(bits: UInt128(free.high) << 64 | UInt128(free.low))
          precondition(calendar.setDay(staff: row, day: Int32(day), slots: slots), "day \(day) is within the horizon")
        }
        row += 1
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
