"""Which conditions reach which table of a query, and what Glue is told of them."""

from __future__ import annotations

import pytest

from analyst.engines.athena_filters import TooManyReads, expression, names_only_keys, parsed, reads

_KEYS = {"dt": "string", "day": "date", "n": "int", "v": "varchar(8)", "größe": "string"}
_VIEWS = {"recent": "SELECT dt, amount FROM shop.big WHERE n > 5", "loop": "SELECT * FROM loop"}


def _found(sql: str) -> list[tuple[str, str, str]]:
    """Each place as table, Glue's expression, and the view it came by."""
    tree = parsed(sql)
    assert tree is not None
    places = reads(tree, schema="shop", views=lambda schema, name: _VIEWS.get(name))
    return [(f"{r.schema}.{r.table}", expression(r.conditions, _KEYS), r.view) for r in places]


@pytest.mark.parametrize(
    ("where", "glue"),
    [
        ("dt = '2026-01-01'", "dt = '2026-01-01'"),
        ("'2026' <= dt AND 5 > n", "dt >= '2026' AND n < 5"),
        ("3 < n AND 9 >= n AND 'a' = dt", "n > 3 AND n <= 9 AND dt = 'a'"),
        ("n < 3 AND n <= 4 AND n > 1 AND n >= 2", "n < 3 AND n <= 4 AND n > 1 AND n >= 2"),
        ("dt BETWEEN 'a' AND 'b' AND amount > 3", "dt >= 'a' AND dt <= 'b'"),
        ("DT IN ('a', 'it''s')", "dt IN ('a', 'it''s')"),
        ("day = CAST('2026-01-01' AS DATE)", "day = '2026-01-01'"),
        ("day >= DATE '2026-01-01'", "day >= '2026-01-01'"),
        ("n = -3", "n = -3"),
        ("v = 'x'", "v = 'x'"),
        ("(dt = 'a' OR dt = 'b') AND n > 1", "((dt = 'a') OR (dt = 'b')) AND n > 1"),
        ("(dt = 'a' AND n > 1) OR dt = 'b'", "((dt = 'a' AND n > 1) OR (dt = 'b'))"),
        ("(dt = 'a' AND amount > 1) OR dt = 'b'", "((dt = 'a') OR (dt = 'b'))"),
        ("dt = 'a' OR amount > 1", ""),
        ("NOT dt = 'a'", ""),
        ("dt <> 'a'", ""),
        ("dt LIKE 'a%'", ""),
        ("dt = 5", ""),
        ("n = '5'", ""),
        ("n = 5.5", ""),
        ("day = '2026-01-01'", ""),
        ("day = CAST('yesterday' AS DATE)", ""),
        ("dt = CONCAT('a', 'b')", ""),
        ("SUBSTR(dt, 1, 4) = '2026'", ""),
        ("dt IN (SELECT x FROM shop.small)", ""),
        ("größe = 'x'", ""),
        ("dt = 'back\\slash'", ""),
    ],
)
def test_what_glue_is_told(where: str, glue: str) -> None:
    assert _found(f"SELECT * FROM shop.big WHERE {where}")[0] == ("shop.big", glue, "")


