-- What the last ANALYZE found: how many distinct values, the most frequent ones,
-- and the ends of the range of all others.
SELECT DISTINCT ON (c.oid, s.attname)
       c.oid::bigint,
       s.attname::text,
       s.n_distinct::double precision,
       CASE
           WHEN t.typcategory IN ('S', 'B') THEN (s.most_common_vals::text::text[])[1:60]
           WHEN t.typcategory IN ('N', 'D') THEN s.most_common_vals::text::text[]
       END,
       CASE WHEN t.typcategory IN ('N', 'D') THEN (s.histogram_bounds::text::text[])[1] END,
       CASE
           WHEN t.typcategory IN ('N', 'D')
           THEN (s.histogram_bounds::text::text[])[array_length(s.histogram_bounds::text::text[], 1)]
       END
FROM pg_stats AS s
JOIN pg_namespace AS n ON n.nspname = s.schemaname
JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.tablename
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.attname
JOIN pg_type AS t ON t.oid = a.atttypid
WHERE n.nspname <> 'information_schema'
  AND n.nspname NOT LIKE 'pg\_%'
  AND NOT c.relispartition
-- Where a table has children, their values count too.
ORDER BY c.oid, s.attname, s.inherited DESC
