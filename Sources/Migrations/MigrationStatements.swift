import PostgresClient

enum MigrationStatements {
  /// The word "qareeb" as a number.
  static let lockKey: Int64 = 0x7161_7265_6562

  static let tryLock = PreparedQuery("SELECT pg_try_advisory_lock($1)")

  static let lockHolder = PreparedQuery(
    """
    SELECT activity.pid, activity.application_name, extract(epoch FROM clock_timestamp() - activity.backend_start)::bigint
    FROM pg_locks AS held
    JOIN pg_stat_activity AS activity USING (pid)
    WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
      AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND held.classid::bigint = ($1 >> 32) & 4294967295 AND held.objid::bigint = $1 & 4294967295
    """)

  static let tableExists = PreparedQuery("SELECT to_regclass('qareeb.migration') IS NOT NULL")

  static let makeTable = """
    CREATE SCHEMA IF NOT EXISTS qareeb;
    CREATE TABLE qareeb.migration (
      version integer PRIMARY KEY,
      name text NOT NULL,
      -- SHA-256 of the file.
      checksum text NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
      started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      -- Null while a migration without a transaction is not finished.
      applied_at timestamptz,
      duration_ms bigint CHECK (duration_ms >= 0)
    );
    COMMENT ON TABLE qareeb.migration IS 'Which migrations were applied. Written by the migrator only.'
    """

  /// The server computes it: it has SHA-256, and so nobody needs a second one.
  static let checksum = PreparedQuery("SELECT encode(sha256($1), 'hex')")

  static let applied = PreparedQuery(
    "SELECT version, name, checksum, applied_at, duration_ms FROM qareeb.migration ORDER BY version")

  static let record = PreparedQuery(
    """
    INSERT INTO qareeb.migration (version, name, checksum, started_at, applied_at, duration_ms)
    VALUES ($1, $2, $3, now(), clock_timestamp(), $4)
    """)

  static let begin = PreparedQuery(
    """
    INSERT INTO qareeb.migration (version, name, checksum) VALUES ($1, $2, $3)
    ON CONFLICT (version) DO UPDATE SET name = excluded.name, checksum = excluded.checksum, started_at = clock_timestamp()
    WHERE qareeb.migration.applied_at IS NULL
    """)

  static let finish = PreparedQuery(
    "UPDATE qareeb.migration SET applied_at = clock_timestamp(), duration_ms = $2 WHERE version = $1")

  static let invalidIndexes = PreparedQuery("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1")
}
