"""Policies on the tree: what is put in a table's place, in all three dialects, and what is refused."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "policies"))
from shop import DIALECTS, SALES, guarded, sales, schema

from analyst.errors import Refused
from analyst.guard import check
from analyst.policy import Policy, RowFilter

FENCE = " OFFSET 0) AS "


def refusal(sql: str, policy: Policy | None = None, *, dialect: str = "postgres") -> str:
    with pytest.raises(Refused) as caught:
        guarded(sql, policy or sales(), dialect=dialect)
    return str(caught.value)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_table_with_rules_is_read_through_its_filter_and_its_columns(dialect: str) -> None:
    query = guarded("SELECT name FROM products", sales(), dialect=dialect)
    assert query.sql == (
        "SELECT name FROM (SELECT product_id, sku, name, category, price, launched_on, discontinued, attributes,"
        " weight_kg FROM public.products AS products) AS products LIMIT 51"
    )
    assert query.readable == "SELECT\n  name\nFROM products", "a person reads her own words"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_table_without_rules_is_read_as_it_is(dialect: str) -> None:
    assert (
        guarded("SELECT region FROM regions", sales(), dialect=dialect).sql
        == "SELECT region FROM regions LIMIT 51"
    )


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name FROM customers ORDER BY name DESC LIMIT 5",
        "SELECT customers.name FROM public.customers AS customers ORDER BY created_at, name",
        "SELECT name FROM customers UNION ALL SELECT name FROM products ORDER BY name",
        "WITH c AS (SELECT * FROM customers) SELECT c.name FROM c ORDER BY c.name",
        "(SELECT name FROM customers ORDER BY name)",
    ],
)
def test_the_outer_order_and_limit_stay_outside(sql: str, dialect: str) -> None:
    rewritten = guarded(sql, sales(), dialect=dialect).sql
    behind = rewritten[rewritten.rindex(")") :]
    assert " ORDER BY " in behind and " LIMIT " in behind
    assert rewritten.count("LIMIT") == 1 and "AS products) AS products ORDER" not in rewritten[: -len(behind)]


def test_only_a_filter_with_a_query_is_fenced_and_only_on_postgres() -> None:
    assert FENCE in guarded("SELECT count(*) FROM orders", sales()).sql
    assert "OFFSET" not in guarded("SELECT count(*) FROM customers", sales()).sql
    for dialect in ("redshift", "athena"):
        assert "OFFSET" not in guarded("SELECT count(*) FROM orders", sales(), dialect=dialect).sql


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT {} FROM customers",
        "SELECT c.{} FROM customers c",
        "SELECT name FROM customers WHERE {} IS NULL",
        "SELECT name FROM customers ORDER BY {}",
        "SELECT count(*) FROM customers GROUP BY {}",
        "SELECT count(*) FROM customers HAVING max({}) > 'a'",
        "SELECT count(*) FROM customers JOIN customers AS d USING ({})",
        "SELECT count(*) FROM customers c JOIN products p ON c.{} = p.sku",
        "SELECT q.{} FROM (SELECT * FROM customers) AS q",
        "WITH q AS (SELECT * FROM customers) SELECT {} FROM q",
        "SELECT rank() OVER (ORDER BY {}) FROM customers",
        "SELECT (SELECT max({}) FROM customers)",
        "SELECT public.customers.{} FROM public.customers",
    ],
)
def test_a_private_column_and_one_that_is_not_there_are_refused_alike(sql: str, dialect: str) -> None:
    private, absent = (refusal(sql.format(name), dialect=dialect) for name in ("ssn", "sxn"))
    assert private.replace("ssn", "?").split(";")[0] == absent.replace("sxn", "?").split(";")[0]
    assert "ssn" not in private.replace("no column ssn", "").replace("The column ssn", "")


def test_a_hidden_table_and_one_that_is_not_there_are_refused_alike() -> None:
    hidden, absent = refusal("SELECT * FROM api_keys"), refusal("SELECT * FROM axi_keys")
    assert hidden.replace("api_keys", "?") == absent.replace("axi_keys", "?")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM customers",
        "SELECT c.* FROM customers c",
        "SELECT c FROM customers c",
        "SELECT c::text FROM customers c",
        "SELECT row(c.*) FROM customers c",
        "SELECT to_json(c) FROM customers c",
        "SELECT x6 FROM customers AS c(x1, x2, x3, x4, x5, x6)",
        "SELECT count(*) FROM customers NATURAL JOIN orders",
        "SELECT * FROM customers TABLESAMPLE BERNOULLI (50)",
        "SELECT x.* FROM orders o, LATERAL (SELECT c.* FROM customers c WHERE c.customer_id = o.customer_id) x",
        'SELECT name FROM PUBLIC."customers"',
    ],
)
def test_whole_rows_are_those_of_the_allowed_columns(sql: str) -> None:
    rewritten = guarded(sql, sales()).sql
    assert "ssn" not in rewritten and "email" not in rewritten
    assert "(customers.tenant_id = 1)" in rewritten


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize(
    ("sql", "wrapped"),
    [
        ("WITH customers AS (SELECT 1 AS name) SELECT name FROM customers", 0),
        ("WITH customers AS (SELECT * FROM customers) SELECT name FROM customers", 1),
        ("WITH a AS (SELECT name FROM customers), customers AS (SELECT 1 AS x) SELECT name FROM a", 1),
        ("SELECT 1 FROM (WITH customers AS (SELECT 1 AS name) SELECT name FROM customers) q, customers", 1),
        ("SELECT 1 FROM (SELECT 1 AS x) customers", 0),
        ("SELECT a.name FROM customers a RIGHT JOIN customers b ON a.name = b.name", 2),
        ("SELECT a.name FROM customers a FULL JOIN customers b ON a.name = b.name", 2),
        (
            "SELECT name FROM customers WHERE name IN (SELECT name FROM customers) EXCEPT SELECT name FROM customers",
            3,
        ),
        ("WITH customers AS (SELECT 1 AS x) SELECT count(*) FROM public.customers", 1),
    ],
)
def test_names_are_those_of_the_scope_they_stand_in(sql: str, wrapped: int, dialect: str) -> None:
    rewritten = guarded(sql, sales(), dialect=dialect).sql
    assert rewritten.count("WHERE (customers.tenant_id = 1)) AS ") == wrapped


def test_a_with_query_cannot_stand_in_for_a_table_of_the_filter() -> None:
    rewritten = guarded(
        "WITH customers AS (SELECT 13 AS customer_id) SELECT count(*) FROM orders", sales()
    ).sql
    assert "(SELECT customer_id FROM public.customers WHERE tenant_id = 1)" in rewritten


def test_filters_of_one_table_hold_together() -> None:
    more = RowFilter(schema="public", table="customers", sql="country = 'DE' OR city = 'Rio'")
    policy = replace(sales(), filters=(*sales().filters, more))
    rewritten = guarded("SELECT name FROM customers", policy).sql
    assert (
        "WHERE (customers.tenant_id = 1) AND (customers.country = 'DE' OR customers.city = 'Rio'))"
        in rewritten
    )


@pytest.mark.parametrize(
    ("column", "value", "written"),
    [
        ("tenant_id", "7", "= 7"),
        ("tenant_id", "-7", "= (-7)"),
        ("event_name", "it's", "= 'it''s'"),
        ("event_name", "x' OR '1'='1", "= 'x'' OR ''1''=''1'"),
        ("event_name", ":user.other", "= ':user.other'"),
        ("event_time", "2024-01-31T10:00:00", "= CAST('2024-01-31 10:00:00' AS TIMESTAMPTZ)"),
    ],
)
def test_what_is_known_of_a_person_becomes_a_literal_of_the_columns_type(
    column: str, value: str, written: str
) -> None:
    policy = sales(SALES.replace("tenant_id = :user.tenant", f"{column} = :user.x"), x=value)
    assert f"WHERE (events.{column} {written}))" in guarded("SELECT 1 FROM events", policy).sql


@pytest.mark.parametrize("value", ["x", "1 OR 1=1", "1;", "", "1e3", "99999999999999999999", "0x1", "１"])
def test_what_is_no_literal_of_the_type_refuses(value: str) -> None:
    assert "cannot be applied" in refusal("SELECT 1 FROM events", sales(tenant=value))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_attribute_that_is_missing_refuses_and_one_of_many_values_needs_a_list(dialect: str) -> None:
    said = refusal("SELECT 1 FROM events", sales(other="1"), dialect=dialect)
    assert said == "The policy needs to know your tenant, which is not known; nothing was read."
    assert refusal("SELECT 1 FROM events", sales(tenant=["1", "2"]), dialect=dialect)
    listed = sales(SALES.replace("= :user.tenant", "IN (:user.tenant)"), tenant=["1", "2"])
    assert (
        "WHERE (events.tenant_id IN (1, 2)))" in guarded("SELECT 1 FROM events", listed, dialect=dialect).sql
    )


def test_a_text_that_redshift_would_read_as_another_refuses() -> None:
    policy = sales(SALES.replace("tenant_id = :user.tenant", "event_name = :user.x"), x="a\\'b")
    assert refusal("SELECT 1 FROM events", policy, dialect="redshift")
    assert "'a\\''b'" in guarded("SELECT 1 FROM events", policy).sql


def test_an_attribute_may_be_cast_where_it_is_not_compared_with_a_column() -> None:
    text = SALES.replace("tenant_id = :user.tenant", "lower(event_name) = lower(CAST(:user.x AS TEXT))")
    assert "LOWER(events.event_name) = LOWER(CAST('A' AS TEXT))" in (
        guarded("SELECT 1 FROM events", sales(text, x="A")).sql
    )


def test_a_filter_that_does_not_fit_the_catalog_refuses_and_reads_nothing() -> None:
    assert refusal("SELECT 1 FROM events", sales(SALES.replace("tenant_id = :user", "gone = :user")))


def test_without_a_catalog_a_policy_cannot_be_applied() -> None:
    with pytest.raises(Refused):
        check("SELECT 1 FROM events", dialect="postgres", policy=sales())


@pytest.mark.parametrize(
    ("limit", "written"),
    [
        ("LIMIT 7", "LIMIT 7"),
        ("LIMIT 5 + 4", "LIMIT 9"),
        ("LIMIT (SELECT 100000)", "LIMIT 51"),
        ("LIMIT ALL", "LIMIT 51"),
        ("ORDER BY event_id FETCH FIRST 60 ROWS WITH TIES", "FETCH FIRST 51 ROWS ONLY"),
    ],
)
def test_limits_are_plain_numbers(limit: str, written: str) -> None:
    assert guarded(f"SELECT event_id FROM events {limit}", sales()).sql.endswith(written)


@pytest.mark.parametrize(
    "limit", ["LIMIT (SELECT count(*) FROM events)", "ORDER BY 1 FETCH FIRST 5 ROWS WITH TIES"]
)
def test_limits_that_are_none_refuse(limit: str) -> None:
    assert refusal(f"SELECT event_id FROM events {limit}")


def test_two_tables_of_one_name_need_aliases() -> None:
    text = SALES.replace('"public.regions"', '"public.regions", "hr.customers"')
    sql = "SELECT 1 FROM public.customers JOIN hr.customers ON public.customers.customer_id = hr.customers.customer_id"
    assert "alias" in refusal(sql, sales(text))


def test_a_key_in_group_by_still_carries_its_table() -> None:
    known = schema()
    tables = tuple(
        replace(t, primary_key=("customer_id",)) if t.name == "customers" else t for t in known.tables
    )
    sql = "SELECT c.name, count(*) FROM customers c, orders o WHERE o.customer_id = c.customer_id"
    sql += " GROUP BY c.customer_id ORDER BY c.city"
    query = check(sql, dialect="postgres", catalog=replace(known, tables=tables), policy=sales())
    assert "GROUP BY c.customer_id, c.name, c.city ORDER BY c.city" in query.sql
    assert "GROUP BY\n  c.customer_id\nORDER" in query.readable


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_was_rewritten_says_the_same_when_it_is_read_again(dialect: str) -> None:
    sql = "SELECT c.name, count(*) FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id GROUP BY 1"
    once = guarded(sql, sales(), dialect=dialect).sql
    whole = check(once, dialect=dialect, catalog=schema(dialect), policy=Policy(row_limit=50)).sql
    assert whole.replace("public.", "") == once.replace("public.", "")
