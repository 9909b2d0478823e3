"""Whether a predicted answer is right: its rows compared with those of SQL that is known to be right."""

from __future__ import annotations

from analyst.judging.choices import golds
from analyst.judging.risk import Refusals, RiskStep, at_levels, refusals, risk_coverage
from analyst.judging.rows import Rows, rows_of, same
from analyst.judging.tally import Tally, tallies
from analyst.judging.verdict import Outcome, Verdict, changed, outcome

__all__ = [
    "Outcome",
    "Refusals",
    "RiskStep",
    "Rows",
    "Tally",
    "Verdict",
    "at_levels",
    "changed",
    "golds",
    "outcome",
    "refusals",
    "risk_coverage",
    "rows_of",
    "same",
    "tallies",
]
