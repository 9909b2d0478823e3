-- What the guard must let through. Each block: a line "-- dialect topic", the SQL, and an empty line.
-- The Postgres blocks are also checked against schema.json, so their tables and columns must be there; the
-- topic "with_catalog_only" marks what cannot be told without it.

-- postgres basic
SELECT count(*) FROM orders

-- postgres basic
SELECT name, country FROM customers WHERE segment = 'smb' ORDER BY name LIMIT 20

-- postgres basic
select status, count(*) as n from orders group by status order by n desc

-- postgres basic
SELECT DISTINCT category FROM products

-- postgres basic
SELECT o.order_id, c.name, o.amount FROM orders o JOIN customers c ON c.customer_id = o.customer_id WHERE o.amount > 100

-- postgres basic
SELECT c.name FROM customers AS c LEFT JOIN orders AS o USING (customer_id) WHERE o.order_id IS NULL

-- postgres basic
SELECT p.name, sum(i.quantity) AS units, sum(i.quantity * i.unit_price) AS revenue FROM order_items i JOIN products p USING (product_id) GROUP BY p.name HAVING sum(i.quantity) > 5 ORDER BY revenue DESC NULLS LAST

-- postgres basic
SELECT order_id FROM orders ORDER BY amount DESC FETCH FIRST 5 ROWS ONLY

-- postgres basic
SELECT c.country, r.continent, count(*) FROM customers c NATURAL JOIN regions r GROUP BY 1, 2

-- postgres basic
SELECT c.* FROM customers c WHERE c.city ILIKE 'ber%'

-- postgres basic
SELECT 1 AS ok

-- postgres basic
SELECT e.name, m.name AS manager FROM employees e LEFT OUTER JOIN employees m ON m.employee_id = e.manager_id

-- postgres basic
SELECT a.country, b.n FROM regions a FULL OUTER JOIN (SELECT country, count(*) n FROM customers GROUP BY country) b ON a.country = b.country

-- postgres basic
SELECT w.source, c.channel FROM web_sessions w CROSS JOIN (SELECT DISTINCT channel FROM campaigns) c WHERE w.source = 'google' LIMIT 50

-- postgres basic
(SELECT order_id FROM orders ORDER BY amount DESC LIMIT 5)

-- postgres basic
SELECT -amount, +amount, amount % 3, amount ^ 2, |/ amount, @ (-amount) FROM orders LIMIT 5

-- postgres filter_agg
SELECT sum(amount) FILTER (WHERE channel = 'web') AS web, sum(amount) FILTER (WHERE channel = 'app') AS app FROM orders

-- postgres filter_agg
SELECT order_date, count(*) FILTER (WHERE status = 'cancelled')::numeric / NULLIF(count(*), 0) AS cancel_rate FROM orders GROUP BY order_date

-- postgres filter_agg
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS median, percentile_disc(ARRAY[0.25,0.75]) WITHIN GROUP (ORDER BY amount) FROM orders

-- postgres filter_agg
SELECT mode() WITHIN GROUP (ORDER BY status) FROM orders

-- postgres filter_agg
SELECT string_agg(name, ', ' ORDER BY name) FROM products

-- postgres filter_agg
SELECT array_agg(DISTINCT country ORDER BY country) FROM customers

-- postgres filter_agg
SELECT bool_and(deleted), bool_or(deleted), every(credit_limit > 0) FROM customers

-- postgres filter_agg
SELECT customer_id, max(order_date) - min(order_date) AS span_days FROM orders GROUP BY customer_id HAVING count(*) > 2

-- postgres filter_agg
SELECT var_pop(amount), variance(amount), stddev(amount), bit_or(order_id) FROM orders

-- postgres grouping_sets
SELECT country, segment, count(*) FROM customers GROUP BY GROUPING SETS ((country), (segment), ())

-- postgres grouping_sets
SELECT status, channel, sum(amount), GROUPING(status, channel) AS g FROM orders GROUP BY ROLLUP (status, channel)

-- postgres grouping_sets
SELECT status, currency, sum(amount) FROM orders GROUP BY CUBE (status, currency) ORDER BY 1 NULLS FIRST, 2

-- postgres grouping_sets
SELECT coalesce(category, 'ALL') AS category, count(*) FROM products GROUP BY ROLLUP (category)

-- postgres grouping_sets
SELECT channel, status, count(*) FROM orders GROUP BY DISTINCT ROLLUP (channel), ROLLUP (channel, status)

-- postgres window
SELECT order_id, customer_id, row_number() OVER (PARTITION BY customer_id ORDER BY created_at DESC) AS rn FROM orders

-- postgres window
SELECT order_date, sum(amount) OVER (ORDER BY order_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS running FROM orders

-- postgres window
SELECT order_date, avg(amount) OVER w AS ma7 FROM orders WINDOW w AS (ORDER BY order_date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW)

-- postgres window
SELECT customer_id, amount, rank() OVER (ORDER BY amount DESC), dense_rank() OVER (ORDER BY amount DESC), ntile(4) OVER (ORDER BY amount), percent_rank() OVER (ORDER BY amount), cume_dist() OVER (ORDER BY amount) FROM orders

-- postgres window
SELECT user_id, event_time, lag(event_time) OVER (PARTITION BY user_id ORDER BY event_time) AS prev, lead(event_name, 1, 'end') OVER (PARTITION BY user_id ORDER BY event_time) AS nxt FROM events

-- postgres window
SELECT order_id, first_value(status) OVER w, last_value(status) OVER w, nth_value(status, 2) OVER w FROM orders WINDOW w AS (PARTITION BY customer_id ORDER BY created_at RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)

-- postgres window
SELECT * FROM (SELECT o.*, row_number() OVER (PARTITION BY country ORDER BY amount DESC) rn FROM orders o JOIN customers c USING (customer_id)) t WHERE rn <= 3

-- postgres window
SELECT order_date, sum(sum(amount)) OVER (ORDER BY order_date) FROM orders GROUP BY order_date

-- postgres window
SELECT status, amount / sum(amount) OVER (PARTITION BY status) AS share, count(*) FILTER (WHERE amount > 50) OVER (PARTITION BY status) FROM orders

-- postgres window
SELECT order_id, sum(amount) OVER (ORDER BY order_id GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM orders

-- postgres cte
WITH first_order AS MATERIALIZED (SELECT customer_id, min(order_date) AS d FROM orders GROUP BY 1), cohort AS NOT MATERIALIZED (SELECT customer_id, date_trunc('month', d) AS m FROM first_order) SELECT m, count(*) FROM cohort GROUP BY m

-- postgres cte
WITH deleted AS (SELECT * FROM customers WHERE deleted), updated AS (SELECT * FROM customers WHERE update_date > '2024-06-05') SELECT (SELECT count(*) FROM deleted), (SELECT count(*) FROM updated)

-- postgres cte
WITH x(a, b) AS (VALUES (1, 'one'), (2, 'two')) SELECT a, b FROM x

-- postgres cte
WITH m AS (SELECT date_trunc('month', order_date)::date AS month, sum(amount) AS rev FROM orders GROUP BY 1) SELECT month, rev, rev - lag(rev) OVER (ORDER BY month) AS delta, round(100.0 * (rev / lag(rev) OVER (ORDER BY month) - 1), 1) AS pct FROM m ORDER BY month

-- postgres cte
WITH funnel AS (SELECT user_id, bool_or(event_name = 'view') v, bool_or(event_name = 'add_to_cart') a, bool_or(event_name = 'purchase') p FROM events GROUP BY user_id) SELECT count(*) FILTER (WHERE v) viewed, count(*) FILTER (WHERE v AND a) carted, count(*) FILTER (WHERE v AND a AND p) bought FROM funnel

-- postgres cte
SELECT * FROM (WITH q AS (SELECT country FROM customers) SELECT country, count(*) FROM q GROUP BY country) z

-- postgres cte
WITH orders AS (SELECT * FROM orders WHERE status = 'paid') SELECT count(*) FROM orders

-- postgres cte
WITH r AS (SELECT generate_series(1, 12) AS month_no) SELECT r.month_no, count(o.order_id) FROM r LEFT JOIN orders o ON extract(month FROM o.order_date) = r.month_no GROUP BY 1 ORDER BY 1

-- postgres set_ops
SELECT country FROM customers UNION SELECT ship_country FROM orders

-- postgres set_ops
SELECT customer_id FROM customers EXCEPT SELECT customer_id FROM orders

-- postgres set_ops
SELECT customer_id FROM orders INTERSECT SELECT customer_id FROM subscriptions

-- postgres set_ops
(SELECT 'orders' AS src, count(*) FROM orders) UNION ALL (SELECT 'events', count(*) FROM events) UNION ALL (SELECT 'tickets', count(*) FROM support_tickets)

-- postgres set_ops
SELECT customer_id FROM orders EXCEPT ALL SELECT customer_id FROM subscriptions

-- postgres set_ops
SELECT 1 UNION (SELECT 2 INTERSECT SELECT 2)

-- postgres subquery
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id AND o.status = 'paid')

-- postgres subquery
SELECT name, (SELECT max(order_date) FROM orders o WHERE o.customer_id = c.customer_id) AS last_order FROM customers c

-- postgres subquery
SELECT name FROM products WHERE price > (SELECT avg(price) FROM products)

-- postgres subquery
SELECT order_id FROM orders WHERE customer_id IN (SELECT customer_id FROM customers WHERE country = 'DE')

-- postgres subquery
SELECT order_id FROM orders WHERE amount > ALL (SELECT amount FROM orders WHERE channel = 'store')

-- postgres subquery
SELECT order_id FROM orders WHERE customer_id = ANY (SELECT customer_id FROM subscriptions WHERE plan = 'pro')

-- postgres subquery
SELECT * FROM (SELECT status, count(*) AS n FROM orders GROUP BY status) AS s(status_name, cnt) WHERE cnt > 10

-- postgres subquery
SELECT customer_id, ARRAY(SELECT order_id FROM orders o WHERE o.customer_id = c.customer_id ORDER BY 1) FROM customers c

-- postgres subquery
SELECT name FROM customers WHERE (country, city) IN (('DE','Berlin'), ('FR','Paris'))

-- postgres subquery
SELECT name FROM customers WHERE NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = customers.customer_id)

-- postgres lateral
SELECT c.name, t.tag FROM customers c, unnest(c.tags) AS t(tag)

-- postgres lateral
SELECT c.name, x.last_at FROM customers c LEFT JOIN LATERAL (SELECT max(created_at) AS last_at FROM orders o WHERE o.customer_id = c.customer_id) x ON true

-- postgres lateral
SELECT o.order_id, it->>'sku' AS sku, (it->>'qty')::int AS qty FROM orders o, jsonb_array_elements(o.items) AS it

-- postgres lateral
SELECT c.name, t.tag, t.pos FROM customers c CROSS JOIN unnest(c.tags) WITH ORDINALITY AS t(tag, pos)

