-- Returns the values of the placeholders in bench/paths.txt, as name and value.
WITH words AS (
    SELECT lower(regexp_split_to_table(name, '[^[:alpha:]]+')) AS word FROM movies
), counted AS (
    SELECT word, count(*) AS times FROM words WHERE length(word) >= 6 GROUP BY word
), common AS (
    SELECT word FROM counted ORDER BY times DESC, word LIMIT 1
), used_genres AS (
    SELECT t.name, row_number() OVER (ORDER BY count(*) DESC, t.id) AS number
    FROM movies_genres l JOIN genres t ON t.id = l.genre_id GROUP BY t.id, t.name
), used_actors AS (
    SELECT t.name, count(*) AS times, t.id FROM actors_movies l JOIN actors t ON t.id = l.actor_id GROUP BY t.id, t.name
)
SELECT 'genre', name FROM used_genres WHERE number = 1
UNION ALL SELECT 'second_genre', name FROM used_genres WHERE number = 2
UNION ALL (SELECT 'actor', name FROM used_actors ORDER BY times DESC, id LIMIT 1)
UNION ALL (SELECT 'rare_actor', name FROM used_actors ORDER BY times, id LIMIT 1)
UNION ALL (SELECT 'language', t.name FROM movies_languages l JOIN languages t ON t.id = l.language_id
           GROUP BY t.id, t.name ORDER BY count(*) DESC, t.id LIMIT 1)
UNION ALL (SELECT 'country', c.code FROM movies m JOIN countries c ON c.id = m.country_id
           GROUP BY c.code ORDER BY count(*) DESC, c.code LIMIT 1)
UNION ALL SELECT 'common', word FROM common
UNION ALL (SELECT 'rare', word FROM counted ORDER BY times, word LIMIT 1)
UNION ALL SELECT 'typo', left(word, 1) || substr(word, 3, 1) || substr(word, 2, 1) || substr(word, 4) FROM common
UNION ALL SELECT 'last', ceil(count(*) / 10.0)::text FROM movies
UNION ALL SELECT 'deep', greatest(floor(ceil(count(*) / 10.0) / 2), 1)::text FROM movies;
