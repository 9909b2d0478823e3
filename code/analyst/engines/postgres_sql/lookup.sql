-- Each value of one column once, with the key of the one row that has it; no key where several rows do.
SELECT v.value, CASE WHEN min(v.key) = max(v.key) THEN min(v.key) END
FROM (SELECT left({column}::text, {longest}) AS value, {key} AS key FROM {table}) AS v
WHERE v.value IS NOT NULL
GROUP BY v.value
LIMIT {kept}
