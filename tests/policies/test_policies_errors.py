"""A row that somebody may not see tells nothing by an error, on a real server and in any order of conditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from houses import NewDatabase

from analyst.catalog import Catalog
from analyst.engines import open_engine
from analyst.errors import Refused
from analyst.guard import check
from analyst.policy import Policy, RowFilter

FILTERS = (
    "tenant = 1",
    "tenant IN (1)",
    "tenant IN (1, 3)",
    "tenant IN (1, 3, 4, 5, 6, 7, 8)",
    "tenant IN (1, 3, 4, 5, 6, 7, 8, 9, 10, 11)",
    "tenant = 1 OR tenant = 99",
    "tenant % 2 = 1",
    "id IN (SELECT id FROM keys WHERE tenant = 1)",
    "EXISTS (SELECT 1 FROM keys WHERE keys.id = notes.id AND keys.tenant = 1)",
)
SETUP = """
CREATE TABLE notes (id int PRIMARY KEY, tenant int, text text, pattern text, n int, big bigint, day date);
INSERT INTO notes SELECT i, 1 + i % 2, CASE WHEN i % 2 = 0 THEN '7' ELSE 'CANARY' END,
    CASE WHEN i % 2 = 0 THEN 'a' ELSE '(' END, i % 2 - 1, CASE WHEN i % 2 = 0 THEN 1 ELSE 9223372036854775807 END,
    CASE WHEN i % 2 = 0 THEN date '2024-01-01' ELSE 'infinity' END FROM generate_series(1, 400) AS i;
