-- The statement of the service for the first page of all movies (crates/persistence/src/catalogue/read/list.rs, `listed`).
SELECT m.id, m.name, m.date, m.score, m.overview, m.sort_key, m.budget, m.revenue, (SELECT movies FROM catalogue_totals) AS total
FROM movies m
ORDER BY m.id DESC
LIMIT 11 OFFSET 0;
