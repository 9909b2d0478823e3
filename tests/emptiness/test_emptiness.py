"""Why a query found nothing: the probes run on real rows, through the guard and the engine."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest
from houses import NewDatabase

from analyst import guard
from analyst.catalog import Catalog
from analyst.draft import Query
from analyst.emptiness import Probe, explain, is_empty, probes
from analyst.engines.postgres import PostgresEngine
from analyst.ports import Cancellation
from analyst.result import Kind, ResultColumn, ResultSet
from analyst.stores.result_files import ResultFiles

_BLOCKS = re.split(r"\n\s*\n", (Path(__file__).parent / "flights.txt").read_text(encoding="utf-8").strip())
MOST = 6


class Desk:
    """A database that can be asked, and what is found of it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.engine = PostgresEngine(url)
        self.catalog: Catalog = self.engine.catalog(source="here")
        self.results = ResultFiles(folder)

    def query(self, sql: str) -> Query:
        return guard.check(sql, dialect="postgres", catalog=self.catalog)

    def result(self, query: Query) -> ResultSet:
        id = str(uuid.uuid4())
        with self.results.open(id) as sink:
            truncated = self._run(query, sink)
        return self.results.head(id, rows=100, truncated=truncated)

    def found(self, asked: Sequence[Probe]) -> list[bool]:
        return [self._has_row(p.sql) for p in asked]

    def why(self, sql: str, *, with_result: bool = True) -> tuple[str, ...]:
        """What is said about a query that has to find nothing."""
        query = self.query(sql)
        result = self.result(query)
        assert is_empty(result)
        asked = probes(
            query.readable, dialect="postgres", catalog=self.catalog, result=result if with_result else None
        )
        assert len(asked) <= MOST and len({p.sql for p in asked}) == len(asked)
        return explain(asked, self.found(asked), catalog=self.catalog)

    def _has_row(self, sql: str) -> bool:
        return self.result(self.query(sql)).row_count > 0

    def _run(self, query: Query, sink: object) -> bool:
        return self.engine.run(
            query,
            sink,  # type: ignore[arg-type]
            timeout_seconds=20,
            on_handle=lambda _: None,
            cancellation=Cancellation(),
        )


