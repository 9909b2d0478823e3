-- The values of one column with how often each occurs, most frequent first, and how many rows were looked at.
SELECT v.value, count(*), sum(count(*)) OVER ()
FROM (SELECT left({column}::text, {longest}) AS value FROM {table} LIMIT {most}) AS v
GROUP BY v.value
ORDER BY count(*) DESC, v.value
LIMIT {kept}