CREATE TABLE keys (id int PRIMARY KEY, tenant int);
INSERT INTO keys SELECT id, tenant FROM notes;
CREATE TABLE others (id int PRIMARY KEY, name text);
INSERT INTO others SELECT i, 'other' || i FROM generate_series(1, 400) AS i;
CREATE VIEW worked_out AS SELECT id, tenant, 1 / n AS share FROM notes;
ANALYZE;
"""
LEAKY = (
    "SELECT count(*) FROM notes WHERE 1 / n IS NOT NULL",
    "SELECT count(*) FROM notes WHERE 1 / n <> 5",
    "SELECT count(*) FROM notes WHERE text ~ pattern",
    "SELECT count(*) FROM notes WHERE CAST(text AS int) > 0",
    "SELECT count(*) FROM notes WHERE big + 1 IS NOT NULL",
    "SELECT count(*) FROM notes WHERE id >= 1 AND CAST(text AS int) = 7",
    "SELECT count(*) FROM notes WHERE CASE WHEN id > 0 THEN 1 / n END < 0",
    "SELECT sum(1 / n) FROM notes",
    "SELECT count(*) FROM notes AS a JOIN others AS b ON b.id = a.id AND 1 / a.n < 0",
    "SELECT count(a.id) FROM others AS b LEFT JOIN notes AS a ON b.id = a.id AND 1 / a.n < 0",
    "SELECT count(*) FROM notes AS a RIGHT JOIN others AS b ON b.id = CAST(a.text AS int)",
    "SELECT q.part FROM others AS b LEFT JOIN (SELECT id, CAST(text AS int) AS part FROM notes) AS q ON q.id = b.id",
    "SELECT count(*) FROM notes WHERE (SELECT 1 / n) < 0",
    "SELECT count(*) FROM others WHERE id IN (SELECT CAST(text AS int) FROM notes)",
    "SELECT count(*) FROM others AS b WHERE EXISTS (SELECT 1 FROM notes AS a WHERE a.id = b.id AND 1 / a.n < 0)",
    "SELECT count(*) FROM notes AS a WHERE EXISTS (SELECT 1 FROM others HAVING 1 / (max(others.id) * 0 + a.n) < 0)",
    "SELECT n FROM notes GROUP BY n HAVING 1 / n < 0",
    "WITH w AS (SELECT * FROM notes) SELECT count(*) FROM w WHERE 1 / n < 0",
    "SELECT count(*) FROM (SELECT * FROM notes) AS q WHERE CAST(q.text AS int) = 7",
    "SELECT max(share) FROM worked_out WHERE share < 0",
)
"""Each fails on the rows of the other tenant, and on no other."""


@pytest.fixture
def notes(new_database: NewDatabase) -> Iterator[tuple[Any, Catalog]]:
    url = new_database(SETUP)
    engine = open_engine(url, query_id="test")
    connection = psycopg2.connect(url)
    yield connection, engine.catalog(source="notes")
    connection.close()
    engine.close()


def policy(sql: str) -> Policy:
    of_view = sql if "EXISTS" not in sql else sql.replace("notes.id", "worked_out.id")
    return Policy(
        filters=(
            RowFilter(schema="public", table="notes", sql=sql),
            RowFilter(schema="public", table="worked_out", sql=of_view),
        )
    )


def guarded(sql: str, catalog: Catalog, condition: str) -> str:
    return check(sql, dialect="postgres", catalog=catalog, policy=policy(condition)).sql


@pytest.mark.parametrize("condition", FILTERS)
def test_no_error_comes_before_the_filter(notes: tuple[Any, Catalog], condition: str) -> None:
    connection, catalog = notes
    with connection.cursor() as cursor:
        for sql in LEAKY:
            assert fails(cursor, sql), sql
            connection.rollback()
            cursor.execute(guarded(sql, catalog, condition))
            assert "CANARY" not in str(cursor.fetchall())


@pytest.mark.parametrize("condition", FILTERS)
def test_what_sinks_beside_a_filter_raises_no_error_on_any_row(
    notes: tuple[Any, Catalog], condition: str
) -> None:
    connection, catalog = notes
    extreme = "INSERT INTO notes SELECT 1000 + i, 2, '', NULL, -2147483648, -9223372036854775808, '-infinity'"
    sql = (
        "SELECT 1 / n FROM notes WHERE id BETWEEN 1 AND 999999999999999999 AND big <= 7 AND text IN ('7', '')"
        " AND day >= '2024-01-01' AND day <> CAST('9999-12-31' AS date) AND n IS NOT NULL AND pattern <> '('"
    )
    text = guarded(sql, catalog, condition)
    assert text.count(" AND notes.") >= 7 and "OFFSET '0'" in text
    with connection.cursor() as cursor:
        cursor.execute(f"{extreme} FROM generate_series(1, 9) AS i")
        cursor.execute(text)
        assert cursor.fetchall() == [(-1,)] * 200
    connection.rollback()


def test_the_fence_holds_the_order_but_not_the_indexes_nor_the_workers(notes: tuple[Any, Catalog]) -> None:
    connection, catalog = notes
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        for sql in (
            "SELECT 1 / n FROM notes WHERE id = 6",
            "SELECT 1 / a.n FROM others AS b JOIN notes AS a ON a.id = b.id WHERE b.id = 6",
            "SELECT 1 / a.n FROM others AS b LEFT JOIN notes AS a ON a.id = b.id WHERE b.id IN (6, 8)",
        ):
            plan = explained(cursor, guarded(sql, catalog, "tenant = 1"))
            assert "notes_pkey" in plan, plan
        cursor.execute("SET enable_seqscan = on")
        for name in ("min_parallel_table_scan_size", "parallel_setup_cost", "parallel_tuple_cost"):
            cursor.execute(f"SET {name} = 0")
        text = guarded("SELECT sum(1 / n) FROM notes", catalog, "id IN (SELECT id FROM keys)")
        assert "OFFSET '0'" in text
        assert "Partial Aggregate" in explained(cursor, text)
        assert "Partial Aggregate" not in explained(cursor, text.replace("OFFSET '0'", "OFFSET 0"))
    connection.rollback()


def fails(cursor: Any, sql: str) -> bool:
    try:
        cursor.execute(sql)
    except psycopg2.Error:
        return True
    return False


def explained(cursor: Any, sql: str) -> str:
    cursor.execute(f"EXPLAIN {sql}")
    return "\n".join(row[0] for row in cursor.fetchall())


def test_a_view_counts_as_worked_out_and_nothing_sinks_into_it(notes: tuple[Any, Catalog]) -> None:
    text = guarded("SELECT share FROM worked_out WHERE share = -1", notes[1], "tenant = 1")
    assert "WHERE (worked_out.tenant = 1) OFFSET '0') AS worked_out WHERE share = -1" in text


@pytest.mark.parametrize("condition", FILTERS[::4])
def test_whatever_is_asked_is_answered_as_of_the_visible_rows_alone(
    new_database: NewDatabase, notes: tuple[Any, Catalog], condition: str
) -> None:
    """The same query on a database that holds nothing else gives the same rows."""
    connection, catalog = notes
    visible = psycopg2.connect(new_database(SETUP + f"DELETE FROM notes WHERE NOT ({condition});"))
    try:
        for sql in JOINED:
            with connection.cursor() as here, visible.cursor() as there:
                try:
                    text = guarded(sql, catalog, condition)
                except Refused as refused:
                    raise AssertionError(f"{sql}: {refused}") from refused
                here.execute(text)
                there.execute(sql)
                assert sorted(map(repr, here.fetchall())) == sorted(map(repr, there.fetchall())), text
    finally:
        visible.close()


_SOURCES = (
    "others AS b JOIN notes AS a ON a.id = b.id",
    "others AS b LEFT JOIN notes AS a ON a.id = b.id",
    "others AS b LEFT JOIN notes AS a ON a.id = b.id AND a.text = '7' AND a.id < 9",
    "others AS b LEFT JOIN notes AS a ON a.id = b.id AND b.id < 4",
    "notes AS a LEFT JOIN others AS b ON a.id = b.id AND a.id < 5",
    "notes AS a RIGHT JOIN others AS b ON a.id = b.id AND a.id < 5",
    "notes AS a FULL JOIN others AS b ON a.id = b.id",
    "others AS b JOIN notes AS a ON true AND a.id = b.id AND b.id IN (2, 3, 4)",
    "others AS b CROSS JOIN notes AS a",
    "keys AS k JOIN others AS b ON b.id = k.id LEFT JOIN notes AS a ON a.id = b.id",
    "keys AS k CROSS JOIN notes AS a LEFT JOIN others AS b ON b.id = a.id AND b.id = k.id",
    "others AS b LEFT JOIN (keys AS k JOIN notes AS a ON a.id = k.id) ON a.id = b.id",
)
_CONDITIONS = (
    "a.id = 4",
    "b.id = 4",
    "a.id IN (2, 4, 5) AND b.id < 5",
    "a.id IS NULL AND b.id < 9",
    "(a.id = 4 OR b.id = 6)",
    "NOT a.id = 4 AND b.id BETWEEN 3 AND 8",
    "a.id NOT IN (2, 6) AND (b.id < 12)",
    "a.id IS NOT NULL AND b.name <> 'other6' AND a.text = '7' AND a.id <= 10",
    "b.id = 4 AND a.day > CAST('2020-01-01' AS date)",
    "a.n = -1 AND a.big = 1 AND b.id = 8",
)
JOINED = (
    *(
        f"SELECT b.id, a.id, a.text, a.n + 1 FROM {source} WHERE {condition} AND (b.id < 50 OR a.id < 50)"
        for source in _SOURCES
        for condition in _CONDITIONS
    ),
    "SELECT id, text, n + 1 FROM notes JOIN others USING (id) WHERE id = 4",
    "SELECT id, text, n + 1 FROM notes RIGHT JOIN others USING (id) WHERE id IN (3, 4)",
    "SELECT id, text, n + 1 FROM notes FULL JOIN others USING (id) WHERE id IN (3, 4)",
    "SELECT id, text, n + 1 FROM others NATURAL LEFT JOIN notes WHERE id IN (3, 4)",
    "SELECT count(*), count(id) FROM notes",
    "SELECT a FROM notes AS a WHERE id = 4 AND n + 1 = 0",
    "SELECT x FROM notes AS a(x, y) WHERE x = 4 AND n + 1 = 0",
    "SELECT count(a) FROM notes AS a WHERE a.n + 1 = 0",
    "SELECT n, count(*) AS id FROM notes WHERE id < 9 GROUP BY n ORDER BY sum(id + 1)",
    "SELECT o.id, l.s FROM others AS o, LATERAL (SELECT sum(n + 1) AS s FROM notes WHERE notes.id = o.id) AS l"
    " WHERE o.id IN (3, 4)",
    "SELECT id + 1 FROM notes WHERE id = 4 UNION ALL SELECT id FROM notes WHERE id = 6",
    "SELECT q.id FROM (SELECT id, n + 1 AS m FROM notes WHERE id > 3) AS q WHERE q.id < 9",
    "SELECT o.name FROM others AS o WHERE o.id = 4 AND o.id IN (SELECT n.id FROM notes AS n WHERE n.id + 0 = o.id)",
    "SELECT rank() OVER (PARTITION BY n ORDER BY id) FROM notes WHERE id < 9",
    "SELECT CASE WHEN n = -1 THEN 'a' ELSE text END, count(*) FROM notes GROUP BY 1",
)
"""Some may fail on a value and are fenced, some may not."""
