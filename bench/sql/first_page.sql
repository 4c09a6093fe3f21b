-- What the service asks for one of the first pages of all films (crates/persistence/src/catalogue/list.rs, first_pages).
-- Size and offset are parameters because they are parameters there; as literals they make the statement much cheaper.
SELECT t.movies AS total, m.id, m.name, m.date, m.score, m.overview, m.sort_key, m.budget, m.revenue
FROM catalogue_totals t
LEFT JOIN movies m ON m.id IN (SELECT m.id FROM movies m ORDER BY m.id DESC LIMIT :size OFFSET :offset)
ORDER BY m.id DESC;
