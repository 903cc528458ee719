import Calendars
import Discovery
import EventLoops
import IndexKeeper
import PostgresClient
import Synchronization
import Telemetry
import TextIndex
import WebAPI

/// Makes an edition of every state that the live index shows, on the keeper's loop and so in next to no time: names are made anew only
/// when one has changed, and what is found while somebody types is indexed on a thread of its own.
final class ShownEditions: Sendable {
  private struct Current {
    var shown: ShownState?
    var directory: Directory?
    var names: NameIndex?
    /// What the directory and the index of names were made of.
    var places: CataloguePlaces?
    var namesSource: CatalogueNames?
    var isIndexingNames = false
  }

  let board = EditionBoard()
  private let analyzer: any TextAnalyzer
  private let logger: Logger
  private let current = Mutex(Current())

  /// - Parameter analyzer: for documents.
  init(_ analyzer: any TextAnalyzer, _ logger: Logger) {
    self.analyzer = analyzer
    self.logger = logger
  }

  /// A newer state. Call in the order of states.
  func take(_ shown: ShownState) {
    current.withLock { current in
      current.shown = shown
      if current.places !== shown.catalogue.names.places {
        current.places = shown.catalogue.names.places
        current.directory = Directory(shown.catalogue.names.places)
      }
      post(&current)
      indexNamesIfDue(&current)
    }
  }

  private func post(_ current: inout Current) {
    guard let shown = current.shown, let directory = current.directory else { return }
    do {
      let names = try current.names ?? NameIndex(directory, serviceNames: [], analyzer: analyzer)
      current.names = names
      board.post(
        Edition(
          index: shown.index, providers: ShownProviders(catalogue: shown.catalogue),
          staff: ShownStaff(calendars: shown.calendars),
          directory: directory, names: names))
    } catch {
      logger.error("names cannot be indexed", ["reason": .public("\(error)")])
    }
  }

  private func indexNamesIfDue(_ current: inout Current) {
    guard !current.isIndexingNames, let source = current.shown?.catalogue.names, source !== current.namesSource,
      let directory = current.directory
    else { return }
    current.isIndexingNames = true
    DetachedThread.run(name: "names") { [self] in
      let names = Result {
        try NameIndex(directory, serviceNames: source.serviceNames.map(ServiceNameCount.init), analyzer: analyzer)
      }
      self.current.withLock { current in
        current.isIndexingNames = false
        // What cannot be indexed cannot be indexed a second time either.
        current.namesSource = source
        switch names {
        case .success(let names):
          current.names = names
          post(&current)
        case .failure(let error): logger.error("names cannot be indexed", ["reason": .public("\(error)")])
        }
        indexNamesIfDue(&current)
      }
    }
  }
}

/// What the keeper knows of providers, as Discovery asks for it.
private struct ShownProviders: ProviderSource {
  let catalogue: CatalogueView

  func details(of id: Identifier) -> ProviderDetails? { catalogue.provider(PostgresUUID(id)).map(ProviderDetails.init) }
  func source(of id: Identifier) -> AnyObject? { catalogue.source(of: PostgresUUID(id)) }
  func seller(ofService id: Identifier) -> Identifier? {
    catalogue.seller(ofService: PostgresUUID(id)).map { Identifier($0) }
  }
}

/// What the keeper knows of staff, as Discovery asks for it.
private struct ShownStaff: StaffSource {
  let calendars: CatalogueCalendars

  func staff(of provider: Identifier) -> [StaffMember] {
    calendars.staff(of: PostgresUUID(provider)).map { StaffMember(id: Identifier($0.id), name: Localized($0.name), row: $0.row) }
  }

  func zone(ofMarket id: String) -> Zone? { calendars.zone(ofMarket: id) }
}

extension PostgresUUID {
  fileprivate init(_ id: Identifier) { self.init(high: id.high, low: id.low) }
}

extension Identifier {
  fileprivate init(_ id: PostgresUUID) { self.init(high: id.high, low: id.low) }
}

extension Localized {
  fileprivate init(_ names: NamePair) { self.init(en: names.en, ar: names.ar) }
}

extension NamedThing {
  fileprivate init(_ thing: CatalogueThing) { self.init(id: thing.id, name: Localized(thing.name)) }
}

extension ServiceNameCount {
  fileprivate init(_ name: CatalogueServiceName) {
    self.init(name: Localized(name.name), category: name.category, count: name.count)
  }
}

extension Directory {
  fileprivate convenience init(_ places: CataloguePlaces) {
    self.init(
      markets: places.markets.map { market in
        DirectoryMarket(
          id: market.id, name: Localized(market.name), currency: market.currency, currencyExponent: market.currencyExponent,
          timeZone: market.timeZone, lat: market.latitude, lon: market.longitude)
      },
      categories: places.categories.map(NamedThing.init),
      areas: places.areas.map { area in
        DirectoryArea(
          market: area.market, thing: NamedThing(id: area.id, name: Localized(area.name)), lat: area.latitude,
          lon: area.longitude,
          radiusMetres: area.radiusMetres)
      })
  }
}

extension ProviderDetails {
  fileprivate init(_ provider: CatalogueProvider) {
    self.init(
      id: Identifier(provider.id), market: provider.market, name: Localized(provider.name),
      category: NamedThing(provider.category), area: provider.area.map(NamedThing.init), lat: provider.latitude,
      lon: provider.longitude, tier: provider.tier, isVerified: provider.isVerified, ratingTenths: provider.ratingTenths,
      ratingCount: provider.ratingCount, tags: provider.tags, currency: provider.currency,
      services: provider.services.map { service in
        Service(
          id: Identifier(service.id), name: Localized(service.name), priceMinor: service.priceMinor,
          durationMinutes: service.durationMinutes, paddingMinutes: service.paddingMinutes, capacity: service.capacity)
      },
      serviceAreas: provider.serviceAreas.map {
        ServiceArea(lat: $0.latitude, lon: $0.longitude, radiusMetres: $0.radiusMetres)
      })
  }
}