-- postgres lateral
SELECT s.d::date AS day, count(o.order_id) FROM generate_series(date '2024-01-01', date '2024-01-31', interval '1 day') AS s(d) LEFT JOIN orders o ON o.order_date = s.d::date GROUP BY 1 ORDER BY 1

-- postgres lateral
SELECT g.d::date AS day, coalesce(sum(o.amount), 0) AS rev FROM generate_series((SELECT min(order_date) FROM orders), (SELECT max(order_date) FROM orders), interval '1 day') AS g(d) LEFT JOIN orders o ON o.order_date = g.d::date GROUP BY 1 ORDER BY 1

-- postgres lateral
SELECT e.event_name, k.key, k.value FROM events e CROSS JOIN LATERAL jsonb_each_text(e.properties) k LIMIT 100

-- postgres lateral
SELECT * FROM jsonb_to_recordset('[{"a":1,"b":"x"}]'::jsonb) AS r(a int, b text)

-- postgres dates
SELECT date_trunc('week', created_at AT TIME ZONE 'Europe/Berlin') AS wk, sum(amount) FROM orders GROUP BY 1 ORDER BY 1

-- postgres dates
SELECT extract(year FROM order_date) AS y, extract(quarter FROM order_date) AS q, extract(dow FROM order_date) AS dow FROM orders

-- postgres dates
SELECT to_char(order_date, 'YYYY-MM') AS ym, count(*) FROM orders GROUP BY 1

-- postgres dates
SELECT age(timestamp '2024-06-01', created_at) FROM customers

-- postgres dates
SELECT current_date - update_date AS days_since FROM customers WHERE update_date < current_date - 7

-- postgres dates
SELECT * FROM orders WHERE order_date = DATE '2024-03-04' OR order_date BETWEEN '2024-01-01' AND '2024-01-31'

-- postgres dates
SELECT (date_trunc('month', order_date) + interval '1 month - 1 day')::date AS month_end, count(*) FROM orders GROUP BY 1

-- postgres dates
SELECT (started_on, COALESCE(ended_on, current_date)) OVERLAPS (DATE '2024-01-01', DATE '2024-03-31') FROM subscriptions

-- postgres dates
SELECT date_bin('15 minutes', event_time, timestamptz '2024-01-01 00:00+00') AS bucket, count(*) FROM events GROUP BY 1 ORDER BY 1

-- postgres dates
SELECT justify_interval(interval '36 hours'), interval '1 year 2 months', interval 'P1DT2H'

-- postgres dates
SELECT localtimestamp, current_timestamp(0), clock_timestamp() - statement_timestamp() AS elapsed

-- postgres strings
SELECT substring(email FROM '@(.*)$') AS domain, count(*) FROM customers GROUP BY 1

-- postgres strings
SELECT split_part(email, '@', 2), left(name, 3), right(phone, 2), length(name) FROM customers

-- postgres strings
SELECT position('/' IN url), strpos(url, 'p'), starts_with(url, '/p') FROM events LIMIT 5

-- postgres strings
SELECT name FROM products WHERE name ~* '^product [1-3]$' AND name !~ 'x' AND name LIKE 'P%' AND name NOT LIKE '%zz%'

-- postgres strings
SELECT name FROM products WHERE name SIMILAR TO '(Product|Item) %' OR name LIKE '100\%%' ESCAPE '\'

-- postgres strings
SELECT regexp_matches(url, '/p/([0-9]+)') FROM events LIMIT 5

-- postgres strings
SELECT E'line1\nline2' AS txt, 'it''s' AS apostrophe

-- postgres strings
SELECT name COLLATE "C" FROM products ORDER BY name COLLATE "C" DESC

-- postgres json
SELECT attrs->>'tier' AS tier, count(*) FROM customers GROUP BY 1

-- postgres json
SELECT attrs #>> '{geo,zip}' AS zip, attrs->'geo'->>'zip' FROM customers

-- postgres json
SELECT jsonb_object_agg(sku, price) FROM products

-- postgres json
SELECT jsonb_path_query(attributes, '$.dims[*]') FROM products

-- postgres json
SELECT jsonb_array_length(items), items->0->>'sku', items @? '$[*] ? (@.qty > 2)' FROM orders

-- postgres json
SELECT json_agg(t) FROM (SELECT name, price FROM products ORDER BY price DESC LIMIT 3) t

-- postgres json
SELECT attrs['geo']['zip'] FROM customers

-- postgres json
SELECT jsonb_object_keys(properties) AS k, count(*) FROM events GROUP BY 1

-- postgres casts_types
SELECT CAST(amount AS integer), amount::text, '2024-01-01'::date, '{1,2}'::int[] FROM orders LIMIT 1

-- postgres casts_types
SELECT CASE WHEN amount < 50 THEN 'small' WHEN amount < 200 THEN 'mid' ELSE 'large' END AS bucket, count(*) FROM orders GROUP BY 1

-- postgres casts_types
SELECT CASE status WHEN 'paid' THEN 1 ELSE 0 END FROM orders

-- postgres casts_types
SELECT tags[1], tags[1:2], array_length(tags, 1), cardinality(tags), 'vip' = ANY(tags), tags && ARRAY['vip'], tags || ARRAY['x'] FROM customers

-- postgres casts_types
SELECT (amount > 100) IS TRUE, amount IS DISTINCT FROM tax, status IS NOT NULL, deleted IS NOT FALSE FROM orders o JOIN customers c USING (customer_id)

-- postgres casts_types
SELECT 1e3, 1.5, .5, 1_000, 0x1F, B'101', X'1F'::int

-- postgres casts_types
SELECT int4range(1, 10) @> 5, daterange('2024-01-01', '2024-02-01') && daterange('2024-01-15', '2024-03-01')

-- postgres casts_types
SELECT double precision '1.5', '10.1.2.3'::inet << '10.0.0.0/8'::cidr

-- postgres casts_types
SELECT ln(100), exp(1), sqrt(2), power(2, 10), mod(7, 3), sign(-2), abs(-5), random() < 2, pi(), degrees(1), sin(1)

-- postgres keyword_like_names
SELECT update_date, deleted FROM customers WHERE deleted = false ORDER BY update_date DESC

-- postgres keyword_like_names
SELECT "grant", "copy", "call", "execute", "delete" FROM marketing_assets

-- postgres keyword_like_names
SELECT m."grant" AS grant_amount, m."copy" AS ad_copy, m."order" FROM marketing_assets m WHERE m."copy" ILIKE '%drop%'

-- postgres keyword_like_names
SELECT "select", "table", "user", "lock", "set", "into", "from", "to" FROM marketing_assets

-- postgres keyword_like_names
SELECT "Total Spend", "naïve_größe" FROM marketing_assets ORDER BY "Total Spend" DESC

-- postgres keyword_like_names
SELECT "Product Name", sum("Qty" * "Unit Price") AS "Revenue €" FROM "Order Details" GROUP BY "Product Name"

-- postgres keyword_like_names
SELECT sum(vacuum_hours) AS vacuum, max(merge_id) AS merge, revoke_reason AS revoke FROM marketing_assets GROUP BY revoke_reason

-- postgres keyword_like_names
SELECT o.status AS create, count(*) AS analyze_n FROM orders o GROUP BY o.status

-- postgres keyword_like_names
WITH grants AS (SELECT "grant" AS amount FROM marketing_assets), copies AS (SELECT "copy" FROM marketing_assets) SELECT sum(amount) FROM grants

-- postgres keyword_like_names
SELECT name AS do_not_call, 'x' AS execute_at, 1 AS call_count FROM customers

-- postgres keyword_like_names
SELECT t.update_date AS updated, t.deleted AS is_deleted FROM customers t WHERE t.update_date IS NOT NULL AND NOT t.deleted

-- postgres keyword_like_names
SELECT name, salary AS comment FROM employees ORDER BY comment

-- postgres literals
SELECT 'DELETE FROM orders; UPDATE x SET y=1' AS note, count(*) FROM orders

-- postgres literals
SELECT name FROM customers WHERE name LIKE '%;%' OR name = 'a;b'

-- postgres literals
SELECT $$it's; DROP TABLE x$$ AS quoted, $tag$a $$ b$tag$ AS q2

-- postgres literals
SELECT '--not a comment' AS a, '/* nor this */' AS b FROM orders LIMIT 1

-- postgres literals
SELECT 'pg_sleep(10)' AS txt, 'information_schema.tables' AS t2, 'pg_catalog' AS t3

-- postgres literals
SELECT U&'caf\00e9' AS cafe, '日本語' AS jp, '🚀;🚀' AS emoji

-- postgres literals
SELECT name FROM customers WHERE city IN ('São Paulo','Zürich','Kraków','München') OR name = 'O''Brien; Ltd'

-- postgres literals
SELECT E'tab\tand \'quote\'; still one literal' AS s

