"""Texts in SQL that become values of their column: tables of cases, and what must stay as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from analyst.catalog import Catalog, Column, Table
from analyst.values import settle

_LINES = (Path(__file__).parent / "cases" / "settled.txt").read_text(encoding="utf-8").splitlines()


def _settled(sql: str, catalog: Catalog) -> str:
    """The SQL settled, which a second time changes nothing."""
    settled = settle(sql, dialect=catalog.dialect, catalog=catalog)
    assert (settled.sql == sql) == (settled.notes == ())
    again = settle(settled.sql, dialect=catalog.dialect, catalog=catalog)
    assert (again.sql, again.notes) == (settled.sql, ())
    return settled.sql


@pytest.mark.parametrize("line", [line for line in _LINES if line and not line.startswith("#")])
def test_conditions(line: str, flights_catalog: Catalog) -> None:
    table, rest = line.split(": ", 1)
    condition, _, becomes = rest.partition(" => ")
    sql = f"SELECT count(*) FROM {table} WHERE "
    expected = condition if becomes == "=" else becomes
    assert _settled(sql + condition, flights_catalog) == sql + expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "SELECT f.origin FROM flights f JOIN airlines a USING (carrier) WHERE a.name = 'Delta'",
            "SELECT f.origin FROM flights f JOIN airlines a USING (carrier) WHERE a.name = 'Delta Air Lines Inc.'",
        ),
        (
            "WITH x AS (SELECT carrier AS c FROM flights) SELECT count(*) FROM x WHERE c = 'united'",
            "WITH x AS (SELECT carrier AS c FROM flights) SELECT count(*) FROM x WHERE c = 'UA'",
        ),
        (
            "SELECT count(*) FROM (SELECT * FROM flights) AS x WHERE carrier = 'jetblue'",
            "SELECT count(*) FROM (SELECT * FROM flights) AS x WHERE carrier = 'B6'",
        ),
        (
            "SELECT name FROM airlines a WHERE EXISTS (SELECT FROM flights f WHERE a.name = 'Delta')",
            "SELECT name FROM airlines a WHERE EXISTS (SELECT FROM flights f WHERE a.name = 'Delta Air Lines Inc.')",
        ),
        (
            "SELECT count(*) FILTER (WHERE carrier = 'united') -- how many?\nFROM flights",
            "SELECT count(*) FILTER (WHERE carrier = 'UA') -- how many?\nFROM flights",
        ),
        (
            "SELECT CASE WHEN origin = 'jfk' THEN 'jfk' ELSE 'other' END FROM flights",
            "SELECT CASE WHEN origin = 'JFK' THEN 'jfk' ELSE 'other' END FROM flights",
        ),
        (
            "SELECT 1 FROM flights WHERE origin = 'jfk' UNION ALL SELECT 2 FROM flights WHERE dest = 'lax'",
            "SELECT 1 FROM flights WHERE origin = 'JFK' UNION ALL SELECT 2 FROM flights WHERE dest = 'LAX'",
        ),
    ],
)
def test_only_the_text_of_that_column_changes(sql: str, expected: str, flights_catalog: Catalog) -> None:
    assert _settled(sql, flights_catalog) == expected


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM flights",
        "SELECT 'united' AS carrier FROM flights",
        "SELECT count(*) FROM nowhere WHERE carrier = 'united'",
        "SELECT count(*) FROM flights, nowhere WHERE name = 'united'",
        "SELECT count(*) FROM flights f, weather w WHERE origin = 'jfk'",
        "SELECT count(*) FROM (SELECT lower(carrier) AS carrier FROM flights) x WHERE carrier = 'ua'",
        "SELECT count(*) FROM flights WHERE carrier = (SELECT 'united')",
        "UPDATE airlines SET name = 'x' WHERE carrier = 'ua'",
        "SELECT 1 FROM flights WHERE carrier = 'ua'; SELECT 2 FROM flights WHERE carrier = 'ua'",
        "SELECT count(*) FROM flights WHERE carrier = 'ua",
        "((((",
        "",
        "SELECT count(*) FROM flights WHERE carrier = 'ua'" + " " * 20_000,
    ],
)
def test_what_is_unsure_stays_to_the_letter(sql: str, flights_catalog: Catalog) -> None:
    assert _settled(sql, flights_catalog) == sql


def test_what_was_changed_is_said(flights_catalog: Catalog) -> None:
    def said(condition: str) -> tuple[str, ...]:
        sql = f"SELECT count(*) FROM flights WHERE {condition}"
        return settle(sql, dialect="postgres", catalog=flights_catalog).notes

    assert said("origin = 'jfk' OR origin = 'jfk'") == (
        "flights.origin has no value 'jfk'; 'JFK' was meant.",
    )
    assert said("carrier = 'United'") == (
        "flights.carrier has no value 'United'; 'UA' was meant, which is 'United Air Lines Inc.' in airlines.name.",
    )
    assert said("tailnum = 'n722mq'") == ("In flights.tailnum it is written 'N722MQ', not 'n722mq'.",)


def _catalog(*values: str, complete: bool = True) -> Catalog:
    column = Column(name="place", type="text", values=values, values_complete=complete)
    table = Table(schema="public", name="visits", columns=(column,))
    return Catalog(source="s", dialect="postgres", tables=(table,))


@pytest.mark.parametrize(
    ("values", "text", "becomes"),
    [
        (("New Mexico", "Texas"), "Mexico", None),
        (("South Korea", "Japan"), "Korea", None),
        (("Mexico", "Japan"), "New Mexico", None),
        (("Australia", "Japan"), "Austria", None),
        (("Austria", "Japan"), "Australia", None),
        (("Slovenia", "Japan"), "Slovakia", None),
        (("Iraq", "Japan"), "Iran", None),
        (("North Carolina", "South Carolina"), "Carolina", None),
        (("Atlanta", "Atlantic City"), "Atlantis", None),
        (("TICK001", "TICK003"), "TICK002", None),
        (("Item 1", "Item 3"), "Item 2", None),
        (("Item 1",), "Item", None),
        (("not delivered",), "delivered", None),
        (("Person", "PERSON"), "person", None),
        (("manager",), "manage", None),
        (("Portland", "Porltland"), "Porltand", None),
        (("Portland", "Boston"), "Porltand", "Portland"),
        (("Philadelphia", "Boston"), "Philadelfia", "Philadelphia"),
        (("São Paulo", "Rio"), "Sao Paulo", "São Paulo"),
        (("Zürich",), "ZURICH", "Zürich"),
        (("O'Hare", "Midway"), "Ohare", "O'Hare"),
        (("success", "failed"), "successful", "success"),
        (("stock", "etf"), "Stocks", "stock"),
        (("東京都", "大阪"), "東京", None),
        (("MOSCOW", "Казань"), "казань", "Казань"),
        (("a\\b", "c"), "A B", "a\\b"),
    ],
)
def test_plain_and_doubtful_meanings(values: tuple[str, ...], text: str, becomes: str | None) -> None:
    sql = "SELECT * FROM visits WHERE place = '{}'"
    settled = _settled(sql.format(text.replace("'", "''")), _catalog(*values))
    assert settled == sql.format((becomes or text).replace("'", "''"))


def test_where_not_all_values_are_known_only_the_case_is_put_right() -> None:
    catalog = _catalog("Boston", "New York", complete=False)
    sql = "SELECT * FROM visits WHERE place = '{}'"
    assert _settled(sql.format("BOSTON"), catalog) == sql.format("Boston")
    for other in ("Bostno", "York", "NewYork", "Paris"):
        assert _settled(sql.format(other), catalog) == sql.format(other)


def test_a_text_used_twice_changes_only_where_it_is_compared() -> None:
    sql = "SELECT 'boston' AS a FROM visits WHERE place = 'boston' AND 'boston' <> 'x'"
    expected = "SELECT 'boston' AS a FROM visits WHERE place = 'Boston' AND 'boston' <> 'x'"
    assert _settled(sql, _catalog("Boston")) == expected


def test_a_value_with_wildcards_is_not_put_into_a_pattern() -> None:
    sql = "SELECT * FROM visits WHERE place LIKE '50 off'"
    assert _settled(sql, _catalog("50% off")) == sql


def test_truth_values_and_secrets_are_left_alone() -> None:
    (table,) = _catalog("true", "false").tables
    (column,) = table.columns
    for other in (replace(column, type="boolean"), replace(column, name="password", values=("Swordfish",))):
        catalog = replace(_catalog(), tables=(replace(table, columns=(other,)),))
        for text in ("TRUE", "swordfish"):
            sql = f"SELECT * FROM visits WHERE {other.name} = '{text}'"
            assert _settled(sql, catalog) == sql


@pytest.mark.parametrize("dialect", ["postgres", "redshift", "athena"])
def test_every_dialect(dialect: str) -> None:
    catalog = replace(_catalog("Boston"), dialect=dialect)
    sql = "SELECT * FROM visits WHERE place = 'boston'"
    assert _settled(sql, catalog) == sql.replace("boston", "Boston")
