"""What repairs make of drafts, case by case, and that they leave right SQL alone."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from houses import NewDatabase, execute
from repair_cases import Case, cases, catalogs, create

from analyst import guard
from analyst.catalog import Catalog, Column, Table
from analyst.errors import Refused
from analyst.policy import Policy
from analyst.repairing import repair

sys.path.insert(0, str(Path(__file__).parents[1] / "guard"))
from guard_blocks import blocks, shop

REPAIRED = [
    case for file in ("names", "joins", "groups", "types", "dialects") for case in cases(f"{file}.sql")
]
UNCHANGED = cases("unchanged.sql")
PUT_RIGHT = {
    "select orders.order_id from orders o",
    "select * from [orders]",
    "select `order_id` from orders",
    "SELECT `a` FROM orders",
    "SELECT [a] FROM orders",
    "SELECT * FROM [orders]",
}
NULLS = "Rows without a value come last."


def said(case: Case) -> str:
    return case.before[:60]


def repaired(sql: str, case: Case) -> tuple[str, tuple[str, ...]]:
    found = repair(sql, dialect=case.dialect, catalog=catalogs(case.dialect)[case.catalog])
    return found.sql, found.notes


def test_the_files_hold_something() -> None:
    assert len(REPAIRED) > 60
    assert len(UNCHANGED) > 30


@pytest.mark.parametrize("case", REPAIRED, ids=said)
def test_a_draft_is_repaired(case: Case) -> None:
    assert repaired(case.before, case) == (case.after, case.notes)


@pytest.mark.parametrize("case", REPAIRED, ids=said)
def test_a_second_time_changes_nothing(case: Case) -> None:
    assert repaired(case.after, case) == (case.after, ())


@pytest.mark.parametrize("case", UNCHANGED, ids=said)
def test_left_as_it_is(case: Case) -> None:
    assert repaired(case.before, case) == (case.before, ())


@pytest.mark.parametrize(
    ("dialect", "topic", "sql"), [b for b in blocks("allowed.sql") if b[0] == "postgres"]
)
def test_what_the_guard_lets_through_keeps_its_text(dialect: str, topic: str, sql: str) -> None:
    found = repair(sql, dialect=dialect, catalog=shop(dialect))
    assert set(found.notes) <= {NULLS}, topic
    assert found.sql == sql or found.notes, topic


@pytest.mark.parametrize(("dialect", "topic", "sql"), blocks("refused.sql"))
def test_what_the_guard_refuses_it_refuses_after_repairs(dialect: str, topic: str, sql: str) -> None:
    """Repairs never raise, and make no reading query of what is none; only names and quotes are put right."""
    found = repair(sql, dialect=dialect, catalog=shop(dialect)).sql
    if sql in PUT_RIGHT:
        assert guard.check(found, dialect=dialect).tables == ("orders",)
        return
    with pytest.raises(Refused):
        guard.check(found, dialect=dialect)


def test_postgres_plans_every_repaired_draft(new_database: NewDatabase) -> None:
    for name, catalog in catalogs().items():
        url = new_database(create(catalog))
        for case in (c for c in REPAIRED if c.catalog == name and c.dialect == "postgres"):
            query = guard.check(case.after, dialect="postgres", catalog=catalog, policy=Policy())
            execute(url, f"EXPLAIN {query.sql}")


def test_without_tables_only_nulls_are_settled() -> None:
    empty = Catalog(source="", dialect="postgres", tables=())
    sql = "SELECT a FROM nothing ORDER BY a DESC"
    assert repair(sql, dialect="postgres", catalog=empty).notes == (NULLS,)


def test_an_unknown_dialect_is_left_alone() -> None:
    empty = Catalog(source="", dialect="sqlite", tables=())
    assert repair("SELECT `a`", dialect="sqlite", catalog=empty).sql == "SELECT `a`"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT " + "(" * 3000 + "1" + ")" * 3000,
        "SELECT " + " + ".join(["names"] * 3000) + " FROM authors",
        "SELECT names FROM authors" + " " * 30_000,
        "",
        "\x00",
    ],
)
def test_what_is_too_much_is_left_alone(sql: str) -> None:
    assert repair(sql, dialect="postgres", catalog=catalogs()["library"]).sql == sql


def test_two_schemas_with_the_same_table_are_not_mixed_up() -> None:
    tables = tuple(
        Table(schema=schema, name="entry", columns=(Column(name=column, type="text"),))
        for schema, column in (("public", "note"), ("audit", "remark"))
    )
    catalog = Catalog(source="", dialect="postgres", tables=tables)
    right = "SELECT remark FROM audit.entry"
    assert repair(right, dialect="postgres", catalog=catalog).sql == right
    wrong = "SELECT e.remarks FROM audit.entry e"
    assert repair(wrong, dialect="postgres", catalog=catalog).sql == "SELECT e.remark FROM audit.entry AS e"


@pytest.mark.parametrize("name", ["Überschrift", "a b", 'say "so"', "数量", "n" * 63, "select", "Total %"])
def test_names_that_need_quotes(name: str) -> None:
    table = Table(schema="public", name="things", columns=(Column(name=name, type="integer"),))
    catalog = Catalog(source="", dialect="postgres", tables=(table,))
    quoted = '"' + name.replace('"', '""') + '"'
    right = f"SELECT t.{quoted} FROM things AS t"
    assert repair(right, dialect="postgres", catalog=catalog).sql == right
    fixed = repair(f"SELECT t.{quoted} FROM thing AS t", dialect="postgres", catalog=catalog)
    assert fixed.sql == right