-- postgres literals
SELECT '' AS empty, ' ' AS blank, '''' AS one_quote

-- postgres comments
SELECT /* all statuses */ status, count(*) -- per status; DROP nothing
FROM orders GROUP BY status -- done

-- postgres comments
SELECT count(*) FROM orders /* nested /* comment */ still comment */ WHERE status = 'paid'

-- postgres comments
SELECT order_id, -- the id
       amount   -- the amount
FROM orders
-- WHERE 1=0
LIMIT 5

-- postgres comments
SELECT count(*) FROM customers -- delete from customers

-- postgres values_misc
VALUES (1, 'a'), (2, 'b')

-- postgres values_misc
SELECT v.code, count(o.order_id) FROM (VALUES ('new'), ('paid')) AS v(code) LEFT JOIN orders o ON o.status = v.code GROUP BY v.code

-- postgres values_misc
SELECT * FROM products TABLESAMPLE BERNOULLI (50) REPEATABLE (42)

-- postgres values_misc
SELECT DISTINCT ON (customer_id) customer_id, order_id, created_at FROM orders ORDER BY customer_id, created_at DESC

-- postgres values_misc
SELECT customer_id, count(*) FROM orders GROUP BY customer_id ORDER BY count(*) DESC FETCH FIRST 3 ROWS WITH TIES

-- postgres values_misc
SELECT a.n, b.n FROM generate_series(1, 5) AS a(n) JOIN generate_series(1, 5) AS b(n) ON a.n = b.n

-- postgres values_misc
SELECT "o"."order_id" FROM "public"."orders" AS "o"

-- postgres values_misc
SELECT * FROM v_order_totals

-- postgres values_misc
SELECT order_id FROM orders WHERE amount > 10 ORDER BY CASE WHEN status = 'paid' THEN 0 ELSE 1 END, amount DESC

-- postgres values_misc
SELECT name FROM customers WHERE customer_id = ANY (ARRAY[1,2,3])

-- postgres values_misc
SELECT customer_id, sum(amount) AS ltv, CASE WHEN sum(amount) > 500 THEN 'gold' ELSE 'std' END AS tier FROM orders GROUP BY customer_id HAVING sum(amount) > 100 ORDER BY ltv DESC LIMIT 25

-- postgres values_misc
SELECT date_trunc('month', o.order_date) AS m, p.category, sum(i.quantity * i.unit_price) AS rev, sum(sum(i.quantity * i.unit_price)) OVER (PARTITION BY p.category ORDER BY date_trunc('month', o.order_date)) AS cum FROM orders o JOIN order_items i USING (order_id) JOIN products p USING (product_id) WHERE o.status <> 'cancelled' GROUP BY 1, 2 ORDER BY 1, 2

-- postgres values_misc
SELECT c.name, sum(o.amount) FROM customers c, orders o WHERE c.customer_id = o.customer_id AND o.created_at > '2024-02-01' GROUP BY c.name

-- postgres values_misc
SELECT count(*) AS "número de pedidos", sum(amount) AS 売上 FROM orders

-- redshift basic
SELECT count(*) FROM sales

-- redshift basic
SELECT TOP 10 product_id, sum(qty) AS units FROM sales GROUP BY product_id ORDER BY units DESC

-- redshift basic
SELECT c.name, s.amount FROM sales s JOIN customers c ON c.id = s.cust_id WHERE s.amount > 100 LIMIT 50

-- redshift basic
SELECT DISTINCT region FROM customers ORDER BY 1

-- redshift basic
SELECT region, count(*) FROM customers GROUP BY region HAVING count(*) > 5

-- redshift basic
SELECT s.id FROM public.sales s LEFT JOIN dev.public.customers c ON c.id = s.cust_id WHERE c.id IS NULL

-- redshift basic
select status, sum(amount) from sales where sold_at >= '2024-01-01' group by status

-- redshift basic
SELECT cust_id, amount FROM sales MINUS SELECT cust_id, amount FROM returns

-- redshift dates
SELECT DATEADD(day, -7, GETDATE())

-- redshift dates
SELECT DATEDIFF(month, first_seen, last_seen) FROM customers

-- redshift dates
SELECT DATE_TRUNC('week', sold_at) AS wk, SUM(amount) FROM sales GROUP BY 1 ORDER BY 1

-- redshift dates
SELECT TO_CHAR(sold_at, 'YYYY-MM') AS ym, SUM(amount) FROM sales GROUP BY 1

-- redshift dates
SELECT NEXT_DAY(CURRENT_DATE, 'Tuesday'), DATE_CMP('2024-01-01', '2024-02-01')

-- redshift dates
SELECT TO_DATE('20240131', 'YYYYMMDD'), TO_TIMESTAMP('2024-01-01 10:00:00', 'YYYY-MM-DD HH24:MI:SS')

-- redshift dates
SELECT timestamp 'epoch' + epoch_s * interval '1 second' AS ts FROM events

-- redshift agg_window
SELECT LISTAGG(DISTINCT product_id, ',') WITHIN GROUP (ORDER BY product_id) FROM sales

-- redshift agg_window
SELECT APPROXIMATE COUNT(DISTINCT cust_id) FROM sales

-- redshift agg_window
SELECT RATIO_TO_REPORT(SUM(amount)) OVER (PARTITION BY region) FROM sales GROUP BY region

-- redshift agg_window
SELECT cust_id, SUM(amount) OVER (PARTITION BY cust_id ORDER BY sold_at ROWS UNBOUNDED PRECEDING) FROM sales

-- redshift agg_window
SELECT LAG(amount, 1) IGNORE NULLS OVER (ORDER BY sold_at) FROM sales

-- redshift agg_window
SELECT region, status, SUM(amount) FROM sales GROUP BY GROUPING SETS ((region), (status), ())

-- redshift agg_window
SELECT region, status, SUM(amount), GROUPING(region) FROM sales GROUP BY CUBE (region, status)

-- redshift agg_window
SELECT ANY_VALUE(name), STDDEV_SAMP(amount), VAR_POP(amount) FROM sales GROUP BY region

-- redshift agg_window
SELECT BOOL_OR(amount > 10), BIT_AND(qty) FROM sales

-- redshift strings
SELECT NVL(name, 'n/a'), NVL2(email, 'y', 'n'), DECODE(status, 'p', 'paid', 'other') FROM customers

-- redshift strings
SELECT name || ' - ' || region, UPPER(name), INITCAP(name), BTRIM(name), REPLACE(name, 'a', 'b') FROM customers

-- redshift strings
SELECT SPLIT_PART(url, '/', 3), LEFT(url, 10), RIGHT(url, 5) FROM events

-- redshift strings
SELECT COUNT(*) FROM events WHERE url ILIKE '%unload%' OR url LIKE '%;%'

-- redshift strings
SELECT 'UNLOAD (''select 1'') TO ''s3://x''' AS note FROM sales LIMIT 1

-- redshift strings
SELECT name FROM customers WHERE name SIMILAR TO '%(a|b)%'

-- redshift semi
SELECT payload.user.id, payload.items[0].sku FROM events

-- redshift semi
SELECT JSON_EXTRACT_PATH_TEXT(body_json, 'a', 'b') FROM events

-- redshift semi
SELECT JSON_PARSE(body_json), IS_VALID_JSON(body_json), JSON_TYPEOF(payload) FROM events

-- redshift semi
SELECT CAST(payload.value AS decimal(10,2)), payload.flag::boolean FROM events WHERE payload.type = 'x'

-- redshift cte_setops
WITH m AS (SELECT DATE_TRUNC('month', sold_at) AS mth, SUM(amount) AS rev FROM sales GROUP BY 1) SELECT mth, rev, LAG(rev) OVER (ORDER BY mth) FROM m

-- redshift cte_setops
SELECT region FROM customers UNION ALL SELECT region FROM stores

-- redshift cte_setops
SELECT id FROM customers EXCEPT SELECT cust_id FROM sales

-- redshift cte_setops
SELECT id FROM customers INTERSECT SELECT cust_id FROM sales

-- redshift cte_setops
WITH deleted AS (SELECT * FROM customers WHERE is_deleted = true) SELECT COUNT(*) FROM deleted

-- redshift cte_setops
SELECT s.* FROM sales s WHERE EXISTS (SELECT 1 FROM customers c WHERE c.id = s.cust_id AND c.region = 'EU')

-- redshift keyword_like_names
SELECT "grant", "copy", "unload", "order" FROM marketing_assets

-- redshift keyword_like_names
SELECT update_date, deleted, last_vacuum, unload_count, copy_id FROM customers

-- redshift keyword_like_names
SELECT COUNT(*) AS "delete", MAX(update_date) AS "update" FROM customers

-- redshift keyword_like_names
SELECT c.call_count, c.lock_flag, c.analyze_score FROM customers c

-- redshift keyword_like_names
SELECT "Total €" FROM marketing_assets

-- redshift keyword_like_names
SELECT start, "end" FROM campaigns

-- redshift keyword_like_names
SELECT abort_reason, commit_date FROM customers

-- redshift comments_misc
SELECT a.region, b.n FROM customers a JOIN (SELECT cust_id, COUNT(*) n FROM sales GROUP BY cust_id) b ON a.id = b.cust_id

-- redshift comments_misc
SELECT CASE WHEN amount > 10 THEN 'a' ELSE 'b' END, GREATEST(1,2), LEAST(1,2), COALESCE(NULL, 1) FROM sales

-- redshift comments_misc
SELECT amount FROM sales ORDER BY amount DESC NULLS LAST LIMIT 10 OFFSET 20

-- redshift comments_misc
SELECT number, number * 2 FROM (SELECT 1 AS number UNION ALL SELECT 2) t

-- redshift comments_misc
SELECT ARRAY(1, 2, 3), GET_ARRAY_LENGTH(ARRAY(1, 2)), SUBARRAY(ARRAY(1,2,3), 1, 2)

-- athena basic
SELECT count(*) FROM orders

-- athena basic
SELECT o.order_id, c.name FROM orders o JOIN customers c ON c.customer_id = o.customer_id

-- athena basic
SELECT DISTINCT country FROM customers

-- athena basic
SELECT * FROM "sales_db"."orders" WHERE year = '2024' AND month = '01'

-- athena basic
SELECT order_id FROM orders FETCH FIRST 5 ROWS ONLY

-- athena basic
SELECT a.x, b.y FROM (VALUES (1, 'a'), (2, 'b')) AS a(x, k) CROSS JOIN (VALUES 1, 2) AS b(y)

-- athena basic
SELECT c.name FROM customers c LEFT JOIN orders o USING (customer_id) WHERE o.order_id IS NULL

-- athena approx_agg
SELECT approx_distinct(user_id) FROM events

-- athena approx_agg
SELECT approx_percentile(amount, 0.95), approx_percentile(amount, ARRAY[0.5, 0.9]) FROM orders

-- athena approx_agg
SELECT map_agg(status, amount), multimap_agg(status, amount), histogram(status) FROM orders

-- athena approx_agg
SELECT listagg(name, ', ') WITHIN GROUP (ORDER BY name) FROM products

-- athena approx_agg
SELECT checksum(name), stddev(amount), corr(amount, tax), skewness(amount) FROM orders

-- athena approx_agg
SELECT country, segment, count(*) FROM customers GROUP BY GROUPING SETS ((country), (segment), ())

-- athena approx_agg
SELECT cardinality(merge(approx_set(user_id))) FROM events

-- athena approx_agg
SELECT numeric_histogram(10, amount) FROM orders

-- athena dates
SELECT date_trunc('week', created_at), count(*) FROM orders GROUP BY 1

-- athena dates
SELECT date_add('day', -7, current_date), date_diff('hour', started_at, ended_at) FROM sessions

-- athena dates
SELECT created_at AT TIME ZONE 'Europe/Berlin', with_timezone(ts, 'UTC') FROM orders

-- athena dates
SELECT from_unixtime(epoch_s), to_unixtime(current_timestamp) FROM events

-- athena dates
SELECT * FROM orders WHERE order_date >= date '2024-01-01' AND created_at > timestamp '2024-01-01 00:00:00'

-- athena dates
SELECT extract(hour FROM event_time) AS h, count(*) FROM events GROUP BY 1

-- athena dates
SELECT d FROM UNNEST(sequence(date '2024-01-01', date '2024-01-31', interval '1' day)) AS t(d)

-- athena dates
SELECT date(created_at) AS d, last_day_of_month(created_at) FROM orders

-- athena dates
SELECT human_readable_seconds(96), to_iso8601(current_timestamp)

-- athena arrays_maps
SELECT id, t.tag, t.n FROM customers CROSS JOIN UNNEST(tags) WITH ORDINALITY AS t(tag, n)

-- athena arrays_maps
SELECT any_match(tags, t -> t = 'vip'), cardinality(tags), contains(tags, 'vip'), array_join(tags, ',') FROM customers

-- athena arrays_maps
SELECT element_at(attrs, 'tier'), attrs['tier'], map_keys(attrs), map_values(attrs) FROM customers

