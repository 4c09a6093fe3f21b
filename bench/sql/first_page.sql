-- What the service asks for one of the first pages of all movies (crates/persistence/src/catalogue/list.rs, `part_of_all`), with size and
-- offset written out as they are there.
SELECT t.movies AS total, m.id, m.name, m.date, m.score, m.overview
FROM catalogue_totals t
LEFT JOIN movies m ON m.id IN (SELECT m.id FROM movies m ORDER BY m.id DESC LIMIT 10 OFFSET 0)
ORDER BY m.id DESC;
