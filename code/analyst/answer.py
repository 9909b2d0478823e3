"""Words, rows and chart, with a receipt of how they were made."""

from __future__ import annotations

from dataclasses import dataclass, field

from analyst.chart import Chart
from analyst.question import Status, Usage
from analyst.result import ResultSet


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """How an answer was made."""

    id: str
    source: str
    sql: str
    """The readable SQL, before policy and limit."""
    executed_sql: str
    """What the database really ran."""
    tables: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    """How the question was understood where it could have been understood otherwise."""
    warnings: tuple[str, ...] = ()
    """What a careful reader should know: a role that could write, a limit that cut rows."""
    example_id: int | None = None
    """The approved example that answered."""
    examples_shown: tuple[int, ...] = ()
    """Approved examples that the model was shown."""
    cached: str | None = None
    """None, "same" (equal meaning, literals unchanged) or "bound"."""
    policy: str = ""
    confidence: float = 1.0
    """How far the product trusts the answer, 0 to 1."""
    attempts: int = 0
    """Drafts that the model wrote."""
    usage: Usage = field(default_factory=Usage)
    reused_seconds: int | None = None
    """How old the rows were when they were shown, where they had been read for an earlier run of the same query."""
    cost: str = ""
    """What the question's queries cost in words; empty where nothing is charged by the query."""
    cost_usd: float | None = None
    """The same in US dollars."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the asker gets; which parts are set depends on the status."""

    status: Status
    words: str = ""
    words_by: str = ""
    """"model" when a model wrote the words and every number in them was found in the result, else "template"."""
    result: ResultSet | None = None
    chart: Chart | None = None
    receipt: Receipt | None = None
    suggestions: tuple[str, ...] = ()
    """Questions that can be asked instead, or next."""
    error_code: str = ""
