-- Keys as they were declared, which Redshift takes for granted and never checks; a key of more columns is left out.
SELECT k.contype,
       n.nspname, c.relname,
       k.conkey[1], k.conkey[2], k.conkey[3], k.conkey[4], k.conkey[5], k.conkey[6], k.conkey[7], k.conkey[8],
       f.nspname AS to_schema, t.relname AS to_table,
       k.confkey[1], k.confkey[2], k.confkey[3], k.confkey[4], k.confkey[5], k.confkey[6], k.confkey[7], k.confkey[8]
FROM pg_constraint AS k
JOIN pg_class AS c ON c.oid = k.conrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_class AS t ON t.oid = k.confrelid
LEFT JOIN pg_namespace AS f ON f.oid = t.relnamespace
WHERE k.contype IN ('p', 'u', 'f')
  AND k.conkey[9] IS NULL
ORDER BY n.nspname, c.relname, k.conname
