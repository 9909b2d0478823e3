# Names: tables, columns and aliases that do not exist, or not so.
# Each block: `-- database` (see catalogs.txt) and perhaps a dialect, the SQL, `-- becomes`, the SQL after, and
# one `-- note: …` line for each sentence that is said about it.

-- library
SELECT names FROM authors
-- becomes
SELECT name FROM author
-- note: There is no table authors; author was meant.
-- note: author has no column names; author.name was meant.

-- library
SELECT p.titel FROM paper p
-- becomes
SELECT p.title FROM paper AS p
-- note: paper has no column titel; paper.title was meant.

-- library
SELECT author_name FROM author
-- becomes
SELECT name FROM author
-- note: author has no column author_name; author.name was meant.

-- library
SELECT author_id, name FROM author
-- becomes
SELECT aid, name FROM author
-- note: author has no column author_id; author.aid was meant.

-- library
SELECT p.citation FROM paper p
-- becomes
SELECT p.citations FROM paper AS p
-- note: paper has no column citation; paper.citations was meant.

-- library
SELECT author.name FROM author a WHERE a.oid = 3
-- becomes
SELECT a.name FROM author AS a WHERE a.oid = 3
-- note: No table is called author here; a was meant.

-- library
SELECT do.name FROM journal AS do WHERE do.publisher = 'ACM'
-- becomes
SELECT "do".name FROM journal AS "do" WHERE "do".publisher = 'ACM'
-- note: do is a reserved word; it was put in quotes.

-- library
SELECT COUNT(*) AS order FROM paper GROUP BY year ORDER BY order
-- becomes
SELECT COUNT(*) AS order FROM paper GROUP BY year ORDER BY "order"
-- note: order is a reserved word; it was put in quotes.

-- library
SELECT title FROM paper WHERE title = "On Trees"
-- becomes
SELECT title FROM paper WHERE title = 'On Trees'
-- note: On Trees is a text, no column; it was put in single quotes.

-- library
SELECT w.title FROM wrote w JOIN paper p ON p.pid = w.pid
-- becomes
SELECT p.title FROM wrote AS w JOIN paper AS p ON p.pid = w.pid
-- note: wrote has no column title; paper.title was meant.

-- library
SELECT p.name FROM paper p JOIN journal j ON j.jid = p.jid
-- becomes
SELECT j.name FROM paper AS p JOIN journal AS j ON j.jid = p.jid
-- note: paper has no column name; journal.name was meant.

-- library
SELECT pid, title FROM paper JOIN wrote ON wrote.pid = paper.pid
-- becomes
SELECT paper.pid, title FROM paper JOIN wrote ON wrote.pid = paper.pid
-- note: pid is in several tables; paper.pid was taken.

-- library
SELECT a.name, COUNT(*) FROM author a JOIN organization o ON o.oid = a.oid GROUP BY name
-- becomes
SELECT a.name, COUNT(*) FROM author AS a JOIN organization AS o ON o.oid = a.oid GROUP BY a.name
-- note: name is in several tables; author.name was taken.

-- bank
SELECT name, mail FROM clients WHERE status = 'active'
-- becomes
SELECT bkclientname, bkclientmail FROM bkclient WHERE bkclientstatus = 'active'
-- note: There is no table clients; bkclient was meant.
-- note: bkclient has no column name; bkclient.bkclientname was meant.
-- note: bkclient has no column mail; bkclient.bkclientmail was meant.
-- note: bkclient has no column status; bkclient.bkclientstatus was meant.

-- bank
SELECT c.client_name, SUM(p.amount) FROM bkclient c JOIN bkaccount a ON a.client_id = c.id JOIN bkpayment p ON p.account_id = a.id GROUP BY c.client_name
-- becomes
SELECT c.bkclientname, SUM(p.bkpyamount) FROM bkclient AS c JOIN bkaccount AS a ON a.bkacclientid = c.bkclientid JOIN bkpayment AS p ON p.bkpyaccountid = a.bkacid GROUP BY c.bkclientname
-- note: bkaccount and bkclient were joined by their key: a.bkacclientid = c.bkclientid.
-- note: bkaccount has no column id; bkaccount.bkacid was meant.
-- note: bkpayment has no column account_id; bkpayment.bkpyaccountid was meant.
-- note: bkclient has no column client_name; bkclient.bkclientname was meant.
-- note: bkpayment has no column amount; bkpayment.bkpyamount was meant.

-- bank
SELECT "bkClientName" FROM bkclient
-- becomes
SELECT bkclientname FROM bkclient
-- note: The column is spelled bkclientname.

-- bank
SELECT cust.bkclientname FROM bkclient c
-- becomes
SELECT c.bkclientname FROM bkclient AS c
-- note: No table is called cust here; c was meant.

-- atlas
SELECT order_id FROM public.orders
-- becomes
SELECT order_id FROM sales.orders
-- note: There is no table public.orders; sales.orders was meant.

-- atlas
SELECT capital FROM countries
-- becomes
SELECT capital FROM country
-- note: There is no table countries; country was meant.

-- atlas
SELECT "customer" FROM sales.orders
-- becomes
SELECT "Customer" FROM sales.orders
-- note: The column is spelled Customer.
