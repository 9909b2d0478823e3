-- Primary keys and foreign keys, columns in their order.
SELECT k.contype::text,
       k.conrelid::bigint,
       ARRAY(
           SELECT a.attname::text
           FROM unnest(k.conkey) WITH ORDINALITY AS p (attnum, place)
           JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = p.attnum
           ORDER BY p.place
       ),
       k.confrelid::bigint,
       ARRAY(
           SELECT a.attname::text
           FROM unnest(k.confkey) WITH ORDINALITY AS p (attnum, place)
           JOIN pg_attribute AS a ON a.attrelid = k.confrelid AND a.attnum = p.attnum
           ORDER BY p.place
       )
FROM pg_constraint AS k
WHERE k.contype IN ('p', 'f')
ORDER BY k.conrelid, k.conname
