# Drafts that plainly do something else than the question asks for.
# Each block: `-- database` (see catalogs.txt) and perhaps a dialect, the question, what stands beside it or came
# earlier, the SQL, `-- becomes`, the SQL after, and one `-- note: …` line for each sentence that is said about it.

-- shop
-- question: List the customers in the region North.
SELECT name FROM customer WHERE region = 'North' LIMIT 10
-- becomes
SELECT name FROM customer WHERE region = 'North'
-- note: All rows are shown, not 10: the question asks for no number of rows.

-- shop athena
-- question: What is the total amount per customer?
SELECT customer_id, SUM(amount) FROM orders GROUP BY customer_id LIMIT 1
-- becomes
SELECT customer_id, SUM(amount) FROM orders GROUP BY customer_id
-- note: All rows are shown, not 1: the question asks for no number of rows.

-- shop
-- question: Show the top 5 customers by revenue.
SELECT customer_id, SUM(amount) AS revenue FROM orders GROUP BY customer_id ORDER BY revenue DESC
-- becomes
SELECT customer_id, SUM(amount) AS revenue FROM orders GROUP BY customer_id ORDER BY revenue DESC LIMIT 5
-- note: The first 5 rows are shown, as the question asks.

-- shop
-- question: Show the top 5 customers by revenue.
SELECT customer_id, SUM(amount) AS revenue FROM orders GROUP BY customer_id ORDER BY revenue DESC LIMIT 10
-- becomes
SELECT customer_id, SUM(amount) AS revenue FROM orders GROUP BY customer_id ORDER BY revenue DESC LIMIT 5
-- note: The first 5 rows are shown, as the question asks, not 10.

-- shop
-- question: Which are the three largest orders?
SELECT order_id FROM orders ORDER BY amount DESC LIMIT 10
-- becomes
SELECT order_id FROM orders ORDER BY amount DESC LIMIT 3
-- note: The first 3 rows are shown, as the question asks, not 10.

-- shop
-- question: What is the ratio of returned orders to all orders?
SELECT 100.0 * COUNT(*) FILTER(WHERE returned) / COUNT(*) AS ratio FROM orders
-- becomes
SELECT 1.0 * COUNT(*) FILTER(WHERE returned) / COUNT(*) AS ratio FROM orders
-- note: The ratio is shown as a fraction, not in percent.

-- shop
-- question: What proportion of the orders was returned?
SELECT (COUNT(CASE WHEN returned THEN 1 END) * 100) / COUNT(*) FROM orders
-- becomes
SELECT (1.0 * COUNT(CASE WHEN returned THEN 1 END)) / COUNT(*) FROM orders
-- note: The ratio is shown as a fraction, not in percent.

-- shop
-- question: What proportion of the orders was returned?
SELECT SUM(CASE WHEN returned THEN 1 ELSE 0 END * 100) / COUNT(*) FROM orders
-- becomes
SELECT SUM(1.0 * CASE WHEN returned THEN 1 ELSE 0 END) / COUNT(*) FROM orders
-- note: The ratio is shown as a fraction, not in percent.

-- shop redshift
-- question: What proportion of the orders was returned?
SELECT AVG(CASE WHEN returned THEN 1.0 ELSE 0 END) * 100 FROM orders
-- becomes
SELECT 1.0 * AVG(CASE WHEN returned THEN 1.0 ELSE 0 END) FROM orders
-- note: The ratio is shown as a fraction, not in percent.

-- shop
-- question: What fraction of the amount does each customer have?
SELECT customer_id, ROUND(SUM(amount) * 100.0 / SUM(SUM(amount)) OVER (), 2) AS share FROM orders GROUP BY customer_id
-- becomes
SELECT customer_id, ROUND(1.0 * SUM(amount) / SUM(SUM(amount)) OVER (), 4) AS share FROM orders GROUP BY customer_id
-- note: The ratio is shown as a fraction, not in percent.

-- shop
-- question: What is the median amount of the orders?
SELECT AVG(amount) FROM orders
-- becomes
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount) FROM orders
-- note: The median of amount is taken, not the average.

-- shop
-- question: What is the median amount of the orders?
SELECT ROUND(AVG(amount), 2) AS median FROM orders
-- becomes
SELECT ROUND(CAST(PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount) AS DECIMAL), 2) AS median FROM orders
-- note: The median of amount is taken, not the average.

-- shop
-- question: What is the median amount of the orders that came back?
SELECT AVG(amount) FILTER(WHERE returned) FROM orders
-- becomes
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount) FILTER(WHERE returned) FROM orders
-- note: The median of amount is taken, not the average.

-- shop athena
-- question: What is the median amount of the orders?
SELECT ROUND(AVG(amount), 2) FROM orders
-- becomes
SELECT ROUND(APPROX_PERCENTILE(amount, 0.5), 2) FROM orders
-- note: The median of amount is taken, not the average.

-- shop
-- question: How long does shipping take on average, in hours?
SELECT AVG(shipped_at - placed_at) FROM orders
-- becomes
SELECT AVG((EXTRACT(EPOCH FROM (shipped_at - placed_at)) / 3600.0)) FROM orders
-- note: shipped_at - placed_at is told in hours.

-- shop redshift
-- question: How many seconds did each order take?
SELECT order_id, shipped_at - placed_at AS took FROM orders ORDER BY took
-- becomes
SELECT order_id, EXTRACT(EPOCH FROM (shipped_at - placed_at)) AS took FROM orders ORDER BY took
-- note: shipped_at - placed_at is told in seconds.

-- shop
-- question: How long does shipping take for each customer, in days?
WITH t AS (SELECT customer_id, SUM(CASE WHEN NOT shipped_at IS NULL THEN shipped_at - placed_at ELSE NULL END) AS took FROM orders GROUP BY customer_id) SELECT customer_id, took FROM t ORDER BY took DESC
-- becomes
WITH t AS (SELECT customer_id, SUM(CASE WHEN NOT shipped_at IS NULL THEN (EXTRACT(EPOCH FROM (shipped_at - placed_at)) / 86400.0) ELSE NULL END) AS took FROM orders GROUP BY customer_id) SELECT customer_id, took FROM t ORDER BY took DESC
-- note: shipped_at - placed_at is told in days.

-- shop
-- question: How many customers are in the region North?
SELECT COUNT(*) FROM customer WHERE region = 'North' AND joined_on >= '2023-01-01'
-- becomes
SELECT COUNT(*) FROM customer WHERE region = 'North'
-- note: The condition joined_on >= '2023-01-01' was left out: the question names no time.

-- shop
-- question: How many customers are in the region North?
-- beside: TAC = total active customers who joined recently.
SELECT COUNT(*) FROM customer WHERE joined_on BETWEEN '2023-01-01' AND '2023-12-31'
-- becomes
SELECT COUNT(*) FROM customer
-- note: The condition joined_on BETWEEN '2023-01-01' AND '2023-12-31' was left out: the question names no time.

-- shop
-- question: What is the population density of the states?
SELECT state_name, ROUND(CAST(population / area AS DECIMAL), 2) AS population_density FROM state
-- becomes
SELECT state_name, state.density AS population_density FROM state
-- note: state.density is shown as it is stored, not reckoned out as ROUND(CAST(population / area AS DECIMAL), 2).

-- shop
-- question: List the states with their density.
SELECT s.state_name, s.population / s.area AS density FROM state AS s
-- becomes
SELECT s.state_name, s.density AS density FROM state AS s
-- note: s.density is shown as it is stored, not reckoned out as s.population / s.area.
