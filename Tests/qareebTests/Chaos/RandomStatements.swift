import TestSupport

/// Statements that change a catalogue as nobody would, by a seed. Owned providers are left alone.
struct RandomStatements {
  private var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

  /// Any one, as likely as another.
  private mutating func provider(where condition: String = "true") -> String {
    """
    (SELECT id FROM catalogue.provider AS chosen WHERE NOT 'owned' = ANY (tags) AND \(condition)
    ORDER BY hashtext(id::text || '\(number(0..<1_000_000))') LIMIT 1)
    """
  }

  private mutating func service() -> String {
    """
    (SELECT service.id FROM catalogue.service JOIN catalogue.provider ON provider_id = provider.id WHERE NOT 'owned' = ANY (tags)
    ORDER BY hashtext(service.id::text || '\(number(0..<1_000_000))') LIMIT 1)
    """
  }

  private mutating func place() -> String {
    "ST_MakePoint(\(35_700 + number(0..<400)) / 1000.0, \(31_800 + number(0..<300)) / 1000.0)"
  }

  /// What does not compress is kept out of the row.
  private mutating func longText() -> String {
    "long " + (0..<number(1..<800)).map { _ in String(random.next(), radix: 36) }.joined(separator: " ")
  }

  private mutating func name() -> String {
    let n = number(0..<100_000)
    return random.pick([
      "Changed \(n)", "Café \"L’Étoile\" \\ \(n)", "O''Clock & <Sons> \(n)", "💈 barber \(n)", "Salon\u{200F} \(n)", "حلاق \(n)",
      "hair cut hair cut \(n)",
    ])
  }

  mutating func next() -> String {
    switch number(0..<100) {
    case 0..<55: ofOne()
    case 55..<80: ofServicesAndAreas()
    case 80..<90: ofNames()
    case 90..<93: ofMany()
    default: ofCalendars()
    }
  }

  // MARK: One provider

  private mutating func ofOne() -> String {
    let n = number(0..<100_000)
    return switch number(0..<14) {
    case 0, 1:
      """
      WITH made AS (
        INSERT INTO catalogue.provider (market_id, category_id, area_id, name_en, name_ar, location, created_at)
        SELECT 'amman', 'spa', 'area-\(1 + n % 5)', '\(name())', 'مزود \(n)', \(place()), now() - interval '\(n % 100) days'
        WHERE (SELECT count(*) FROM catalogue.provider) < \(ChaosMarket.providers * 3 / 2)
        RETURNING id)
      INSERT INTO catalogue.service (provider_id, name_en, name_ar, price_minor, currency, duration_min, padding_min, capacity)
      SELECT id, '\(name())', 'قص', \(n), '\(n % 3 == 0 ? "USD" : "JOD")', 30, \(n % 30), \(1 + n % 4) FROM made
      """
    case 2, 3: change("rating_count = \(n % 50), rating_sum = \(n % 50 * (1 + n % 5))")
    case 4:
      change("verification = '\(random.pick(["pending", "verified", "rejected", "expired"]))', popularity = \(n) / 100000.0")
    case 5: change("is_online = NOT is_online")
    case 6: change("name_en = '\(name())', name_ar = '\(name())'")
    case 7: change("description_en = '\(longText())'")
    case 8: change("tags = ARRAY['tag-\(n % 7)', '\(name())'], tier = '\(random.pick(["silver", "gold", "diamond"]))'")
    case 9: change("is_active = NOT is_active")
    case 10: change("location = \(place())")
    case 11: change("category_id = '\(random.pick(["barber", "salon", "spa"]))', area_id = NULL")
    case 12:
      """
      DELETE FROM catalogue.provider WHERE id = \(provider())
      AND (SELECT count(*) FROM catalogue.provider) > \(ChaosMarket.providers * 2 / 3)
      """
    // Under another id.
    default:
      """
      UPDATE catalogue.provider SET id = gen_random_uuid() WHERE id = \(provider(where: """
        NOT EXISTS (SELECT FROM catalogue.service WHERE provider_id = chosen.id)
        AND NOT EXISTS (SELECT FROM catalogue.staff WHERE provider_id = chosen.id)
        AND NOT EXISTS (SELECT FROM catalogue.service_area WHERE provider_id = chosen.id)
        """))
      """
    }
  }

  private mutating func change(_ assignment: String) -> String {
    "UPDATE catalogue.provider SET \(assignment) WHERE id = \(provider())"
  }

  // MARK: What belongs to it