@pytest.mark.parametrize(
    ("sql", "places"),
    [
        ("SELECT 1", []),
        ("SELECT * FROM big AS b WHERE b.dt = 'a'", [("shop.big", "dt = 'a'", "")]),
        ("SELECT * FROM big WHERE big.dt = 'a' LIMIT 5", [("shop.big", "dt = 'a'", "")]),
        (
            "SELECT * FROM big b JOIN other.c c ON c.dt = 'x' AND b.n = 1 WHERE b.dt = 'a'",
            [("shop.big", "dt = 'a' AND n = 1", ""), ("other.c", "dt = 'x'", "")],
        ),
        (
            "SELECT * FROM big b LEFT JOIN c ON c.dt = 'x' AND b.n = 1",
            [("shop.big", "", ""), ("shop.c", "dt = 'x'", "")],
        ),
        (
            "SELECT * FROM big b RIGHT JOIN c ON c.dt = 'x' AND b.n = 1",
            [("shop.big", "", ""), ("shop.c", "", "")],
        ),
        (
            "SELECT * FROM big b JOIN c ON b.dt = c.dt WHERE b.dt = 'a'",
            [("shop.big", "dt = 'a'", ""), ("shop.c", "dt = 'a'", "")],
        ),
        (
            "WITH w AS (SELECT dt AS d, n FROM big) SELECT * FROM w WHERE d = 'a' AND w.n > 2",
            [("shop.big", "dt = 'a' AND n > 2", "")],
        ),
        (
            "WITH w(d) AS (SELECT dt FROM big) SELECT * FROM w x WHERE x.d = 'a' UNION ALL SELECT * FROM w",
            [("shop.big", "dt = 'a'", ""), ("shop.big", "", "")],
        ),
        (
            "SELECT * FROM (SELECT dt, SUM(n) AS s FROM big GROUP BY dt) g WHERE g.dt = 'a' AND g.s > 1",
            [("shop.big", "dt = 'a'", "")],
        ),
        ("WITH w AS (SELECT * FROM big) SELECT * FROM w WHERE w.dt = 'a'", [("shop.big", "dt = 'a'", "")]),
        (
            "SELECT * FROM (SELECT b.*, 1 AS n FROM big b) w WHERE dt = 'a' AND n = 1",
            [("shop.big", "dt = 'a'", "")],
        ),
        ("SELECT * FROM (SELECT *, LAG(n) OVER () AS l FROM big) w WHERE dt = 'a'", [("shop.big", "", "")]),
        ("WITH w(dt) AS (SELECT * FROM big) SELECT * FROM w WHERE dt = 'a'", [("shop.big", "", "")]),
        (
            "SELECT * FROM (SELECT * FROM big UNION ALL SELECT * FROM c) w WHERE dt = 'a'",
            [("shop.big", "dt = 'a'", ""), ("shop.c", "", "")],
        ),
        ("SELECT * FROM (SELECT dt FROM big LIMIT 5) g WHERE dt = 'a'", [("shop.big", "", "")]),
        (
            "SELECT * FROM (SELECT dt, ROW_NUMBER() OVER (ORDER BY n) AS r FROM big) g WHERE dt = 'a'",
            [("shop.big", "", "")],
        ),
        (
            "SELECT * FROM (SELECT dt, COUNT(*) AS c FROM big GROUP BY ROLLUP (dt)) g WHERE dt = 'a'",
            [("shop.big", "", "")],
        ),
        ("SELECT * FROM (SELECT UPPER(dt) AS dt FROM big) g WHERE dt = 'A'", [("shop.big", "", "")]),
        (
            "SELECT * FROM (SELECT dt FROM big UNION ALL SELECT v FROM c) u WHERE u.dt = 'a'",
            [("shop.big", "dt = 'a'", ""), ("shop.c", "v = 'a'", "")],
        ),
        (
            "SELECT * FROM (SELECT dt FROM big UNION ALL SELECT v FROM c LIMIT 3) u WHERE u.dt = 'a'",
            [("shop.big", "", ""), ("shop.c", "", "")],
        ),
        (
            "SELECT * FROM big o WHERE n IN (SELECT n FROM c WHERE c.dt = 'x' AND o.dt = 'y')",
            [("shop.big", "", ""), ("shop.c", "dt = 'x'", "")],
        ),
        (
            "SELECT (SELECT MAX(n) FROM c WHERE dt = 'x') FROM big WHERE dt = 'a'",
            [("shop.big", "dt = 'a'", ""), ("shop.c", "dt = 'x'", "")],
        ),
        ("SELECT * FROM recent r WHERE r.dt = 'a'", [("shop.big", "n > 5 AND dt = 'a'", "recent")]),
        ("SELECT * FROM (big b JOIN c ON b.n = c.n)", [("shop.big", "", ""), ("shop.c", "", "")]),
        (
            "SELECT * FROM big b CROSS JOIN LATERAL (SELECT * FROM c WHERE c.n = b.n) l WHERE b.dt = 'a'",
            [("shop.big", "dt = 'a'", ""), ("shop.c", "", "")],
        ),
        (
            "SELECT * FROM big CROSS JOIN UNNEST(ARRAY[1]) AS u(x) WHERE dt = 'a'",
            [("shop.big", "dt = 'a'", "")],
        ),
    ],
)
def test_where_a_query_reads(sql: str, places: list[tuple[str, str, str]]) -> None:
    assert sorted(_found(sql)) == sorted(places)


def test_a_view_of_itself_ends() -> None:
    assert _found("SELECT * FROM loop") == [("shop.loop", "", "loop")]


def test_with_queries_that_multiply_are_given_up() -> None:
    chain = ", ".join(f"w{n} AS (SELECT a.x FROM w{n - 1} a, w{n - 1} b)" for n in range(1, 30))
    with pytest.raises(TooManyReads):
        _found(f"WITH w0 AS (SELECT 1 AS x FROM big), {chain} SELECT * FROM w29")


@pytest.mark.parametrize(
    ("condition", "only"),
    [
        ("year(day) = 2026", True),
        ("dt >= date_format(current_date - interval '7' day, '%Y-%m-%d')", True),
        ("dt = 'a' OR n = 1", True),
        ("dt = 'a' OR amount = 1", False),
        ("1 = 1", False),
        ("dt IS NOT NULL", False),
        ("dt = dt", False),
        ("NOT dt IN ('a')", True),
    ],
)
def test_a_condition_on_nothing_but_keys(condition: str, only: bool) -> None:
    tree = parsed(f"SELECT 1 FROM big WHERE {condition}")
    assert tree is not None
    assert names_only_keys(tree.args["where"].this, _KEYS) is only


def test_what_cannot_be_read() -> None:
    assert parsed("SELECT FROM WHERE") is None
