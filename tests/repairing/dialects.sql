# Other dialects' quotes and functions.
# Each block: `-- database` (see catalogs.txt) and perhaps a dialect, the SQL, `-- becomes`, the SQL after, and
# one `-- note: …` line for each sentence that is said about it.

-- library
SELECT `title` FROM `paper` WHERE `year` = 2020
-- becomes
SELECT title FROM paper WHERE year = 2020
-- note: Names were put in the quotes of this dialect.

-- library
SELECT [title] FROM [paper]
-- becomes
SELECT title FROM paper
-- note: Names were put in the quotes of this dialect.

-- library
SELECT TOP 3 title FROM paper ORDER BY citations DESC
-- becomes
SELECT title FROM paper ORDER BY citations DESC NULLS LAST LIMIT 3
-- note: TOP became LIMIT.
-- note: Rows without a value come last.

-- library
SELECT IFNULL(name, 'none') FROM author
-- becomes
SELECT COALESCE(name, 'none') FROM author
-- note: IFNULL is not known here; COALESCE(name, 'none') says the same.

-- library
SELECT GROUP_CONCAT(name SEPARATOR '; ') FROM author
-- becomes
SELECT STRING_AGG(name, '; ') FROM author
-- note: GROUP_CONCAT is not known here; STRING_AGG(name, '; ') says the same.

-- library
SELECT IF(citations > 10, 'much', 'little') AS fame, IIF(year > 2000, 1, 0) FROM paper
-- becomes
SELECT CASE WHEN citations > 10 THEN 'much' ELSE 'little' END AS fame, CASE WHEN year > 2000 THEN 1 ELSE 0 END FROM paper
-- note: IIF is not known here; CASE WHEN year > 2000 THEN 1 ELSE 0 END says the same.

-- bank
SELECT COUNT(*) FROM bkclient WHERE YEAR(bkclientsince) = 2020 AND MONTH(bkclientsince) = 2
-- becomes
SELECT COUNT(*) FROM bkclient WHERE EXTRACT(YEAR FROM bkclientsince) = 2020 AND EXTRACT(MONTH FROM bkclientsince) = 2
-- note: MONTH is not known here; EXTRACT(MONTH FROM bkclientsince) says the same.
-- note: YEAR is not known here; EXTRACT(YEAR FROM bkclientsince) says the same.

-- bank
SELECT DATEDIFF(day, bkclientsince, bkacopened) FROM bkclient JOIN bkaccount ON bkacclientid = bkclientid
-- becomes
SELECT (CAST(bkacopened AS DATE) - bkclientsince) FROM bkclient JOIN bkaccount ON bkacclientid = bkclientid
-- note: DATEDIFF is not known here; (CAST(bkacopened AS DATE) - bkclientsince) says the same.

-- bank
SELECT DATEDIFF(CURDATE(), bkclientsince) FROM bkclient
-- becomes
SELECT (CURRENT_DATE - bkclientsince) FROM bkclient
-- note: CURDATE is not known here; CURRENT_DATE says the same.
-- note: DATEDIFF is not known here; (CURRENT_DATE - bkclientsince) says the same.

-- bank
SELECT bkpyid FROM bkpayment WHERE bkpydatetime >= DATE_SUB(CURDATE(), INTERVAL 30 DAY)
-- becomes
SELECT bkpyid FROM bkpayment WHERE bkpydatetime >= (CURRENT_DATE - INTERVAL '30 DAY')
-- note: CURDATE is not known here; CURRENT_DATE says the same.
-- note: DATE_SUB is not known here; (CURRENT_DATE - INTERVAL '30 DAY') says the same.

-- bank
SELECT bkpyid FROM bkpayment WHERE bkpydatetime >= DATEADD(month, -3, GETDATE())
-- becomes
SELECT bkpyid FROM bkpayment WHERE bkpydatetime >= (CURRENT_TIMESTAMP + INTERVAL '-3 month')
-- note: GETDATE is not known here; CURRENT_TIMESTAMP says the same.
-- note: DATEADD is not known here; (CURRENT_TIMESTAMP + INTERVAL '-3 month') says the same.

-- bank
SELECT STRFTIME('%Y-%m', bkpydatetime) AS m, COUNT(*) FROM bkpayment GROUP BY m
-- becomes
SELECT TO_CHAR(bkpydatetime, 'YYYY-MM') AS m, COUNT(*) FROM bkpayment GROUP BY m
-- note: STRFTIME is not known here; TO_CHAR(bkpydatetime, 'YYYY-MM') says the same.

-- bank
SELECT DATE_TRUNC(month, bkpydatetime) AS m, COUNT(*) FROM bkpayment GROUP BY 1
-- becomes
SELECT DATE_TRUNC('month', bkpydatetime) AS m, COUNT(*) FROM bkpayment GROUP BY 1
-- note: DATE_TRUNC is not known here; DATE_TRUNC('month', bkpydatetime) says the same.

-- bank
SELECT TIMESTAMPDIFF(HOUR, bkacopened, bkpydatetime) FROM bkaccount JOIN bkpayment ON bkpyaccountid = bkacid
-- becomes
SELECT TRUNC(CAST(EXTRACT(EPOCH FROM (CAST(bkpydatetime AS TIMESTAMP) - CAST(bkacopened AS TIMESTAMP))) AS DOUBLE PRECISION) / 3600) FROM bkaccount JOIN bkpayment ON bkpyaccountid = bkacid
-- note: TIMESTAMPDIFF is not known here; TRUNC(CAST(EXTRACT(EPOCH FROM (CAST(bkpydatetime AS TIMESTAMP) - CAST(bkacopene… says the same.

-- library redshift
SELECT IFNULL(name, 'none') AS n FROM authors ORDER BY 1 DESC
-- becomes
SELECT COALESCE(name, 'none') AS n FROM author ORDER BY 1 DESC NULLS LAST
-- note: IFNULL is not known here; COALESCE(name, 'none') says the same.
-- note: There is no table authors; author was meant.
-- note: Rows without a value come last.

-- library athena
SELECT year, COUNT(*) FROM papers
-- becomes
SELECT year, COUNT(*) FROM paper GROUP BY year
-- note: There is no table papers; paper was meant.
-- note: The result is grouped by year.
