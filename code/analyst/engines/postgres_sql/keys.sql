-- Primary keys, foreign keys, and what else is unique over all rows; columns in their order.
SELECT k.contype::text AS kind,
       k.conrelid::bigint AS relation,
       ARRAY(
           SELECT a.attname::text
           FROM unnest(k.conkey) WITH ORDINALITY AS p (attnum, place)
           JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = p.attnum
           ORDER BY p.place
       ) AS columns,
       k.confrelid::bigint,
       ARRAY(
           SELECT a.attname::text
           FROM unnest(k.confkey) WITH ORDINALITY AS p (attnum, place)
           JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = p.attnum
           ORDER BY p.place
       ),
       k.conname::text AS name
FROM pg_constraint AS k
WHERE k.contype IN ('p', 'f')
UNION ALL
-- A constraint UNIQUE has an index like those that were made without one.
SELECT 'u',
       i.indrelid::bigint,
       ARRAY(
           SELECT a.attname::text
           FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS p (attnum, place)
           JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = p.attnum
           -- Columns that are only included have no order of their own.
           WHERE p.place <= cardinality(i.indoption::smallint[])
           ORDER BY p.place
       ),
       0,
       ARRAY[]::text[],
       x.relname::text
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
WHERE i.indisunique
  AND i.indisvalid
  AND NOT i.indisprimary
  AND i.indpred IS NULL
  AND i.indexprs IS NULL
ORDER BY relation, name
