"""What the Redshift engines read of a database: stored, late-binding and external tables, keys, counts, rights."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg2
import pytest
from redshift_cases import SETUP
from redshift_stand_in import DataApi, RedshiftWire
from tcp_proxy import through, upstream_of

from analyst.catalog import Catalog, Link, Table
from analyst.engines.redshift import RedshiftEngine


@pytest.fixture(scope="module")
def database(make_database: Callable[[str, str], str]) -> str:
    return make_database("engine_redshift_catalog", SETUP)


@pytest.fixture(scope="module")
def url(database: str) -> Iterator[str]:
    with RedshiftWire(upstream_of(database)) as wire:
        yield through(database, wire.port, scheme="redshift")


@pytest.fixture(scope="module")
def catalog(url: str) -> Catalog:
    return RedshiftEngine(url).catalog(source="shop")


def _execute(url: str, sql: str) -> None:
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(sql)


def _table(catalog: Catalog, name: str, schema: str = "sales") -> Table:
    found = catalog.table(name, schema)
    assert found is not None, name
    return found


def test_the_whole(catalog: Catalog) -> None:
    assert (catalog.source, catalog.dialect, catalog.default_schema) == ("shop", "redshift", "public")
    found = {f"{t.schema}.{t.name}": t.kind for t in catalog.tables if t.schema != "stand_in"}
    assert found == {
        'public.Größe "x"; --': "table",
        "public.same": "table",
        "closed.secrets": "table",
        "sales.customers": "table",
        "sales.late": "view",
        "sales.not_read": "table",
        "sales.orders": "table",
        "sales.partly": "table",
        "sales.same": "table",
        "sales.totals": "materialized view",
        "sales.wealthy": "view",
        "spectrum.clicks": "foreign table",
        "spectrum.empty_notes": "foreign table",
    }
    assert Catalog.from_dict(catalog.to_dict()) == catalog


def test_columns_comments_keys_and_counts(catalog: Catalog) -> None:
    customers = _table(catalog, "customers")
    assert customers.comment == "Everyone who ever bought"
    assert [(c.name, c.type, c.nullable, c.comment) for c in customers.columns] == [
        ("id", "bigint", False, ""),
        ("country", "character varying(2)", False, "ISO code"),
        ("email", "character varying(100)", True, ""),
        ("balance", "numeric(38,2)", True, ""),
        ("note", "super", True, ""),
    ]
    assert (customers.primary_key, customers.unique_keys, customers.rows) == (("id",), (("email",),), 12345)
    orders = _table(catalog, "orders")
    assert (orders.primary_key, orders.rows) == (("customer_id", "number"), None)
    to_customers = Link(
        table=("sales", "orders"),
        columns=("customer_id",),
        to_table=("sales", "customers"),
        to_columns=("id",),
    )
    assert [k for k in catalog.links if k.declared] == [to_customers]


def test_late_binding_views(catalog: Catalog) -> None:
    late = _table(catalog, "late")
    assert [(c.name, c.type) for c in late.columns] == [("day", "date"), ("amount", "numeric(18,2)")]
    assert catalog.table("late_and_broken", "sales") is None


def test_external_tables(catalog: Catalog) -> None:
    clicks = _table(catalog, "clicks", "spectrum")
    assert [(c.name, c.type, c.nullable) for c in clicks.columns] == [
        ("at", "timestamp", True),
        ("who", "struct<id:bigint,name:varchar(20)>", True),
        ("day", "varchar(10)", False),
    ]
    assert clicks.rows == 170000
    assert _table(catalog, "empty_notes", "spectrum").rows is None


def test_no_values_are_looked_at(catalog: Catalog) -> None:
    assert not any(c.known_values or c.lowest for t in catalog.tables for c in t.columns)


def test_through_the_data_api_it_is_the_same(
    catalog: Catalog, database: str, data_engine: Callable[..., object]
) -> None:
    with DataApi(database) as api:
        engine = data_engine(api)
        assert engine.catalog(source="shop") == catalog  # type: ignore[attr-defined]


def test_only_what_the_role_may_read(url: str, database: str) -> None:
    _execute(
        database,
        """
        CREATE ROLE redshift_guest LOGIN;
        GRANT USAGE ON SCHEMA sales TO redshift_guest;
        GRANT SELECT ON sales.customers, sales.orders, sales.late TO redshift_guest;
        GRANT SELECT (seen) ON sales.partly TO redshift_guest;
        REVOKE ALL ON ALL TABLES IN SCHEMA stand_in FROM PUBLIC;
        REVOKE ALL ON pg_catalog.svv_external_columns FROM PUBLIC;
        """,
    )
    try:
        found = RedshiftEngine(url.replace("postgres@", "redshift_guest@")).catalog(source="shop")
        sales = {t.name: [c.name for c in t.columns] for t in found.tables}
        assert sales == {
            "customers": ["id", "country", "email", "balance", "note"],
            "orders": ["customer_id", "number", "placed"],
            "partly": ["seen"],
        }, "what fails for this role is left out, the rest is there"
        assert _table(found, "customers").primary_key == ("id",)
        assert _table(found, "customers").rows is None
    finally:
        _execute(database, "DROP OWNED BY redshift_guest; DROP ROLE redshift_guest")
