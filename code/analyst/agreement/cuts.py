"""Days that are counted back and then cut to the month: "the past 30 days" do not begin on the first."""

from __future__ import annotations

import re

from sqlglot import exp

from analyst.agreement.case import Case

_DAYS = re.compile(r"\b(?:past|last|previous)(?: \w+)? days\b")
_LONGER = frozenset({"week", "month", "quarter", "year"})
_DAY_INTERVAL = re.compile(r"\bdays?\b", re.IGNORECASE)


def days_not_cut(case: Case) -> tuple[str, ...]:
    """ "The past 30 days" as DATE_TRUNC('month', CURRENT_DATE - INTERVAL '30 days') begin where they begin."""
    phrase = _DAYS.search(case.said.plain)
    if phrase is None:
        return ()
    notes: dict[str, None] = {}
    for call in list(case.reading.tree.find_all(exp.Anonymous)):
        if _is_cut(call, case) and _is_compared(call):
            shown = case.reading.text(call)
            notes[f'{shown} was taken as the day itself: the question says "{phrase[0]}".'] = None
            call.replace(call.expressions[1].copy())
    return tuple(notes)


def _is_cut(call: exp.Anonymous, case: Case) -> bool:
    if call.name.lower() != "date_trunc" or len(call.expressions) != 2:
        return False
    unit, moment = call.expressions
    if (
        not isinstance(unit, exp.Literal)
        or unit.name.lower() not in _LONGER
        or not isinstance(moment, exp.Sub)
    ):
        return False
    interval = moment.args["expression"]
    from_today = isinstance(moment.this, exp.CurrentDate)
    return (
        from_today
        and isinstance(interval, exp.Interval)
        and _DAY_INTERVAL.search(case.reading.text(interval)) is not None
    )


def _is_compared(call: exp.Anonymous) -> bool:
    """True for the first day of a condition; the end of an open range is left alone."""
    above = call.parent
    return isinstance(above, (exp.GTE, exp.GT)) and above.args.get("expression") is call
