-- Comments on tables (number 0) and columns; 1259 is pg_class, whose objects tables are.
SELECT n.nspname, c.relname, d.objsubid, d.description
FROM pg_description AS d
JOIN pg_class AS c ON c.oid = d.objoid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE d.classoid = 1259
  AND n.nspname <> 'information_schema'
  AND n.nspname NOT LIKE 'pg!_%' ESCAPE '!'
