"""How much a statement may make: readings, texts, series, joined rows, repetitions in patterns."""

from __future__ import annotations

import time

import pytest
from guard_blocks import shop

from analyst.errors import Refused
from analyst.guard import check


def rule_of(sql: str, dialect: str = "postgres") -> str:
    with pytest.raises(Refused) as caught:
        check(sql, dialect=dialect)
    return caught.value.rule


@pytest.mark.parametrize("dialect", ["postgres", "redshift", "athena"])
@pytest.mark.parametrize("word", ["row", "timestamp", "decimal", "array", "map", "struct", "interval"])
def test_words_that_may_be_types_are_not_read_in_endless_ways(word: str, dialect: str) -> None:
    begun = time.process_time()
    for opening in ("(", "<"):
        refused = rule_of(f"SELECT {(word + opening) * 78}1{')' * 78}", dialect)
        assert refused in {"steps", "depth", "syntax", "functions", "nodes", "types"}
    assert time.process_time() - begun < 10, (
        "each bracket doubles the readings; without steps this never ends"
    )


def test_the_parser_gives_up_in_a_sentence() -> None:
    assert rule_of("SELECT " + "decimal(" * 78 + "x" + ")" * 78) == "steps"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT repeat('a', x) FROM (SELECT 1000000000 AS x) t",
        "WITH n AS (SELECT 900000000 AS n), m AS (SELECT n FROM n) SELECT rpad('a', n) FROM m",
        "SELECT repeat('a', n) FROM (SELECT 5 AS n UNION ALL SELECT 900000000) t",
        "SELECT repeat(x, 10000) FROM (SELECT repeat('x', 10000) AS x) t",
        "SELECT repeat('a', ('1' || '000000000')::int)",
        "WITH a AS (SELECT repeat('x', 9999) s), b AS (SELECT s||s||s||s||s||s||s||s s FROM a), "
        "c AS (SELECT s||s||s||s||s||s||s||s s FROM b), d AS (SELECT s||s||s||s||s||s||s||s s FROM c), "
        "e AS (SELECT s||s||s||s||s||s||s||s s FROM d) SELECT length(s) FROM e",
        "SELECT string_agg(repeat('x', 10000), '') FROM generate_series(1, 1000000)",
    ],
)
def test_texts_are_followed_to_what_they_are_made_of(sql: str) -> None:
    assert rule_of(sql) == "bounds"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT repeat('#', round(50.0 * n / max(n) OVER ())::int) FROM (SELECT count(*) AS n FROM orders) t",
        "SELECT repeat('*', length(name)), lpad(order_id::text, 8, '0') FROM orders",
        "SELECT a || b || repeat('-', 20) || c FROM t",
        "SELECT d FROM generate_series(now() - interval '1 day', now(), interval '1 minute') d",
        "SELECT d FROM generate_series((SELECT min(a) FROM t), (SELECT max(a) FROM t), '1 day') d",
        "SELECT m FROM t CROSS JOIN LATERAL generate_series(t.a, t.b, interval '1 month') m",
        "SELECT email ~ '^([a-z0-9-]+\\.)+[a-z]{2,6}$' FROM customers",
        "SELECT count(*) FROM orders a JOIN orders b ON a.d >= b.d AND a.d < b.e JOIN orders c ON c.id = a.id",
        "SELECT a.x FROM orders a JOIN orders b ON a.x = b.x OR a.y = b.y JOIN orders c ON c.id = a.id",
    ],
)
def test_what_people_write_stays_within(sql: str) -> None:
    check(sql, dialect="postgres")


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        (
            "SELECT count(*) FROM generate_series(1, 1000000) a CROSS JOIN LATERAL generate_series(1, a) b",
            "joins",
        ),
        (
            "SELECT count(*) FROM generate_series(1, 9999) a CROSS JOIN LATERAL generate_series(1, a) b",
            "joins",
        ),
        ("SELECT generate_series(1, generate_series(1, 100))", "bounds"),
        ("SELECT generate_series(1, 100, random())", "bounds"),
        ("SELECT count(*) FROM generate_series('2000-01-01'::timestamp, 'infinity', '1 day')", "bounds"),
        ("SELECT count(*) FROM a JOIN b ON a.x <> b.x JOIN c ON b.x < c.x", "joins"),
        ("SELECT count(*) FROM a JOIN b ON a.x = b.x OR true JOIN c ON a.x = c.x OR 1 = 1", "joins"),
    ],
)
def test_series_and_joins_do_not_multiply(sql: str, rule: str) -> None:
    assert rule_of(sql) == rule


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT reduce(sequence(1, 40), 'x', (s, x) -> concat(s, s), s -> s)",
        "SELECT transform(sequence(1, 10000), x -> sequence(1, 10000))",
        "SELECT numeric_histogram(1000000000, amount) FROM orders",
    ],
)
def test_lists_of_athena_do_not_multiply(sql: str) -> None:
    assert rule_of(sql, "athena") == "bounds"


def test_reducing_a_list_to_a_sum_is_fine() -> None:
    check("SELECT reduce(a, 0, (s, x) -> s + x, s -> s) FROM t", dialect="athena")


@pytest.mark.parametrize(
    "pattern",
    ["((a*)*)*", "(a+)+$", "([a-z]+)*!", "(((a{1,99}){1,99}){1,99})", r"^(a+b)+\1$", "x{5000}{5000}"],
)
def test_patterns_that_never_end_are_refused(pattern: str) -> None:
    assert rule_of(f"SELECT name ~ '{pattern}' FROM customers") == "bounds"
    assert rule_of(f"SELECT regexp_replace(name, '{pattern}', '') FROM customers") == "bounds"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT [1, 2]",
        "SELECT * FROM 'orders'",
        "SELECT orders JOIN customers USING ORDER BY 1",
        'SELECT U&"a"',
    ],
)
def test_what_only_the_parser_understands_is_refused(sql: str) -> None:
    assert rule_of(sql) in {"characters", "tables", "nodes", "fixed point", "syntax"}


@pytest.mark.parametrize(
    ("dialect", "sql"),
    [
        ("postgres", "SELECT * FROM orders FOR VERSION AS OF 1"),
        ("athena", "SELECT a FROM t GROUP BY ALL"),
        ("postgres", "SELECT * FROM t PIVOT (sum(a) FOR b IN ('x'))"),
    ],
)
def test_parts_of_one_dialect_are_refused_in_the_others(dialect: str, sql: str) -> None:
    assert rule_of(sql, dialect) in {"nodes", "syntax"}


def test_a_field_of_a_known_row_calls_nothing() -> None:
    check("SELECT (jsonb_each(attrs)).key FROM customers", dialect="postgres", catalog=shop())
    assert rule_of("SELECT (jsonb_each(attrs)).pg_sleep FROM customers") == "functions"
    assert rule_of("SELECT (lower(name)).key FROM customers") == "functions"
