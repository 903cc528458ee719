-- Feeds within bounds: whose times a key may tell, and what has passed goes.

-- The sources of availability feeds that a key may write, by their names in feeds.source; nothing here, and it may write any.
ALTER TABLE identity.api_key
  ADD COLUMN sources text[],
  ADD CONSTRAINT api_key_sources CHECK (
    sources IS NULL
    OR (
      cardinality(sources) BETWEEN 1 AND 32 AND array_position(sources, NULL) IS NULL
      -- No name has a blank, so joined by blanks they are whole.
      AND array_to_string(sources, '') ~ '^[a-z0-9._-]*$'
      AND array_to_string(sources, ' ') ~ '^[a-z0-9][a-z0-9._-]{0,62}( [a-z0-9][a-z0-9._-]{0,62})*$'
      AND 'feed.write' = ANY (scopes)));

-- Finds what has passed, the oldest first.
CREATE INDEX outside_busy_ends ON catalogue.outside_busy (upper(during));
