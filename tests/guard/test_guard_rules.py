"""Each rule by itself: what it says, what it rewrites, what it notes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from guard_blocks import shop

from analyst.catalog import Catalog, Column, Table
from analyst.draft import Query
from analyst.errors import Refused
from analyst.guard import check, checking, load_catalog, readable
from analyst.policy import Policy


def refusal(sql: str, *, dialect: str = "postgres", catalog: Catalog | None = None) -> Refused:
    with pytest.raises(Refused) as caught:
        check(sql, dialect=dialect, catalog=catalog)
    return caught.value


def in_shop(sql: str, *, dialect: str = "postgres") -> Query:
    return check(sql, dialect=dialect, catalog=shop(dialect))


# -- text


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "   ",
        "SELECT 1\x00",
        "SELECT 1 -- x\r, 2",
        "SELECT\x0b1",
        "SELECT 1\u00a0FROM orders",
        "\ufeffSELECT 1",
        "SELECT 1 -- x\u2028, 2",
        "SELECT name FROM a UN\u0131ON SELECT 1",
        "\u017fELECT 1",
        "SELECT {fn now()}",
        "SELECT 1 {# x #}",
        "SELECT 1 /*! + 1 */",
        "SELECT 1 /* open",
        "SELECT 'a'\n'b'",
        "SELECT 1x FROM t",
        f'SELECT 1 AS "{"a" * 64}"',
        "SELECT 1 WHERE a = 0" + " OR a = 1" * 10_000,
        "SELECT " + "(" * 81 + "1" + ")" * 81,
        "SELECT " + "CASE WHEN true THEN " * 81 + "1" + " END" * 81,
    ],
)
def test_text_is_refused_before_it_is_parsed(sql: str) -> None:
    assert refusal(sql).rule in {"text", "size", "characters", "depth", "syntax"}


@pytest.mark.parametrize("sql", ["SELECT " + "+".join(["1"] * 3000), "SELECT " + "NOT " * 3000 + "true"])
def test_deep_trees_are_refused_and_never_crash(sql: str) -> None:
    assert refusal(sql).rule == "depth"


def test_nested_comments_are_comments_only_where_the_database_nests_them() -> None:
    sql = "SELECT 1 /* a /* b */ c */"
    assert check(sql, dialect="postgres").sql == "SELECT 1 LIMIT 1000001"
    assert refusal(sql, dialect="athena").rule in {"characters", "syntax"}


def test_postgres_numbers_keep_their_value() -> None:
    assert check("SELECT 1_000, 0x1F", dialect="postgres").sql.startswith("SELECT 1000, 31 ")


# -- names


def test_an_unknown_column_is_named_with_what_exists_nearest_first() -> None:
    error = refusal("SELECT origin_city FROM flights", catalog=flights())
    assert str(error) == "There is no column origin_city in flights; it has origin, carrier, dest."
    assert (error.rule, error.repairable) == ("columns", True)


def test_an_unknown_table_is_named_with_what_exists() -> None:
    error = refusal("SELECT 1 FROM flight", catalog=flights())
    assert str(error) == "There is no table flight; there are flights, ops.crews."


def test_no_refusal_repeats_a_literal() -> None:
    error = refusal("SELECT nothing FROM flights WHERE dest = 'Top Secret'", catalog=flights())
    assert "Secret" not in str(error)


def test_an_ambiguous_column_is_named_with_its_tables() -> None:
    error = refusal("SELECT name FROM customers, products", catalog=shop())
    assert "customers, products" in str(error)


def test_hidden_tables_do_not_exist() -> None:
    policy = Policy(hidden=frozenset({("public", "api_keys")}))
    with pytest.raises(Refused, match="There is no table api_keys") as caught:
        check("SELECT 1 FROM api_keys", dialect="postgres", catalog=shop(), policy=policy)
    assert "api_keys, " not in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "WITH a AS (SELECT * FROM b), b AS (SELECT 1 AS x) SELECT * FROM a",
        "WITH api AS (SELECT * FROM api) SELECT * FROM api",
        "SELECT order_id AS n FROM orders WHERE n > 1",
        "SELECT order_id AS n FROM orders GROUP BY order_id HAVING n > 1",
        "SELECT orders.order_id FROM orders o",
        "SELECT c.to_jsonb FROM customers c",
        "SELECT q.pg_ls_dir FROM unnest(ARRAY['.']) q",
        "SELECT x.order_id FROM (SELECT customer_id FROM orders) x",
        "SELECT o.order_id FROM orders o, (SELECT o.customer_id) x",
        'SELECT "ORDER_ID" FROM orders',
        "SELECT * FROM orders FOR UPDATE",
    ],
)
def test_scopes_are_lexical(sql: str) -> None:
    refusal(sql, catalog=shop())


def test_names_are_written_as_the_catalog_has_them() -> None:
    query = in_shop('SELECT Qty, "Order Details"."Order ID" FROM "Order Details"')
    assert query.sql == 'SELECT "Qty", "Order Details"."Order ID" FROM "Order Details" LIMIT 1000001'


def test_a_reserved_word_becomes_a_quoted_column_never_a_call() -> None:
    assert in_shop("SELECT user FROM marketing_assets").sql.startswith('SELECT "user" FROM')
    assert refusal("SELECT user FROM marketing_assets").rule == "columns"


def test_tables_of_another_schema_are_written_with_it() -> None:
    query = check("SELECT name FROM crews", dialect="postgres", catalog=flights())
    assert query.sql == "SELECT name FROM ops.crews LIMIT 1000001"
    assert (query.tables, query.columns) == (("ops.crews",), ("crews.name",))


def test_what_is_read_is_noted() -> None:
    query = in_shop(
        "SELECT c.name, sum(o.amount) FROM orders o JOIN customers c USING (customer_id) "
        "WHERE o.status = 'paid' GROUP BY c.name HAVING sum(o.amount) > 5"
    )
    assert query.tables == ("public.customers", "public.orders")
    assert "orders.status" in query.columns and "customers.customer_id" in query.columns
    assert query.filters == ("o.status = 'paid'", "SUM(o.amount) > 5")


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "SELECT 1 FROM information_schema.tables"),
        ("postgres", "SELECT 1 FROM public.pg_class"),
        ("redshift", "SELECT 1 FROM stl_query"),
        ("redshift", "SELECT 1 FROM customers hr, hr.salaries s"),
        ("redshift", "SELECT 1 FROM dev.public.orders"),
        ("athena", 'SELECT 1 FROM "orders$files"'),
        ("athena", "SELECT 1 FROM system.runtime.nodes"),
        ("athena", "SELECT 1 FROM orders FOR TIMESTAMP AS OF (SELECT at FROM audit_log)"),
    ],
)
def test_what_is_not_in_the_catalog_is_refused_in_every_dialect(dialect: str, sql: str) -> None:
    refusal(sql, dialect=dialect, catalog=shop(dialect))


# -- functions, types, joins, bounds


def test_a_function_with_a_similar_name_is_offered() -> None:
    assert "there is string_agg" in str(refusal("SELECT strin_agg(a, ',') FROM t"))


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT pg_catalog.count(*) FROM t",
        "SELECT (1::bigint).pg_sleep",
        'SELECT "pg_sleep"(1)',
        "SELECT a FROM t ORDER BY pg_sleep(1)",
        "SELECT 1 FROM t WINDOW w AS (ORDER BY pg_sleep(1))",
    ],
)
def test_only_listed_functions_by_their_bare_name(sql: str) -> None:
    assert refusal(sql).rule == "functions"


def test_functions_keep_their_names() -> None:
    sql = "SELECT to_hex(1), string_agg(DISTINCT a, ',' ORDER BY a), |/ b, b ^ 2 FROM t"
    written = "SELECT TO_HEX(1), STRING_AGG(DISTINCT a, ',' ORDER BY a), |/ b, b ^ 2 FROM t LIMIT 1000001"
    assert check(sql, dialect="postgres").sql == written


def test_joins_need_a_condition_unless_they_are_small() -> None:
    assert refusal("SELECT 1 FROM a, b, c").rule == "joins"
    assert refusal("SELECT 1 FROM generate_series(1, 100000) a, generate_series(1, 100000) b").rule == "joins"
    check("SELECT 1 FROM a, b WHERE a.id = b.id", dialect="postgres")
    check("SELECT 1 FROM a, (SELECT max(x) AS x FROM b) m, (SELECT 1 AS y) n", dialect="postgres")


def test_known_row_counts_decide_over_joins_without_condition() -> None:
    big = flights(rows=1_000_000)
    assert refusal("SELECT 1 FROM flights a, flights b", catalog=big).rule == "joins"
    check("SELECT 1 FROM flights a, flights b", dialect="postgres", catalog=flights(rows=100))


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "SELECT repeat('a', 100 * 1000000)"),
        ("postgres", "SELECT repeat(repeat('a', 9999), 9999)"),
        ("postgres", "SELECT generate_series(1, 10 ^ 9)"),
        ("postgres", "SELECT generate_series('2000-01-01'::timestamp, '2024-01-01', '1 second')"),
        ("postgres", "SELECT 10 ^ 100000"),
        ("postgres", "SELECT format('%*s', 1000000000, 'x')"),
        ("athena", "SELECT * FROM unnest(sequence(1, 1000000)) t(x)"),
    ],
)
def test_generators_are_bounded(dialect: str, sql: str) -> None:
    assert refusal(sql, dialect=dialect).rule == "bounds"


# -- the limit


@pytest.mark.parametrize(
    ("dialect", "sql", "end"),
    [
        ("postgres", "SELECT a FROM t ORDER BY a", "ORDER BY a LIMIT 11"),
        ("postgres", "SELECT a FROM t LIMIT 5", "LIMIT 5"),
        ("postgres", "SELECT a FROM t LIMIT 500", "LIMIT 11"),
        ("postgres", "SELECT a FROM t LIMIT ALL OFFSET 2", "LIMIT 11 OFFSET 2"),
        ("postgres", "(SELECT a FROM t ORDER BY a)", "FROM t ORDER BY a LIMIT 11"),
        ("postgres", "SELECT a FROM t UNION SELECT b FROM u ORDER BY a", "ORDER BY a LIMIT 11"),
        ("postgres", "(SELECT a FROM t LIMIT 3) UNION ALL (SELECT b FROM u)", "(SELECT b FROM u) LIMIT 11"),
        ("postgres", "SELECT a FROM t ORDER BY a FETCH FIRST 50 ROWS ONLY", "FETCH FIRST 11 ROWS ONLY"),
        ("postgres", "VALUES (1), (2)", "LIMIT 11"),
        ("redshift", "SELECT TOP 50 a FROM t ORDER BY a", "ORDER BY a LIMIT 11"),
        ("athena", "SELECT a FROM t ORDER BY a OFFSET 5 LIMIT 10", "ORDER BY a OFFSET 5 LIMIT 10"),
        ("athena", "SELECT a FROM t UNION ALL SELECT b FROM u ORDER BY 1", "ORDER BY 1 LIMIT 11"),
    ],
)
def test_the_outermost_query_is_limited(dialect: str, sql: str, end: str) -> None:
    query = check(sql, dialect=dialect, policy=Policy(row_limit=10))
    assert query.sql.endswith(end)
    assert query.row_limit == 10


def test_a_computed_limit_is_refused() -> None:
    assert refusal("SELECT a FROM t LIMIT (SELECT 5)").rule == "limit"


# -- the way through


def test_readable_has_lines_and_no_comment_and_no_added_limit() -> None:
    query = check("select a, b from t -- secret note", dialect="postgres")
    assert query.readable == readable("select a, b from t", dialect="postgres")
    assert query.readable == "SELECT\n  a,\n  b\nFROM t"
    assert "\n" not in query.sql


def test_the_unexpected_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(checking, "RULES", (broken, *checking.RULES))
    assert refusal("SELECT 1").rule == "unexpected"


def test_an_unknown_dialect_is_refused() -> None:
    assert refusal("SELECT 1", dialect="mysql").rule == "dialect"


def test_load_catalog() -> None:
    catalog = shop()
    assert catalog.default_schema == "public"
    assert catalog.table("salaries", "hr") is not None
    assert load_catalog({"a": {"t": {"c": "int"}}}, "athena").default_schema == "a"


def flights(*, rows: int | None = None) -> Catalog:
    columns = tuple(Column(name=n, type="text") for n in ("origin", "dest", "carrier"))
    table = Table(schema="public", name="flights", columns=columns, rows=rows)
    crews = replace(table, schema="ops", name="crews", columns=(Column(name="name", type="text"),))
    return Catalog(source="air", dialect="postgres", tables=(table, crews))
