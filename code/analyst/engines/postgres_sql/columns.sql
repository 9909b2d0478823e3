-- Columns that the role may read, in order; "family" says which values are worth a look, domains as their base.
WITH RECURSIVE bases AS (
    SELECT oid AS type, oid AS base, typbasetype AS next, typnotnull AS required
    FROM pg_type
    UNION ALL
    SELECT b.type, t.oid, t.typbasetype, b.required OR t.typnotnull
    FROM bases AS b
    JOIN pg_type AS t ON t.oid = b.next
)
SELECT a.attrelid::bigint,
       a.attname::text,
       format_type(a.atttypid, a.atttypmod),
       COALESCE(col_description(a.attrelid, a.attnum), ''),
       NOT (a.attnotnull OR b.required),
       CASE
           WHEN t.typtype = 'e' THEN 'enum'
           WHEN t.typcategory = 'B' THEN 'boolean'
           WHEN t.typcategory = 'S' THEN 'text'
           WHEN t.oid IN (20, 21, 23, 700, 701, 1700) THEN 'number'
           WHEN t.oid IN (1082, 1114, 1184) THEN 'moment'
           ELSE ''
       END,
       ARRAY(
           SELECT e.enumlabel::text
           FROM pg_enum AS e
           WHERE e.enumtypid = t.oid
           ORDER BY e.enumsortorder
       ),
       EXISTS (
           SELECT FROM pg_index AS i
           JOIN pg_class AS x ON x.oid = i.indexrelid
           JOIN pg_am AS m ON m.oid = x.relam
           WHERE i.indrelid = a.attrelid
             AND i.indkey[0] = a.attnum
             AND i.indisvalid
             AND i.indpred IS NULL
             AND m.amname = 'btree'
       )
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN bases AS b ON b.type = a.atttypid AND b.next = 0
JOIN pg_type AS t ON t.oid = b.base
WHERE c.relkind IN ('r', 'v', 'm', 'f', 'p')
  AND NOT c.relispartition
  AND n.nspname <> 'information_schema'
  AND n.nspname NOT LIKE 'pg\_%'
  AND a.attnum > 0
  AND NOT a.attisdropped
  AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attrelid, a.attnum
