"""Shapes of SQL, and the examples that are chosen by them."""

from __future__ import annotations

import pytest

from analyst.example import Example, Neighbour
from analyst.shapes import choose, likeness, shape, tables
from analyst.shapes.cues import cues


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT count(*) FROM flights", "SELECT count FROM 1"),
        ("SELECT count(DISTINCT x) FROM flights WHERE y = 1", "SELECT count-distinct FROM 1 WHERE ="),
        ("SELECT DISTINCT x FROM flights", "SELECT distinct column FROM 1"),
        (
            "SELECT c.name, sum(f.a) AS total FROM flights f JOIN carriers c ON f.c = c.c WHERE f.d > 1"
            " GROUP BY 1 HAVING count(*) > 5 ORDER BY total DESC NULLS LAST LIMIT 3",
            "SELECT column sum FROM 2 WHERE < GROUP HAVING < count ORDER desc LIMIT",
        ),
        (
            "SELECT date_trunc('month', d) AS m, avg(x) FROM t LEFT JOIN u USING (id) GROUP BY m ORDER BY m",
            "SELECT avg date FROM 2 outer GROUP ORDER asc",
        ),
        (
            "SELECT a FROM t WHERE NOT EXISTS (SELECT 1 FROM u WHERE u.i = t.i) AND b ILIKE '%x%'",
            "SELECT column FROM 1 WHERE exists like not (SELECT FROM 1 WHERE =)",
        ),
        (
            "WITH w AS (SELECT a, rank() OVER (PARTITION BY b ORDER BY c DESC) r FROM t) SELECT a FROM w WHERE r = 1",
            "WITH (SELECT column over rank FROM 1) SELECT column FROM 1 WHERE =",
        ),
        (
            "SELECT a FROM t UNION SELECT b FROM u ORDER BY 1",
            "(SELECT column FROM 1) UNION (SELECT column FROM 1) ORDER asc",
        ),
        (
            "SELECT a FROM (SELECT a, b FROM t) q WHERE b IN (1, 2)",
            "SELECT column FROM 1 (SELECT column FROM 1) WHERE in",
        ),
        ("SELECT sum(a)::numeric / count(*) FROM t", "SELECT count ratio sum FROM 1"),
    ],
)
def test_clauses_stay_and_names_go(sql: str, expected: str) -> None:
    assert shape(sql, dialect="postgres") == expected


def test_names_literals_and_order_make_no_other_shape() -> None:
    one = "SELECT f.origin, count(*) AS n FROM flights AS f WHERE f.month = 3 AND f.dest > 'A' GROUP BY f.origin"
    other = 'SELECT count(*), "Big Name" FROM "Other" WHERE x >= 1 AND 7 = y AND z = 8 GROUP BY "Big Name"'
    assert shape(one, dialect="postgres") == shape(other, dialect="postgres") != ""
    assert tables(one, dialect="postgres") == {"flights"} and tables(other, dialect="postgres") == {"Other"}


def test_tables_are_those_that_are_stored() -> None:
    sql = "WITH w AS (SELECT * FROM s.deep) SELECT * FROM w, Wide WHERE a IN (SELECT a FROM inner_one)"
    assert tables(sql, dialect="postgres") == {"deep", "wide", "inner_one"}


@pytest.mark.parametrize("sql", ["", "not sql at all", "DROP TABLE t", "SELECT 1; SELECT 2", "(" * 200])
def test_what_cannot_be_read_has_no_shape(sql: str) -> None:
    assert shape(sql, dialect="postgres") == "" and tables(sql, dialect="postgres") == frozenset()


@pytest.mark.parametrize("dialect", ["redshift", "athena"])
def test_other_dialects_have_the_same_shapes(dialect: str) -> None:
    sql = "SELECT date_trunc('month', d), approx_percentile(x, 0.5) FROM t GROUP BY 1"
    assert shape(sql, dialect=dialect) == "SELECT approx_percentile date FROM 1 GROUP"


def test_shapes_are_alike_by_what_they_share() -> None:
    plain, sorted_, other = (
        shape(sql, dialect="postgres")
        for sql in (
            "SELECT a FROM t WHERE b = 1",
            "SELECT a FROM t WHERE b = 1 ORDER BY a",
            "SELECT count(*) FROM t, u",
        )
    )
    assert likeness(plain, plain) == 1.0
    assert 0.0 < likeness(plain, other) < likeness(plain, sorted_) < 1.0
    assert likeness(plain, sorted_) == likeness(sorted_, plain)


def test_words_of_a_question_tell_what_is_to_be_done() -> None:
    assert cues("How many flights did each carrier have?") == {"count", "each"}
    assert cues("HOW MANY accounts don’t have more than 3?") >= {"count", "not", "compare"}
    assert cues("Discounts of meandering counties, their rations and orders") == set()


def near(id: int, similarity: float, sql: str, question: str = "?") -> Neighbour:
    example = Example(id=id, source="s", dialect="postgres", question=question, sql=sql)
    return Neighbour(example=example, similarity=similarity)


def ids(question: str, neighbours: list[Neighbour], count: int = 3) -> list[int]:
    return [n.example.id for n in choose(question, neighbours, count=count, dialect="postgres")]


COUNTS = [near(n, 0.9 - n / 100, f"SELECT count(*) FROM t WHERE a = {n}") for n in range(4)]


def test_what_repeats_shape_and_tables_comes_only_when_nothing_else_is_left() -> None:
    other_table = near(7, 0.6, "SELECT count(*) FROM u WHERE a = 1")
    other_shape = near(8, 0.5, "SELECT max(a) FROM t")
    assert ids("?", [*COUNTS, other_table, other_shape]) == [0, 7, 8]
    assert ids("?", [*COUNTS, other_shape]) == [0, 1, 8]
    assert ids("?", COUNTS) == [0, 1, 2]


def test_of_equally_near_ones_the_other_shape_is_taken() -> None:
    first = near(1, 0.9, "SELECT a FROM t WHERE b = 1 GROUP BY a")
    alike = near(2, 0.8, "SELECT a FROM t WHERE b = 1 AND c > 1 GROUP BY a")
    unlike = near(3, 0.8, "SELECT max(a) FROM u ORDER BY 1 LIMIT 3")
    assert ids("?", [first, alike, unlike], count=2) == [1, 3]


def test_a_question_that_wants_the_same_done_comes_first() -> None:
    topic = near(1, 0.70, "SELECT name FROM carriers", "Which carriers have planes?")
    kind = near(2, 0.65, "SELECT count(*) FROM planes", "How many planes are there per year?")
    assert ids("How many carriers are there per city?", [topic, kind], count=1) == [2]
    far = near(2, 0.45, "SELECT count(*) FROM planes", "How many planes are there per year?")
    assert ids("How many carriers are there per city?", [topic, far], count=1) == [1]


def test_what_cannot_be_read_is_skipped() -> None:
    assert ids("?", [near(1, 0.99, "SELEC oh"), near(2, 0.5, "SELECT a FROM t")]) == [2]
    assert ids("?", []) == [] and ids("?", COUNTS, count=0) == []
