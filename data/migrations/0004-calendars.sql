-- When people can be booked: staff, their weekly hours, days that differ from them, and what partners say is taken. And who may tell us:
-- the sources of the feeds, and the keys of programs.

-- Who serves customers. A provider without staff has no calendar.
CREATE TABLE catalogue.staff (
  id uuid PRIMARY KEY DEFAULT qareeb.uuid_v7(),
  provider_id uuid NOT NULL REFERENCES catalogue.provider ON DELETE CASCADE,
  name_en text NOT NULL CHECK (name_en <> '' AND length(name_en) <= 200),
  name_ar text NOT NULL CHECK (name_ar <> '' AND length(name_ar) <= 200),
  -- The order in which people see them; equal ones by id.
  position smallint NOT NULL DEFAULT 0 CHECK (position >= 0),
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT staff_provider UNIQUE (provider_id, id)
);
CREATE TRIGGER staff_touched BEFORE UPDATE ON catalogue.staff
  FOR EACH ROW EXECUTE FUNCTION qareeb.touch_updated_at();

CREATE TYPE catalogue.time_range AS RANGE (subtype = time);

-- The hours of every week, in the local time of the provider's market. Several rows a day leave breaks between them. A day ends at 24:00;
-- who works past midnight has the rest as a row of the next day: Thursday 16:00-24:00 and Friday 00:00-01:00 are one evening. So every row
-- lies within its day, and one constraint sees every overlap.
CREATE TABLE catalogue.working_hours (
  provider_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  -- ISO: 1 is Monday.
  weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
  starts time NOT NULL,
  ends time NOT NULL,
  PRIMARY KEY (provider_id, staff_id, weekday, starts),
  -- The provider is named so that the log tells whose hours a removed row was; it is the staff member's.
  FOREIGN KEY (provider_id, staff_id) REFERENCES catalogue.staff (provider_id, id) ON DELETE CASCADE,
  CHECK (starts < ends),
  EXCLUDE USING gist (staff_id WITH =, weekday WITH =, catalogue.time_range(starts, ends) WITH &&)
);

-- A day that differs: special hours, as in Ramadan, or a day off. If a day has any row here, its weekly hours do not count. A day off is
-- one row that is closed from 00:00 to 24:00, so that the constraint keeps it and special hours apart.
CREATE TABLE catalogue.schedule_override (
  provider_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  day date NOT NULL CHECK (isfinite(day)),
  starts time NOT NULL DEFAULT '00:00',
  ends time NOT NULL DEFAULT '24:00',
  is_closed boolean NOT NULL DEFAULT false,
  PRIMARY KEY (provider_id, staff_id, day, starts),
  FOREIGN KEY (provider_id, staff_id) REFERENCES catalogue.staff (provider_id, id) ON DELETE CASCADE,
  CHECK (starts < ends),
  CHECK (NOT is_closed OR (starts = '00:00' AND ends = '24:00')),
  EXCLUDE USING gist (staff_id WITH =, day WITH =, catalogue.time_range(starts, ends) WITH &&)
);

-- What partners and providers' own software say is taken. A source's ranges for one calendar never overlap, so what is sent twice is held
-- once; what is said to be free is cut out. A time is taken if any source says so.
CREATE TABLE catalogue.outside_busy (
  provider_id uuid NOT NULL REFERENCES catalogue.provider ON DELETE CASCADE,
  id bigint GENERATED ALWAYS AS IDENTITY,
  -- The source's name in feeds.source.
  source text NOT NULL CHECK (source <> ''),
  -- Nobody: all of the provider's staff.
  staff_id uuid,
  during tstzrange NOT NULL,
  -- The log names the provider of a removed row.
  PRIMARY KEY (provider_id, id),
  FOREIGN KEY (provider_id, staff_id) REFERENCES catalogue.staff (provider_id, id) ON DELETE CASCADE,
  CHECK (
    NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)
    AND isfinite(lower(during)) AND isfinite(upper(during))),
  -- Whose calendar it is: the staff member's or the whole provider's.
  CONSTRAINT outside_busy_once EXCLUDE USING gist (
    coalesce(staff_id, provider_id) WITH =, during WITH &&, source WITH =)
);
CREATE INDEX outside_busy_staff ON catalogue.outside_busy (provider_id, staff_id);

ALTER TABLE catalogue.staff REPLICA IDENTITY USING INDEX staff_provider;

ALTER PUBLICATION qareeb
  ADD TABLE catalogue.staff, catalogue.working_hours, catalogue.schedule_override, catalogue.outside_busy;

CREATE SCHEMA feeds;

-- How far each source of a feed has come. Its lines are numbered upwards; a number is taken once.
CREATE TABLE feeds.source (
  name text PRIMARY KEY CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
  -- The highest number taken; nothing yet before the first.
  last_sequence bigint CHECK (last_sequence >= 0),
  -- Numbers that were passed over: the last of them, as many as FeedLimits says.
  gaps int8multirange NOT NULL DEFAULT '{}',
  -- Ever.
  gap_count bigint NOT NULL DEFAULT 0 CHECK (gap_count >= 0),
  missing_count numeric NOT NULL DEFAULT 0 CHECK (missing_count >= 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TRIGGER source_touched BEFORE UPDATE ON feeds.source
  FOR EACH ROW EXECUTE FUNCTION qareeb.touch_updated_at();

CREATE SCHEMA identity;

-- The keys of programs. The secret itself is nowhere: it has 256 random bits, so its plain hash tells nothing about it.
CREATE TABLE identity.api_key (
  id uuid PRIMARY KEY DEFAULT qareeb.uuid_v7(),
  name text NOT NULL CHECK (name <> '' AND length(name) <= 100),
  secret_sha256 bytea NOT NULL UNIQUE CHECK (octet_length(secret_sha256) = 32),
  scopes text[] NOT NULL CHECK (cardinality(scopes) > 0 AND array_position(scopes, NULL) IS NULL),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz CHECK (expires_at > created_at),
  revoked_at timestamptz
);
-- A name is one key's; a revoked one gives it back.
CREATE UNIQUE INDEX api_key_name ON identity.api_key (name) WHERE revoked_at IS NULL;

-- Servers keep the keys in memory and read them again when told.
CREATE FUNCTION identity.tell_api_keys_changed() RETURNS trigger
  LANGUAGE plpgsql
AS $$
BEGIN
  PERFORM pg_notify('qareeb_api_keys', '');
  RETURN NULL;
END;
$$;
CREATE TRIGGER api_key_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON identity.api_key
  FOR EACH STATEMENT EXECUTE FUNCTION identity.tell_api_keys_changed();