@pytest.fixture(scope="module")
def desk(flights: str, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(flights, tmp_path_factory.mktemp("results"))


@pytest.mark.parametrize("block", [b for b in _BLOCKS if not b.startswith("#")])
def test_what_is_said_about_nothing(desk: Desk, block: str) -> None:
    sql, *sentences = block.split("\n")
    assert desk.why(sql) == tuple(sentences)
    assert set(desk.why(sql, with_result=False)) <= set(sentences)


def test_the_first_of_the_conditions_that_yields_rows_names_the_culprit(desk: Desk) -> None:
    sql = desk.query(
        "SELECT dest FROM flights WHERE origin = 'JFK' AND carrier = 'XX' AND month = 3"
    ).readable
    asked = probes(sql, dialect="postgres", catalog=desk.catalog)
    left_out = [p for p in asked if p.what.startswith("without")]
    found = desk.found(left_out)
    assert left_out[found.index(True)].what == "without carrier = 'XX'"


def test_what_lies_beyond_a_column_is_tried_first(desk: Desk) -> None:
    sql = "SELECT dest FROM flights WHERE origin = 'JFK' AND carrier = 'UA' AND day = 3 AND hour = 5 AND month = 13"
    asked = probes(sql, dialect="postgres", catalog=desk.catalog)
    assert next(p.what for p in asked if p.what.startswith("without")) == "without month = 13"


def test_a_probe_that_failed_says_nothing(desk: Desk) -> None:
    sql = "SELECT count(*) FROM flights WHERE carrier = 'HA' AND origin = 'LGA'"
    asked = probes(sql, dialect="postgres", catalog=desk.catalog)
    assert explain(asked, [None] * len(asked), catalog=desk.catalog) == ()
    (said,) = explain(asked, [True, None], catalog=desk.catalog)
    assert said == "Without the condition carrier = 'HA' there would be rows."


def test_what_the_catalog_knows_needs_no_probe_to_come_back(desk: Desk) -> None:
    asked = probes("SELECT dest FROM flights WHERE month = 13", dialect="postgres", catalog=desk.catalog)
    assert explain(asked, [False, *[None] * (len(asked) - 1)], catalog=desk.catalog) == (
        "No row of flights has month 13.",
        "flights.month runs from 1 to 12; the condition asks for 13.",
    )


def test_a_long_condition_is_cut(desk: Desk) -> None:
    listed = ", ".join(f"'X{n}'" for n in range(100))
    (said,) = desk.why(f"SELECT dest FROM flights WHERE tailnum IN ({listed})")
    assert len(said) < 250 and "…" in said


def test_what_asks_for_nulls_gets_no_remark_on_nulls(desk: Desk) -> None:
    sql = "SELECT speed FROM planes WHERE speed IS NULL AND tailnum = 'N10156'"
    assert desk.why(sql) == ()


def test_columns_without_values_and_tables_without_rows(new_database: NewDatabase, tmp_path: Path) -> None:
    desk = Desk(
        new_database(
            'CREATE TABLE parts (id int, weight numeric, "when" date, kind text);'
            "CREATE TABLE makers (id int, part int);"
            "INSERT INTO parts SELECT n, NULL, '2020-01-01', 'bolt' FROM generate_series(1, 9) n; ANALYZE"
        ),
        tmp_path,
    )
    assert desk.why("SELECT avg(weight) FROM parts") == ("The column weight holds nothing but nulls.",)
    assert desk.why("SELECT weight FROM parts WHERE id < 3") == (
        "The column weight holds nothing but nulls.",
    )
    assert desk.why("SELECT id FROM parts WHERE weight > 5") == (
        "Without the condition weight > 5 there would be rows; no row of parts meets it.",
        "The column weight holds nothing but nulls.",
    )
    assert desk.why("SELECT p.id FROM parts p JOIN makers m ON m.part = p.id") == (
        "The table makers holds no rows.",
    )
    for sql in (
        "SELECT count(*) FROM makers",
        "SELECT id FROM makers WHERE part = 5",
        "SELECT id FROM makers",
    ):
        assert desk.why(sql) == ("The table makers holds no rows.",), sql
    assert desk.why("SELECT id FROM parts WHERE kind = 'nut'") == (
        "Without the condition kind = 'nut' there would be rows; no row of parts has kind 'nut'.",
        "parts.kind holds nothing but 'bolt'.",
    )
    assert desk.why("SELECT id FROM parts WHERE id NOT IN (SELECT id FROM parts)") == (
        "Without the condition NOT id IN (SELECT id FROM parts) there would be rows; no row of parts meets it.",
    )
    assert desk.why("""SELECT id FROM parts WHERE "when" BETWEEN '2021-01-01' AND '2021-12-31'""") == (
        "Without the condition \"when\" BETWEEN '2021-01-01' AND '2021-12-31' there would be rows; "
        "no row of parts meets it.",
        "parts.when runs from 2020-01-01 to 2020-01-01; the condition asks for 2021-01-01 to 2021-12-31.",
    )


@pytest.mark.parametrize(
    ("kinds", "rows", "empty"),
    [
        ("i", [], True),
        ("i", [[0]], True),
        ("i", [[None]], True),
        ("ti", [[None, None], [None, None]], True),
        ("id", [[0, None]], True),
        ("i", [[1]], False),
        ("i", [[0], [0]], False),
        ("ii", [[0, 0]], False),
        ("ti", [["x", None]], False),
        ("b", [[False]], False),
        ("d", [["0"]], False),
    ],
)
def test_which_results_are_empty(kinds: str, rows: list[list[object]], empty: bool) -> None:
    named = {"i": Kind.INTEGER, "t": Kind.TEXT, "d": Kind.DECIMAL, "b": Kind.BOOLEAN}
    columns = tuple(ResultColumn(name="c", kind=named[k]) for k in kinds)
    result = ResultSet(columns=columns, rows=tuple(map(tuple, rows)), row_count=len(rows))
    assert is_empty(result) is empty


@pytest.mark.parametrize(
    "sql", ["", "SELECT", "not sql at all", "SELECT 1; SELECT 2", "DELETE FROM flights", "(" * 200]
)
def test_what_cannot_be_read_has_no_probes(desk: Desk, sql: str) -> None:
    assert probes(sql, dialect="postgres", catalog=desk.catalog) == ()


@pytest.mark.parametrize("dialect", ["redshift", "athena"])
def test_the_other_dialects_are_taken_apart_alike(desk: Desk, dialect: str) -> None:
    asked = probes("SELECT count(*) FROM flights WHERE month = 13", dialect=dialect, catalog=desk.catalog)
    assert [p.sql for p in asked] == ["SELECT 1 FROM flights LIMIT 1"]
