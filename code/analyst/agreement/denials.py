"""What a question leaves out: "not" and "never" need a condition in the statement."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from analyst.agreement.case import Case
from analyst.agreement.saying import Unmet

_NOT = re.compile(
    r"\b(never|without|(?:do|does|did|have|has|had|are|is|was|were) not)\b"
    r"(?! (only|including|just|later|earlier|more|less))"
    r"|\b(?:don't|doesn't|didn't|haven't|hasn't|aren't|isn't|weren't|wasn't)\b"
)
_PASSING = re.compile(
    r"\b(whether|if|or) (or )?not\b|\b(don't|do not) (include|count|need|worry|show|return)\b"
    r"|\b(ignor|exclud|skip|omit|disregard|leav|drop)\w*\b[^.?!]*"
)
_CONDITIONS = (exp.Where, exp.Having, exp.SetOperation, exp.Case, exp.Filter, exp.Query, exp.Join)


def denials(case: Case) -> Iterator[Unmet]:
    """The question leaves something out, and the SQL has no condition at all."""
    found = _NOT.search(_PASSING.sub(" ", case.said.plain))
    within = [n for n in case.reading.tree.find_all(*_CONDITIONS) if n is not case.reading.tree]
    if (
        found is not None
        and not [n for n in within if not isinstance(n, exp.Table)]
        and case.root is not None
    ):
        yield Unmet(kind="negation", said=f'The question says "{found[0]}", but the SQL leaves nothing out.')
