"""The most and the least: a statement that asks for them sorts, or takes a maximum, and from the right end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from analyst.agreement.case import Case
from analyst.agreement.saying import Unmet
from analyst.agreement.words import listed, pattern, roots
from analyst.linking.plain_forms import root
from analyst.linking.word_lists import synonyms
from analyst.repairing.kinds import MOMENTS, NUMBERS

_QUALITY = r"(\w+ly )?\w+(ent|able|ible|ical|ive|ful|al|ous|ed|ic|ant|less)\b"
""" "Most efficient" may be the lowest of something; "most flights" is not."""
_MOST, _LEAST = r"(?<!at )(?<!at the )\bmost\b", r"(?<!at )(?<!at the )\bleast\b"
_TOP = r"\btop \d+\b[^.?!]* by (the |their )?(total|number|count|amount|sum|volume|revenue|sales)\b"
_RECENT = r"\bmost recent(ly)?\b"


def extremes(case: Case) -> Iterator[Unmet]:
    """The question asks for the most or the latest, and nothing is sorted or compared to find it."""
    words = f"{_MOST}|{_LEAST}|{pattern('up', 'down', 'late', 'early')}"
    word = re.search(words, case.said.plain)
    if (
        word is None
        or case.reading.tree.find(exp.Order, exp.All, exp.Exists)
        or case.calls(*listed("ranking"))
    ):
        return
    if not _is_a_name(word[0], case):
        said = f'The question asks for "{word[0]}", but the SQL neither sorts nor takes MAX or MIN.'
        yield Unmet(kind="extreme", said=said)


def _is_a_name(word: str, case: Case) -> bool:
    """True where a table or column that is read is called so: highest_point, max_speed."""
    forms = {root(word), *synonyms().meanings.get((root(word),), ())}
    names = [c.name for c in case.reading.tree.find_all(exp.Column)] + [
        t.name for t in case.tables().values()
    ]
    return any(forms & case.roots_of(name) for name in names)


def latest(case: Case) -> Iterator[Unmet]:
    """The question asks for the latest or earliest, and no date of the rows is looked at."""
    word = re.search(rf"{_RECENT}|\b(latest|earliest)\b", case.said.meant)
    if word is None or not _has_dates(case):
        return
    sorted_by = _sorted_by(case)
    if not sorted_by or any(_may_say_when(node, case) for node in sorted_by):
        return
    if not any(case.reading.kind(c) in MOMENTS for c in case.reading.tree.find_all(exp.Column)):
        yield Unmet(
            kind="latest",
            said=f'The question asks for the "{word[0]}", but no date of the rows is looked at.',
        )


def _sorted_by(case: Case) -> list[exp.Expr]:
    """What is sorted by or taken the first of."""
    firsts = ("max", "min", "max_by", "min_by", "last_value", "first_value")
    calls = [n for n in case.reading.tree.find_all(exp.Anonymous) if n.name.lower() in firsts]
    return [n.this for n in case.reading.tree.find_all(exp.Ordered)] + [
        e for c in calls for e in c.expressions
    ]


def _may_say_when(node: exp.Expr, case: Case) -> bool:
    """True for anything but numbers whose names say nothing of time or of a sequence."""
    if _kind(node, case) not in NUMBERS:
        return True
    named = roots("times", "timed", "sequence")
    return any(named & case.roots_of(c.name) for c in node.find_all(exp.Column))


def _has_dates(case: Case) -> bool:
    columns = (c for t in case.tables().values() for c in t.columns)
    return any(c.type.lower().startswith(("date", "timestamp")) for c in columns)


def ends(case: Case) -> Iterator[Unmet]:
    """The first rows are taken from the wrong end."""
    word, key = _wanted_end(case), _first_key(case)
    if word is None or key is None or _kind(key.this, case) not in NUMBERS:
        return
    if bool(key.args.get("desc")) != word[1]:
        said = f'The question asks for "{word[0]}", but the SQL sorts from the other end.'
        yield Unmet(kind="order", said=said)


def _wanted_end(case: Case) -> tuple[str, bool] | None:
    """The word that asks for one end, and whether for the upper one; None where that is not plain."""
    if case.said.says(rf"\b(order(ed)?|sort(ed)?|ascending|descending|rank\w*|recent)\b|{pattern('turned')}"):
        return None
    up = re.search(rf"{_MOST}(?! {_QUALITY})|{pattern('up')}|{_TOP}", case.said.plain)
    down = re.search(rf"{_LEAST}(?! {_QUALITY})|{pattern('down')}", case.said.plain)
    word = up or down
    if word is None or (up is not None and down is not None):
        return None
    return word[0], up is not None


def _first_key(case: Case) -> exp.Ordered | None:
    """What the first rows are first of, where its own name does not turn the order round."""
    order = case.root.args.get("order") if case.root is not None else None
    if case.root is None or order is None or case.root.args.get("limit") is None:
        return None
    key = order.expressions[0]
    ranked = roots("ranked")
    if not isinstance(key, exp.Ordered) or any(
        ranked & case.roots_of(c.name) for c in key.find_all(exp.Column)
    ):
        return None
    return key


def dates_for_amounts(case: Case) -> Iterator[Unmet]:
    """The highest or lowest amount is asked for, and the first row by date is taken."""
    word = re.search(r"\b(highest|lowest|largest|smallest|biggest|cheapest)\b", case.said.plain)
    if word is None or _first_key(case) is None or case.calls(*listed("ranking")):
        return
    if all(_kind(n.this, case) in MOMENTS for n in case.reading.tree.find_all(exp.Ordered)):
        yield Unmet(kind="extreme", said=f'The question asks for the "{word[0]}", but the SQL sorts by date.')


def _kind(node: exp.Expr, case: Case) -> str:
    """The kind of what is sorted by, also where it is named as in the output."""
    if isinstance(node, exp.Column) and not node.table and case.root is not None:
        named = [p for p in case.root.expressions if p.alias_or_name.lower() == node.name.lower()]
        return case.reading.kind(named[0].unalias()) if named else case.reading.kind(node)
    return case.reading.kind(node)
