-- A company that sells goods in two years, 2023 and 2024: every row follows from its number, so each load holds the
-- very same data.

-- A number from 0 to n - 1 that looks drawn by lot and follows from the row's number and the use it is put to.
CREATE FUNCTION public.lot(i bigint, salt bigint, n bigint) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT ((seed * seed + i * 31 + salt) % 1000003 * 48271 % 2147483647 % n)::integer
    FROM (SELECT (i * 7919 + salt * 104729) % 1000003 AS seed) AS seeds
$$;

CREATE TABLE public.regions (
    region_id integer PRIMARY KEY,
    name      text NOT NULL
);

CREATE TABLE public.customers (
    customer_id integer PRIMARY KEY,
    name        text NOT NULL,
    email       text,
    country     text NOT NULL,
    state       text,
    region_id   integer REFERENCES public.regions (region_id),
    segment     text NOT NULL,
    signup_date date NOT NULL
);

CREATE TABLE public.products (
    product_id integer PRIMARY KEY,
    name       text NOT NULL,
    category   text NOT NULL,
    price      numeric(10, 2) NOT NULL,
    cost       numeric(10, 2) NOT NULL,
    stock      integer NOT NULL
);

CREATE TABLE public.departments (
    department_id integer PRIMARY KEY,
    name          text NOT NULL,
    budget        numeric(12, 2) NOT NULL,
    location      text NOT NULL
);

CREATE TABLE public.employees (
    employee_id   integer PRIMARY KEY,
    name          text NOT NULL,
    department_id integer REFERENCES public.departments (department_id),
    job_title     text NOT NULL,
    salary        numeric(10, 2) NOT NULL,
    hire_date     date NOT NULL,
    manager_id    integer
);

CREATE TABLE public.orders (
    order_id      integer PRIMARY KEY,
    customer_id   integer REFERENCES public.customers (customer_id),
    order_date    date NOT NULL,
    status        text NOT NULL,
    channel       text NOT NULL,
    sales_rep_id  integer REFERENCES public.employees (employee_id),
    discount      numeric(10, 2) NOT NULL,
    shipping_cost numeric(10, 2) NOT NULL
);

CREATE TABLE public.order_items (
    order_id   integer REFERENCES public.orders (order_id),
    line_no    integer,
    product_id integer REFERENCES public.products (product_id),
    quantity   integer NOT NULL,
    unit_price numeric(10, 2) NOT NULL,
    PRIMARY KEY (order_id, line_no)
);

CREATE TABLE public.refunds (
    refund_id   integer PRIMARY KEY,
    order_id    integer REFERENCES public.orders (order_id),
    refund_date date NOT NULL,
    amount      numeric(10, 2) NOT NULL,
    reason      text NOT NULL
);

CREATE TABLE public.payments (
    payment_id integer PRIMARY KEY,
    order_id   integer REFERENCES public.orders (order_id),
    paid_on    date NOT NULL,
    method     text NOT NULL,
    status     text NOT NULL,
    amount     numeric(10, 2) NOT NULL
);

CREATE TABLE public.tickets (
    ticket_id   integer PRIMARY KEY,
    customer_id integer REFERENCES public.customers (customer_id),
    agent_id    integer REFERENCES public.employees (employee_id),
    opened_at   timestamp NOT NULL,
    resolved_at timestamp,
    priority    text NOT NULL,
    category    text NOT NULL,
    reopened    boolean NOT NULL
);

CREATE TABLE public.page_views (
    view_id    integer PRIMARY KEY,
    viewed_at  timestamp NOT NULL,
    page       text NOT NULL,
    visitor_id integer NOT NULL,
    country    text NOT NULL,
    device     text NOT NULL
);

CREATE TABLE public.subscriptions (
    subscription_id integer PRIMARY KEY,
    customer_id     integer REFERENCES public.customers (customer_id),
    plan            text NOT NULL,
    start_date      date NOT NULL,
    cancelled_on    date,
    monthly_fee     numeric(8, 2) NOT NULL
);

CREATE TABLE public.campaigns (
    campaign_id integer PRIMARY KEY,
    name        text NOT NULL,
    channel     text NOT NULL,
    start_date  date NOT NULL,
    budget      numeric(10, 2) NOT NULL
);

CREATE TABLE public.campaign_days (
    campaign_id integer REFERENCES public.campaigns (campaign_id),
    day         date NOT NULL,
    visitors    integer NOT NULL,
    clicks      integer NOT NULL,
    conversions integer NOT NULL,
    spend       numeric(10, 2) NOT NULL,
    PRIMARY KEY (campaign_id, day)
);

INSERT INTO public.regions VALUES (1, 'North'), (2, 'South'), (3, 'East'), (4, 'West');

