# Right drafts that look a little like wrong ones: each keeps its very text.

# -- how many rows

-- shop
-- question: Which region has the most customers?
SELECT region FROM customer GROUP BY region ORDER BY COUNT(*) DESC LIMIT 1

-- shop
-- question: Which region had more orders, North or South?
SELECT region FROM customer WHERE region IN ('North', 'South') GROUP BY region ORDER BY COUNT(*) DESC LIMIT 1

-- shop
-- question: Show 10 examples of orders.
SELECT * FROM orders LIMIT 10

-- shop
-- question: Show some orders.
SELECT * FROM orders LIMIT 20

-- shop
-- question: Show a page of 20 orders by amount.
SELECT * FROM orders ORDER BY amount LIMIT 20

-- shop
-- question: What is the second page of the orders?
SELECT * FROM orders ORDER BY order_id LIMIT 50 OFFSET 50

-- shop
-- question: Show the three orders with the largest amounts.
SELECT * FROM orders ORDER BY amount DESC LIMIT 3

-- shop
-- question: Did customers in the North order a thing?
SELECT 1 FROM orders JOIN customer ON orders.customer_id = customer.customer_id WHERE region = 'North' LIMIT 1

-- shop
-- question: What is the total of all orders?
SELECT SUM(amount) FROM orders LIMIT 1

-- shop
-- question: What is the first order of each customer?
SELECT DISTINCT ON (customer_id) * FROM orders ORDER BY customer_id, placed_at

-- shop
-- question: Show the top 3 orders of each customer.
SELECT * FROM (SELECT o.*, RANK() OVER (PARTITION BY customer_id ORDER BY amount DESC) AS r FROM orders AS o) AS x WHERE r < 4 ORDER BY customer_id, r

-- shop
-- question: Show the top 5% of the customers by income.
SELECT name FROM (SELECT name, PERCENT_RANK() OVER (ORDER BY income DESC) AS p FROM customer) AS x WHERE p <= 0.05 ORDER BY p

-- shop
-- question: For the top 3 customers by amount, list their orders in order.
SELECT * FROM orders WHERE customer_id IN (SELECT customer_id FROM orders GROUP BY 1 ORDER BY SUM(amount) DESC LIMIT 3) ORDER BY placed_at

-- shop
-- question: Top 5 customers with all who tie
SELECT name FROM customer ORDER BY income DESC FETCH FIRST 5 ROWS WITH TIES

-- shop
-- question: And in the South?
-- earlier: Which region has the highest income?
SELECT name FROM customer WHERE region = 'South' ORDER BY income DESC LIMIT 1

-- shop
-- question: And in the South?
-- earlier: Show the top 5 customers by income.
SELECT name FROM customer WHERE region = 'South' ORDER BY income DESC LIMIT 5

-- shop
-- question: Welche Kundin hat das höchste Einkommen?
SELECT name FROM customer ORDER BY income DESC LIMIT 1

# -- shares

-- shop
-- question: What is the ratio of returned orders in percent?
SELECT 100.0 * COUNT(*) FILTER(WHERE returned) / COUNT(*) FROM orders

-- shop
-- question: What proportion of the orders was returned?
SELECT ROUND(100.0 * COUNT(*) FILTER(WHERE returned) / COUNT(*)) FROM orders

-- shop
-- question: What proportion of the orders was returned?
SELECT CAST(100.0 * COUNT(*) FILTER(WHERE returned) / COUNT(*) AS INT) FROM orders

-- shop
-- question: What proportion of the orders was returned?
SELECT ROUND(100.0 * COUNT(*) FILTER(WHERE returned) / COUNT(*), 1) || '%' FROM orders

-- shop
-- question: Which customers have a high ratio of returned orders?
SELECT customer_id FROM orders GROUP BY customer_id HAVING 100.0 * COUNT(*) FILTER(WHERE returned) / COUNT(*) > 50

-- shop
-- question: Which customers have a high ratio of returned orders?
WITH r AS (SELECT customer_id, 100.0 * COUNT(*) FILTER(WHERE returned) / COUNT(*) AS pct FROM orders GROUP BY 1) SELECT customer_id, pct FROM r WHERE pct > 50

-- shop
-- question: What is the ratio of the price in cents to the units?
SELECT units, price * 100 AS cents FROM orders

# -- medians

-- shop
-- question: What are the median and the average amount?
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount), AVG(amount) FROM orders