-- athena arrays_maps
SELECT address.city, address.geo.lat FROM customers

-- athena arrays_maps
SELECT CAST(ROW(1, 'a') AS ROW(x bigint, y varchar)).x

-- athena arrays_maps
SELECT array_sort(array_distinct(tags)), array_intersect(tags, ARRAY['vip']), array_max(ARRAY[1,2]) FROM customers

-- athena arrays_maps
SELECT map(ARRAY['a'], ARRAY[1]), map_filter(attrs, (k, v) -> v IS NOT NULL), transform_values(attrs, (k, v) -> lower(v)) FROM customers

-- athena arrays_maps
SELECT k, v FROM customers CROSS JOIN UNNEST(attrs) AS t(k, v)

-- athena arrays_maps
SELECT * FROM UNNEST(ARRAY[1,2], ARRAY['a','b']) AS t(n, s)

-- athena json_strings
SELECT CAST(json_parse(payload) AS map(varchar, json)) FROM events

-- athena json_strings
SELECT json_value(payload, 'lax $.a'), json_query(payload, 'lax $.b'), json_exists(payload, 'lax $.c') FROM events

-- athena json_strings
SELECT json_array_length(json_extract(payload, '$.items')), json_size(payload, '$') FROM events

-- athena json_strings
SELECT regexp_extract(url, '/p/(\d+)', 1), regexp_like(url, '^/p'), regexp_replace(url, '\?.*$', '') FROM events

-- athena json_strings
SELECT lower(name) || '!' , concat('a', 'b', 'c'), length(name), reverse(name), lpad(name, 10, '.') FROM customers

-- athena json_strings
SELECT to_hex(md5(to_utf8(email))), format('%s-%d', 'a', 1), levenshtein_distance('a', 'b') FROM customers

-- athena json_strings
SELECT U&'caf\00e9', 'Zürich 🚀', chr(65), codepoint('A')

-- athena json_strings
SELECT format_number(1234567.0), translate('abc', 'a', 'b'), trim(BOTH ' ' FROM name) FROM customers

-- athena casts_cond
SELECT try_cast(x AS integer), TRY(1 / 0), CAST(amount AS decimal(10,2)), typeof(amount) FROM orders

-- athena casts_cond
SELECT if(amount > 10, 'big', 'small'), coalesce(note, 'n/a'), nullif(status, 'x') FROM orders

-- athena casts_cond
SELECT CASE WHEN amount < 50 THEN 's' ELSE 'l' END AS b, count(*) FROM orders GROUP BY 1

-- athena casts_cond
SELECT x IS NOT DISTINCT FROM y, greatest(1, 2), least(1, 2), width_bucket(amount, 0, 100, 10) FROM orders

-- athena windows_ctes
SELECT customer_id, amount, row_number() OVER (PARTITION BY customer_id ORDER BY created_at DESC) AS rn FROM orders

-- athena windows_ctes
SELECT order_date, sum(amount) OVER (ORDER BY order_date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) FROM orders

-- athena windows_ctes
SELECT country FROM customers UNION ALL SELECT ship_country FROM orders

-- athena windows_ctes
SELECT customer_id FROM customers EXCEPT SELECT customer_id FROM orders

-- athena windows_ctes
SELECT customer_id FROM customers INTERSECT SELECT customer_id FROM orders

-- athena windows_ctes
SELECT * FROM (SELECT *, rank() OVER (PARTITION BY country ORDER BY amount DESC) AS r FROM orders) WHERE r <= 3

-- athena windows_ctes
SELECT * FROM orders TABLESAMPLE BERNOULLI (10)

-- athena windows_ctes
SELECT * FROM orders_iceberg FOR TIMESTAMP AS OF TIMESTAMP '2024-01-01 00:00:00 UTC'

-- athena windows_ctes
SELECT * FROM orders MATCH_RECOGNIZE (PARTITION BY customer_id ORDER BY order_date MEASURES A.amount AS start_amt, LAST(B.amount) AS low ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN (A B+) DEFINE B AS B.amount < PREV(B.amount))

-- athena keyword_like_names
SELECT update_date, deleted, "grant", "copy", "order" FROM marketing_assets

-- athena keyword_like_names
SELECT count(*) AS "delete", max(update_date) AS "update" FROM customers

-- athena keyword_like_names
SELECT unload_time, repair_count, msck_flag, optimize_score, vacuum_hours FROM machines

-- athena keyword_like_names
SELECT "user", "table", "Total Spend" FROM marketing_assets

-- athena keyword_like_names
SELECT call, show, use, set_id FROM machines

-- athena comments_misc
/* a; b */ SELECT status /* UNLOAD */ FROM orders -- DROP TABLE x

-- athena comments_misc
SELECT 1

-- athena comments_misc
VALUES (1, 'a'), (2, 'b')

-- athena comments_misc
SELECT order_id FROM orders WHERE (customer_id, status) IN (SELECT customer_id, status FROM orders WHERE amount > 10)

-- athena comments_misc
SELECT "count"(*) FROM orders WHERE "status" = 'paid;'

-- postgres names_and_scopes
select Qty from "Order Details"

-- postgres names_and_scopes
select od.Qty, "od"."Order ID" from "Order Details" as od

-- postgres names_and_scopes
select "Order Details"."Order ID", "Order Details".* from "Order Details"

-- postgres names_and_scopes
select "Order Details"."Order ID" from public."Order Details"

-- postgres names_and_scopes
SELECT ORDERS.ORDER_ID FROM ORDERS WHERE Orders.Amount > 10 order by Order_Id

-- postgres names_and_scopes
select public.orders.order_id from public.orders

-- postgres names_and_scopes
select s.salary from hr.salaries s

-- postgres names_and_scopes
select salaries.salary from hr.salaries

-- postgres names_and_scopes
select salary from salaries

-- postgres names_and_scopes
select hr.salaries.salary from hr.salaries

-- postgres names_and_scopes
select c.name, h.name from customers c join hr.customers h using (customer_id)

-- postgres names_and_scopes
select order_id, amount as total from orders order by total desc, order_id limit 3

-- postgres names_and_scopes
select order_id, amount*2 as total from orders order by total desc limit 3

-- postgres names_and_scopes
select date_trunc('month', order_date) as m, count(*) from orders group by m order by m

-- postgres names_and_scopes
select status as s, count(*) n from orders group by s having count(*) > 1 order by n, s

-- postgres names_and_scopes
select customer_id from orders join customers using (customer_id) order by customer_id

-- postgres names_and_scopes
select * from orders join customers using (customer_id) join subscriptions using (customer_id)

-- postgres names_and_scopes
select customer_id, o.amount from (orders o join customers c using (customer_id)) where c.country = 'DE'

-- postgres names_and_scopes
select x.a from (orders o join customers c on o.customer_id = c.customer_id) x(a)

-- postgres names_and_scopes
select o.order_id from (orders o left join (customers c join regions r using (country)) on o.customer_id = c.customer_id) where r.region = 'DACH'

-- postgres names_and_scopes
select name, (select count(*) from orders o where o.customer_id = c.customer_id and o.tenant_id = c.tenant_id) from customers c

-- postgres names_and_scopes
select name, (select count(*) from orders where customer_id = c.customer_id) from customers c

-- postgres names_and_scopes
with a as (select order_id, amount from orders), b as (select sum(amount) as t from a) select order_id, amount / t from a, b

-- postgres names_and_scopes
with a as (select 1 as x union all select 2) select x from a union select order_id from orders order by x limit 5

-- postgres names_and_scopes
with a(n, m) as (select order_id, amount from orders) select n, m from a where m > 50

-- postgres names_and_scopes
with orders as (select customer_id from customers) select customer_id from orders

-- postgres names_and_scopes
with t as (with u as (select order_id from orders) select * from u) select order_id from t

-- postgres names_and_scopes
select * from (select customer_id, count(*) from orders group by 1) q where q.count > 3

-- postgres names_and_scopes
select count from (select customer_id, count(*) from orders group by 1) q

-- postgres names_and_scopes
select max, min from (select max(amount), min(amount) from orders) q

-- postgres names_and_scopes
select q.date_trunc, q.coalesce, q.sum from (select date_trunc('month', order_date), coalesce(note, ''), sum(amount) from orders group by 1, 2) q

-- postgres names_and_scopes
select "case" from (select case when true then 1 end) q

-- postgres names_and_scopes
select int4 from (select 1::int) q

-- postgres names_and_scopes
select order_date::date from orders order by order_date

-- postgres names_and_scopes
select q.order_date from (select order_date::timestamp from orders) q

-- postgres names_and_scopes
select t from (select 1 as a, 2 as b) t

-- postgres names_and_scopes
select row_to_json(t) from (select order_id from orders limit 2) t

-- postgres names_and_scopes
select to_jsonb(o) from orders o limit 1

-- postgres names_and_scopes
select count(o) from orders o

-- postgres names_and_scopes
select c.name, x.total from customers c cross join lateral (select sum(o.amount) as total from orders o where o.customer_id = c.customer_id) x

-- postgres names_and_scopes
select c.name, x.total from customers c, lateral (select sum(amount) as total from orders where customer_id = c.customer_id) x

-- postgres names_and_scopes
select g from generate_series(1,5) g

-- postgres names_and_scopes
select g.g, g from generate_series(1,5) as g

-- postgres names_and_scopes
select generate_series from generate_series(1,5)

-- postgres names_and_scopes
select d.day::date, count(o.order_id) from generate_series('2024-01-01'::date, '2024-01-31'::date, '1 day'::interval) as d(day) left join orders o on o.order_date = d.day group by 1 order by 1

-- postgres names_and_scopes
select date_trunc('month', dd)::date from generate_series(date '2024-01-01', current_date, interval '1 month') dd

-- postgres names_and_scopes
select e.key, e.value from customers c, jsonb_each(c.attrs) e

-- postgres names_and_scopes
select e.key, count(*) from customers c, jsonb_each_text(c.attrs) as e(key, value) group by e.key

-- postgres names_and_scopes
select key from customers, jsonb_object_keys(attrs) as key

-- postgres names_and_scopes
select elem->>'sku' from orders, jsonb_array_elements(items) elem

-- postgres names_and_scopes
select elem.value->>'sku' from orders, jsonb_array_elements(items) elem

-- postgres names_and_scopes
select elem->>'sku' from orders o cross join lateral jsonb_array_elements(o.items) as x(elem)

-- postgres names_and_scopes
select tag from customers, unnest(tags) tag

-- postgres names_and_scopes
select t.tag, t.ordinality from customers c, unnest(c.tags) with ordinality as t(tag)

-- postgres names_and_scopes
select unnest(tags) from customers

-- postgres names_and_scopes
select r.a, r.b from jsonb_to_recordset('[{"a":1,"b":"x"}]') as r(a int, b text)

-- postgres names_and_scopes
select sum(amount) over w, rank() over (w order by amount) from orders window w as (partition by customer_id)

