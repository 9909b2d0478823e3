"""What the Postgres engine reads of a database: structure, values worth knowing, rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest

from analyst.catalog import Catalog, Column, Link, Table
from analyst.engines import postgres_catalog, postgres_values
from analyst.engines.postgres import PostgresEngine
from analyst.engines.postgres_lookups import Lookups

_SETUP = """
CREATE SCHEMA sales;
COMMENT ON SCHEMA sales IS 'not read';
CREATE TYPE sales.size AS ENUM ('small', 'middle', 'large');
CREATE DOMAIN sales.code AS varchar(4) NOT NULL;
CREATE TABLE public.orders (a integer);

CREATE TABLE sales.customers (
    id bigint PRIMARY KEY,
    "Größe" sales.size,
    country sales.code,
    vip boolean,
    note text,
    email text,
    balance numeric(10, 2),
    ratio float8,
    born date,
    seen timestamptz,
    tags text[],
    extra jsonb
) WITH (autovacuum_enabled = off);
COMMENT ON TABLE sales.customers IS 'Everyone who ever bought';
COMMENT ON COLUMN sales.customers.country IS 'ISO code';
INSERT INTO sales.customers
SELECT n, 'small', (ARRAY['de', 'fr', 'at'])[1 + n % 3], n % 2 = 0,
       CASE WHEN n = 7 THEN repeat('long', 20) WHEN n % 5 = 0 THEN NULL ELSE 'short' END,
       'user' || n || '@example.org', n * 1.5, CASE WHEN n = 1 THEN 'NaN' ELSE n / 2.0 END,
       DATE '1899-12-31' + n, TIMESTAMPTZ '2020-01-01 00:00+00' + n * INTERVAL '1 hour', ARRAY['x'], '{}'
FROM generate_series(1, 100) AS t (n);

CREATE TABLE sales.orders (
    customer_id bigint REFERENCES sales.customers,
    number integer,
    placed date NOT NULL,
    PRIMARY KEY (customer_id, number)
);
CREATE TABLE sales.lines (
    customer_id bigint,
    number integer,
    article text,
    FOREIGN KEY (customer_id, number) REFERENCES sales.orders
);

