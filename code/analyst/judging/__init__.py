"""Whether a predicted answer is right: its rows compared with those of SQL that is known to be right."""

from __future__ import annotations

from analyst.judging.choices import golds
from analyst.judging.rows import Rows, rows_of, same
from analyst.judging.tally import Tally, tallies
from analyst.judging.verdict import Outcome, Verdict, changed, outcome

__all__ = ["Outcome", "Rows", "Tally", "Verdict", "changed", "golds", "outcome", "rows_of", "same", "tallies"]
