-- What every feature stands on: extensions, the schema `qareeb`, ids that sort by time, and the clock of changed rows.

CREATE EXTENSION IF NOT EXISTS postgis;
-- Equality inside exclusion constraints over ranges.
CREATE EXTENSION IF NOT EXISTS btree_gist;
-- Similar words, for the screens of the staff; customers' search has its own index.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- Made by the migrator already, which keeps its own table there.
CREATE SCHEMA IF NOT EXISTS qareeb;

-- UUID version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then 12 bits of the fraction of the millisecond (its method 3), then
-- random bits. So ids of one session grow with the clock to a quarter of a microsecond, and an index over them is appended to.
CREATE FUNCTION qareeb.uuid_v7() RETURNS uuid
  LANGUAGE sql VOLATILE PARALLEL SAFE
BEGIN ATOMIC
  SELECT encode(
    set_byte(
      set_byte(
        overlay(
          uuid_send(gen_random_uuid())
          PLACING substring(int8send(t.microseconds / 1000) FROM 3)
          FROM 1 FOR 6),
        6, (112 | ((t.microseconds % 1000 * 4096 / 1000) >> 8))::integer),
      7, ((t.microseconds % 1000 * 4096 / 1000) & 255)::integer),
    'hex')::uuid
  FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS microseconds) AS t;
END;

COMMENT ON FUNCTION qareeb.uuid_v7() IS 'A new id that sorts after those made before it.';

-- Trigger: `updated_at` is when the row last really changed.
CREATE FUNCTION qareeb.touch_updated_at() RETURNS trigger
  LANGUAGE plpgsql
AS $$
BEGIN
  IF NEW IS DISTINCT FROM OLD THEN
    NEW.updated_at := clock_timestamp();
  END IF;
  RETURN NEW;
END;
$$;

COMMENT ON FUNCTION qareeb.touch_updated_at() IS 'For BEFORE UPDATE triggers of tables with a column updated_at.';
