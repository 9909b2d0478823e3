"""What a careful reader is told of a result."""

from __future__ import annotations

from analyst import checking, guard
from analyst.catalog import Catalog, Column, Table
from analyst.result import Kind, ResultColumn, ResultSet
from analyst.work import Found

ORDERS = Table(
    schema="public",
    name="orders",
    rows=100,
    columns=(
        Column(name="placed", type="date", lowest="2020-01-01", highest="2020-12-31"),
        Column(name="state", type="text"),
    ),
)
CATALOG = Catalog(source="s", dialect="postgres", tables=(ORDERS,))
QUERY = guard.check("SELECT state FROM orders WHERE state = 'x'", dialect="postgres", catalog=CATALOG)


def result(*cells: object, count: int | None = None, truncated: bool = False) -> ResultSet:
    return ResultSet(
        columns=(ResultColumn(name="state", kind=Kind.TEXT),),
        rows=tuple((c,) for c in cells),
        row_count=len(cells) if count is None else count,
        truncated=truncated,
    )


def warned(found: ResultSet, *, can_write: bool = False) -> str:
    return " ".join(checking.warnings(Found(query=QUERY, result=found, can_write=can_write), catalog=CATALOG))


def test_an_ordinary_result_has_no_warnings() -> None:
    assert warned(result("a", "b")) == ""


def test_nothing_found_says_which_condition_and_from_when_to_when() -> None:
    said = warned(result())
    assert "state = 'x'" in said and "orders.placed runs from 2020-01-01 to 2020-12-31" in said


def test_nulls_limits_and_roles_are_said() -> None:
    assert "null" in warned(result(None))
    assert "first 1,000" in warned(result("a", count=1000, truncated=True))
    assert "could also write" in warned(result("a"), can_write=True)


def test_assumptions_name_what_was_filtered() -> None:
    assert checking.assumptions(QUERY) == ("Only rows where state = 'x'.",)
    everything = guard.check("SELECT count(*) FROM orders", dialect="postgres", catalog=CATALOG)
    assert checking.assumptions(everything, notes=("A note.",)) == (
        "A note.",
        "All rows of orders count; nothing was filtered out.",
    )
