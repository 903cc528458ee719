-- The catalogue: markets, and the providers and services in them. Money is minor units plus currency; places are geography.

CREATE SCHEMA catalogue;

CREATE TABLE catalogue.market (
  id text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9-]{1,30}$'),
  name_en text NOT NULL CHECK (name_en <> ''),
  name_ar text NOT NULL CHECK (name_ar <> ''),
  country char(2) NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  -- How many decimals the currency has: JOD 3, USD 2.
  currency_exponent smallint NOT NULL CHECK (currency_exponent BETWEEN 0 AND 4),
  time_zone text NOT NULL CHECK (time_zone <> ''),
  -- Best first; the first is the market's own.
  languages text[] NOT NULL CHECK (cardinality(languages) > 0),
  -- ISO weekdays, 1 is Monday.
  weekend smallint[] NOT NULL CHECK (weekend <@ ARRAY[1, 2, 3, 4, 5, 6, 7]::smallint[]),
  centre geography(Point, 4326) NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE catalogue.area (
  market_id text NOT NULL REFERENCES catalogue.market,
  id text NOT NULL CHECK (id ~ '^[a-z][a-z0-9-]{1,60}$'),
  name_en text NOT NULL CHECK (name_en <> ''),
  name_ar text NOT NULL CHECK (name_ar <> ''),
  centre geography(Point, 4326) NOT NULL,
  radius_m integer NOT NULL CHECK (radius_m BETWEEN 100 AND 50000),
  PRIMARY KEY (market_id, id)
);

CREATE TABLE catalogue.category (
  id text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9-]{1,30}$'),
  name_en text NOT NULL CHECK (name_en <> ''),
  name_ar text NOT NULL CHECK (name_ar <> ''),
  -- The order in which people see them.
  position integer NOT NULL UNIQUE
);

CREATE TABLE catalogue.provider (
  id uuid PRIMARY KEY DEFAULT qareeb.uuid_v7(),
  market_id text NOT NULL REFERENCES catalogue.market,
  category_id text NOT NULL REFERENCES catalogue.category,
  area_id text,
  name_en text NOT NULL CHECK (name_en <> '' AND length(name_en) <= 200),
  name_ar text NOT NULL CHECK (name_ar <> '' AND length(name_ar) <= 200),
  location geography(Point, 4326) NOT NULL,
  tier text NOT NULL DEFAULT 'silver' CHECK (tier IN ('silver', 'gold', 'diamond')),
  verification text NOT NULL DEFAULT 'pending' CHECK (verification IN ('pending', 'verified', 'rejected', 'expired')),
  rating_sum bigint NOT NULL DEFAULT 0 CHECK (rating_sum BETWEEN rating_count AND rating_count * 5::bigint),
  rating_count integer NOT NULL DEFAULT 0 CHECK (rating_count >= 0),
  tags text[] NOT NULL DEFAULT '{}',
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (market_id, area_id) REFERENCES catalogue.area (market_id, id)
);
CREATE INDEX provider_market ON catalogue.provider (market_id, id);
CREATE INDEX provider_category ON catalogue.provider (category_id, id);
CREATE INDEX provider_area ON catalogue.provider (market_id, area_id);
CREATE INDEX provider_location ON catalogue.provider USING gist (location);

CREATE TABLE catalogue.service (
  id uuid PRIMARY KEY DEFAULT qareeb.uuid_v7(),
  provider_id uuid NOT NULL REFERENCES catalogue.provider ON DELETE CASCADE,
  name_en text NOT NULL CHECK (name_en <> '' AND length(name_en) <= 200),
  name_ar text NOT NULL CHECK (name_ar <> '' AND length(name_ar) <= 200),
  price_minor bigint NOT NULL CHECK (price_minor >= 0),
  currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  duration_min integer NOT NULL CHECK (duration_min BETWEEN 5 AND 720),
  padding_min integer NOT NULL DEFAULT 0 CHECK (padding_min BETWEEN 0 AND 240),
  capacity integer NOT NULL DEFAULT 1 CHECK (capacity BETWEEN 1 AND 1000),
  is_active boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX service_provider ON catalogue.service (provider_id, id);

-- Where a provider comes to the customer.
CREATE TABLE catalogue.service_area (
  provider_id uuid NOT NULL REFERENCES catalogue.provider ON DELETE CASCADE,
  position smallint NOT NULL CHECK (position BETWEEN 0 AND 31),
  centre geography(Point, 4326) NOT NULL,
  radius_m integer NOT NULL CHECK (radius_m BETWEEN 100 AND 50000),
  PRIMARY KEY (provider_id, position)
);
CREATE INDEX service_area_centre ON catalogue.service_area USING gist (centre);

CREATE TRIGGER market_touched BEFORE UPDATE ON catalogue.market
  FOR EACH ROW EXECUTE FUNCTION qareeb.touch_updated_at();
CREATE TRIGGER provider_touched BEFORE UPDATE ON catalogue.provider
  FOR EACH ROW EXECUTE FUNCTION qareeb.touch_updated_at();
CREATE TRIGGER service_touched BEFORE UPDATE ON catalogue.service
  FOR EACH ROW EXECUTE FUNCTION qareeb.touch_updated_at();
