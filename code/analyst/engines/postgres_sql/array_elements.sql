-- The element type of each array type; a domain counts as its base. Boxes separate elements otherwise: left out.
SELECT a.oid::bigint,
       (CASE WHEN e.typtype = 'd' THEN e.typbasetype ELSE e.oid END)::bigint
FROM pg_type AS a
JOIN pg_type AS e ON e.oid = a.typelem
WHERE a.oid IN ({oids})
  AND a.typcategory = 'A'
  AND e.typdelim = ','
