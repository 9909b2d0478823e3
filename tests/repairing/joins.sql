# Joins: tables that are missing, and conditions over what is no key.
# Each block: `-- database` (see catalogs.txt) and perhaps a dialect, the SQL, `-- becomes`, the SQL after, and
# one `-- note: …` line for each sentence that is said about it.

-- library
SELECT title, journal.name FROM paper
-- becomes
SELECT title, journal.name FROM paper JOIN journal ON paper.jid = journal.jid
-- note: journal was not in FROM; it was joined by its key.

-- library
SELECT title FROM paper WHERE publisher = 'ACM'
-- becomes
SELECT title FROM paper JOIN journal ON paper.jid = journal.jid WHERE journal.publisher = 'ACM'
-- note: No table here has a column publisher; journal has it and was joined.

-- library
SELECT p.title FROM paper p WHERE p.publisher = 'ACM' AND p.year = 2020
-- becomes
SELECT p.title FROM paper AS p JOIN journal ON p.jid = journal.jid WHERE journal.publisher = 'ACM' AND p.year = 2020
-- note: paper has no column publisher; journal has it and was joined.

-- library
SELECT o.continent, COUNT(a.aid) FROM author a GROUP BY o.continent
-- becomes
SELECT o.continent, COUNT(a.aid) FROM author AS a JOIN organization AS o ON a.oid = o.oid GROUP BY o.continent
-- note: No table is called o here; organization was meant and joined.

-- library
SELECT a.name, COUNT(w.pid) FROM author a GROUP BY a.name
-- becomes
SELECT a.name, COUNT(w.pid) FROM author AS a JOIN wrote AS w ON w.aid = a.aid GROUP BY a.name
-- note: No table is called w here; wrote was meant and joined.

-- library
SELECT author.name FROM author WHERE paper.year = 2020
-- becomes
SELECT author.name FROM author JOIN wrote ON wrote.aid = author.aid JOIN paper ON wrote.pid = paper.pid WHERE paper.year = 2020
-- note: paper was not in FROM; it was joined by its key.

-- library
SELECT t.label, p.title FROM topic t JOIN paper p ON t.tid = p.tid
-- becomes
SELECT t.label, p.title FROM topic AS t JOIN topic_paper ON topic_paper.tid = t.tid JOIN paper AS p ON topic_paper.pid = p.pid
-- note: topic and paper were joined by way of topic_paper.

-- library
SELECT a.name, o.name FROM author a JOIN organization o ON a.name = o.oid
-- becomes
SELECT a.name, o.name FROM author AS a JOIN organization AS o ON a.oid = o.oid
-- note: author and organization were joined by their key: a.oid = o.oid.

-- library
SELECT a.name, o.name FROM author a JOIN organization o ON a.organization_id = o.id
-- becomes
SELECT a.name, o.name FROM author AS a JOIN organization AS o ON a.oid = o.oid
-- note: author and organization were joined by their key: a.oid = o.oid.

-- library
SELECT a.name FROM author a JOIN wrote w ON w.author = a.id JOIN paper p ON p.pid = w.pid
-- becomes
SELECT a.name FROM author AS a JOIN wrote AS w ON w.aid = a.aid JOIN paper AS p ON p.pid = w.pid
-- note: wrote and author were joined by their key: w.aid = a.aid.

-- library
SELECT a.name FROM author a JOIN organization o USING (organization_id)
-- becomes
SELECT a.name FROM author AS a JOIN organization AS o ON a.oid = o.oid
-- note: author and organization were joined by their key: a.oid = o.oid.

-- bank
SELECT c.bkclientname, a.bkacbalance FROM bkclient c JOIN bkaccount a ON c.bkclientid = a.bkclientid
-- becomes
SELECT c.bkclientname, a.bkacbalance FROM bkclient AS c JOIN bkaccount AS a ON a.bkacclientid = c.bkclientid
-- note: bkclient and bkaccount were joined by their key: a.bkacclientid = c.bkclientid.

-- atlas
SELECT t.town_name, c.capital FROM town t WHERE c.capital = 'Paris'
-- becomes
SELECT t.town_name, c.capital FROM town AS t JOIN country AS c ON t.country_name = c.country_name WHERE c.capital = 'Paris'
-- note: No table is called c here; country was meant and joined.

