import IndexKeeper
import PostgresClient
import ProviderIndex
import TestSupport
import Testing

@Suite struct FollowingTests {
  @Test func hydratesAndFollows() async throws {
    try await withMarket { market in
      try await market.withIndex { index in
        try await market.requireEqual(index, "hydrated")
        #expect(index.status.phase == .following && index.status.providers == 200)
        try await market.script(
          """
          UPDATE catalogue.provider SET rating_sum = 45, rating_count = 10, verification = 'verified' WHERE name_en = 'Provider 7';
          UPDATE catalogue.provider SET name_en = 'Changed name' WHERE name_en = 'Provider 8';
          DELETE FROM catalogue.provider WHERE name_en = 'Provider 9';
          UPDATE catalogue.provider SET is_active = false WHERE name_en = 'Provider 10';
          UPDATE catalogue.service SET price_minor = 7777 WHERE name_en = 'Cut 2';
          DELETE FROM catalogue.service USING catalogue.provider WHERE provider_id = provider.id AND provider.name_en = 'Provider 11';
          UPDATE catalogue.area SET name_en = 'Renamed' WHERE id = 'area-2';
          """)
        try await market.requireEqual(index, "followed")
        let snapshot = try await market.caughtUp(index)
        #expect(try found("changed", in: snapshot).count == 1)
        #expect(try found("renamed", in: snapshot).count > 20)
        #expect(snapshot.count == 198)
      }
    }
  }
}
