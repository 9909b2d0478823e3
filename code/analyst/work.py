"""One question in the making, and what a draft of it came to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analyst.answer import Answer, Receipt
from analyst.draft import Query
from analyst.journal import Journal
from analyst.policies import View
from analyst.policy import Policy
from analyst.ports import Cancellation
from analyst.question import Question, Usage
from analyst.result import ResultSet
from analyst.spending import Spent, together

NOBODYS = Policy(role="", version="", tables=frozenset())
"""Before it is known who asks: nothing may be seen."""


@dataclass
class Work:
    """One question in the making: where its steps are shown, and what it has cost so far."""

    question: Question
    journal: Journal
    cancellation: Cancellation
    show: Callable[[Answer], None] = lambda _: None
    hold: Callable[[Mapping[str, Any] | None], None] = lambda _: None
    policy: Policy = NOBODYS
    """The asker's; nothing is looked at before it is known."""
    view: View | None = None
    """What the asker sees, as soon as the catalog is known."""
    attempts: int = 0
    usage: Usage = field(default_factory=Usage)
    spent: tuple[Spent, ...] = ()
    """What each query that ran for it cost, on a source that charges by the query."""
    sql: str = ""
    tried: str = ""
    """Verdict of the last attempt that the audit has; empty before the first."""
    examples_shown: tuple[int, ...] = ()
    near: tuple[str, ...] = ()
    """Approved questions, those nearest by meaning first."""
    notes: tuple[str, ...] = ()
    """What was done without on the way, as the receipt says it."""
    cache_only: bool = False
    """Answer from approved examples alone; anything else raises Miss."""
    leave_one_out: bool = False
    """Leave the question's own example out, as an honest measurement does."""

    @property
    def seen(self) -> View:
        """What the asker sees; it has been found out before anything else is done."""
        if self.view is None:
            raise RuntimeError("nobody has found out yet what the asker sees")
        return self.view

    def receipt(self, **fields: Any) -> Receipt:
        """The receipt as far as it is known now."""
        cost = together(self.spent)
        known: dict[str, Any] = {
            "id": self.question.request_id,
            "source": self.question.source,
            "sql": self.sql,
            "executed_sql": "",
            "attempts": self.attempts,
            "usage": self.usage,
            "examples_shown": self.examples_shown,
            "policy": f"{self.policy.role} (version {self.policy.version})",
            "cost": cost.words if cost else "",
            "cost_usd": cost.usd if cost else None,
        }
        return Receipt(**(known | fields))


@dataclass(frozen=True, kw_only=True)
class Found:
    """A query that ran, with the head of its result."""

    query: Query
    result: ResultSet
    can_write: bool
    notes: tuple[str, ...] = ()
    """How the question was read, and what was put right on the way."""
    warnings: tuple[str, ...] = ()
    reused_seconds: int | None = None
    """How old the rows are, where the query did not run because it had run not long ago."""
