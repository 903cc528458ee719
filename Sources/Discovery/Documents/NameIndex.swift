import Geometry
import ProviderIndex
public import TextIndex
public import WebAPI

/// A name under which services are sold, and by how many.
public struct ServiceNameCount: Sendable, Equatable {
  public let name: Localized
  /// The category of most who sell it.
  public let category: String
  public let count: Int

  public init(name: Localized, category: String, count: Int) {
    self.name = name
    self.category = category
    self.count = count
  }
}

/// The names that are suggested while somebody types: of categories, of neighbourhoods and of what is sold. They are indexed as if they
/// were providers, so that they are found as providers are: in both languages, by sound, with slips.
public final class NameIndex: Sendable {
  /// What a suggestion may be, besides a provider.
  enum Kind: String, CaseIterable { case category, service, area }

  struct Meaning {
    let kind: Kind
    let place: Int
  }

  public let directory: Directory
  public let serviceNames: [ServiceNameCount]
  let index: IndexSnapshot

  /// O(names · log).
  /// - Parameter analyzer: for documents.
  public init(_ directory: Directory, serviceNames: [ServiceNameCount], analyzer: any TextAnalyzer) throws {
    self.directory = directory
    self.serviceNames = serviceNames
    let market = directory.markets.first
    let home = try GeoPoint(latitude: market?.lat ?? 0, longitude: market?.lon ?? 0)
    let most = Double(serviceNames.map(\.count).max() ?? 1)
    var builder = SegmentBuilder(analyzer: analyzer)
    for (place, category) in directory.categories.enumerated() {
      NameIndex.add(NameIndex.record(.category, place, category.name, home, popularity: 1), to: &builder)
    }
    for (place, area) in directory.areas.enumerated() {
      let centre = try GeoPoint(latitude: area.lat, longitude: area.lon)
      NameIndex.add(NameIndex.record(.area, place, area.thing.name, centre, popularity: 0.5), to: &builder)
    }
    for (place, service) in serviceNames.enumerated() {
      NameIndex.add(
        NameIndex.record(.service, place, service.name, home, popularity: Double(service.count) / most), to: &builder)
    }
    index = IndexSnapshot(try builder.finish())
  }

  /// A name that the index does not take, because it is empty or endless, is not suggested; all others are.
  private static func add(_ record: ProviderRecord, to builder: inout SegmentBuilder) {
    do throws(IndexError) { try builder.add(record) } catch { return }
  }

  private static func record(
    _ kind: Kind, _ place: Int, _ name: Localized, _ point: GeoPoint, popularity: Double
  ) -> ProviderRecord {
    var record = ProviderRecord(id: "\(kind.rawValue):\(place)", place: point, category: kind.rawValue)
    record.texts = [ProviderRecord.Text(.name, name.en)]
    if name.ar != name.en { record.texts.append(ProviderRecord.Text(.name, name.ar)) }
    record.popularity = popularity
    return record
  }

  /// What a hit among the names stands for.
  func meaning(ofID id: String) -> Meaning? {
    let parts = id.split(separator: ":")
    guard parts.count == 2, let kind = Kind(rawValue: String(parts[0])), let place = Int(parts[1]) else { return nil }
    return Meaning(kind: kind, place: place)
  }

  func name(of meaning: Meaning) -> Localized {
    switch meaning.kind {
    case .category: directory.categories[meaning.place].name
    case .service: serviceNames[meaning.place].name
    case .area: directory.areas[meaning.place].thing.name
    }
  }
}
