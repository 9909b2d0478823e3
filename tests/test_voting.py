"""Which results agree, and which of several candidates is believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyst.result import Cell, Kind, ResultColumn
from analyst.voting import Ballot, Fingerprint, Taste, elect, is_decided

DECLINED, FAILED = Ballot(declined=True), Ballot()
KINDS = {"i": Kind.INTEGER, "n": Kind.NUMBER, "d": Kind.DECIMAL, "t": Kind.TEXT, "b": Kind.BOOLEAN}
KINDS |= {"day": Kind.DATE, "at": Kind.TIMESTAMP, "instant": Kind.INSTANT, "j": Kind.JSON}


def tasted(kinds: str, *rows: Sequence[Cell], size: int = 100) -> Fingerprint:
    """What is kept of a result: its columns' kinds in short, and its rows, in batches of a size."""
    taste = Taste()
    taste.columns([ResultColumn(name="same", kind=KINDS[k]) for k in kinds.split()])
    for start in range(0, len(rows), size):
        taste.rows(rows[start : start + size])
    return taste.fingerprint


AGREE = [
    ("the same", tasted("i t", (1, "a"), (2, "b")), tasted("i t", (1, "a"), (2, "b"))),
    ("rows in another order", tasted("i t", (1, "a"), (2, "b")), tasted("i t", (2, "b"), (1, "a"))),
    ("columns in another order", tasted("i t", (1, "a")), tasted("t i", ("a", 1))),
    ("other batches", tasted("i", (1,), (2,), (3,), size=2), tasted("i", (3,), (2,), (1,))),
    ("a further column", tasted("i", (1,), (2,)), tasted("i t", (1, "a"), (2, "b"))),
    ("whole and exact numbers", tasted("i", (3,)), tasted("d", ("3.00",))),
    ("exact numbers and floats", tasted("d", ("12.6390702572710000",)), tasted("n", (12.63907025727,))),
    ("the noise of floats", tasted("n", (0.1 + 0.2,)), tasted("n", (0.3,))),
    ("zero and minus zero", tasted("n", (0.0,)), tasted("n", (-0.0,))),
    ("a large number by two types", tasted("i", (12345678901,)), tasted("d", ("12345678901.0",))),
    ("a day and its midnight", tasted("day", ("2013-01-31",)), tasted("at", ("2013-01-31T00:00:00",))),
    ("nothing and nothing", tasted("i"), tasted("i t")),
    ("null and null", tasted("i", (None,)), tasted("t", (None,))),
    ("no number", tasted("n", ("NaN",), ("Infinity",)), tasted("n", ("Infinity",), ("NaN",))),
    ("lists", tasted("j", ([1, 2],)), tasted("j", ([1, 2],))),
]
DISAGREE = [
    ("another value", tasted("i", (1,)), tasted("i", (2,))),
    ("one row more", tasted("i", (1,)), tasted("i", (1,), (1,))),
    ("a value twice", tasted("i", (1,), (2,), (2,)), tasted("i", (1,), (1,), (2,))),
    ("other partners", tasted("t t", ("a", "x"), ("b", "y")), tasted("t t", ("a", "y"), ("b", "x"))),
    ("keys of many digits", tasted("i", (123456789012,)), tasted("i", (123456789013,))),
    ("counts over a million", tasted("i", (1234567,)), tasted("i", (1234568,))),
    ("sums of money", tasted("d", ("1234567.89",)), tasted("d", ("1234567.12",))),
    ("null and nothing", tasted("i", (None,)), tasted("i")),
    ("null and zero", tasted("i", (None,)), tasted("i", (0,))),
    ("null and empty", tasted("t", (None,)), tasted("t", ("",))),
    ("a fraction rounded", tasted("d", ("12.64",)), tasted("d", ("12.6391",))),
    ("a day and its noon", tasted("day", ("2013-01-31",)), tasted("at", ("2013-01-31T12:00:00",))),
    ("true and false", tasted("b", (True,)), tasted("b", (False,))),
    ("a column of each", tasted("i t", (1, "a")), tasted("i t", (1, "b"))),
]


