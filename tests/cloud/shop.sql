CREATE TABLE orders (
    id integer PRIMARY KEY,
    country text NOT NULL,
    amount numeric NOT NULL
);
COMMENT ON TABLE orders IS 'Orders of a small shop';
INSERT INTO orders VALUES
    (1, 'Norway', 10), (2, 'Norway', 20), (3, 'Norway', 30), (4, 'Chile', 90), (5, 'Chile', 5), (6, 'Kenya', 7);
