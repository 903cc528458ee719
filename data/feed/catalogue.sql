INSERT INTO catalogue.market (id, name_en, name_ar, country, currency, currency_exponent, time_zone, languages, weekend, centre) VALUES ('amman', 'Amman', 'عمّان', 'JO', 'JOD', 3, 'Asia/Amman', '{ar,en}', '{5,6}', 'POINT(35.92 31.95)');
BEGIN;
INSERT INTO catalogue.category VALUES ('barber', 'Barber', 'حلاق', 1);
INSERT INTO catalogue.area VALUES ('amman', 'abdoun', 'Abdoun', 'عبدون', 'POINT(35.88 31.95)', 900);
INSERT INTO catalogue.provider (id, market_id, category_id, area_id, name_en, name_ar, location, tags) VALUES ('00000000-0000-7000-8000-000000000001', 'amman', 'barber', 'abdoun', 'Nour', 'نور', 'POINT(35.881 31.951)', '{parking,"with space"}');
INSERT INTO catalogue.service (id, provider_id, name_en, name_ar, price_minor, currency, duration_min) VALUES ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'Cut', 'قص', 5000, 'JOD', 30);
INSERT INTO catalogue.service_area VALUES ('00000000-0000-7000-8000-000000000001', 0, 'POINT(35.88 31.95)', 3000);
COMMIT;
UPDATE catalogue.provider SET description_en = (SELECT string_agg(md5(n::text), ' ') FROM generate_series(1, 300) AS n);
-- A trigger that changes the row makes large values new ones; without it they stay where they are, and out of the log.
ALTER TABLE catalogue.provider DISABLE TRIGGER provider_touched;
UPDATE catalogue.provider SET rating_sum = 9, rating_count = 2;
UPDATE catalogue.service SET id = '00000000-0000-7000-8000-000000000003';
ALTER TABLE catalogue.service ADD COLUMN colour text DEFAULT 'red';
UPDATE catalogue.service SET price_minor = 6000;
SELECT pg_logical_emit_message(true, 'note', 'ignored');
TRUNCATE catalogue.service_area;
DELETE FROM catalogue.provider;
