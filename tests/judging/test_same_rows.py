"""When two results say the same."""

from __future__ import annotations

from typing import Any

import pytest

from analyst.judging import rows_of, same
from analyst.result import Kind, ResultColumn

NUMBER, TEXT, DECIMAL, INTEGER = Kind.NUMBER, Kind.TEXT, Kind.DECIMAL, Kind.INTEGER


def result(kinds: list[Kind], *rows: tuple[Any, ...]) -> Any:
    return rows_of([ResultColumn(name="c", kind=kind) for kind in kinds], rows)


def texts(*rows: tuple[Any, ...]) -> Any:
    return result([TEXT] * len(rows[0]), *rows)


@pytest.mark.parametrize(
    ("predicted", "gold"),
    [
        (texts(("a",), ("b",)), texts(("b",), ("a",))),
        (texts(("a",), ("a",)), texts(("a",))),
        (texts(("1", "a"), ("2", "b")), texts(("a", "1"), ("b", "2"))),
        (texts(("x", "a"), ("y", "b")), texts(("b",), ("a",))),
        (texts((" a ",)), texts(("a",))),
        (texts((None, None)), texts((None,))),
        ([], []),
        (result([NUMBER], (12.3456,)), result([DECIMAL], ("12.349",))),
        (result([INTEGER], (5,)), result([DECIMAL], ("5.000",))),
        (result([NUMBER], (-0.0,)), result([INTEGER], (0,))),
        (result([DECIMAL], ("NaN",)), result([NUMBER], ("NaN",))),
        (result([Kind.TIMESTAMP], ("2013-01-01T00:00:00",)), result([Kind.DATE], ("2013-01-01",))),
        (result([Kind.INSTANT], ("2013-01-01T00:00:00-05:00",)), result([Kind.DATE], ("2013-01-01",))),
        (result([Kind.DATE], ("2013-01-01",)), texts(("2013-01-01",))),
        (result([Kind.INTERVAL], ("1 day 02:00:00",)), result([Kind.INTERVAL], ("26:00:00",))),
        (result([Kind.INTERVAL], ("-00:00:30",)), result([Kind.INTERVAL], ("-00:00:30.0",))),
        (result([Kind.JSON], ({"a": 1, "b": 2},)), result([Kind.JSON], ({"b": 2, "a": 1},))),
    ],
)
def test_these_say_the_same(predicted: Any, gold: Any) -> None:
    assert same(predicted, gold)


@pytest.mark.parametrize(
    ("predicted", "gold"),
    [
        (texts(("a",)), []),
        ([], texts(("a",))),
        (texts(("a",), ("b",)), texts(("a",))),
        (texts(("a",)), texts(("a", "x"))),
        (texts(("a",)), texts(("A",))),
        # Each column holds the right values, and the pairs are wrong.
        (texts(("a", "2"), ("b", "1")), texts(("a", "1"), ("b", "2"))),
        # One column cannot stand for two.
        (texts(("a", "x"), ("b", "y")), texts(("a", "a"), ("b", "b"))),
        # A column too many that splits a row in two.
        (texts(("a", "1"), ("a", "2")), texts(("a",))),
        (result([NUMBER], (12.34,)), result([NUMBER], (12.36,))),
        (result([INTEGER], (0,)), texts((None,))),
        (result([INTEGER], (1,)), texts(("1",))),
        (result([INTEGER], (1,)), result([Kind.BOOLEAN], (True,))),
        (result([Kind.TIMESTAMP], ("2013-01-01T00:00:01",)), result([Kind.DATE], ("2013-01-01",))),
        (result([Kind.INTERVAL], ("1 day",)), result([Kind.INTERVAL], ("1 mon",))),
    ],
)
def test_these_do_not(predicted: Any, gold: Any) -> None:
    assert not same(predicted, gold)


def test_many_columns_that_are_alike_are_told_apart_soon() -> None:
    """Trying every order of twelve equal columns would take for ever."""
    row = (None,) * 12
    assert same(texts((*row, "a")), texts((*row, "a")))
    assert not same(texts((*row, "a")), texts((*row, "b")))
