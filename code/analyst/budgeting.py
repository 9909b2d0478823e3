"""What a role may spend in a month, on databases that charge by the query."""

from __future__ import annotations

from datetime import UTC, date, datetime

from analyst.errors import Refused
from analyst.policy import Policy
from analyst.ports import Clock, SpendingStore
from analyst.spending import Spent


class Budgets:
    """Refuses queries that a role's budget does not allow, and notes what queries have cost; raises StoreError.

    Months are those of UTC. Queries that run side by side are checked before any of them is noted, so together
    they may go beyond the budget, each by no more than its own bound.
    """

    def __init__(self, store: SpendingStore, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def check(self, policy: Policy, bound: Spent | None) -> None:
        """Raise Refused for a query that may cost more than is left; so does one of which that is not known."""
        if policy.monthly_budget is None:
            return
        month = _month(self._clock.now())
        left = policy.monthly_budget - self._store.spent(policy.role, month=month)
        if bound is not None and bound.usd <= left:
            return
        if left <= 0:
            raise _used_up(month)
        too_much = "may cost more than is left of the budget of your role for this month."
        unknown = "has a cost that cannot be told beforehand, and your role has a budget."
        sentence = f"This {unknown if bound is None else too_much} Ask for less, or for a shorter time."
        raise Refused(sentence, rule="budget")

    def add(self, policy: Policy, spent: Spent, *, source: str) -> None:
        """Note what a query has cost, whether or not the role has a budget by now."""
        if spent.usd > 0:
            self._store.add(policy.role, month=_month(self._clock.now()), source=source, usd=spent.usd)


def _used_up(month: date) -> Refused:
    begins = f"{_first_of_next(month):%-d %B}"
    refused = Refused(
        f"The budget of your role for this month is used up; it begins anew on {begins}.", rule="budget"
    )
    refused.repairable = False  # no other SQL would do
    return refused


def _month(now: datetime) -> date:
    return now.astimezone(UTC).date().replace(day=1)


def _first_of_next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
