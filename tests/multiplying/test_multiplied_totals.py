"""Totals over real rows: what joins multiply is put right or said, and everything else stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from houses import NewDatabase, execute
from shop_rows import SHOP

from analyst import guard
from analyst.catalog import Catalog
from analyst.engines.postgres import PostgresEngine
from analyst.local.postgres import EmbeddedPostgres
from analyst.multiplying import check
from analyst.policy import Policy
from analyst.repairing import Rewritten


@dataclass(frozen=True)
class Shop:
    """The database and what the product knows of it."""

    url: str
    catalog: Catalog

    def check(self, sql: str) -> Rewritten:
        return check(sql, dialect="postgres", catalog=self.catalog)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        found = execute(self.url, sql)
        plain = [tuple(c if isinstance(c, str) or c is None else float(c) for c in row) for row in found]  # type: ignore[arg-type]
        return sorted(plain, key=repr)


@pytest.fixture(scope="module")
def shop(postgres: EmbeddedPostgres) -> Iterator[Shop]:
    made = NewDatabase(postgres, [])
    url = made(SHOP)
    yield Shop(url, PostgresEngine(url).catalog(source="shop"))
    for name in made.names:
        execute(postgres.url(), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


PUT_RIGHT = [
    pytest.param(
        "SELECT COUNT(c.id) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.status = 'paid'",
        [(3.0,)],
        id="customers with a paid order, not the orders",
    ),
    pytest.param(
        "SELECT c.country, COUNT(*) AS customers FROM customers c JOIN orders o ON o.customer_id = c.id "
        "GROUP BY c.country HAVING COUNT(*) > 1 ORDER BY COUNT(*) DESC",
        [("NL", 2.0)],
        id="the output's name says what is counted",
    ),
    pytest.param(
        "SELECT COUNT(*) AS number_of_customers_with_orders FROM orders o JOIN customers c ON c.id = o.customer_id",
        [(3.0,)],
        id="a longer name",
    ),
    pytest.param(
        "SELECT c.country, COUNT(c.id) AS num_customers, COUNT(o.id) AS num_orders "
        "FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.country",
        [("DE", 1.0, 2.0), ("NL", 2.0, 4.0)],
        id="two counts side by side are two numbers",
    ),
    pytest.param(
        "SELECT COUNT(c.id) FILTER (WHERE c.balance > 60) FROM customers c JOIN orders o ON o.customer_id = c.id",
        [(1.0,)],
        id="a count with FILTER",
    ),
    pytest.param(
        "SELECT SUM(c.balance) AS total FROM customers c JOIN orders o ON c.id = o.customer_id "
        "WHERE o.status = 'paid'",
        [(180.0,)],
        id="a balance counts once though there are two paid orders",
    ),
    pytest.param(
        "SELECT AVG(balance) FROM customers JOIN orders ON customers.id = customer_id "
        "JOIN couriers ON couriers.id = courier_id WHERE courier = 'Slow' OR courier = 'Swift'",
        [(75.0,)],
        id="a filter over two tables",
    ),
    pytest.param(
        "SELECT SUM(o.amount) FROM customers c JOIN orders o ON o.customer_id = c.id "
        "JOIN customer_tags t ON t.customer_id = c.id",
        [(315.0,)],
        id="a bridge that only filters",
    ),
    pytest.param(
        "SELECT c.name, SUM(o.amount) FROM customers c, orders o, payments p WHERE o.customer_id = c.id "
        "AND p.customer_id = c.id AND p.method = 'card' AND o.amount > 5 GROUP BY c.name",
        [("Ann", 30.0), ("Bob", 120.0)],
        id="commas in FROM",
    ),
    pytest.param(
        "SELECT c.name, SUM(o.amount) AS ordered, SUM(p.paid) AS paid FROM customers c "
        "JOIN orders o ON o.customer_id = c.id JOIN payments p ON p.customer_id = c.id GROUP BY c.name",
        [("Ann", 30.0, 7.0), ("Bob", 120.0, 24.0), ("Cid", 165.0, 32.0)],
        id="two children of one parent",
    ),
    pytest.param(
        "SELECT c.name, COALESCE(SUM(o.amount), 0) - COALESCE(SUM(p.paid), 0) AS owed, COUNT(p.id) FROM customers c "
        "LEFT JOIN orders o ON o.customer_id = c.id AND o.status = 'paid' "
        "LEFT JOIN payments p ON p.customer_id = c.id GROUP BY c.name ORDER BY SUM(o.amount) DESC",
        [("Ann", 23.0, 3.0), ("Bob", 56.0, 2.0), ("Cid", 133.0, 1.0), ("Dan", 0.0, 0.0)],
        id="two children by LEFT JOIN, one with a condition of its own",
    ),
    pytest.param(
        "SELECT c.country, SUM(o.amount) AS ordered, SUM(p.paid) AS paid, COUNT(DISTINCT o.id) FROM customers c "
        "JOIN orders o ON o.customer_id = c.id JOIN payments p ON p.customer_id = c.id "
        "WHERE o.status = 'paid' AND c.balance > 10 GROUP BY c.country HAVING SUM(p.paid) > 3",
        [("DE", 165.0, 32.0, 2.0), ("NL", 110.0, 31.0, 3.0)],
        id="two children under a wider group",
    ),
    pytest.param(
        "SELECT c.name, COUNT(o.id), COUNT(p.id) FROM customers c JOIN orders o ON o.customer_id = c.id "
        "JOIN payments p ON p.customer_id = c.id GROUP BY c.name",
        [("Ann", 2.0, 3.0), ("Bob", 2.0, 2.0), ("Cid", 2.0, 1.0)],
        id="two counts of two children",
    ),
    pytest.param(
        "WITH busy AS (SELECT c.name, SUM(o.amount) AS a, SUM(p.paid) AS b FROM customers c "
        "JOIN orders o ON o.customer_id = c.id JOIN payments p ON p.customer_id = c.id GROUP BY c.name) "
        "SELECT SUM(a), SUM(b) FROM busy",
        [(315.0, 63.0)],
        id="within WITH",
    ),
    pytest.param(
        "SELECT COUNT(*) FROM couriers WHERE id NOT IN (SELECT courier_id FROM orders WHERE amount < 15)",
        [(1.0,)],
        id="NOT IN over a column with empty values",
    ),
    pytest.param(
        "SELECT courier FROM couriers WHERE NOT id IN (SELECT courier_id FROM orders "
        "WHERE status = 'open' OR amount = 20)",
        [("Swift",)],
        id="NOT x IN over a column with empty values",
    ),
]


@pytest.mark.parametrize(("sql", "true"), PUT_RIGHT)
def test_a_multiplied_total_is_put_right(shop: Shop, sql: str, true: list[tuple[object, ...]]) -> None:
    found = shop.check(sql)
    assert found.sql != sql
    assert found.notes
    assert found.warnings == ()
    assert shop.rows(found.sql) == true
    assert shop.rows(sql) != true
    assert all(note.endswith(".") for note in found.notes)


@pytest.mark.parametrize("sql", [p.values[0] for p in PUT_RIGHT])
def test_a_second_time_changes_nothing_and_the_guard_agrees(shop: Shop, sql: str) -> None:
    once = shop.check(str(sql)).sql
    assert shop.check(once) == Rewritten(sql=once)
    guard.check(once, dialect="postgres", catalog=shop.catalog, policy=Policy())


LEFT_ALONE = [
    "SELECT COUNT(*) FROM orders",
    "SELECT SUM(o.amount) FROM orders o JOIN customers c ON c.id = o.customer_id WHERE c.country = 'NL'",
    "SELECT c.country, COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.country",
    "SELECT c.country, COUNT(*) AS num_orders FROM customers c JOIN orders o ON o.customer_id = c.id "
    "GROUP BY c.country",
    "SELECT c.name, COUNT(c.id) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.name",
    "SELECT c.id, COUNT(c.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id GROUP BY c.id",
    "SELECT COUNT(c.id) AS order_count FROM customers c JOIN orders o ON o.customer_id = c.id",
    "SELECT MAX(c.balance), MIN(c.balance), COUNT(DISTINCT c.id), SUM(DISTINCT c.balance) FROM customers c "
    "JOIN orders o ON o.customer_id = c.id",
    "SELECT DISTINCT c.name FROM customers c JOIN orders o ON o.customer_id = c.id",
    "SELECT t.tag, COUNT(*) FROM tags t JOIN customer_tags ct ON ct.tag_id = t.id GROUP BY t.tag",
    "SELECT t.tag, COUNT(c.id) FROM tags t JOIN customer_tags ct ON ct.tag_id = t.id "
    "JOIN customers c ON c.id = ct.customer_id GROUP BY t.tag",
    "SELECT t.tag, SUM(c.balance) FROM tags t JOIN customer_tags ct ON ct.tag_id = t.id "
    "JOIN customers c ON c.id = ct.customer_id GROUP BY t.id, t.tag",
    "SELECT SUM(c.balance) FROM customers c JOIN customer_tags ct ON ct.customer_id = c.id WHERE ct.tag_id = 1",
    "SELECT SUM(p.price * i.quantity) FROM order_items i JOIN products p ON p.id = i.product_id",
    "SELECT SUM(p.price) FROM order_items i JOIN products p ON p.id = i.product_id",
    "SELECT SUM(c.balance) FROM customers c JOIN profiles p ON p.customer_id = c.id WHERE p.language = 'nl'",
    "SELECT SUM(c.balance), SUM(o.total) FROM customers c "
    "JOIN (SELECT customer_id, SUM(amount) AS total FROM orders GROUP BY customer_id) o ON o.customer_id = c.id",
    "WITH o AS (SELECT customer_id, SUM(amount) AS total FROM orders GROUP BY 1), "
    "p AS (SELECT customer_id AS who, SUM(paid) AS total FROM payments GROUP BY who) "
    "SELECT SUM(c.balance), SUM(o.total), SUM(p.total) FROM customers c "
    "JOIN o ON o.customer_id = c.id JOIN p ON p.who = c.id",
    "SELECT SUM(c.balance) FROM customers c JOIN (SELECT DISTINCT customer_id FROM orders) o ON c.id = o.customer_id",
    "SELECT SUM(c.balance) FROM customers c CROSS JOIN (SELECT MAX(amount) AS most FROM orders) m WHERE most > 5",
    "SELECT SUM(c.balance) FROM customers c JOIN orders o ON o.customer_id = c.id "
    "AND o.id = (SELECT MAX(id) FROM orders x WHERE x.customer_id = c.id)",
    "SELECT SUM(balance) FROM customers WHERE id IN (SELECT customer_id FROM orders)",
    "SELECT o.status, SUM(CASE WHEN c.country = 'NL' THEN 1 ELSE 0 END) FROM customers c "
    "JOIN orders o ON o.customer_id = c.id GROUP BY o.status",
    "SELECT c.id, AVG(c.visits) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id",
    "SELECT co.courier, COUNT(*) FROM orders o JOIN couriers co ON co.id = o.courier_id GROUP BY co.courier",
    "SELECT name FROM customers WHERE id NOT IN (SELECT customer_id FROM orders)",
    "SELECT courier FROM couriers WHERE id NOT IN (SELECT courier_id FROM orders WHERE courier_id IS NOT NULL)",
    "SELECT courier FROM couriers WHERE id NOT IN (SELECT courier_id FROM orders WHERE courier_id > 1)",
    "SELECT SUM(c.balance), COUNT(c.id) FROM customers c LEFT JOIN orders o ON o.customer_id = c.id "
    "WHERE o.id IS NULL",
    "SELECT COUNT(*) AS customer_purchases FROM customers c JOIN orders o ON o.customer_id = c.id",
    "SELECT COUNT(*) AS orders_per_customer FROM customers c JOIN orders o ON o.customer_id = c.id",
    "SELECT COUNT(*) AS customer_orders FROM customers c JOIN orders o ON o.customer_id = c.id",
    "SELECT COUNT(o.id) FROM orders o JOIN order_items i ON i.order_id = o.id WHERE i.product_id = 1",
    "SELECT SUM(o.amount) FROM orders o JOIN order_items i ON i.order_id = o.id "
    "JOIN products p ON p.id = i.product_id WHERE p.title = 'pen'",
    "SELECT COUNT(c.id) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.colour = 'red'",
    "SELECT SUM(nothing.here) FROM nothing JOIN orders ON nothing.id = orders.id",
    "SELECT SUM(",
    "DELETE FROM orders",
]


@pytest.mark.parametrize("sql", LEFT_ALONE)
def test_what_is_right_keeps_its_very_text(shop: Shop, sql: str) -> None:
    assert shop.check(sql) == Rewritten(sql=sql)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        (
            "SELECT o.status, SUM(c.balance) FROM orders o JOIN customers c ON c.id = o.customer_id GROUP BY o.status",
            "customers is joined to orders by a key that repeats: a customer may be counted several times.",
        ),
        (
            "SELECT SUM(c.visits) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.amount > 1",
            "customers is joined to orders by a key that repeats: a customer may be counted several times.",
        ),
        (
            "SELECT COUNT(c.id) AS purchases FROM customers c JOIN orders o ON o.customer_id = c.id",
            "customers is joined to orders by a key that repeats: a customer may be counted several times.",
        ),
        (
            "SELECT o.status, COUNT(c.id) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY o.status",
            "customers is joined to orders by a key that repeats: a customer may be counted several times.",
        ),
        (
            "SELECT AVG(o.amount), AVG(p.paid) FROM customers c JOIN orders o ON o.customer_id = c.id "
            "JOIN payments p ON p.customer_id = c.id",
            "orders is joined to payments by a key that repeats: an order may be counted several times.",
        ),
        (
            "WITH x AS (SELECT c.id, c.visits, o.status FROM customers c JOIN orders o ON o.customer_id = c.id) "
            "SELECT SUM(visits) FROM x",
            "customers is joined to orders by a key that repeats: a customer may be counted several times.",
        ),
        (
            "SELECT c.name, COUNT(*) FROM customers c JOIN orders o ON o.customer_id = c.id "
            "JOIN payments p ON p.customer_id = c.id GROUP BY c.name",
            "orders and payments repeat each other's rows here: the count is of their combinations.",
        ),
        (
            "SELECT COUNT(*) FROM orders o JOIN couriers k ON k.id = o.courier_id",
            "Rows of orders with an empty courier_id do not count, since couriers is joined by it.",
        ),
    ],
)
def test_what_cannot_be_proved_is_said(shop: Shop, sql: str, said: str) -> None:
    found = shop.check(sql)
    assert (found.sql, found.notes) == (sql, ())
    assert said in found.warnings


def test_a_mean_stays_right_where_every_row_of_a_group_meets_as_many(shop: Shop) -> None:
    sql = (
        "SELECT o.customer_id, AVG(p.paid) FROM payments p JOIN orders o ON o.customer_id = p.customer_id "
        "GROUP BY o.customer_id"
    )
    assert shop.check(sql) == Rewritten(sql=sql)
    assert shop.check(sql.replace("AVG", "SUM")) != Rewritten(sql=sql.replace("AVG", "SUM"))
