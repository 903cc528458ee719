// Catalogue: markets, their neighbourhoods and categories, and the providers with what they sell. Reads straight from
// PostgreSQL; finding and ranking providers is another module's business.
public import PostgresClient

public struct ProviderCatalogue: Sendable {
  let database: Database

  public init(database: Database) {
    self.database = database
  }
}
