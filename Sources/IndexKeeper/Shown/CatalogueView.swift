public import PostgresClient
public import ProviderIndex

/// One state that searches read, shown whenever there is a newer one.
public struct ShownState: Sendable {
  public let index: IndexSnapshot
  public let catalogue: CatalogueView
  public let calendars: CatalogueCalendars
}

/// The rows of the catalogue at the position of the index beside it. A value, copied in O(1), never changing.
public struct CatalogueView: Sendable {
  private let rows: ProviderRows
  public let names: CatalogueNames

  init(_ rows: ProviderRows, _ names: CatalogueNames) { (self.rows, self.names) = (rows, names) }

  /// What searches tell of a provider; nil when it is not to be found. O(log n + its rows).
  public func provider(_ id: PostgresUUID) -> CatalogueProvider? {
    // A row that cannot be read would have been refused with its file, whose checksums hold; there is nothing to tell of it.
    (try? rows.entry(id)).flatMap { CatalogueProvider(id, $0, names.places) }
  }

  /// An object that stands for what is told of a provider: while it is the same, and `names.places` is, `provider` tells the same. Keep
  /// it as long as you compare it. O(log n).
  public func source(of id: PostgresUUID) -> AnyObject? { rows.source(of: id) }

  /// Who sells a service that can be found; nil when nobody does. O(log n + the seller's rows).
  public func seller(ofService id: PostgresUUID) -> PostgresUUID? {
    guard let owner = try? rows.owner(ofService: id), let provider = owner.entry.provider, provider.isActive,
      owner.entry.shownServices.contains(where: { $0.id == id })
    else { return nil }
    return owner.id
  }
}