-- postgres names_and_scopes
select order_id from orders union all select product_id from products order by order_id

-- postgres names_and_scopes
select order_id as i from orders union all select product_id from products order by i desc limit 3

-- postgres names_and_scopes
(select order_id from orders order by 1 limit 2) union all (select product_id from products order by 1 limit 2)

-- postgres names_and_scopes
select * from (values (1,'a'),(2,'b')) as v(id, name) join customers c on c.customer_id = v.id

-- postgres names_and_scopes
select column1 from (values (1),(2)) v

-- postgres names_and_scopes
values (1, 2), (3, 4)

-- postgres names_and_scopes
select distinct on (customer_id) customer_id, amount as a from orders order by customer_id, a desc

-- postgres names_and_scopes
select order_id from orders order by amount desc fetch first 3 rows only

-- postgres names_and_scopes
select order_id from orders offset 5 rows fetch next 3 rows only

-- postgres names_and_scopes
select order_id from orders limit 3 offset 2

-- postgres names_and_scopes
select order_id from orders limit all

-- postgres names_and_scopes
select m."grant", "order", "Total Spend" from marketing_assets m

-- postgres names_and_scopes
select "user" from marketing_assets

-- postgres with_catalog_only
select user from marketing_assets where false

-- postgres names_and_scopes
select "naïve_größe" from marketing_assets

-- postgres names_and_scopes
select NAÏVE from (select 1 as NAÏVE) q

-- postgres names_and_scopes
select o.status, count(*) filter (where o.amount > 20) from orders o group by rollup(o.status)

-- postgres names_and_scopes
select a.employee_id, b.name from employees a left join employees b on a.manager_id = b.employee_id

-- postgres names_and_scopes
select * from orders o where exists (select 1 from customers c where c.customer_id = o.customer_id and c.country in ('DE', 'FR'))

-- postgres names_and_scopes
select * from orders o where (customer_id, status) in (select customer_id, status from orders where amount > 200)

-- postgres names_and_scopes
select to_hex(255), to_char(now(), 'YYYY') > '1', md5('a'), encode('abc', 'hex'), current_date = current_date, current_time is not null

-- postgres names_and_scopes
select extract(epoch from created_at), date_part('year', order_date) from orders

-- postgres names_and_scopes
select percentile_cont(0.5) within group (order by amount) from orders

-- postgres names_and_scopes
select case status when 'paid' then 1 else 0 end from orders

-- postgres names_and_scopes
select string_agg(distinct status, ',' order by status) from orders

-- postgres names_and_scopes
select o.*, c.name from orders o join customers c on c.customer_id = o.customer_id order by o.order_id limit 5

-- postgres names_and_scopes
select c.country, count(distinct o.order_id) as n from customers c left join orders o on o.customer_id = c.customer_id group by c.country order by count(distinct o.order_id) desc, c.country

-- postgres names_and_scopes
select r.region, ch.channel, s.status from (select distinct region from regions) r cross join (select distinct channel from orders) ch cross join (select distinct status from orders) s

-- postgres names_and_scopes
select lower(name) as name from customers order by name

-- postgres names_and_scopes
select lower(name) as n from customers order by lower(name)

-- postgres names_and_scopes
select sum(amount) as amount from orders having sum(amount) > 5

-- postgres names_and_scopes
select amount + 1 as amount from orders group by amount order by amount

-- postgres names_and_scopes
select 1_000 + 0xFF

-- postgres names_and_scopes
select -1 - -2, - (-3), not true, 1 <> 2, 2 ^ 3 ^ 2, 10 / 4, 10 % 4, 7 / 2.0

-- postgres names_and_scopes
select interval '1 day' * 3, date '2024-01-31' + interval '1 month', age(date '2024-01-01', date '2023-01-01')

-- postgres names_and_scopes
select timestamp '2024-01-01 10:00' at time zone 'UTC' at time zone 'Europe/Berlin'

-- postgres names_and_scopes
select coalesce(nullif(note, 'ok'), 'x') is not distinct from note from orders

-- postgres names_and_scopes
select overlay('abc' placing 'x' from 2 for 1), substring('abc' from 2), substring('abc', 2, 1), trim(leading 'a' from 'abc'), position('b' in 'abc')

-- postgres names_and_scopes
select json_build_object('a', 1) -> 'a', '{"a": {"b": 2}}'::json #>> '{a,b}', '{"a":1}'::jsonb ? 'a', '{"a":1}'::jsonb @> '{"a":1}'

-- postgres names_and_scopes
select make_interval(days => 3), make_date(2024, 1, 1)

-- postgres names_and_scopes
select greatest(1, 2), least(1, 2), width_bucket(5, 0, 10, 5), round(1.234, 2), ceil(1.2), floor(1.8), trunc(1.55, 1), div(7, 2), mod(7, 2)

-- postgres names_and_scopes
select lag(amount, 1, 0) over (partition by customer_id order by order_id), ntile(4) over (order by amount, order_id) from orders

-- postgres names_and_scopes
select sum(amount) over (order by order_date, order_id range between unbounded preceding and current row exclude ties) from orders

-- postgres names_and_scopes
select avg(amount) over (order by order_date range between '7 days' preceding and current row) from orders

-- postgres names_and_scopes
select count(*) from orders where order_date between symmetric '2024-12-31' and '2024-01-01'

-- postgres names_and_scopes
select regexp_replace(name, '(\d+)', '<\1>', 'g'), regexp_match(name, '\d') from customers

-- postgres names_and_scopes
select (select max(x) from unnest(tags) as x) from customers

-- postgres names_and_scopes
select any_value(status), bool_or(amount > 1) from orders

-- postgres names_and_scopes
select 'a' as "select", 1 as "Weird Name"

-- postgres names_and_scopes
select q."Weird Name" from (select 1 as "Weird Name") q

-- postgres names_and_scopes
select x.* from (select * from orders) x where x.amount > 100

-- postgres names_and_scopes
select * from (select *, amount * 2 as double_it from orders) x where double_it > 100

-- postgres names_and_scopes
select o.order_id from orders o, customers c where o.customer_id = c.customer_id

-- postgres names_and_scopes
select order_id from orders where note ilike '%o%' and not (status = 'new' or status is null)

-- redshift more
select region, amount from sales qualify row_number() over (partition by region order by amount desc) = 1

-- redshift more
select median(amount), percentile_cont(0.5) within group (order by amount) over (partition by region) from sales

-- redshift more
select approximate count(distinct cust_id) from sales

-- redshift more
select convert_timezone('UTC', 'Europe/Berlin', sold_at), trunc(sold_at), date_part(dow, sold_at), date_part('dow', sold_at), extract(epoch from sold_at) from sales

-- redshift more
select date_part(year, sold_at), datediff('day', a, b), dateadd(month, 1, current_date), date_add('month', 1, current_date), last_day(sold_at), add_months(sold_at, 3), months_between(a, b) from sales

-- redshift more
select sysdate, getdate(), current_date, current_timestamp, trunc(getdate()), date_trunc('month', sysdate) from sales

-- redshift more
select * from (select region, status, amount from sales) pivot (sum(amount) for status in ('a', 'b'))

-- redshift more
select * from sales unpivot (v for k in (a, b))

-- redshift more
select c.id, o.total from customers c, c.orders o where o.total > 5

-- redshift more
select payload.a.b[0].c::varchar from events

-- redshift more
select e.payload.user.id from events e

-- redshift more
select json_extract_path_text(payload, 'a'), json_extract_array_element_text(x, 0), json_array_length(x) from events

-- redshift more
select regexp_substr(url, '[0-9]+'), regexp_count(url, '/'), regexp_replace(url, 'a', 'b'), regexp_instr(url, 'x'), len(url), charindex('a', url), strpos(url, 'a'), strtol('ff', 16), md5(url), sha2(url, 256), fnv_hash(url) from events

-- redshift more
select nvl(a, b), isnull(a, b), nvl2(a, b, c), decode(a, 1, 'x', 2, 'y', 'z'), coalesce(a, b) from t

-- redshift more
select cast(a as super), a::varchar(10), a::decimal(10,2), convert(integer, a), a::float8, a::timestamptz from t

-- redshift more
select try_cast(a as int) from t

-- redshift more
select a, count(*) over () from t limit 10

-- redshift more
select first_value(amount ignore nulls) over (partition by region order by sold_at rows between unbounded preceding and unbounded following) from sales

-- redshift more
select last_value(amount) ignore nulls over (partition by region order by sold_at rows between unbounded preceding and current row) from sales

-- redshift more
select lag(amount) over (order by sold_at), nth_value(amount, 2) over (order by sold_at rows between unbounded preceding and current row), ntile(4) over (order by amount) from sales

-- redshift more
select a + 1 as b, b * 2 as c from t

-- redshift more
select count(case when a = 1 then 1 end), sum(decode(a, 1, 1, 0)) from t

-- redshift more
select hll(a), hll_cardinality(hll_create_sketch(a)) from t

-- redshift more
select listagg(distinct a, ', ') within group (order by a) over (partition by b) from t

-- redshift more
select a from t where a ilike any (array['x', 'y'])

-- redshift more
select a from t where b not in (select b from u) and a between 1 and 2 and c is not null

-- redshift more
select object('a', 1), array(1,2), get_array_length(array(1,2)), split_to_array('a,b', ',') from t

-- redshift more
select to_char(a, 'YYYY'), to_date('2020', 'YYYY'), to_number('1', '9'), to_timestamp('x', 'y') from t

-- redshift more
select date '2020-01-01' + 1, '2020-01-01'::date, interval '1 day', timestamp '2020-01-01 10:00:00', date '2020-01-01' - interval '1 month' from t

-- redshift more
select a, grouping(a), grouping_id(a) from t group by grouping sets ((a), ())

-- redshift more
select top 5 a from t order by a

-- redshift more
select distinct a from t order by a desc nulls last limit 5 offset 10

-- redshift more
select concat(a, b), a || b, initcap(a), btrim(a), ltrim(a, '0'), trim(both ' ' from a), left(a, 2), right(a, 2), replicate('x', 3), repeat('x', 3), reverse(a), translate(a, 'x', 'y'), replace(a, 'b', 'c'), upper(a), lower(a), substring(a, 1, 2), substring(a from 1 for 2), position('a' in a), split_part(a, ',', 1), ascii(a), chr(65), quote_ident(a), octet_length(a), lpad(a, 5, '0') from t

-- redshift more
select abs(a), ceil(a), ceiling(a), floor(a), round(a, 2), trunc(a, 1), mod(a, 2), power(a, 2), sqrt(a), exp(a), ln(a), log(a), sign(a), random(), pi(), greatest(a, b), least(a, b), degrees(a), cbrt(a) from t

-- redshift more
select a from t minus select a from u

-- redshift more
with recursive_orders as (select 1 as a) select * from recursive_orders

-- redshift more
select * from spectrum.events where year = 2020