  private mutating func ofServicesAndAreas() -> String {
    let n = number(0..<100_000)
    return switch number(0..<10) {
    case 0, 1, 2: "UPDATE catalogue.service SET price_minor = \(n), is_active = \(n % 3 != 0) WHERE id = \(service())"
    case 3:
      "UPDATE catalogue.service SET name_en = '\(name())', currency = '\(n % 2 == 0 ? "USD" : "JOD")' WHERE id = \(service())"
    case 4: "DELETE FROM catalogue.service WHERE id = \(service())"
    // To another provider, and under another id: the identity changes.
    case 5: "UPDATE catalogue.service SET provider_id = coalesce(\(provider()), provider_id) WHERE id = \(service())"
    case 6: "UPDATE catalogue.service SET id = gen_random_uuid() WHERE id = \(service())"
    case 7, 8:
      """
      INSERT INTO catalogue.service_area (provider_id, position, centre, radius_m)
      SELECT id, \(n % 3), \(place()), 1000 + \(n % 1000) FROM catalogue.provider WHERE id = \(provider())
      ON CONFLICT (provider_id, position) DO UPDATE SET radius_m = excluded.radius_m, centre = excluded.centre
      """
    default: "DELETE FROM catalogue.service_area WHERE provider_id = \(provider())"
    }
  }

  // MARK: What many share

  private mutating func ofNames() -> String {
    let n = number(0..<100_000)
    return switch number(0..<8) {
    case 0, 1: "UPDATE catalogue.area SET name_en = '\(name())' WHERE id = 'area-\(1 + n % 5)'"
    case 2: "UPDATE catalogue.area SET centre = \(place()), radius_m = \(1_000 + n % 5_000) WHERE id = 'area-\(1 + n % 5)'"
    case 3, 4: "UPDATE catalogue.category SET name_ar = 'صالون \(n)', name_en = '\(name())' WHERE id = 'salon'"
    case 5:
      """
      INSERT INTO catalogue.category (id, name_en, name_ar, position)
      VALUES ('made-\(n % 4)', '\(name())', 'فئة', \(100 + n % 4)) ON CONFLICT DO NOTHING
      """
    case 6:
      """
      UPDATE catalogue.provider SET category_id = coalesce((SELECT max(id) FROM catalogue.category WHERE id LIKE 'made-%'), category_id)
      WHERE id = \(provider())
      """
    default:
      """
      UPDATE catalogue.market SET (currency, currency_exponent, name_en)
        = (SELECT chosen.currency, chosen.exponent, 'Amman \(n)' FROM (VALUES ('JOD', 3), ('USD', 2)) AS chosen (currency, exponent)
          ORDER BY chosen.currency = market.currency LIMIT 1)
      """
    }
  }

  /// Hundreds of rows in one transaction.
  private mutating func ofMany() -> String {
    let n = number(0..<100_000)
    return switch number(0..<7) {
    case 0:
      """
      INSERT INTO catalogue.provider (market_id, category_id, name_en, name_ar, location, description_ar)
      SELECT 'amman', 'spa', 'Huge ' || n, 'كبير', ST_MakePoint(35.9, 31.9), repeat('كبير ', n) FROM generate_series(1, 400) AS n
      WHERE NOT EXISTS (SELECT FROM catalogue.provider WHERE name_en LIKE 'Huge %')
      """
    case 1, 2: "DELETE FROM catalogue.provider WHERE name_en LIKE 'Huge %'"
    case 3: "UPDATE catalogue.provider SET popularity = \(n % 100) / 100.0 WHERE NOT 'owned' = ANY (tags)"
    case 4:
      """
      UPDATE catalogue.service SET price_minor = (price_minor + \(n)) % 1000000 FROM catalogue.provider
      WHERE provider_id = provider.id AND NOT 'owned' = ANY (tags)
      """
    case 5:
      "UPDATE catalogue.provider SET name_ar = 'اسم \(n)', is_active = true WHERE NOT 'owned' = ANY (tags) AND rating_count < 3"
    default: "TRUNCATE catalogue.service_area"
    }
  }

  /// In the log too, and no part of what is compared.
  private mutating func ofCalendars() -> String {
    switch number(0..<3) {
    case 0:
      """
      WITH made AS (
        INSERT INTO catalogue.staff (provider_id, name_en, name_ar) VALUES (\(provider()), 'Rana', 'رنا') RETURNING provider_id, id)
      INSERT INTO catalogue.working_hours (provider_id, staff_id, weekday, starts, ends)
      SELECT provider_id, id, 4, '16:00', '24:00' FROM made
      """
    case 1:
      """
      INSERT INTO catalogue.outside_busy (provider_id, source, during)
      VALUES (\(provider()), 'partner', '[2026-03-01 10:00+03,2026-03-01 11:00+03)') ON CONFLICT DO NOTHING
      """
    default: "DELETE FROM catalogue.staff"
    }
  }
}
