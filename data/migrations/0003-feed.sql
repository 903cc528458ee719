-- What the search index needs to know of providers, and the publication by which it follows the catalogue.

ALTER TABLE catalogue.provider
  ADD COLUMN description_en text NOT NULL DEFAULT '' CHECK (length(description_en) <= 20000),
  ADD COLUMN description_ar text NOT NULL DEFAULT '' CHECK (length(description_ar) <= 20000),
  -- How much a provider is looked for and booked, beside the others of its market; a job's to keep.
  ADD COLUMN popularity real NOT NULL DEFAULT 0 CHECK (popularity BETWEEN 0 AND 1),
  ADD COLUMN is_online boolean NOT NULL DEFAULT false;

-- The identity of a replicated service names its provider, so that a removed one is found without keeping a table of all services.
-- The index does what service_provider did, and says that it is unique.
CREATE UNIQUE INDEX service_identity ON catalogue.service (provider_id, id);
DROP INDEX catalogue.service_provider;
ALTER INDEX catalogue.service_identity RENAME TO service_provider;
ALTER TABLE catalogue.service REPLICA IDENTITY USING INDEX service_provider;

CREATE PUBLICATION qareeb FOR TABLE
  catalogue.market, catalogue.area, catalogue.category, catalogue.provider, catalogue.service, catalogue.service_area;
