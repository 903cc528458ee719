import Geometry
import PostgresClient
import ProviderIndex
import Ranking
import TextIndex

/// Makes of a provider's rows the record that it is found by. Pure: the same rows on the same day make the same record, whether they came
/// by a snapshot or by the log.
struct ProviderDocuments {
  /// A new provider's bonus is gone after so many days.
  static let newDays: Int32 = 90

  /// Days since 1970: newness is counted in whole days.
  var today: Int32

  /// Nil when the provider is not to be found: it is not there, or not active.
  func record(_ id: PostgresUUID, _ entry: SourceEntry, _ tables: SourceTables) throws(IndexError) -> ProviderRecord? {
    guard let provider = entry.provider, provider.isActive else { return nil }
    var record = ProviderRecord(id: id.description, place: try place(id, provider), category: provider.category)
    record.texts = texts(provider, tables)
    addServices(entry.shownServices, currency: tables.markets[provider.market]?.currency, to: &record)
    record.tags = provider.tags.filter { !$0.isEmpty && $0.utf8.count <= IndexLimits.nameBytes }
    if record.tags.count > IndexLimits.tags { record.tags.removeLast(record.tags.count - IndexLimits.tags) }
    record.tier = Tier(name: provider.tier) ?? .none
    record.newness = newness(createdOn: provider.createdOn)
    for change in Self.changes(to: provider.live) { record.take(change) }
    for area in entry.areas.prefix(IndexLimits.serviceAreas) {
      guard let centre = try? GeoPoint(latitude: area.centre.latitude, longitude: area.centre.longitude),
        let circle = try? GeoCircle(centre: centre, radiusMetres: Double(area.radiusMetres))
      else { throw .record(id: record.id, field: "service_areas", reason: "\(area.radiusMetres) m around no place") }
      record.serviceAreas.append(circle)
    }
    return record
  }

  private func place(_ id: PostgresUUID, _ provider: ProviderRow) throws(IndexError) -> GeoPoint {
    do throws(GeometryError) {
      return try GeoPoint(latitude: provider.place.latitude, longitude: provider.place.longitude)
    } catch {
      throw .record(id: id.description, field: "location", reason: error.description)
    }
  }

  private func texts(_ provider: ProviderRow, _ tables: SourceTables) -> [ProviderRecord.Text] {
    var texts: [ProviderRecord.Text] = []
    func add(_ field: TextField, _ names: NamePair?) {
      for text in [names?.en, names?.ar] { if let text, !text.isEmpty { texts.append(.init(field, text)) } }
    }
    add(.name, provider.name)
    texts.append(.init(.category, provider.category))
    add(.category, tables.categories[provider.category]?.name)
    if let area = provider.area { add(.area, tables.areas[AreaKey(market: provider.market, id: area)]?.name) }
    add(.description, provider.description)
    return texts
  }

  private func addServices(_ services: some Sequence<ServiceRow>, currency: String?, to record: inout ProviderRecord) {
    for service in services {
      for text in [service.name.en, service.name.ar] where !text.isEmpty { record.texts.append(.init(.service, text)) }
      record.services.append(
        .init(
          price: service.price(in: currency),
          durationMinutes: Int(min(max(service.durationMinutes, 0), Int32(UInt16.max)))))
    }
  }

  /// 1 on the first day, 0 after `newDays`.
  func newness(createdOn: Int32) -> Double {
    let age = max(0, Int64(today) - Int64(createdOn))
    return age >= Int64(Self.newDays) ? 0 : Double(Int64(Self.newDays) - age) / Double(Self.newDays)
  }

  /// What rows change in place, as the index takes it.
  static func changes(to live: ProviderRow.LiveRow) -> [LiveChange] {
    let rating = Double(live.ratingTenths ?? 0) / 10
    let popularity = Double(live.popularity)
    return [
      .rating(rating, count: UInt32(max(0, live.ratingCount))), .verified(live.isVerified),
      .popularity(popularity >= 0 && popularity <= 1 ? popularity : 0), .flags(live.isOnline ? .online : []),
    ]
  }
}

extension ProviderRecord {
  fileprivate mutating func take(_ change: LiveChange) {
    switch change {
    case .rating(let rating, let count): (self.rating, ratingCount) = (rating, count)
    case .verified(let isVerified): verified = isVerified
    case .flags(let flags): self.flags = flags
    case .popularity(let share): popularity = share
    case .availability(let share): availability = share
    case .newness(let share): newness = share
    }
  }
}