-- redshift more
select count(*) from t where date_trunc('day', a)::date = '2020-01-01' and extract(hour from a) in (1,2)

-- redshift more
select a from (select a from t union all select a from u) x group by 1

-- redshift more
select current_date - 7, dateadd(d, -1, current_date), datediff(hours, a, b), datediff(qtr, a, b) from t

-- redshift more
select a::date as "date", "table" from t

-- athena more
select count_if(a > 1), max_by(a, b), min_by(a, b), arbitrary(a), bool_or(a > 1), array_agg(a order by b), array_agg(distinct a), map_agg(a, b), approx_most_frequent(3, a, 10) from t

-- athena more
select date_format(a, '%Y-%m'), date_parse('2020', '%Y'), date_trunc('month', a), year(a), month(a), day(a), hour(a), quarter(a), week(a), day_of_week(a), dow(a), day_of_year(a), year_of_week(a), format_datetime(a, 'yyyy') from t

-- athena more
select current_date - interval '7' day, now() - interval '1' hour, current_timestamp, localtimestamp, date '2020-01-01' + interval '1' month from t

-- athena more
select cast(a as varchar), cast(a as decimal(10,2)), try_cast(a as double), cast(a as array(varchar)), cast(a as map(varchar, integer)), cast(a as timestamp(3)), cast(a as timestamp with time zone), cast(a as row(x varchar, y integer)), cast(a as varbinary), cast(a as real), cast(a as json) from t

-- athena more
select a from t where regexp_like(b, 'x') and b like '%x\_%' escape '\' and c not like 'y' and d is not null

-- athena more
select t.a, u.b from t cross join unnest(t.items) as u(b)

-- athena more
select t.a, u.b from t, unnest(t.items) as u(b)

-- athena more
select t.a, x, y from t cross join unnest(t.xs, t.ys) as u(x, y)

-- athena more
select t.a, i.sku, i.qty from t cross join unnest(items) as x(i)

-- athena more
select t.a, b from t left join unnest(items) as u(b) on true

-- athena more
select filter(a, x -> x > 1), transform(a, x -> x * 2), reduce(a, 0, (s, x) -> s + x, s -> s), zip_with(a, b, (x, y) -> x + y), map_filter(m, (k, v) -> v > 1), any_match(a, x -> x = 1), all_match(a, x -> x is null), none_match(a, x -> x = 2) from t

-- athena more
select json_extract_scalar(a, '$.x'), json_extract(a, '$.x[0]'), json_parse(a), json_format(b), json_array_get(a, 0), json_array_contains(a, 1), cast(json_extract(a, '$') as array(json)), is_json_scalar(a) from t

-- athena more
select json_value(a, 'lax $.x' returning integer default 0 on empty), json_query(a, 'lax $.x' with array wrapper), json_object('a': 1), json_array(1,2) from t

-- athena more
select element_at(m, 'k'), m['k'], a[1], cardinality(a), array_join(a, ','), slice(a, 1, 2), flatten(a), array_position(a, 1), array_remove(a, 1), array_union(a, b), array_except(a, b), shuffle(a), array_sort(a, (x, y) -> if(x < y, 1, -1)), contains(a, 1), concat(a, b), a || b, map_keys(m), map_concat(m, m), map_entries(m), reverse(a), zip(a, b), array[1,2], array[array[1]], map(array['a'], array[1]) from t

-- athena more
select row_number() over (order by a), lag(a, 1) over (partition by b order by c), first_value(a) ignore nulls over (order by b), sum(a) over (order by b range between interval '7' day preceding and current row), ntile(4) over (order by a), percent_rank() over (order by a) from t

-- athena more
select sum(a) over w from t window w as (partition by b order by c)

-- athena more
select split(a, ','), split_part(a, ',', 1), substr(a, 1, 2), substring(a, 2), substring(a from 1 for 2), strpos(a, 'x'), position('x' in a), trim(a), ltrim(a), lower(a), upper(a), replace(a, 'x'), length(a), concat('a', 'b'), concat_ws(',', 'a', 'b'), lpad(a, 5, '0'), reverse(a), chr(65), normalize(a), word_stem(a), soundex(a), levenshtein_distance(a, b), url_extract_host(a), url_extract_parameter(a, 'q'), url_decode(a), to_utf8(a), from_utf8(b), to_hex(b), md5(b), sha256(b), to_base64(b), from_base64(a), crc32(b), xxhash64(b) from t

-- athena more
select a, count(*) from t group by cube (a, b), rollup (a)

-- athena more
select approx_distinct(a, 0.01), approx_percentile(a, 0.5), approx_percentile(a, w, 0.5), stddev(a), variance(a), corr(a, b), regr_slope(a, b), histogram(a), geometric_mean(a), entropy(a), covar_pop(a,b) from t

-- athena more
select coalesce(a, b), nullif(a, b), if(a > 1, 'x'), case when a then 1 end, greatest(a, b), try(a / b), typeof(a), a is distinct from b from t

-- athena more
with a as (select 1 as x), b as (select x from a) select * from b order by x limit 5

-- athena more
select * from t order by a desc nulls last offset 5 limit 10

-- athena more
select * from t fetch first 5 rows with ties

-- athena more
select distinct a from t where dt between '2020' and '2021' and year = '2020'

-- athena more
select * from "my-db"."my table" where "Weird Col" = 1

-- athena more
select * from awsdatacatalog.db.t

-- athena more
select a.b.c, a.b.c.d.e from t

-- athena more
select t.a.b from db.t

-- athena more
select count(distinct a), count(distinct (a, b)), sum(distinct a) from t

-- athena more
select * from t tablesample system (10)

-- athena more
select a from t where (a, b) in (select a, b from u)

-- athena more
select a from t where a = any (select b from u) or a >= all (values 1, 2)

-- athena more
select exists (select 1 from t)

-- athena more
select at_timezone(a, 'UTC'), a at time zone 'America/New_York', from_unixtime(a), from_unixtime(a, 'UTC'), to_unixtime(b), from_iso8601_timestamp(c), parse_datetime(a, 'yyyy'), date_add('day', 1, a), date_diff('day', a, b), date(a), timestamp '2020-01-01 00:00:00', last_day_of_month(a), extract(day from a), human_readable_seconds(a), parse_duration('1d') from t

-- athena more
select truncate(a), truncate(a, 2), mod(a, 2), a % 2, power(a, 2), sqrt(a), cbrt(a), ln(a), log10(a), log2(a), log(2, a), sign(a), rand(), random(10), pi(), e(), is_nan(a), nan(), infinity(), width_bucket(a, 1, 2, 3), bitwise_and(a, b), ceil(a), floor(a), round(a, 1), abs(a), degrees(a), from_base('ff', 16), to_base(1, 2) from t

-- athena more
select listagg(a, ',') within group (order by a) from t

-- athena more
select listagg(a, ',' on overflow truncate '...' with count) within group (order by a) from t

-- athena more
select array_agg(a) filter (where b > 1), count(*) filter (where c) from t

-- athena more
select sequence(1, 10), sequence(date '2020-01-01', date '2020-02-01', interval '1' day) from t

-- athena more
select d from unnest(sequence(date '2020-01-01', current_date, interval '1' day)) as x(d)

-- athena more
select a from t for version as of 123

-- athena more
select a from t cross join (values ('a'), ('b')) as v(x)

-- athena more
select split_to_map(a, '&', '='), multimap_agg(a, b), map_from_entries(c), ngrams(split(a, ' '), 2) from t

-- athena more
select current_timestamp(3), localtime, current_time from t

-- athena more
select uuid(), typeof(1), format('%d items', a), format_number(a) from t

-- athena more
select ip_prefix(a, 8), contains('10.0.0.0/8', cast(a as ipaddress)) from t

-- athena more
select a from t where b = cast('x' as ipaddress)

-- athena more
select st_distance(a, b) from t

-- postgres kept
SELECT repeat('█', round(100.0 * n / max(n) OVER ())::int) FROM (SELECT count(*) AS n FROM orders GROUP BY status) t

-- postgres kept
SELECT repeat('*', length(name)) FROM customers

-- postgres kept
SELECT repeat('*', (amount / 10)::int) FROM orders

-- postgres kept
SELECT n, lpad('', n::int, '#') FROM (SELECT count(*) n FROM orders) x

-- postgres dates
SELECT generate_series(date_trunc('month', min(order_date)), max(order_date), '1 month') FROM orders

-- postgres dates
SELECT d::date FROM generate_series(current_date - interval '30 days', current_date, '1 day') d

-- postgres dates
SELECT d::date FROM generate_series(current_date - 30, current_date, '1 day') d

-- postgres kept
SELECT h FROM generate_series(0, 23) h

-- postgres dates
SELECT d, h FROM generate_series('2024-01-01'::date, '2024-12-31'::date, '1 day') d CROSS JOIN generate_series(0, 23) h

-- postgres dates
WITH b AS (SELECT min(order_date) lo, max(order_date) hi FROM orders) SELECT d FROM b, generate_series(b.lo, b.hi, interval '1 day') d

-- postgres dates
WITH b AS (SELECT min(order_date) lo, max(order_date) hi FROM orders) SELECT generate_series(lo, hi, interval '1 week') FROM b

-- postgres kept
SELECT a.product_id, b.product_id, count(*) FROM order_items a JOIN order_items b ON a.order_id = b.order_id AND a.product_id < b.product_id GROUP BY 1, 2

-- postgres dates
SELECT a.order_date, sum(b.amount) FROM orders a JOIN orders b ON b.order_date <= a.order_date GROUP BY 1

-- postgres kept
SELECT a.name, b.name FROM employees a JOIN employees b ON a.salary > b.salary

-- postgres kept
SELECT b.lo, count(*) FROM (VALUES (0, 100), (100, 500)) b(lo, hi) JOIN orders o ON o.amount >= b.lo AND o.amount < b.hi GROUP BY 1

-- postgres dates
SELECT * FROM orders o JOIN campaigns c ON o.order_date BETWEEN c.starts_on AND c.ends_on

-- postgres kept
SELECT * FROM events e JOIN products p ON e.url LIKE '%' || p.sku || '%'

-- postgres kept
SELECT c.name, p.name FROM customers c CROSS JOIN products p

-- postgres dates
SELECT m.month, p.category, coalesce(sum(x.amount), 0) FROM generate_series(1, 12) AS m(month) CROSS JOIN (SELECT DISTINCT category FROM products) p LEFT JOIN orders x ON extract(month FROM x.order_date) = m.month GROUP BY 1, 2

-- postgres kept
SELECT regexp_replace(phone, '[^0-9]', '', 'g'), regexp_replace(name, '(\w+)\s+(\w+)', '\2 \1') FROM customers

-- postgres kept
SELECT email ~ '^[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}$' FROM customers

-- postgres kept
SELECT count(*) FROM events WHERE url ~ '^https?://(www\.)?([a-z0-9-]+\.)+[a-z]{2,6}(/([^/?#]+/)*([^/?#]+)?)?(\?.*)?$'

