# SQL that is right, and wrong SQL that is not plain: both are left as they are, word for word.

-- library
SELECT name FROM author

-- library
SELECT a.name, count(*) AS n FROM author a JOIN wrote w USING (aid) GROUP BY a.name HAVING count(*) > 3 ORDER BY n

-- library
SELECT year, count(*) FROM paper GROUP BY 1 ORDER BY 2, year

-- library
SELECT pid, title, count(*) FROM paper JOIN wrote USING (pid) GROUP BY pid ORDER BY score

-- library
SELECT date_trunc('month', accepted::timestamp) AS m, count(*) FROM paper GROUP BY m

-- library
SELECT title FROM paper p WHERE EXISTS (SELECT 1 FROM wrote WHERE pid = p.pid AND aid = 7)

-- library
SELECT a.name, (SELECT count(*) FROM wrote w WHERE w.aid = a.aid) AS papers FROM author a

-- library
SELECT name, sum(count(*)) OVER () FROM author GROUP BY name

-- library
SELECT title, rank() OVER (PARTITION BY year ORDER BY citations) FROM paper

-- library
WITH per AS (SELECT aid, count(*) AS papers FROM wrote GROUP BY aid) SELECT name, papers FROM per JOIN author USING (aid) WHERE papers > 2

-- library
SELECT DISTINCT year AS y FROM paper ORDER BY year

-- library
SELECT 1.0 * sum(citations) / count(*) AS average, count(*) / 7 AS weeks FROM paper

-- library
SELECT citations / 10 * 10 AS bucket, count(*) FROM paper GROUP BY 1

-- library
SELECT floor(sum(citations) / count(*)) FROM paper

-- library
SELECT round(avg(year), 1), round(score::numeric, 1) FROM paper GROUP BY score

-- library
SELECT p.title FROM paper p, journal j WHERE p.jid = j.jid AND j.name = 'Nature'

-- library
SELECT title FROM paper WHERE year = '2020' AND open_access = 'true'

-- library
SELECT 'x' FROM paper HAVING true

-- library
SELECT count(*) FROM paper ORDER BY 1

-- library
SELECT name FROM author UNION SELECT name FROM organization ORDER BY name

-- library
SELECT g.n FROM generate_series(1, 3) AS g(n)

-- library
SELECT x.name FROM (SELECT name FROM author) AS x

-- bank
SELECT bkclientname FROM bkclient WHERE bkclientsince >= '2020-01-01' AND bkclientzip = '90001'

-- atlas
SELECT Customer, sum(amount) FROM sales.orders GROUP BY Customer

-- library
SELECT array_agg(name), my_total(aid) FROM author

-- library
SELECT author.name, count(*) AS n FROM author WHERE journal.name = 'Nature' GROUP BY author.name

-- library
SELECT a.name, count(*) FROM author a WHERE w.pid > 3 GROUP BY a.name

-- library
SELECT price FROM paper

-- library
SELECT name FROM author JOIN organization ON author.oid = organization.oid

-- library
SELECT pid, max(citations) FROM paper

-- library
SELECT name, year * sum(year) FROM author, paper

-- library
SELECT year FROM paper WHERE row_number() OVER (ORDER BY year) = 1

-- library
SELECT name FROM author UNION SELECT pid, title FROM paper

-- library
SELECT secrets FROM information_schema.tables

-- library
INSERT INTO author VALUES (1)

-- library
no SQL at all (

-- library redshift
SELECT TOP 3 title, isnull(score, 0) FROM paper

-- library athena
SELECT year, histogram(citations) FROM paper GROUP BY year

-- library
SELECT p.title FROM paper p JOIN topic t ON p.jid = t.jid

-- library
SELECT name FROM author WHERE publisher = 'ACM' AND oid = 2

-- bank
SELECT p.bkpyamount FROM bkpayment p JOIN bkaccount a ON a.code = p.bkpykind

-- air
SELECT a.name FROM airport a JOIN leg l ON a.town = l.dest