@pytest.mark.parametrize(("one", "other"), [c[1:] for c in AGREE], ids=[c[0] for c in AGREE])
def test_results_that_agree(one: Fingerprint, other: Fingerprint) -> None:
    assert one.agrees(other) and other.agrees(one)


@pytest.mark.parametrize(("one", "other"), [c[1:] for c in DISAGREE], ids=[c[0] for c in DISAGREE])
def test_results_that_do_not(one: Fingerprint, other: Fingerprint) -> None:
    assert not one.agrees(other) and not other.agrees(one)


@pytest.mark.parametrize(
    ("found", "filled"),
    [
        (tasted("i", (1,)), True),
        (tasted("i t", (0, "a")), True),
        (tasted("i", (0,)), False),
        (tasted("d", ("0.00",)), False),
        (tasted("n", (-0.0,)), False),
        (tasted("t", (None,), (None,)), False),
        (tasted("i"), False),
        (tasted("b", (False,)), True),
    ],
)
def test_whether_a_result_holds_anything(found: Fingerprint, filled: bool) -> None:
    assert found.filled is filled


A, B, C = (Ballot(fingerprint=tasted("i", (n,))) for n in (1, 2, 3))
WIDE = Ballot(fingerprint=tasted("i t", (1, "a")))
ZERO, NONE = Ballot(fingerprint=tasted("i", (0,))), Ballot(fingerprint=tasted("i"))

ELECTIONS = [
    ("all agree", [A, A, A], 0, 3),
    ("a majority that came later", [B, A, A], 1, 2),
    ("a tie goes to the earliest", [B, A, A, B], 0, 2),
    ("a tie goes to the one with values", [NONE, A, NONE, A], 1, 2),
    ("zero is no value either", [ZERO, ZERO, A, A], 2, 2),
    ("more votes than values", [ZERO, ZERO, ZERO, A, A], 0, 3),
    ("all differ", [A, B, C], 0, 1),
    ("failures have no vote", [FAILED, FAILED, FAILED, B], 3, 1),
    ("most decline", [A, DECLINED, DECLINED], 1, 2),
    ("a tie with a refusal goes to values", [DECLINED, A], 1, 1),
    ("a tie of refusal and nothing goes to the earliest", [DECLINED, NONE], 0, 1),
    ("a further column counts for both", [A, WIDE, B, B], 0, 2),
    ("what leaves something out counts less", [replace(B, unmet=1), replace(B, unmet=1), A], 2, 1),
    ("of the same result the one that leaves nothing out", [replace(A, unmet=1), A], 1, 2),
]


@pytest.mark.parametrize(
    ("ballots", "winner", "votes"), [e[1:] for e in ELECTIONS], ids=[e[0] for e in ELECTIONS]
)
def test_who_wins(ballots: list[Ballot], winner: int, votes: int) -> None:
    election = elect(ballots)
    assert (election.winner, election.votes, election.of) == (winner, votes, len(ballots))
    assert election.share == votes / len(ballots)


@pytest.mark.parametrize("ballots", [[], [FAILED], [FAILED] * 5])
def test_nobody_wins(ballots: list[Ballot]) -> None:
    election = elect(ballots)
    assert (election.winner, election.votes, election.share) == (None, 0, 0.0)
    assert not is_decided(ballots, most=5)


DOUBTED = [replace(A, unmet=1), replace(B, unmet=2)]
ANY = [A, B, C, ZERO, DECLINED, FAILED, *DOUBTED]


@given(st.lists(st.sampled_from(ANY), max_size=5))
def test_what_is_decided_stays_so(ballots: list[Ballot]) -> None:
    """However the rest would have voted, the winner's result is the same."""
    if not is_decided(ballots, most=5):
        return
    winner = ballots[elect(ballots).winner or 0]
    for rest in product(ANY, repeat=5 - len(ballots)):
        later = [*ballots, *rest]
        assert later[elect(later).winner or 0].fingerprint == winner.fingerprint


@given(rows=st.lists(st.tuples(st.integers(-5, 5), st.sampled_from("abc")), max_size=6), data=st.data())
def test_no_order_matters(rows: list[tuple[int, str]], data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(rows))
    turned = [(text, number) for number, text in mixed]
    assert tasted("i t", *rows).agrees(tasted("t i", *turned, size=2))
