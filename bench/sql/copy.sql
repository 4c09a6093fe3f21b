-- Returns a command of psql for each table that an import writes, each after those that it references. Triggers maintain
-- the column movie_count, also during COPY, so it is not copied.
SELECT format(
    '\copy %I (%s) %s ''%s.copy''',
    tables.name,
    (SELECT string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
     FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = tables.name AND column_name <> 'movie_count'),
    :'direction',
    tables.name
)
FROM unnest(string_to_array(:'tables', ', ')) WITH ORDINALITY AS tables (name, number)
ORDER BY tables.number;
