/// Keeps the names that are shown. Those of places change with the state that has them; those of services, which cost a pass over all
/// of them, not more often than every so often, and are never forgotten.
struct ShownNames {
  private let intervalMilliseconds: UInt64
  private(set) var names: CatalogueNames
  private var serviceNamesMadeAt: UInt64
  private var placesAreOld = false
  private var serviceNamesAreOld = false

  init(_ tables: SourceTables, intervalMilliseconds: UInt64, now: UInt64) {
    self.intervalMilliseconds = intervalMilliseconds
    names = CatalogueNames(
      places: CataloguePlaces(tables), serviceNames: tables.serviceNames.mostUsual(IndexKeeperLimits.serviceNames))
    serviceNamesMadeAt = now
  }

  mutating func placesHaveChanged() { placesAreOld = true }
  mutating func serviceNamesHaveChanged() { serviceNamesAreOld = true }

  /// What is to be shown of this state.
  mutating func current(_ tables: SourceTables, now: UInt64) -> CatalogueNames {
    var (places, serviceNames) = (names.places, names.serviceNames)
    if placesAreOld { places = CataloguePlaces(tables) }
    if serviceNamesAreOld, now &- serviceNamesMadeAt >= intervalMilliseconds {
      serviceNames = tables.serviceNames.mostUsual(IndexKeeperLimits.serviceNames)
      (serviceNamesAreOld, serviceNamesMadeAt) = (false, now)
    }
    if placesAreOld || serviceNames != names.serviceNames { names = CatalogueNames(places: places, serviceNames: serviceNames) }
    placesAreOld = false
    return names
  }
}
