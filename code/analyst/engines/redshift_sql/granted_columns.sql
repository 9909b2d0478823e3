-- Single columns that the role may read of tables that it may not read in whole.
SELECT n.nspname, c.relname, a.attnum
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm')
  AND n.nspname <> 'information_schema'
  AND n.nspname NOT LIKE 'pg!_%' ESCAPE '!'
  AND a.attnum > 0
  AND NOT a.attisdropped
  AND has_schema_privilege(n.oid, 'USAGE')
  AND NOT has_table_privilege(c.oid, 'SELECT')
  AND has_column_privilege(c.oid, a.attnum, 'SELECT')