INSERT INTO public.customers
SELECT
    i,
    (ARRAY['Anna', 'Ben', 'Clara', 'David', 'Eva', 'Felix', 'Grace', 'Henry', 'Ida', 'Jonas', 'Karin', 'Leo', 'Mia',
           'Noah', 'Olga', 'Paul', 'Rosa', 'Sam', 'Tina', 'Viktor'])[1 + lot(i, 1, 20)] || ' '
        || (ARRAY['Adams', 'Becker', 'Costa', 'Dubois', 'Evans', 'Fischer', 'Garcia', 'Hansen', 'Ivanov', 'Jensen',
                  'Keller', 'Lopez', 'Meyer', 'Nguyen', 'Olsen', 'Petit', 'Quinn', 'Rossi', 'Schmidt', 'Turner',
                  'Ueda', 'Vogel', 'Weber', 'Young', 'Zhang'])[1 + i % 25],
    CASE WHEN lot(i, 2, 11) <> 0 THEN 'c' || i || '@example.com' END,
    country,
    CASE WHEN country = 'USA' THEN
        (ARRAY['California', 'California', 'Texas', 'New York', 'Florida', 'Washington'])[1 + lot(i, 4, 6)] END,
    1 + lot(i, 5, 4),
    (ARRAY['consumer', 'consumer', 'corporate', 'small business'])[1 + lot(i, 6, 4)],
    DATE '2023-01-01' + lot(i, 7, 731)
FROM generate_series(1, 900) AS i, LATERAL (
    SELECT (ARRAY['USA', 'USA', 'USA', 'USA', 'Germany', 'Germany', 'France', 'Spain', 'Italy', 'Canada'])
        [1 + lot(i, 3, 10)] AS country
) AS countries;

INSERT INTO public.products
SELECT
    i,
    (ARRAY['Oak', 'Steel', 'Classic', 'Compact', 'Deluxe', 'Eco', 'Smart', 'Travel'])[1 + i % 8] || ' '
        || (ARRAY['Chair', 'Speaker', 'Kettle', 'Jacket', 'Puzzle', 'Shovel'])[1 + i % 6] || ' ' || i,
    (ARRAY['furniture', 'electronics', 'kitchen', 'clothing', 'toys', 'garden'])[1 + i % 6],
    9.5 + lot(i, 11, 290),
    round((9.5 + lot(i, 11, 290)) * (45 + lot(i, 12, 40)) / 100, 2),
    CASE WHEN lot(i, 13, 9) = 0 THEN 0 ELSE lot(i, 14, 400) END
FROM generate_series(1, 300) AS i;

INSERT INTO public.departments VALUES
    (1, 'Sales', 900000, 'Berlin'),
    (2, 'Marketing', 1250000, 'Paris'),
    (3, 'Support', 400000, 'Madrid'),
    (4, 'Engineering', 2100000, 'Berlin'),
    (5, 'Finance', 380000, 'Paris'),
    (6, 'Human Resources', 290000, 'Berlin'),
    (7, 'Logistics', 760000, 'Madrid'),
    (8, 'Legal', 510000, 'Paris');

-- Every twelfth employee, from the first on, manages the eleven who follow.
INSERT INTO public.employees
SELECT
    i,
    (ARRAY['Alice', 'Bruno', 'Carla', 'Dirk', 'Elena', 'Frank', 'Gina', 'Hugo', 'Irene', 'Jan', 'Kim', 'Lars',
           'Maria', 'Nils', 'Oscar', 'Petra', 'Ralf', 'Silvia', 'Tom', 'Ulla'])[1 + i % 20] || ' '
        || (ARRAY['Arnold', 'Brandt', 'Conti', 'Dietz', 'Engel', 'Fontaine', 'Gomez', 'Haas', 'Iglesias', 'Jung',
                  'Krause', 'Lang', 'Moreau', 'Neumann', 'Otto', 'Pohl', 'Richter', 'Sauer', 'Thoma', 'Ulrich',
                  'Wolf'])[1 + i % 21],
    (ARRAY[1, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 6, 7, 7, 8])[1 + lot(i, 21, 19)],
    (ARRAY['analyst', 'associate', 'specialist', 'manager', 'director'])[1 + lot(i, 22, 5)],
    28000 + lot(i, 23, 700) * 100,
    DATE '2023-01-02' + lot(i, 24, 720),
    CASE WHEN i % 12 <> 1 THEN i - (i - 1) % 12 END
FROM generate_series(1, 320) AS i;

-- Customers from 761 on never ordered.
INSERT INTO public.orders
SELECT
    i,
    1 + lot(i, 31, 760),
    DATE '2023-01-01' + lot(i, 32, 731),
    (ARRAY['completed', 'completed', 'completed', 'completed', 'shipped', 'pending', 'cancelled'])[1 + lot(i, 33, 7)],
    (ARRAY['web', 'web', 'web', 'store', 'phone', 'app'])[1 + lot(i, 34, 6)],
    1 + lot(i, 35, 40),
    CASE WHEN lot(i, 36, 3) = 0 THEN 5 + lot(i, 37, 30) ELSE 0 END,
    4 + lot(i, 38, 21)
FROM generate_series(1, 3000) AS i;