-- atlas
SELECT o.amount, o.weight_grams FROM sales.orders o
-- becomes
SELECT o.amount, parcels.weight_grams FROM sales.orders AS o JOIN sales.parcels ON parcels.order_id = o.order_id
-- note: orders has no column weight_grams; parcels has it and was joined.

-- bank
SELECT c.bkclientname FROM bkclient c LEFT JOIN bkaccount a ON a.bkacclientid = c.bkclientid WHERE a.bkclientid IS NULL
-- becomes
SELECT c.bkclientname FROM bkclient AS c LEFT JOIN bkaccount AS a ON a.bkacclientid = c.bkclientid WHERE a.bkacclientid IS NULL
-- note: bkaccount has no column bkclientid; bkaccount.bkacclientid was meant.

-- library
SELECT p.title FROM paper p LEFT JOIN wrote w ON w.pid = p.pid WHERE w.paper_id IS NULL
-- becomes
SELECT p.title FROM paper AS p LEFT JOIN wrote AS w ON w.pid = p.pid WHERE w.pid IS NULL
-- note: wrote has no column paper_id; wrote.pid was meant.

-- library
WITH per AS (SELECT author_id, COUNT(*) AS n FROM wrote GROUP BY author_id) SELECT a.name, per.n FROM per JOIN author a ON a.id = per.author_id
-- becomes
WITH per AS (SELECT aid AS author_id, COUNT(*) AS n FROM wrote GROUP BY author_id) SELECT a.name, per.n FROM per JOIN author AS a ON a.aid = per.author_id
-- note: author has no column id; author.aid was meant.
-- note: wrote has no column author_id; wrote.aid was meant.

-- library
SELECT name FROM author WHERE aid IN (SELECT author_id FROM wrote WHERE paper.year = 2020)
-- becomes
SELECT name FROM author WHERE aid IN (SELECT wrote.aid FROM wrote JOIN paper ON wrote.pid = paper.pid WHERE paper.year = 2020)
-- note: paper was not in FROM; it was joined by its key.
-- note: wrote has no column author_id; wrote.aid was meant.

-- air
SELECT a.name FROM airport a JOIN leg l ON a.code = l.dest
-- becomes
SELECT a.name FROM airport AS a JOIN leg AS l ON a.faa = l.dest
-- note: airport has no column code; its key faa was meant.

-- air
SELECT AVG(leg_id) FROM leg WHERE name = 'JFK' AND month = 1
-- becomes
SELECT AVG(leg_id) FROM leg JOIN airport ON leg.origin = airport.faa WHERE airport.name = 'JFK' AND leg.month = 1
-- note: No table here has a column name; airport has it and was joined.

-- library
SELECT o.continent, COUNT(DISTINCT a.aid), MAX(p.year) FROM author a JOIN organization o ON a.oid = o.oid GROUP BY o.continent
-- becomes
SELECT o.continent, COUNT(DISTINCT a.aid), MAX(p.year) FROM author AS a JOIN organization AS o ON a.oid = o.oid JOIN wrote ON wrote.aid = a.aid JOIN paper AS p ON wrote.pid = p.pid GROUP BY o.continent
-- note: No table is called p here; paper was meant and joined.

-- library
SELECT a.name FROM author a JOIN wrote w ON w.aid = a.aid AND w.pid = p.pid JOIN paper p ON p.year = 2020
-- becomes
SELECT a.name FROM author AS a JOIN wrote AS w ON w.aid = a.aid JOIN paper AS p ON w.pid = p.pid AND p.year = 2020
-- note: The joins were put in an order in which each finds its table.

-- library
SELECT a.name FROM author a JOIN wrote w ON w.aid = a.aid AND w.pid = p.pid JOIN paper p ON p.year = 2020 OR p.citations > 9
-- becomes
SELECT a.name FROM author AS a JOIN wrote AS w ON w.aid = a.aid JOIN paper AS p ON w.pid = p.pid AND (p.year = 2020 OR p.citations > 9)
-- note: The joins were put in an order in which each finds its table.
