# Types that the database does not compare, and arithmetic.
# Each block: `-- database` (see catalogs.txt) and perhaps a dialect, the SQL, `-- becomes`, the SQL after, and
# one `-- note: …` line for each sentence that is said about it.

-- library
SELECT AVG(citations) FROM paper WHERE accepted >= DATE '2020-06-01'
-- becomes
SELECT AVG(citations) FROM paper WHERE CAST(accepted AS DATE) >= CAST('2020-06-01' AS DATE)
-- note: accepted is text; it was read as a date.

-- library
SELECT EXTRACT(YEAR FROM accepted) AS y FROM paper
-- becomes
SELECT EXTRACT(YEAR FROM CAST(accepted AS TIMESTAMP)) AS y FROM paper
-- note: accepted is text; it was read as a date.

-- library
SELECT EXTRACT(YEAR FROM year) FROM paper
-- becomes
SELECT year FROM paper
-- note: year already is the year.

-- library
SELECT title FROM paper WHERE open_access = 1
-- becomes
SELECT title FROM paper WHERE open_access = TRUE
-- note: open_access is true or false, not 1.

-- library
SELECT SUM(open_access) FROM paper
-- becomes
SELECT SUM(CAST(open_access AS INT)) FROM paper
-- note: open_access is true or false; it was read as a number for SUM.

-- library
SELECT ROUND(score, 2) FROM paper
-- becomes
SELECT ROUND(CAST(score AS DECIMAL), 2) FROM paper
-- note: ROUND to digits needs an exact number; the value was cast to numeric.

-- library
SELECT ROUND(AVG(score), 2) FROM paper
-- becomes
SELECT ROUND(CAST(AVG(score) AS DECIMAL), 2) FROM paper
-- note: ROUND to digits needs an exact number; the value was cast to numeric.

-- library
SELECT SUM(citations) / COUNT(*) AS average FROM paper
-- becomes
SELECT 1.0 * SUM(citations) / COUNT(*) AS average FROM paper
-- note: SUM(citations) / COUNT(*) divides whole numbers; it is calculated with decimals.

-- library
SELECT COUNT(*) FILTER (WHERE open_access) * 100 / COUNT(*) AS pct FROM paper
-- becomes
SELECT 1.0 * COUNT(*) FILTER(WHERE open_access) * 100 / COUNT(*) AS pct FROM paper
-- note: COUNT(*) FILTER(WHERE open_access) * 100 / COUNT(*) divides whole numbers; it is calculated with decimals.

-- library
SELECT p.pid, p.citations / p.pid AS ratio FROM paper p
-- becomes
SELECT p.pid, 1.0 * p.citations / p.pid AS ratio FROM paper AS p
-- note: p.citations / p.pid divides whole numbers; it is calculated with decimals.

-- library
SELECT title FROM paper WHERE year LIKE '20%'
-- becomes
SELECT title FROM paper WHERE CAST(year AS TEXT) LIKE '20%'
-- note: year is no text; it was read as one for LIKE.

-- bank
SELECT bkclientname FROM bkclient WHERE bkclientzip = 90001
-- becomes
SELECT bkclientname FROM bkclient WHERE bkclientzip = '90001'
-- note: bkclientzip is text; it is compared to '90001'.

-- bank
SELECT bkclientname FROM bkclient WHERE bkclientzip IN (90001, 90002)
-- becomes
SELECT bkclientname FROM bkclient WHERE bkclientzip IN ('90001', '90002')
-- note: bkclientzip is text; it is compared to '90001'.
-- note: bkclientzip is text; it is compared to '90002'.

-- bank
SELECT bkclientname FROM bkclient WHERE bkclientsince = 2020
-- becomes
SELECT bkclientname FROM bkclient WHERE EXTRACT(YEAR FROM bkclientsince) = 2020
-- note: bkclientsince is a date; its year is compared.

-- bank
SELECT SUM(bkpykind = 'cash') FROM bkpayment
-- becomes
SELECT SUM(CAST(bkpykind = 'cash' AS INT)) FROM bkpayment
-- note: bkpykind = 'cash' is true or false; it was read as a number for SUM.

-- atlas
SELECT peak_name FROM peak WHERE height > 4000
-- becomes
SELECT peak_name FROM peak WHERE CAST(height AS DECIMAL) > 4000
-- note: height is text; it was read as a number.

-- atlas
SELECT AVG(height) FROM peak
-- becomes
SELECT AVG(CAST(height AS DECIMAL)) FROM peak
-- note: height is text; it was read as a number for AVG.

-- atlas
SELECT o.amount FROM sales.orders o JOIN peak k ON k.peak_name = o.order_id
-- becomes
SELECT o.amount FROM sales.orders AS o JOIN peak AS k ON k.peak_name = CAST(o.order_id AS TEXT)
-- note: k.peak_name is text, o.order_id a number; compared as texts.