-- Orders from 2201 on have one line each; products from 291 on were never sold.
INSERT INTO public.order_items
SELECT number, line, product_id, 1 + lot(number * 3 + line, 42, 5), price
FROM generate_series(1, 3000) AS number, generate_series(1, 3) AS line, public.products
WHERE line <= CASE WHEN number > 2200 THEN 1 ELSE 1 + lot(number, 43, 3) END
    AND product_id = 1 + lot(number * 3 + line, 41, 290);

INSERT INTO public.refunds
SELECT
    i,
    order_id,
    least(order_date + 2 + lot(i, 52, 28), DATE '2024-12-31'),
    5.25 + lot(i, 53, 180),
    (ARRAY['damaged', 'damaged', 'late delivery', 'wrong item', 'changed mind'])[1 + lot(i, 54, 5)]
FROM generate_series(1, 400) AS i
JOIN public.orders ON order_id = 1 + lot(i, 51, 3000);

INSERT INTO public.payments
SELECT
    i,
    order_id,
    least(order_date + lot(i, 62, 5), DATE '2024-12-31'),
    (ARRAY['credit card', 'credit card', 'credit card', 'paypal', 'paypal', 'bank transfer', 'gift card'])
        [1 + lot(i, 63, 7)],
    (ARRAY['successful', 'successful', 'successful', 'successful', 'successful', 'failed', 'pending'])
        [1 + lot(i, 64, 7)],
    10 + lot(i, 65, 600)
FROM generate_series(1, 3300) AS i
JOIN public.orders ON order_id = 1 + lot(i, 61, 3000);

INSERT INTO public.tickets
SELECT
    i,
    1 + lot(i, 71, 900),
    1 + lot(i, 72, 60),
    opened,
    CASE WHEN lot(i, 74, 8) <> 0 THEN opened + (1 + lot(i, 75, 110)) * INTERVAL '1 hour' END,
    (ARRAY['low', 'medium', 'medium', 'high', 'urgent'])[1 + lot(i, 76, 5)],
    (ARRAY['billing', 'delivery', 'delivery', 'account', 'product'])[1 + lot(i, 77, 5)],
    lot(i, 78, 6) = 0
FROM generate_series(1, 1500) AS i, LATERAL (
    SELECT TIMESTAMP '2023-01-01' + lot(i, 73, 17400) * INTERVAL '1 hour' AS opened
) AS times;

INSERT INTO public.page_views
SELECT
    i,
    TIMESTAMP '2023-01-01' + (lot(i, 81, 731) * 1440 + lot(i, 82, 1440)) * INTERVAL '1 minute',
    (ARRAY['home', 'home', 'home', 'products', 'products', 'pricing', 'blog', 'checkout'])[1 + lot(i, 83, 8)],
    1 + lot(i, 84, 1300),
    (ARRAY['USA', 'USA', 'Germany', 'France', 'Spain', 'Italy'])[1 + lot(i, 85, 6)],
    (ARRAY['mobile', 'mobile', 'desktop', 'desktop', 'desktop', 'tablet'])[1 + lot(i, 86, 6)]
FROM generate_series(1, 5000) AS i;

INSERT INTO public.subscriptions
SELECT
    i,
    1 + lot(i, 91, 900),
    plan,
    started,
    CASE WHEN lot(i, 94, 3) = 0 AND ended <= DATE '2024-12-31' THEN ended END,
    CASE plan WHEN 'basic' THEN 9 WHEN 'standard' THEN 19 ELSE 39 END + lot(i, 96, 4)
FROM generate_series(1, 800) AS i, LATERAL (
    SELECT
        (ARRAY['basic', 'basic', 'basic', 'standard', 'standard', 'premium'])[1 + lot(i, 92, 6)] AS plan,
        DATE '2023-01-01' + lot(i, 93, 731) AS started,
        DATE '2023-01-01' + lot(i, 93, 731) + 20 + lot(i, 95, 300) AS ended
) AS terms;

INSERT INTO public.campaigns VALUES
    (1, 'spring', 'email', '2024-03-01', 12000),
    (2, 'summer', 'social', '2024-06-01', 18500),
    (3, 'autumn', 'search', '2024-09-01', 9800),
    (4, 'winter', 'email', '2023-12-01', 15200),
    (5, 'back to school', 'social', '2023-08-15', 7600),
    (6, 'black friday', 'search', '2023-11-10', 26000),
    (7, 'new year', 'email', '2024-01-02', 6400),
    (8, 'loyalty', 'email', '2023-04-01', 4300);

INSERT INTO public.campaign_days
SELECT
    campaign_id,
    start_date + n,
    200 + lot(campaign_id * 100 + n, 101, 300),
    60 + lot(campaign_id * 100 + n, 102, 90),
    4 + campaign_id + lot(campaign_id * 100 + n, 103, 30),
    40 + lot(campaign_id * 100 + n, 104, 200)
FROM public.campaigns, generate_series(0, 44) AS n;

DROP FUNCTION public.lot(bigint, bigint, bigint);