-- shop
-- question: Show the median amount of each customer.
SELECT customer_id, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount) AS median, AVG(amount) AS usual FROM orders GROUP BY customer_id

-- shop
-- question: Which region has the highest median income?
SELECT region FROM customer GROUP BY region ORDER BY AVG(median_income) DESC NULLS LAST LIMIT 1

-- shop
-- question: What is the median amount of the orders?
SELECT AVG(DISTINCT amount) FROM orders

# -- units

-- shop
-- question: How many orders took longer than a day, in hours?
SELECT COUNT(*) FILTER(WHERE shipped_at - placed_at > INTERVAL '24 hours') FROM orders

-- shop
-- question: How many days did each of the orders take?
SELECT order_id, DATE_PART('day', shipped_at - placed_at) FROM orders

-- shop
-- question: How long does shipping take in minutes?
SELECT AVG(EXTRACT(EPOCH FROM shipped_at - placed_at)) / 60 FROM orders

-- shop
-- question: How long does shipping take in minutes?
WITH t AS (SELECT shipped_at - placed_at AS took FROM orders) SELECT AVG(EXTRACT(EPOCH FROM took)) / 60 FROM t

-- shop
-- question: How long does shipping take in hours?
SELECT order_id, TO_CHAR(shipped_at - placed_at, 'HH24:MI') FROM orders

-- shop
-- question: How long does shipping take, at least, in hours?
SELECT order_id, COALESCE(shipped_at - placed_at, INTERVAL '1 hour') FROM orders

-- shop
-- question: How long did the orders of the last 7 days take?
SELECT order_id, shipped_at - placed_at FROM orders WHERE placed_at >= CURRENT_DATE - 7

-- shop
-- question: How long does shipping take by day of the week?
SELECT EXTRACT(DOW FROM placed_at), AVG(shipped_at - placed_at) FROM orders GROUP BY 1

# -- dates

-- shop
-- question: How many customers joined in 2023?
SELECT COUNT(*) FROM customer WHERE joined_on BETWEEN '2023-01-01' AND '2023-12-31'

-- shop
-- question: How many orders came in Q3?
SELECT COUNT(*) FROM orders WHERE placed BETWEEN '2023-07-01' AND '2023-09-30'

-- shop
-- question: Which of the customers does the shop have?
SELECT name FROM customer WHERE valid_to = '9999-12-31'

-- shop
-- question: How many premium customers are in the North?
-- beside: Premium customers are those who joined before the shop was sold in 2019.
SELECT COUNT(*) FROM customer WHERE joined_on < '2019-05-01'

-- shop
-- question: How many premium customers are in the North?
-- beside: Premium customers joined before the start of the fiscal year.
SELECT COUNT(*) FROM customer WHERE joined_on < '2025-07-01'

-- shop
-- question: And those from the North?
-- earlier: How many customers joined in May 2023?
SELECT COUNT(*) FROM customer WHERE region = 'North' AND joined_on BETWEEN '2023-05-01' AND '2023-05-31'

-- shop
-- question: Wie viele Bestellungen gab es im Februar?
SELECT COUNT(*) FROM orders WHERE placed BETWEEN '2023-02-01' AND '2023-02-28'

-- shop
-- question: How many founding customers are in the North?
SELECT COUNT(*) FROM customer WHERE joined_on < '2011-04-01'

# -- what is stored

-- shop
-- question: Calculate the density of the states.
SELECT state_name, population / area AS density FROM state

-- shop
-- question: What is the density of the states, as population over area?
SELECT state_name, population / area AS density FROM state

-- shop
-- question: What is the birth density of the states?
SELECT state_name, births / area AS birth_density FROM state

-- shop
-- question: What is the unit price of the orders?
SELECT order_id, amount / units AS unit_price FROM orders

-- trips
-- question: What was the speed of the trips?
SELECT trip_id, distance / (air_minutes / 60.0) AS speed FROM trip JOIN plane ON trip.plane_id = plane.plane_id

-- trips
-- question: What was the delay of the trips in hours?
SELECT trip_id, air_minutes / 60.0 AS delay FROM trip

-- shop
-- question: Of the top 5 customers by revenue, who has the most orders?
SELECT customer_id FROM orders GROUP BY customer_id ORDER BY SUM(amount) DESC LIMIT 1

-- shop
-- question: Show the top 5 customers by revenue, from the second page of 10.
SELECT customer_id FROM orders GROUP BY customer_id ORDER BY SUM(amount) DESC LIMIT 10
