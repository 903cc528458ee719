/// Who serves the market's customers, when, and what is taken of it: SQL that makes it of the providers. Weeks, a hundred different ones,
/// and visits follow from a provider's id.
enum LiveStaff {
  /// - Parameter most: every provider has one to so many people; nobody has any where it is 0.
  static func statements(most: Int) -> [String] {
    guard most > 0 else { return [] }
    return [
      // What keeps hours apart holds for these. To check ten million of them takes longer than all the rest, and nothing that is
      // measured asks the constraint's index.
      """
      DO $$
      DECLARE name text;
      BEGIN
        FOR name IN SELECT conname FROM pg_constraint WHERE conrelid = 'catalogue.working_hours'::regclass AND contype = 'x' LOOP
          EXECUTE format('ALTER TABLE catalogue.working_hours DROP CONSTRAINT %I', name);
        END LOOP;
      END $$
      """,
      // Every foreign key holds: none is looked up.
      """
      SET session_replication_role = replica;
      INSERT INTO catalogue.staff (provider_id, name_en, name_ar, position)
      SELECT id, (ARRAY['Layla', 'Omar', 'Rania', 'Khaled', 'Dana', 'Sami', 'Hala'])[1 + dice % 7] || ' Haddad',
        (ARRAY['ليلى', 'عمر', 'رانيا', 'خالد', 'دانا', 'سامي', 'هالة'])[1 + dice % 7] || ' حداد', number
      FROM (SELECT id, hashtext(id::text) & 65535 AS dice FROM catalogue.provider ORDER BY id) AS provider,
        generate_series(0, dice % \(most)) AS number;

      INSERT INTO catalogue.working_hours (provider_id, staff_id, weekday, starts, ends)
      SELECT provider_id, id, weekday, span.starts, span.ends
      FROM (
        SELECT provider_id, id, dice, time '08:00' + dice % 4 * interval '30 minutes' AS opens,
          (7 + dice / 4 % 4) * interval '1 hour' AS length
        FROM (SELECT provider_id, id, hashtext(provider_id::text) + position & 65535 AS dice FROM catalogue.staff) AS staff
      ) AS staff, generate_series(1, 7) AS weekday,
        LATERAL (
          SELECT opens, opens + length WHERE dice / 48 % 4 > 0
          UNION ALL SELECT opens, opens + interval '3 hours' WHERE dice / 48 % 4 = 0
          UNION ALL SELECT opens + interval '4 hours', opens + length WHERE dice / 48 % 4 = 0
        ) AS span (starts, ends)
      WHERE CASE dice / 16 % 3 WHEN 0 THEN weekday <> 5 WHEN 1 THEN weekday NOT IN (5, 6) ELSE weekday <> 7 END
      ORDER BY provider_id, id;

      INSERT INTO catalogue.outside_busy (provider_id, staff_id, source, during)
      SELECT provider_id, id, 'bench', tstzrange(starts, starts + interval '45 minutes')
      FROM (
        SELECT provider_id, id, current_date + (visit * 7 + dice / 16 % 7) + time '09:00' + dice / 128 % 16 * interval '30 minutes'
        FROM (SELECT provider_id, id, hashtext(id::text) & 65535 AS dice FROM catalogue.staff) AS staff,
          generate_series(0, 2) AS visit
        WHERE dice % 8 = 0
      ) AS visit (provider_id, id, starts)
      """,
    ]
  }
}
