-- The statement of the service for a movie in full (crates/persistence/src/catalogue/read/movie.rs).
\set id random(:first, :last)
SELECT 'movie' AS kind, m.id, m.name, m.date, m.score, m.overview, m.status, m.budget, m.revenue,
       c.id AS country_id, c.code AS country_code, c.name AS country_name
FROM movies m JOIN countries c ON c.id = m.country_id WHERE m.id = :id
UNION ALL
SELECT 'genre', g.id, g.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM movies_genres l JOIN genres g ON g.id = l.genre_id WHERE l.movie_id = :id
UNION ALL
SELECT 'actor', a.id, a.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM actors_movies l JOIN actors a ON a.id = l.actor_id WHERE l.movie_id = :id
UNION ALL
SELECT 'language', s.id, s.name, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM movies_languages l JOIN languages s ON s.id = l.language_id WHERE l.movie_id = :id;
