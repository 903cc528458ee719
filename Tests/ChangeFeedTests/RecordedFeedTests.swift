import PostgresClient
import TestSupport
import Testing

@testable import ChangeFeed

/// What a real server said (`data/feed/README.md`).
@Suite struct RecordedFeedTests {
  private func messages() throws -> [[UInt8]] {
    try ProjectFolder.text("data/feed/catalogue.pgoutput.hex").split(separator: "\n").map { line in
      let digits = Array(line.utf8)
      return try stride(from: 0, to: digits.count, by: 2).map {
        try #require(UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16))
      }
    }
  }

  @Test func everyMessageIsUnderstood() throws {
    var decoder = PgoutputDecoder()
    var order = TransactionOrder(position: 0)
    var changes: [FeedChange] = []
    for message in try messages() {
      let decoded = try decoder.decode(message[...])
      try order.take(decoded)
      if case .change(let change) = decoded { changes.append(change) }
    }
    #expect(!order.isOpen && order.position > 0)
    #expect(
      changes.map(summary) == [
        "insert catalogue.market", "insert catalogue.category", "insert catalogue.area", "insert catalogue.provider",
        "insert catalogue.service", "insert catalogue.service_area", "update catalogue.provider", "update catalogue.provider",
        "update catalogue.service with key", "update catalogue.service", "truncate catalogue.service_area",
        "delete catalogue.provider", "delete catalogue.service",
      ])
    try checkProviders(changes)
    try checkServices(changes)
  }

  private func summary(_ change: FeedChange) -> String {
    switch change {
    case .insert(let row): "insert \(row.relation.name)"
    case .update(let old, let new): "update \(new.relation.name)\(old.map { " with \($0.content)" } ?? "")"
    case .delete(let row): "delete \(row.relation.name)"
    case .truncate(let tables): "truncate \(tables.map(\.name).joined(separator: " "))"
    }
  }

  private func checkProviders(_ changes: [FeedChange]) throws {
    guard case .insert(let inserted) = changes[3], case .update(_, let described) = changes[6],
      case .update(_, let rated) = changes[7]
    else {
      Issue.record("other changes")
      return
    }
    func column(_ name: String) throws -> Int { try #require(inserted.index(of: name)) }
    #expect(try inserted.value(column("name_ar"), as: String.self) == "نور")
    #expect(try inserted.value(column("tags"), as: [String].self) == ["parking", "with space"])
    let place = try inserted.value(column("location"), as: PostgresGeography.self).coordinates
    #expect(place?.latitude == 31.951 && place?.longitude == 35.881)
    #expect(try described.value(column("description_en"), as: String.self).utf8.count == 300 * 33 - 1)
    // Rated afterwards: the description was not changed and is not in the log.
    #expect(rated.isUnchanged(try column("description_en")))
    #expect(try rated.value(column("rating_sum"), as: Int.self) == 9)
  }

  private func checkServices(_ changes: [FeedChange]) throws {
    guard case .update(let old?, let new) = changes[8], case .update(nil, let priced) = changes[9],
      case .delete(let deleted) = changes[12]
    else {
      Issue.record("other changes")
      return
    }
    let (id, provider) = (try #require(new.index(of: "id")), try #require(new.index(of: "provider_id")))
    #expect(try old.value(id, as: PostgresUUID.self).low & 0xf == 2 && new.value(id, as: PostgresUUID.self).low & 0xf == 3)
    #expect(try old.value(provider, as: PostgresUUID.self) == new.value(provider, as: PostgresUUID.self))
    // A column came in between, and the table was told of anew.
    #expect(new.index(of: "colour") == nil)
    #expect(try priced.value(try #require(priced.index(of: "colour")), as: String.self) == "red")
    #expect(try deleted.value(id, as: PostgresUUID.self).low & 0xf == 3)
  }

  /// Real messages, damaged: an error or a message, never a trap.
  @Test func damagedRecordingsTrapNowhere() throws {
    var random = SeededRandom()
    let recorded = try messages()
    for _ in 0..<FuzzRounds.count(default: 200) {
      var decoder = PgoutputDecoder()
      for message in recorded {
        var message = message
        if Int.random(in: 0..<8, using: &random) == 0 { random.damage(&message, with: [[0], [0xff, 0xff]], atMost: 3) }
        _ = try? decoder.decode(message[...])
      }
    }
  }
}
