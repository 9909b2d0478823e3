-- Tables and views that the role may read, with their size; partitions count for their topmost parent.
WITH RECURSIVE branches AS (
    SELECT c.oid AS root, c.oid AS branch
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p')
      AND NOT c.relispartition
      AND n.nspname <> 'information_schema'
      AND n.nspname NOT LIKE 'pg\_%'
    UNION ALL
    SELECT b.root, i.inhrelid
    FROM branches AS b
    JOIN pg_inherits AS i ON i.inhparent = b.branch
),
leaves AS (
    SELECT b.root,
           c.relkind,
           c.reltuples,
           CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid) END AS bytes
    FROM branches AS b
    JOIN pg_class AS c ON c.oid = b.branch
    WHERE c.relkind <> 'p'
),
counted AS (
    SELECT root,
           relkind,
           bytes,
           -- Older servers say 0, newer ones -1, for a table that nobody has looked at yet.
           CASE
               WHEN bytes = 0 THEN 0
               WHEN reltuples > 0 THEN reltuples
           END AS tuples
    FROM leaves
),
sizes AS (
    SELECT root,
           CASE WHEN bool_and(relkind IN ('r', 'm')) THEN sum(bytes) END AS bytes,
           CASE WHEN bool_and(tuples IS NOT NULL) THEN sum(tuples) END AS tuples
    FROM counted
    GROUP BY root
)
SELECT c.oid::bigint,
       n.nspname::text,
       c.relname::text,
       -- A column that is worked out when it is read (Postgres 18) makes a table what a view is. Older servers do not
       -- know the field, so it is looked for in the row as a document.
       CASE
           WHEN EXISTS (
               SELECT FROM pg_attribute AS a
               WHERE a.attrelid = c.oid
                 AND a.atthasdef
                 AND to_jsonb(a) ->> 'attgenerated' = 'v'
           ) THEN 'v'
           ELSE c.relkind::text
       END,
       COALESCE(obj_description(c.oid, 'pg_class'), ''),
       s.bytes::bigint,
       s.tuples::double precision
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN sizes AS s ON s.root = c.oid
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p')
  AND NOT c.relispartition
  AND n.nspname <> 'information_schema'
  AND n.nspname NOT LIKE 'pg\_%'
  AND has_schema_privilege(n.oid, 'USAGE')
  AND has_any_column_privilege(c.oid, 'SELECT')
  AND NOT EXISTS (
      -- What an extension brought along for itself is not the company's data.
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass
        AND d.objid = c.oid
        AND d.deptype = 'e'
  )
ORDER BY n.nspname, c.relname
