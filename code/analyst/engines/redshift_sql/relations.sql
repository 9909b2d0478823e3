-- Tables and views of schemas that the role may use; "readable" is false where at most some columns may be read.
-- What a materialized view is stored in is not asked by name.
SELECT n.nspname, c.relname, c.relkind, c.reltuples, has_table_privilege(c.oid, 'SELECT') AS readable
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm')
  AND n.nspname <> 'information_schema'
  AND n.nspname NOT LIKE 'pg!_%' ESCAPE '!'
  AND c.relname NOT LIKE 'mv!_tbl!_!_%' ESCAPE '!'
  AND has_schema_privilege(n.oid, 'USAGE')
ORDER BY n.nspname, c.relname