-- postgres kept
SELECT x FROM unnest(ARRAY[[1,2],[3,4]]) AS x

-- postgres kept
SELECT ARRAY[1,2] || ARRAY[[3,4]], '{{1,2},{3,4}}'::int[][]

-- postgres kept
SELECT tags[array_upper(tags, 1)], (tags)[1], (string_to_array(name, ' '))[1], (ARRAY['a','b'])[2] FROM customers

-- postgres kept
SELECT to_char(amount, 'FM999,999,990.00'), to_char(created_at, 'Day'), to_char(12.5, '99D9') FROM orders

-- postgres kept
SELECT percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY amount) FROM orders

-- postgres kept
SELECT width_bucket(amount, 0, 1000, 10) AS b, count(*) FROM orders GROUP BY b ORDER BY b

-- postgres kept
SELECT corr(amount, tax), regr_slope(amount, tax), covar_pop(amount, tax) FROM orders

-- postgres dates
SELECT date_part('year', order_date), make_date(2024, 1, 1), make_interval(days => 7), to_timestamp(1700000000) FROM orders

-- postgres dates
SELECT isfinite(created_at), date_trunc('day', created_at, 'Europe/Berlin') FROM orders

-- postgres kept
SELECT name || ' (' || coalesce(country, '?') || ')' FROM customers

-- postgres kept
SELECT concat_ws(', ', city, country), initcap(name), md5(email), upper(left(name, 1)) FROM customers

-- postgres kept
SELECT jsonb_build_object('a', 1, 'b', name), row_to_json(c), to_jsonb(c) - 'email', jsonb_strip_nulls(attrs) FROM customers c

-- postgres kept
SELECT attrs ? 'tier', attrs ?| array['a','b'], attrs @> '{"tier":"gold"}', attrs - 'x', attrs || '{"a":1}' FROM customers

-- postgres kept
SELECT jsonb_path_exists(attrs, '$.a ? (@ > 1)'), attrs @@ '$.a > 1' FROM customers

-- postgres kept
SELECT to_tsvector('english', name) @@ plainto_tsquery('english', 'red shoes') FROM products

-- postgres kept
SELECT similarity(name, 'x') FROM products

-- postgres dates
SELECT lag(amount) OVER (PARTITION BY customer_id ORDER BY order_date), amount - lag(amount, 1, 0::numeric) OVER w FROM orders WINDOW w AS (ORDER BY order_date)

-- postgres kept
SELECT count(*) FILTER (WHERE status = 'paid') * 100.0 / count(*) FROM orders

-- postgres kept
SELECT ((amount * 100)::int & 3), amount::int | 1, amount::int # 2, ~1, 1 << 3, 8 >> 1 FROM orders

-- postgres kept
SELECT !! 5

-- postgres kept
SELECT name FROM customers WHERE name ILIKE ANY (ARRAY['a%','b%'])

-- postgres kept
SELECT name FROM customers WHERE name LIKE ALL (ARRAY['a%','%b'])

-- postgres kept
SELECT * FROM customers WHERE (tenant_id, customer_id) = (1, 2)

-- postgres kept
SELECT * FROM customers c WHERE ROW(c.country, c.city) = ROW('DE', 'Berlin')

-- postgres kept
SELECT name FROM customers ORDER BY name NULLS FIRST OFFSET 5 ROWS FETCH NEXT 5 ROWS ONLY

-- postgres kept
SELECT count(DISTINCT (country, city)) FROM customers

-- postgres kept
SELECT count(DISTINCT customer_id) FILTER (WHERE amount > 5) FROM orders

-- postgres kept
SELECT array_agg(x ORDER BY x DESC) FROM unnest('{1,2}'::int[]) x

-- postgres kept
SELECT * FROM (SELECT 1 AS a) t NATURAL LEFT JOIN (SELECT 1 AS a, 2 AS b) u

-- postgres kept
SELECT * FROM orders o LEFT JOIN LATERAL (SELECT * FROM order_items i WHERE i.order_id = o.order_id ORDER BY quantity DESC LIMIT 1) i ON TRUE

-- postgres kept
SELECT 1 AS "Größe", 2 AS "a""b", 'x' "quoted alias", 'y' bare

-- postgres dates
SELECT current_date, current_time, localtime, now()::date - 7, 'today'::date, 'yesterday'::date

-- postgres dates
SELECT timestamp '2024-01-01' AT TIME ZONE 'UTC', timestamptz '2024-01-01 00:00+00', time '10:00', interval '1' day

-- postgres dates
SELECT interval '1-2' year to month, interval '1' hour, interval '10' minute, INTERVAL '3 days 4 hours'

-- postgres kept
SELECT EXTRACT(EPOCH FROM (ended_on - started_on)) / 86400 FROM subscriptions

-- postgres dates
SELECT age(now(), created_at), date_part('day', now() - created_at) FROM customers

-- postgres kept
SELECT substring(name, 1, 3), substring(name from 2 for 3), substring(name for 2), overlay(name placing 'x' from 1 for 2), trim(leading '0' from phone) FROM customers

-- postgres dates
SELECT CAST('1' AS double precision), '1'::character varying(10), '1'::numeric(10,2), 1::real, true::int, 'a'::char(1), '00:00'::time without time zone, now()::timestamp with time zone

-- postgres kept
SELECT 1::money, 'a'::citext

-- postgres dates
SELECT '12:00'::timetz, 'a'::bytea, '1.2.3.4'::inet, '08:00:2b:01:02:03'::macaddr, 'a'::name

-- postgres kept
SELECT unaccent(name), levenshtein(name, 'x'), soundex(name), metaphone(name, 4) FROM customers

-- postgres kept
SELECT string_to_array('a,b', ','), array_to_string(tags, ', '), cardinality(tags), array_position(tags, 'x'), unnest(tags) FROM customers

-- postgres kept
SELECT (jsonb_each(attrs)).key FROM customers

-- postgres kept
WITH a AS (SELECT 1), b AS (SELECT * FROM a), c AS (TABLE b) SELECT * FROM c

-- postgres dates
SELECT count(*) FROM orders WHERE created_at >= now() - interval '1 year' AND created_at < date_trunc('month', now()) - '1 day'::interval

-- postgres dates
SELECT date '2024-01-01' + 7, date '2024-01-01' + interval '1 week', (date '2024-03-01' - date '2024-01-01') AS days

-- postgres kept
SELECT count(*) FROM orders TABLESAMPLE SYSTEM (10)

-- postgres kept
SELECT trunc(random() * 10), gen_random_uuid(), md5(random()::text)

-- postgres dates
SELECT to_number('12,454.8', '99G999D9'), to_date('20240101', 'YYYYMMDD')

-- redshift dates
SELECT DATE_PART(year, sold_at), DATE_PART('month', sold_at), DATEPART(dow, sold_at), EXTRACT(week FROM sold_at) FROM sales

-- redshift dates
SELECT DATEDIFF('day', a, b), DATEADD('month', 1, a), ADD_MONTHS(a, 2), MONTHS_BETWEEN(a, b), LAST_DAY(a), TRUNC(a) FROM t

-- redshift dates
SELECT GETDATE(), SYSDATE, CURRENT_DATE, CURRENT_TIMESTAMP, NOW()

-- redshift dates
SELECT CONVERT_TIMEZONE('UTC', 'Europe/Berlin', sold_at), sold_at AT TIME ZONE 'UTC' FROM sales

-- redshift dates
SELECT CONVERT(INTEGER, amount), amount::decimal(10,2), CAST(a AS varchar(20)), a::date FROM t

-- redshift kept
SELECT LEN(name), CHARINDEX('a', name), STRPOS(name, 'b'), SUBSTRING(name, 1, 3), REVERSE(name), REPEAT('a', 3), LPAD(a, 5, '0'), TRANSLATE(a,'x','y') FROM t

-- redshift kept
SELECT REGEXP_SUBSTR(url, '[a-z]+'), REGEXP_COUNT(url, '/'), REGEXP_INSTR(url, 'x'), REGEXP_REPLACE(url, '^https?://', '') FROM t

-- redshift kept
SELECT MEDIAN(amount), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount), PERCENTILE_DISC(0.9) WITHIN GROUP (ORDER BY amount) OVER (PARTITION BY region) FROM sales

-- redshift kept
SELECT LISTAGG(name, ', ') WITHIN GROUP (ORDER BY name) OVER (PARTITION BY region) FROM customers

