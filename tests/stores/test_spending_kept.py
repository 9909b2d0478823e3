"""What each role's queries have cost, by month, and what that leaves of a budget."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from analyst.budgeting import Budgets
from analyst.errors import Refused
from analyst.policy import Policy
from analyst.spending import Spent, in_words, together
from analyst.stores.spending import Spending
from analyst.stores.state import State

NOVEMBER, DECEMBER = date(2026, 11, 1), date(2026, 12, 1)


class At:
    """A clock that stands still."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now


@pytest.fixture
def kept(state_url: str) -> Iterator[Spending]:
    state = State(state_url)
    yield Spending(state)
    state.close()


def cost(usd: float) -> Spent:
    return Spent(bytes=int(usd * 200_000_000_000), usd=usd, words=f"${usd}")


def poor(budget: float | None = 1.0) -> Policy:
    return Policy(role="poor", monthly_budget=budget)


def test_sums_are_kept_by_role_and_month_over_all_sources(kept: Spending) -> None:
    assert kept.spent("poor", month=NOVEMBER) == 0.0
    for role, month, source, usd in (
        ("poor", NOVEMBER, "a", 0.25),
        ("poor", NOVEMBER, "a", 0.25),
        ("poor", NOVEMBER, "b", 1.0),
        ("poor", DECEMBER, "a", 7.0),
        ("rich", NOVEMBER, "a", 9.0),
    ):
        kept.add(role, month=month, source=source, usd=usd)
    assert kept.spent("poor", month=NOVEMBER) == 1.5
    assert kept.spent("poor", month=DECEMBER) == 7.0
    assert kept.spent("rich", month=NOVEMBER) == 9.0


def test_nothing_is_lost_when_several_add_at_once(kept: Spending, state_url: str) -> None:
    def add() -> None:
        with closing(State(state_url)) as state:
            for _ in range(20):
                Spending(state).add("poor", month=NOVEMBER, source="a", usd=0.5)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.spent("poor", month=NOVEMBER) == 40.0


def test_a_query_runs_while_its_bound_is_left(kept: Spending) -> None:
    budgets = Budgets(kept, clock=At(datetime(2026, 11, 30, 23, 59, tzinfo=UTC)))
    budgets.add(poor(), cost(0.75), source="a")
    budgets.check(poor(), cost(0.25))
    with pytest.raises(Refused, match="more than is left of the budget") as caught:
        budgets.check(poor(), cost(0.26))
    assert caught.value.rule == "budget" and caught.value.repairable
    with pytest.raises(Refused, match="cannot be told beforehand") as caught:
        budgets.check(poor(), None)
    assert caught.value.rule == "budget"
    budgets.check(poor(None), None)
    budgets.check(Policy(role="rich", monthly_budget=1.0), cost(1.0))


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        (datetime(2026, 11, 21, tzinfo=UTC), "1 December"),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "1 January"),
        (datetime(2027, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), "1 January"),
    ],
)
def test_a_budget_that_is_used_up_says_when_it_begins_anew(
    kept: Spending, now: datetime, begins: str
) -> None:
    budgets = Budgets(kept, clock=At(now))
    budgets.add(poor(), cost(1.5), source="a")
    sentence = f"The budget of your role for this month is used up; it begins anew on {begins}."
    with pytest.raises(Refused) as caught:
        budgets.check(poor(), cost(0.001))
    assert (str(caught.value), caught.value.rule, caught.value.repairable) == (sentence, "budget", False)
    with pytest.raises(Refused):
        budgets.check(poor(), cost(0.0))
    later = Budgets(kept, clock=At(now + timedelta(days=31)))
    later.check(poor(), cost(1.0))


def test_a_budget_of_nothing_allows_what_is_free(kept: Spending) -> None:
    budgets = Budgets(kept, clock=At(datetime(2026, 11, 21, tzinfo=UTC)))
    budgets.check(poor(0.0), cost(0.0))
    with pytest.raises(Refused, match="used up"):
        budgets.check(poor(0.0), cost(0.0001))


def test_costs_in_words() -> None:
    assert together([]) is None
    assert together([cost(0.5)]) == cost(0.5)
    both = together([cost(0.5), cost(1.5)])
    assert both is not None and both.words == "400 GB read by 2 queries, about $2.0000"
    assert (in_words(999), in_words(1_200_000_000)) == ("999 bytes", "1.2 GB")
