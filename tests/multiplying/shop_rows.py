"""A small shop with real rows, on which naive totals go wrong."""

SHOP = """
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL, country text NOT NULL, balance numeric NOT NULL,
    visits int NOT NULL);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, amount numeric NOT NULL,
    status text NOT NULL, courier_id int);
CREATE TABLE payments (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES customers, paid numeric NOT NULL,
    method text NOT NULL);
CREATE TABLE tags (id int PRIMARY KEY, tag text NOT NULL);
CREATE TABLE customer_tags (customer_id int NOT NULL REFERENCES customers, tag_id int NOT NULL REFERENCES tags,
    PRIMARY KEY (customer_id, tag_id));
CREATE TABLE products (id int PRIMARY KEY, title text NOT NULL, price numeric NOT NULL);
CREATE TABLE order_items (order_id int NOT NULL REFERENCES orders, product_id int NOT NULL REFERENCES products,
    quantity int NOT NULL, PRIMARY KEY (order_id, product_id));
CREATE TABLE couriers (id int PRIMARY KEY, courier text NOT NULL);
CREATE TABLE profiles (customer_id int PRIMARY KEY REFERENCES customers, language text);
ALTER TABLE orders ADD FOREIGN KEY (courier_id) REFERENCES couriers;
INSERT INTO customers VALUES (1, 'Ann', 'NL', 100, 5), (2, 'Bob', 'NL', 50, 7), (3, 'Cid', 'DE', 30, 9),
    (4, 'Dan', 'DE', 20, 1);
INSERT INTO couriers VALUES (1, 'Swift'), (2, 'Slow');
INSERT INTO orders VALUES (1, 1, 10, 'paid', 1), (2, 1, 20, 'paid', NULL), (3, 2, 40, 'open', 2),
    (4, 2, 80, 'paid', 2), (5, 3, 160, 'paid', NULL), (6, 3, 5, 'paid', NULL);
INSERT INTO payments VALUES (1, 1, 1, 'card'), (2, 1, 2, 'card'), (3, 1, 4, 'cash'), (4, 2, 8, 'card'),
    (5, 2, 16, 'card'), (6, 3, 32, 'cash');
INSERT INTO tags VALUES (1, 'vip'), (2, 'new');
INSERT INTO customer_tags VALUES (1, 1), (1, 2), (2, 1), (3, 2);
INSERT INTO products VALUES (1, 'pen', 2), (2, 'ink', 3);
INSERT INTO order_items VALUES (1, 1, 5), (1, 2, 1), (2, 1, 10), (3, 2, 4), (4, 1, 1), (5, 2, 6);
INSERT INTO profiles VALUES (1, 'nl'), (2, 'nl'), (3, 'de'), (4, 'de');
ANALYZE;
"""