-- redshift kept
SELECT ROW_NUMBER() OVER (PARTITION BY a ORDER BY b DESC), LEAD(b, 2) OVER (ORDER BY c), NTH_VALUE(b, 2) OVER (ORDER BY c ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t

-- redshift kept
SELECT * FROM sales QUALIFY ROW_NUMBER() OVER (PARTITION BY cust_id ORDER BY sold_at DESC) = 1

-- redshift kept
SELECT * FROM (SELECT region, amount FROM sales) PIVOT (SUM(amount) FOR region IN ('EU', 'US'))

-- redshift kept
SELECT * FROM (SELECT region, amount FROM sales) PIVOT (SUM(amount) AS s, COUNT(*) AS n FOR region IN ('EU' AS eu, 'US' AS us))

-- redshift kept
SELECT * FROM q UNPIVOT (v FOR k IN (a, b, c))

-- redshift kept
SELECT e.id, i.sku FROM events e, e.payload.items i

-- redshift kept
SELECT region, SUM(amount) FROM sales GROUP BY ALL

-- redshift kept
SELECT a FROM t LIMIT 10 OFFSET 5

-- redshift kept
SELECT TOP 5 a, b FROM t

-- redshift kept
SELECT a FROM t EXCEPT SELECT a FROM u UNION ALL SELECT 1

-- redshift kept
SELECT ISNULL(a, 0), NVL2(a, b, c), COALESCE(a, b), NULLIF(a, b), DECODE(a, 1, 'x', 2, 'y') FROM t

-- redshift kept
SELECT SHA2(email, 256), MD5(email), FUNC_SHA1(email), CRC32(email), FNV_HASH(email) FROM customers

-- redshift kept
SELECT STRTOL('ff', 16), TO_HEX(10), TO_NUMBER('12', '99'), PI(), SQRT(2), CBRT(8), DEXP(1), LOG(10), LN(2), POWER(2, 3), MOD(5, 2), ROUND(1.5, 1), CEILING(1.2), SIGN(-1), RANDOM()

-- redshift kept
SELECT JSON_EXTRACT_ARRAY_ELEMENT_TEXT(a, 0), JSON_ARRAY_LENGTH(a), IS_VALID_JSON_ARRAY(a), CAN_JSON_PARSE(a), JSON_SERIALIZE(p) FROM t

-- redshift kept
SELECT ARRAY_CONCAT(a, b), ARRAY_FLATTEN(a), SPLIT_TO_ARRAY(s, ','), ARRAY_TO_STRING(a, ',') FROM t

-- redshift kept
SELECT OBJECT('a', 1), IS_ARRAY(p), IS_OBJECT(p), JSON_SIZE(p), payload."user"."id" FROM events

-- redshift kept
SELECT HLL(cust_id), HLL_CARDINALITY(HLL_CREATE_SKETCH(cust_id)) FROM sales

-- redshift dates
SELECT INTERVAL '1 day', sold_at - INTERVAL '1' MONTH, sold_at + interval '3 hours' FROM sales

-- redshift dates
SELECT date '2024-01-01', timestamp '2024-01-01 10:00', '2024-01-01'::timestamp FROM t

-- redshift kept
SELECT name LIKE 'a\\_%', name ILIKE 'x%', name ~ '^a', name !~ 'b', name NOT LIKE '%c' FROM t

-- redshift kept
SELECT name FROM t WHERE name LIKE 'a^_%' ESCAPE '^'

-- redshift kept
WITH RECURSIVE_x AS (SELECT 1 AS a) SELECT a FROM RECURSIVE_x

-- redshift kept
SELECT COUNT(DISTINCT a), COUNT(DISTINCT CASE WHEN b = 1 THEN a END), SUM(CASE WHEN x THEN 1 ELSE 0 END)::float / COUNT(*) FROM t

-- redshift kept
SELECT GREATEST(a, b), LEAST(a, b), BOOL_AND(a), BIT_OR(b), VARIANCE(c), STDDEV_POP(d) FROM t GROUP BY a, b

-- redshift kept
SELECT region, GROUPING_ID(region, status), SUM(amount) FROM sales GROUP BY ROLLUP (region, status)

-- redshift dates
SELECT TO_CHAR(amount, '999,999.00'), TO_CHAR(sold_at, 'Mon YYYY'), TO_DATE('2024', 'YYYY') FROM sales

-- redshift kept
SELECT COLLATE(name, 'case_insensitive') FROM t

-- redshift kept
SELECT dev.public.sales.amount FROM dev.public.sales

-- redshift dates
SELECT "user", "date", t."order" FROM t

-- redshift kept
SELECT tag, language, action, year, month, day, number, name, value, type, status, level, share, snapshot_id FROM t

-- redshift kept
SELECT ascii('a'), chr(65), quote_ident('a'), soundex('a'), difference('a','b'), initcap('a')

-- redshift dates
SELECT date_trunc('month', getdate())::date - 1, dateadd(month, -1, date_trunc('month', current_date))

-- redshift kept
SELECT MAX(sold_at) OVER (PARTITION BY a ORDER BY b ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) FROM sales

-- redshift dates
SELECT EXTRACT(epoch FROM a - b), DATE_PART(epoch, a) FROM t

-- athena dates
SELECT year(d), month(d), day(d), day_of_week(d), week(d), quarter(d), hour(d), date_format(d, '%Y-%m'), date_parse('2024', '%Y') FROM t

-- athena dates
SELECT format_datetime(now(), 'yyyy-MM'), parse_datetime('2024', 'yyyy'), from_iso8601_date('2024-01-01'), from_iso8601_timestamp('2024-01-01T00:00:00')

-- athena dates
SELECT date_add('month', 1, d), date_diff('day', a, b), d + interval '1' day, d - interval '3' month, date_trunc('month', d) FROM t

-- athena dates
SELECT current_date, current_timestamp, now(), localtimestamp, current_time, localtime

-- athena dates
SELECT CAST(a AS double), CAST(b AS varchar(10)), TRY_CAST(c AS bigint), CAST(d AS timestamp(3) with time zone), CAST(e AS array(varchar)), CAST(f AS json), CAST(g AS row(a int, b varchar)) FROM t

-- athena kept
SELECT a FROM t WHERE contains(tags, 'x') AND cardinality(tags) > 1 AND element_at(m, 'k') = 'v'

-- athena kept
SELECT split(a, ','), split_part(a, '-', 2), strpos(a, 'x'), substr(a, 1, 2), regexp_extract_all(a, '\d+'), regexp_split(a, ','), regexp_count(a, 'x') FROM t

-- athena kept
SELECT filter(a, x -> x > 1), transform(a, x -> x * 2), reduce(a, 0, (s, x) -> s + x, s -> s), zip_with(a, b, (x, y) -> x + y), array_agg(a) FILTER (WHERE b > 1) FROM t

-- athena kept
SELECT reduce(a, CAST(ROW(0.0, 0) AS ROW(sum double, count integer)), (s, x) -> CAST(ROW(x + s.sum, s.count + 1) AS ROW(sum double, count integer)), s -> s.sum / s.count) FROM t

-- athena kept
SELECT max_by(a, b), min_by(a, b), arbitrary(a), count_if(x > 1), geometric_mean(a), approx_most_frequent(3, a, 15), histogram(b) FROM t

-- athena kept
SELECT json_extract_scalar(j, '$.a.b'), json_extract(j, '$.c'), json_format(j), json_array_contains(j, 1), CAST(json_extract(j, '$.x') AS array(varchar)) FROM t

-- athena kept
SELECT t.a, u.x FROM t CROSS JOIN UNNEST(t.items) AS u(x)

-- athena kept
SELECT t.a, u.x.sku FROM t LEFT JOIN UNNEST(t.items) AS u(x) ON true

-- athena kept
SELECT u.k, u.v FROM t, UNNEST(map_keys(m), map_values(m)) AS u(k, v)

-- athena dates
SELECT d FROM UNNEST(sequence(date_add('day', -30, current_date), current_date, interval '1' day)) AS t(d)

-- athena kept
SELECT x FROM UNNEST(sequence(1, 100)) AS t(x)

-- athena dates
SELECT m FROM UNNEST(sequence(CAST('2024-01-01' AS date), CAST('2024-12-01' AS date), interval '1' month)) t(m)

-- athena dates
SELECT h FROM UNNEST(sequence((SELECT min(ts) FROM e), (SELECT max(ts) FROM e), interval '1' day)) t(h)

-- athena kept
SELECT approx_percentile(a, 0.5) OVER (PARTITION BY b), lag(a) IGNORE NULLS OVER (ORDER BY b), first_value(a) OVER (ORDER BY b RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM t

-- athena kept
SELECT a, b, sum(c) FROM t GROUP BY CUBE (a, b) HAVING sum(c) > 1 ORDER BY 1 DESC NULLS LAST LIMIT 5

-- athena kept
SELECT a, sum(c) FROM t GROUP BY ROLLUP (a)

-- athena kept
SELECT * FROM a FULL OUTER JOIN b USING (id)

-- athena kept
SELECT * FROM awsdatacatalog.sales_db.orders

-- athena kept
SELECT a FROM t OFFSET 5 ROWS LIMIT 5

-- athena kept
SELECT a FROM t FETCH FIRST 3 ROWS WITH TIES

-- athena kept
SELECT a FROM t ORDER BY a LIMIT ALL

-- athena kept
SELECT typeof(a), if(a, 1), nullif(a, b), coalesce(a, b), try(a / b), greatest(a, b), least(a, b), is_nan(c), infinity(), nan() FROM t

-- athena kept
SELECT bitwise_and(a, b), truncate(c), round(d, 2), mod(a, 2), rand(), random(10), log(2, 8), width_bucket(a, ARRAY[1,2,3]) FROM t

-- athena kept
SELECT url_extract_host(u), url_extract_path(u), url_extract_parameter(u, 'q'), url_decode(u) FROM t

-- athena kept
SELECT to_base64(to_utf8('a')), from_utf8(from_hex('41')), xxhash64(to_utf8('a')), sha256(to_utf8('a')), uuid()

-- athena kept
SELECT ARRAY[1,2][1], m['k'], ROW(1,2), a.b.c, MAP(ARRAY['x'], ARRAY[1])['x'] FROM t

-- athena kept
SELECT concat_ws(',', 'a', 'b'), 'a' || 'b', array_join(ARRAY['a'], ','), reverse(ARRAY[1]), slice(a, 1, 2), array_position(a, 1), array_remove(a, 1), zip(a, b), flatten(ARRAY[ARRAY[1]]), ngrams(a, 2), repeat('x', 3) FROM t

-- athena kept
SELECT st_distance(st_point(1, 2), st_point(3, 4)), great_circle_distance(1, 2, 3, 4)

-- athena kept
SELECT count(*) FILTER (WHERE x), count(DISTINCT a), sum(DISTINCT b), bool_or(c), every(d), stddev_pop(e), corr(a, b), regr_slope(a, b) FROM t

-- athena kept
SELECT a FROM t TABLESAMPLE SYSTEM (5)

-- athena kept
SELECT * FROM t FOR VERSION AS OF 123

-- athena dates
SELECT timestamp '2024-01-01 00:00:00 UTC' AT TIME ZONE 'Europe/Berlin', at_timezone(ts, 'UTC'), timezone_hour(ts), to_unixtime(ts), extract(day_of_week FROM d) FROM t

-- athena dates
SELECT interval '2' day, interval '1' year, interval '1-3' year to month, interval '1 02:03:04' day to second

-- athena kept
SELECT a IN (1,2), b BETWEEN 1 AND 2, c LIKE 'x!_%' ESCAPE '!', d IS DISTINCT FROM e, EXISTS (SELECT 1), a = ANY (SELECT 1), a > ALL (VALUES 1, 2) FROM t

-- athena kept
WITH a (x, y) AS (SELECT 1, 2), b AS (SELECT x FROM a) SELECT * FROM b UNION ALL SELECT y FROM a

-- athena kept
SELECT json_object('a' : 1), json_array(1, 2), json_query(j, 'lax $.a' WITH ARRAY WRAPPER), json_value(j, 'lax $.a' RETURNING bigint DEFAULT 0 ON EMPTY) FROM t

-- athena kept
SELECT a AS "select", b AS "A b", "T"."C" FROM "T"

-- athena dates
SELECT date, value, year, month, day, type, status, comment, level, zone, position, count, offset_n FROM t

-- athena kept
SELECT format('%,.2f', amount), format('%s %05d', a, b), format('%08.3f', c) FROM t

-- athena kept
SELECT row_number() OVER w, sum(a) OVER (w ROWS 2 PRECEDING) FROM t WINDOW w AS (PARTITION BY b ORDER BY c)

-- athena kept
SELECT LISTAGG(a, ',' ON OVERFLOW TRUNCATE '...' WITH COUNT) WITHIN GROUP (ORDER BY a) FROM t

-- athena dates
SELECT * FROM t WHERE dt BETWEEN '2024-01-01' AND date_format(current_date, '%Y-%m-%d')

-- athena kept
SELECT translate(a, 'x', 'y'), normalize(b), levenshtein_distance(a, b), hamming_distance(a, b), soundex(a), lpad(a, 5, ' '), chr(65), codepoint('a'), starts_with(a, 'x'), trim(a), ltrim(a), upper(a) FROM t

-- postgres kept
SELECT 5 - -3, - -1, +amount FROM orders
