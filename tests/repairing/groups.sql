# Groups, and names of result columns where only columns may stand.
# Each block: `-- database` (see catalogs.txt) and perhaps a dialect, the SQL, `-- becomes`, the SQL after, and
# one `-- note: …` line for each sentence that is said about it.

-- library
SELECT year, COUNT(*) FROM paper
-- becomes
SELECT year, COUNT(*) FROM paper GROUP BY year
-- note: The result is grouped by year.

-- library
SELECT j.name, p.year, SUM(p.citations) FROM paper p JOIN journal j ON j.jid = p.jid GROUP BY j.name
-- becomes
SELECT j.name, p.year, SUM(p.citations) FROM paper AS p JOIN journal AS j ON j.jid = p.jid GROUP BY j.name, p.year
-- note: The result is grouped by p.year as well.

-- library
SELECT year, COUNT(*) AS n FROM paper GROUP BY year HAVING n > 5
-- becomes
SELECT year, COUNT(*) AS n FROM paper GROUP BY year HAVING COUNT(*) > 5
-- note: n is only the name of a result column; its expression is used instead.

-- library
SELECT year, COUNT(*) AS n FROM paper WHERE n > 5 GROUP BY year
-- becomes
SELECT year, COUNT(*) AS n FROM paper GROUP BY year HAVING COUNT(*) > 5
-- note: n is only the name of a result column; its expression is used instead.
-- note: The condition COUNT(*) > 5 is about groups: it moved from WHERE to HAVING.

-- library
SELECT year, SUM(citations) AS citations FROM paper GROUP BY year HAVING citations > 10
-- becomes
SELECT year, SUM(citations) AS citations FROM paper GROUP BY year HAVING SUM(citations) > 10
-- note: citations is only the name of a result column; its expression is used instead.

-- library
SELECT year FROM paper WHERE COUNT(*) > 3 AND open_access GROUP BY year
-- becomes
SELECT year FROM paper WHERE open_access GROUP BY year HAVING COUNT(*) > 3
-- note: The condition COUNT(*) > 3 is about groups: it moved from WHERE to HAVING.

-- library
SELECT title FROM paper WHERE citations = MAX(citations)
-- becomes
SELECT title FROM paper WHERE citations = (SELECT MAX(citations) FROM paper)
-- note: MAX(citations) in WHERE was taken over the whole table paper.

-- library
SELECT title FROM paper HAVING citations > 10
-- becomes
SELECT title FROM paper WHERE citations > 10
-- note: HAVING without groups became WHERE.

-- library
SELECT year, SUM(citations) FROM paper GROUP BY year ORDER BY citations DESC
-- becomes
SELECT year, SUM(citations) FROM paper GROUP BY year ORDER BY SUM(citations) DESC NULLS LAST
-- note: citations is not one value per group; sorted by SUM(citations).
-- note: Rows without a value come last.

-- library
SELECT year, COUNT(*) FROM paper GROUP BY year ORDER BY score
-- becomes
SELECT year, COUNT(*) FROM paper GROUP BY year ORDER BY MIN(score)
-- note: score is not one value per group; sorted by MIN(score).

-- library
SELECT COUNT(*) FROM paper ORDER BY year
-- becomes
SELECT COUNT(*) FROM paper
-- note: One row needs no order; ORDER BY was left out.

-- library
SELECT DISTINCT title FROM paper ORDER BY citations DESC LIMIT 3
-- becomes
SELECT title FROM paper GROUP BY title ORDER BY MAX(citations) DESC NULLS LAST LIMIT 3
-- note: Each row once, in an order by other columns: grouped instead of DISTINCT.
-- note: Rows without a value come last.

-- library
SELECT title, citations * 2 AS twice FROM paper WHERE twice > 10
-- becomes
SELECT title, citations * 2 AS twice FROM paper WHERE (citations * 2) > 10
-- note: twice is only the name of a result column; its expression is used instead.

-- library
SELECT year, SUM(citations) AS total, total / 2 AS half FROM paper GROUP BY year
-- becomes
SELECT year, SUM(citations) AS total, SUM(citations) / 2 AS half FROM paper GROUP BY year
-- note: total is only the name of a result column; its expression is used instead.

-- library
SELECT EXTRACT(YEAR FROM accepted::date) AS y, COUNT(*) FROM paper
-- becomes
SELECT EXTRACT(YEAR FROM CAST(accepted AS DATE)) AS y, COUNT(*) FROM paper GROUP BY EXTRACT(YEAR FROM CAST(accepted AS DATE))
-- note: The result is grouped by EXTRACT(YEAR FROM CAST(accepted AS DATE)).

-- library
SELECT year, COUNT(*) FROM paper WHERE SUM(citations) > 3 GROUP BY year HAVING COUNT(*) > 5 OR MIN(citations) = 1
-- becomes
SELECT year, COUNT(*) FROM paper GROUP BY year HAVING (COUNT(*) > 5 OR MIN(citations) = 1) AND SUM(citations) > 3
-- note: The condition SUM(citations) > 3 is about groups: it moved from WHERE to HAVING.
