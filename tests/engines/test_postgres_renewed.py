"""A catalog that is read again: only what has changed is looked at, and it is what a whole reading finds."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

import pytest
from houses import NewDatabase, execute

from analyst.catalog import Catalog
from analyst.engines.postgres import PostgresEngine
from analyst.engines.postgres_session import Session

SHOP = """
CREATE TABLE cities (code text PRIMARY KEY, name text, mayor text);
CREATE TABLE orders (id int PRIMARY KEY, city text REFERENCES cities, at date, state text);
CREATE TABLE parts (id int, kind text) PARTITION BY RANGE (id);
CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (100);
CREATE VIEW open_orders AS SELECT * FROM orders WHERE state = 'open';
INSERT INTO cities VALUES ('B', 'Berlin', 'x'), ('P', 'Paris', 'y');
INSERT INTO orders SELECT g, 'B', DATE '2026-01-01' + g, 'open' FROM generate_series(1, 30) AS g;
INSERT INTO parts SELECT g, 'bolt' FROM generate_series(1, 30) AS g;
"""


@dataclass
class Shop:
    """A database, its catalog as it was read last, and every statement that looked at values."""

    url: str
    known: Catalog
    looks: list[str]

    def changed(self, sql: str = "") -> Catalog:
        """Change something, and read again what has changed."""
        if sql:
            execute(self.url, sql)
            # How often rows have changed is told when a connection ends; give the server a moment.
            time.sleep(0.3)
        self.looks.clear()
        with closing(PostgresEngine(self.url)) as engine:
            self.known = engine.renewed(Catalog.from_dict(self.known.to_dict()))
            self.looks, looks = [], self.looks
            assert self.known == engine.catalog(source="shop"), "as a whole reading finds it"
            self.looks = looks
        return self.known

    def looked_at(self) -> set[str]:
        """Tables whose values were looked at."""
        names = ("cities", "orders", "parts", "open_orders", "fresh")
        return {name for name in names if any(f"'{name}'" in look for look in self.looks)}


@pytest.fixture
def shop(new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch) -> Shop:
    url = new_database(SHOP)
    time.sleep(0.3)
    with closing(PostgresEngine(url)) as engine:
        found = Shop(url, engine.catalog(source="shop"), [])
    original: Callable[..., Any] = Session.try_rows

    def noted(self: Session, sql: Any, *, seconds: float) -> Any:
        found.looks.append(repr(sql))
        return original(self, sql, seconds=seconds)

    monkeypatch.setattr(Session, "try_rows", noted)
    return found


def test_nothing_changed_and_only_views_are_looked_at(shop: Shop) -> None:
    before = shop.known
    assert shop.changed() == before
    assert shop.looked_at() == {"open_orders"}, "of which nobody can tell"


@pytest.mark.parametrize(
    ("sql", "looked_at"),
    [
        ("INSERT INTO cities VALUES ('R', 'Rome', 'z')", {"cities"}),
        ("UPDATE orders SET state = 'paid' WHERE id < 9", {"orders"}),
        ("DELETE FROM orders WHERE id = 30", {"orders"}),
        ("TRUNCATE orders", {"orders"}),
        ("INSERT INTO parts VALUES (50, 'nut')", {"parts"}),
        ("CREATE TABLE parts_high PARTITION OF parts FOR VALUES FROM (100) TO (200)", {"parts"}),
        ("DROP TABLE parts_low", {"parts"}),
        ("ALTER TABLE orders ADD weight int", {"orders"}),
        ("ALTER TABLE cities ALTER mayor TYPE varchar(20)", {"cities"}),
        ("ALTER TABLE orders RENAME state TO stage", {"orders"}),
        ("CREATE INDEX ON orders (at)", {"orders"}),
        ("ANALYZE orders", {"orders"}),
        ("COMMENT ON TABLE cities IS 'where'", {"cities"}),
        ("COMMENT ON COLUMN cities.name IS 'its name'", {"cities"}),
        ("CREATE TABLE fresh AS SELECT 'a' AS a", {"fresh"}),
    ],
)
def test_what_changed_is_looked_at_again(shop: Shop, sql: str, looked_at: set[str]) -> None:
    shop.changed(sql)
    assert shop.looked_at() == looked_at | {"open_orders"}


def test_what_is_gone_is_gone_and_all_else_stays(shop: Shop) -> None:
    found = shop.changed("DROP TABLE parts")
    assert found.table("parts") is None and shop.looked_at() == {"open_orders"}


def test_keys_by_which_others_link_are_looked_up_again_where_they_change(shop: Shop) -> None:
    cities = shop.known.table("cities")
    assert cities is not None and cities.columns[1].value_keys
    found = shop.changed(
        "ALTER TABLE orders DROP CONSTRAINT orders_city_fkey; ALTER TABLE orders DROP city CASCADE"
    )
    cities = found.table("cities")
    assert cities is not None and not cities.columns[1].value_keys


def test_where_rows_depend_on_who_reads_or_changes_are_not_counted_everything_is_looked_at(
    shop: Shop,
) -> None:
    shop.changed("ALTER TABLE cities ENABLE ROW LEVEL SECURITY")
    shop.changed()
    assert shop.looked_at() == {"cities", "open_orders"}
    off = "EXECUTE format('ALTER DATABASE %I SET track_counts = off', current_database())"
    execute(shop.url, f"DO $$ BEGIN {off}; END $$")
    shop.changed()
    assert shop.looked_at() == {"cities", "orders", "parts", "open_orders"}


def test_a_catalog_without_marks_is_read_whole(shop: Shop) -> None:
    shop.known = replace(shop.known, tables=tuple(replace(t, mark="") for t in shop.known.tables))
    shop.changed()
    assert shop.looked_at() == {"cities", "orders", "parts", "open_orders"}