CREATE TABLE sales.events (at date NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE sales.events_2019 PARTITION OF sales.events FOR VALUES FROM ('2019-01-01') TO ('2020-01-01');
CREATE TABLE sales.events_2020 PARTITION OF sales.events
    FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') PARTITION BY LIST (kind);
CREATE TABLE sales.events_2020_a PARTITION OF sales.events_2020 FOR VALUES IN ('a');
INSERT INTO sales.events SELECT DATE '2019-12-01' + n, 'a' FROM generate_series(1, 60) AS t (n);

CREATE VIEW sales.wealthy AS SELECT id, country FROM sales.customers WHERE balance > 100;
CREATE VIEW sales.broken AS SELECT (1 / (id - 1))::text AS never, country FROM sales.customers;
CREATE MATERIALIZED VIEW sales.countries AS SELECT country, count(*) AS n FROM sales.customers GROUP BY 1;
CREATE FOREIGN DATA WRAPPER nowhere;
CREATE SERVER far FOREIGN DATA WRAPPER nowhere;
CREATE FOREIGN TABLE sales.far (word text, n integer) SERVER far;
CREATE TABLE "odd ""name"" %s {x}" ("select" text, "a.b" integer);
INSERT INTO "odd ""name"" %s {x}" VALUES ('%', 1);
CREATE TABLE sales.worked_out (n integer, part integer GENERATED ALWAYS AS (100 / n) VIRTUAL);
CREATE TABLE sales.stored (n integer, twice integer GENERATED ALWAYS AS (2 * n) STORED);
CREATE TABLE sales.nothing (gone text);
ALTER TABLE sales.nothing DROP COLUMN gone;
"""


@pytest.fixture(scope="module")
def url(make_database: Callable[[str, str], str]) -> str:
    return make_database("engine_catalog", _SETUP)


@pytest.fixture(scope="module")
def catalog(url: str) -> Catalog:
    return PostgresEngine(url).catalog(source="shop")


def _table(catalog: Catalog, name: str, schema: str = "sales") -> Table:
    found = catalog.table(name, schema)
    assert found is not None, name
    return found


def _column(catalog: Catalog, table: str, name: str, schema: str = "sales") -> Column:
    found = _table(catalog, table, schema).column(name)
    assert found is not None, name
    return found


def _execute(url: str, sql: str) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(sql)


def test_the_whole(catalog: Catalog) -> None:
    assert (catalog.source, catalog.dialect, catalog.default_schema) == ("shop", "postgres", "public")
    assert {(t.schema, t.name): t.kind for t in catalog.tables} == {
        ("public", 'odd "name" %s {x}'): "table",
        ("public", "orders"): "table",
        ("sales", "broken"): "view",
        ("sales", "countries"): "materialized view",
        ("sales", "customers"): "table",
        ("sales", "events"): "partitioned table",
        ("sales", "far"): "foreign table",
        ("sales", "lines"): "table",
        ("sales", "orders"): "table",
        ("sales", "stored"): "table",
        ("sales", "wealthy"): "view",
        ("sales", "worked_out"): "view",  # reading it may fail, as a view may
    }
    assert Catalog.from_dict(catalog.to_dict()) == catalog


def test_columns_and_comments(catalog: Catalog) -> None:
    customers = _table(catalog, "customers")
    assert customers.comment == "Everyone who ever bought"
    assert [(c.name, c.type, c.nullable) for c in customers.columns] == [
        ("id", "bigint", False),
        ("Größe", "sales.size", True),
        ("country", "sales.code", False),
        ("vip", "boolean", True),
        ("note", "text", True),
        ("email", "text", True),
        ("balance", "numeric(10,2)", True),
        ("ratio", "double precision", True),
        ("born", "date", True),
        ("seen", "timestamp with time zone", True),
        ("tags", "text[]", True),
        ("extra", "jsonb", True),
    ]
    assert _column(catalog, "customers", "country").comment == "ISO code"


def test_keys_and_links(catalog: Catalog) -> None:
    assert _table(catalog, "customers").primary_key == ("id",)
    assert _table(catalog, "orders").primary_key == ("customer_id", "number")
    customers, orders, lines = (("sales", name) for name in ("customers", "orders", "lines"))
    both = ("customer_id", "number")
    assert set(catalog.links) == {
        Link(table=orders, columns=("customer_id",), to_table=customers, to_columns=("id",)),
        Link(table=lines, columns=both, to_table=orders, to_columns=both),
    }


_UNIQUE = """
CREATE TABLE people (id int PRIMARY KEY, mail text UNIQUE, code text, country text, number int, gone boolean,
    UNIQUE (country, number), CONSTRAINT again UNIQUE (mail));
CREATE UNIQUE INDEX by_code ON people (code) INCLUDE (gone);
CREATE UNIQUE INDEX lowered ON people (lower(country));
CREATE UNIQUE INDEX of_some ON people (country) WHERE NOT gone;
CREATE INDEX plain ON people (number);
CREATE TABLE days (day date, n int, UNIQUE (day)) PARTITION BY RANGE (day);
DROP ROLE IF EXISTS engine_unique_reader;
CREATE ROLE engine_unique_reader LOGIN;
GRANT SELECT (id, mail, number) ON people TO engine_unique_reader;
"""


def _as(url: str, role: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{role}@{parts.netloc.rpartition('@')[2]}"))


def test_what_is_unique_besides_the_key(make_database: Callable[[str, str], str]) -> None:
    url = make_database("engine_unique", _UNIQUE)
    try:
        catalog = PostgresEngine(url).catalog(source="s")
        people = _table(catalog, "people", "public")
        assert people.primary_key == ("id",)
        assert sorted(people.unique_keys) == [("code",), ("country", "number"), ("mail",)]
        assert _table(catalog, "days", "public").unique_keys == (("day",),)
        reader = PostgresEngine(_as(url, "engine_unique_reader")).catalog(source="s")
        assert _table(reader, "people", "public").unique_keys == (("mail",),), "of what the role may read"
        assert Catalog.from_dict(catalog.to_dict()) == catalog
    finally:
        _execute(url, "DROP OWNED BY engine_unique_reader")
        _execute(url, "DROP ROLE engine_unique_reader")


def test_rows(catalog: Catalog) -> None:
    expected = {"customers": 100, "lines": 0, "events": 60, "countries": 3, "wealthy": None, "far": None}
    assert {name: _table(catalog, name).rows for name in expected} == expected


@pytest.mark.parametrize(
    ("name", "values", "complete"),
    [
        ("Größe", ("small", "middle", "large"), True),
        ("country", ("fr", "at", "de"), True),
        ("vip", ("false", "true"), True),
        ("note", ("short",), False),
        ("email", (), False),
        ("tags", (), False),
    ],
)
def test_values_without_statistics(
    catalog: Catalog, name: str, values: tuple[str, ...], complete: bool
) -> None:
    column = _column(catalog, "customers", name)
    assert (column.values, column.values_complete) == (values, complete)


@pytest.mark.parametrize(
    ("name", "lowest", "highest"),
    [
        ("id", "1", "100"),
        ("balance", "1.50", "150.00"),
        ("ratio", "1", "NaN"),
        ("born", "1900-01-01", "1900-04-10"),
        ("seen", "2020-01-01 01:00:00+00", "2020-01-05 04:00:00+00"),
        ("country", "", ""),
    ],
)
def test_ranges(catalog: Catalog, name: str, lowest: str, highest: str) -> None:
    column = _column(catalog, "customers", name)
    assert (column.lowest, column.highest) == (lowest, highest)


def test_partitions_views_and_odd_names_are_looked_at(catalog: Catalog) -> None:
    assert _column(catalog, "events", "kind").values == ("a",)
    assert _column(catalog, "events", "at").highest == "2020-01-30"
    assert set(_column(catalog, "wealthy", "country").values) == {"de", "fr", "at"}
    assert _column(catalog, "wealthy", "country").values_complete
    odd = _table(catalog, 'odd "name" %s {x}', "public")
    assert [(c.name, c.values, c.lowest) for c in odd.columns] == [("select", ("%",), ""), ("a.b", (), "1")]


def test_what_fails_is_left_out_and_the_rest_is_there(catalog: Catalog) -> None:
    assert _column(catalog, "broken", "never").values == ()
    assert _column(catalog, "broken", "country").values_complete
    assert [c.values for c in _table(catalog, "far").columns] == [(), ()]


_LOOKED_UP = """
CREATE TABLE carriers (code text PRIMARY KEY, name text, country text);
INSERT INTO carriers VALUES ('AA', 'American', 'US'), ('DL', 'Delta', 'US'), ('LH', 'Lufthansa', NULL);
CREATE TABLE trips (carrier text REFERENCES carriers, town text, number text, remark text, password text, at date)
    WITH (autovacuum_enabled = off);
INSERT INTO trips
SELECT (ARRAY['AA', 'DL'])[1 + n % 2], 'town ' || n % 2000, 'T' || n,
       CASE WHEN n % 50 = 0 THEN repeat('long', 20) ELSE 'remark ' || n % 50 END, 'secret' || n % 30, DATE '2020-01-01'
FROM generate_series(1, 4001) AS t (n);
CREATE VIEW busy AS SELECT town FROM trips;
"""


def test_all_values_are_read_for_lookups(make_database: Callable[[str, str], str]) -> None:
    catalog = PostgresEngine(make_database("engine_lookups", _LOOKED_UP)).catalog(source="s")
    trips = {c.name: c for c in _table(catalog, "trips", "public").columns}
    assert len(trips["town"].values) <= 20
    assert len(set(trips["town"].known_values)) == len(trips["town"].known_values) == 2000
    assert trips["town"].all_known and not trips["town"].values_complete
    assert (trips["number"].known_values, trips["number"].all_known) == ((), False)
    assert len(trips["remark"].known_values) == 49
    assert not trips["remark"].all_known
    assert trips["password"].more_values == ()
    assert (trips["carrier"].values_complete, trips["carrier"].more_values) == (True, ())
    (town,) = _table(catalog, "busy", "public").columns
    assert town.more_values == ()
    assert Catalog.from_dict(catalog.to_dict()) == catalog


def test_the_keys_of_values_are_read_where_others_use_them(make_database: Callable[[str, str], str]) -> None:
    catalog = PostgresEngine(make_database("engine_keys", _LOOKED_UP)).catalog(source="s")
    name = _column(catalog, "carriers", "name", "public")
    assert dict(zip(name.known_values, name.value_keys, strict=True)) == {
        "American": "AA",
        "Delta": "DL",
        "Lufthansa": "LH",
    }
    assert _column(catalog, "carriers", "country", "public").value_keys == ()
    assert _column(catalog, "carriers", "code", "public").value_keys == ()
    assert all(c.value_keys == () for c in _table(catalog, "trips", "public").columns)


def test_lookups_end_where_there_is_no_more_room(
    make_database: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_catalog, "Lookups", partial(Lookups, values_left=1000))
    url = make_database("engine_room", _LOOKED_UP)
    catalog = PostgresEngine(url).catalog(source="s")
    assert _column(catalog, "trips", "town", "public").more_values == ()
    assert len(_column(catalog, "trips", "remark", "public").known_values) == 49
    monkeypatch.setattr(postgres_catalog, "Lookups", partial(Lookups, seconds_left=0.0))
    catalog = PostgresEngine(url).catalog(source="s")
    assert all(c.more_values == () == c.value_keys for t in catalog.tables for c in t.columns)


def test_values_do_not_change_the_fingerprint(make_database: Callable[[str, str], str]) -> None:
    url = make_database("engine_print", _LOOKED_UP)
    before = PostgresEngine(url).catalog(source="s")
    _execute(url, "INSERT INTO trips (town) VALUES ('elsewhere'); DELETE FROM trips WHERE town = 'town 7'")
    after = PostgresEngine(url).catalog(source="s")
    assert before != after
    assert before.fingerprint() == after.fingerprint()


_LARGE = """
CREATE TABLE large (
    id integer PRIMARY KEY, few text, many text, flag boolean, day date, filler text
) WITH (autovacuum_enabled = off);
INSERT INTO large
SELECT n, CASE WHEN n = 20000 THEN 'rare' ELSE 'v' || n % 3 END, 'm' || n % 500, n % 4 = 0,
       DATE '2000-01-01' + n % 1000, repeat('x', 100)
FROM generate_series(1, 20000) AS t (n);
"""


def test_a_large_table_is_not_read_whole(
    make_database: Callable[[str, str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_values, "SMALL_BYTES", 100_000)
    url = make_database("engine_large", _LARGE)
    before = _large(url)
    assert before["few"].values == ("v1", "v2", "v0")
    assert not before["few"].values_complete
    assert (before["id"].lowest, before["id"].highest) == ("1", "20000")
    assert (before["day"].lowest, before["day"].highest) == ("", "")
    _execute(url, "ANALYZE large")
    after = _large(url)
    assert set(after["few"].values) >= {"v0", "v1", "v2"}
    assert set(after["flag"].values) == {"true", "false"}
    assert all(v.startswith("m") for v in after["many"].values)
    assert len(after["many"].values) <= 20
    assert not any(c.values_complete for c in after.values())
    assert (after["day"].lowest, after["day"].highest) == ("2000-01-01", "2002-09-26")


def _large(url: str) -> dict[str, Column]:
    (table,) = PostgresEngine(url).catalog(source="s").tables
    assert table.rows is None or 15_000 < table.rows < 25_000
    return {c.name: c for c in table.columns}


def test_empty_database(make_database: Callable[[str, str], str]) -> None:
    catalog = PostgresEngine(make_database("engine_empty", "")).catalog(source="s")
    assert (catalog.tables, catalog.links, catalog.default_schema) == ((), (), "public")


def test_schema_with_most_tables_is_the_default(make_database: Callable[[str, str], str]) -> None:
    sql = """
    CREATE SCHEMA a; CREATE TABLE a.x (k text);
    CREATE SCHEMA b; CREATE TABLE b.y (k text); CREATE TABLE b.z (k text)
    """
    catalog = PostgresEngine(make_database("engine_schemas", sql)).catalog(source="s")
    assert catalog.default_schema == "b"


def test_keys_that_nobody_declared(make_database: Callable[[str, str], str]) -> None:
    sql = """
    CREATE TABLE author (aid bigint NOT NULL, name text);
    CREATE TABLE writes (aid bigint NOT NULL, pid bigint NOT NULL)
    """
    catalog = PostgresEngine(make_database("engine_keyless", sql)).catalog(source="s")
    (link,) = catalog.links
    assert (link.table, link.to_table, link.declared) == (("public", "writes"), ("public", "author"), False)


@pytest.fixture(scope="module")
def reader(url: str) -> Iterator[str]:
    """The same database by a role that may read a part of it."""
    _execute(
        url,
        """
        CREATE ROLE engine_reader LOGIN;
        GRANT USAGE ON SCHEMA sales TO engine_reader;
        GRANT SELECT (id, country) ON sales.customers TO engine_reader;
        GRANT SELECT ON sales.orders, sales.wealthy TO engine_reader;
        GRANT SELECT (number) ON sales.lines TO engine_reader;
        """,
    )
    yield _as(url, "engine_reader")
    _execute(url, "DROP OWNED BY engine_reader; DROP ROLE engine_reader")


def test_only_what_the_role_may_read(reader: str) -> None:
    catalog = PostgresEngine(reader).catalog(source="s")
    assert {t.name: [c.name for c in t.columns] for t in catalog.tables} == {
        "customers": ["id", "country"],
        "lines": ["number"],
        "orders": ["customer_id", "number", "placed"],
        "wealthy": ["id", "country"],
    }
    assert [(k.table[1], k.to_table[1]) for k in catalog.links] == [("orders", "customers")]
    assert _table(catalog, "customers").rows == 100
    assert _column(catalog, "customers", "country").values == ("fr", "at", "de")
    assert catalog.default_schema == "sales"


def test_who_could_write(url: str, reader: str) -> None:
    assert PostgresEngine(url).can_write()
    assert not PostgresEngine(reader).can_write()


@pytest.mark.parametrize(
    "right",
    [
        "INSERT (note) ON sales.customers",
        "UPDATE ON sales.customers",
        "DELETE ON sales.orders",
        "TRUNCATE ON sales.orders",
        "CREATE ON SCHEMA sales",
        "CREATE ON DATABASE engine_catalog",
    ],
)
def test_each_right_to_write_is_seen(url: str, reader: str, right: str) -> None:
    _execute(url, f"GRANT {right} TO engine_reader")
    try:
        assert PostgresEngine(reader).can_write()
    finally:
        _execute(url, f"REVOKE {right} FROM engine_reader")
    assert not PostgresEngine(reader).can_write()


def test_nothing_was_changed(url: str, catalog: Catalog) -> None:
    assert PostgresEngine(url).catalog(source="shop") == catalog


def test_what_a_password_s_column_holds_is_never_kept(make_database: Callable[[str, str], str]) -> None:
    url = make_database(
        "engine_secrets",
        "CREATE TABLE users (id int PRIMARY KEY, state text, password_hash text, api_key text);"
        "INSERT INTO users SELECT n, 'active', 'hash ' || n % 3, 'key ' || n % 3 FROM generate_series(1, 30) n",
    )
    with closing(PostgresEngine(url)) as engine:
        (users,) = engine.catalog(source="s").tables
    kept = {c.name: (*c.values, *c.more_values) for c in users.columns}
    assert kept["state"] == ("active",)
    assert kept["password_hash"] == kept["api_key"] == ()
