"""Which stored result holds the rows of which query."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from analyst.ports import Reusable
from analyst.stores.reused_results import ReusedResults
from analyst.stores.state import State


@pytest.fixture
def kept(state_url: str) -> Iterator[ReusedResults]:
    state = State(state_url)
    yield ReusedResults(state)
    state.close()


def result(name: str, *, age: float) -> Reusable:
    return Reusable(result_id=name, digest="d", can_write=True, age_seconds=age)


def test_a_result_is_found_while_it_is_young_enough(kept: ReusedResults) -> None:
    assert kept.find("k", newer_than_seconds=1000) is None
    kept.keep("k", result("r", age=100), source="s")
    found = kept.find("k", newer_than_seconds=1000)
    assert found is not None and (found.result_id, found.digest, found.can_write) == ("r", "d", True)
    assert 100 <= found.age_seconds < 160
    assert (
        kept.find("k", newer_than_seconds=99) is None and kept.find("other", newer_than_seconds=1000) is None
    )


def test_the_later_run_counts_whichever_is_noted_last(kept: ReusedResults) -> None:
    kept.keep("k", result("old", age=500), source="s")
    kept.keep("k", result("new", age=10), source="s")
    kept.keep("k", result("old", age=500), source="s")
    found = kept.find("k", newer_than_seconds=1000)
    assert found is not None and found.result_id == "new"


def test_old_ones_are_forgotten(kept: ReusedResults) -> None:
    kept.keep("a", result("a", age=500), source="s")
    kept.keep("b", result("b", age=10), source="s")
    assert kept.forget(older_than_seconds=100) == 1
    assert kept.find("a", newer_than_seconds=1000) is None
    assert kept.find("b", newer_than_seconds=1000) is not None
