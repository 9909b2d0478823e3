"""Compares a question with a stored example."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import date

from sqlglot import exp

from analyst.catalog import Catalog
from analyst.example import Example
from analyst.guard.dialects import tongue
from analyst.guard.parsing import text_of
from analyst.matching.binding import Unbound, bind, changed, still_holds
from analyst.matching.differing import difference
from analyst.matching.facts import Known
from analyst.matching.frame import Frame
from analyst.matching.framing import Setting, framed, framed_beside
from analyst.matching.marking import marks, tidy
from analyst.matching.places import tree_of
from analyst.matching.plainer import plainer
from analyst.matching.verdict import BOUND, MISS, SAME, Swap, Verdict
from analyst.repairing.statement import UNREADABLE, parsed
from analyst.values.kept import Held

_LONGEST = 1_000
"""Characters; a longer question is a text, and only the very same one is known to mean the same."""
_SCALES = {"60", "3600", "24", "1440", "86400", "1000", "7", "12"}
_WORDS_FOR_MASKS = {"number": "number", "days": "date", "moment": "date", "value": "name", "quoted": "name"}


def compare(
    question: str,
    example: Example,
    *,
    catalog: Catalog,
    today: date,
    follows: str = "today",
    fiscal_start: int = 1,
) -> Verdict:
    """Whether an example's SQL answers a question, as it is or with other literals.

    `today` is the asker's; `follows` is "data" where time words count from the data's last day, unless the catalog says
    so itself; `fiscal_start` is the month in which fiscal years begin. What is not understood is a miss.
    """
    if example.dialect != catalog.dialect:
        return _miss("The stored SQL is for another database.")
    same = _folded(question) == _folded(example.question)
    if not same and max(len(question), len(example.question)) > _LONGEST:
        return _miss("The question is too long to be compared.")
    setting = Setting.of(catalog, today=today, follows=follows, fiscal_start=fiscal_start)
    if same:
        return _holding(framed(example.question, setting), example, catalog) or Verdict(
            kind=SAME, reason="It is the same question.", sql=example.sql
        )
    new, old = (framed_beside(text, example, setting) for text in (question, example.question))
    if re.search(r"\bcount\s*\(\s*distinct\b", example.sql.lower()):
        new, old = _each_once(new), _each_once(old)
    known = Known(sql=example.sql, dialect=example.dialect, tables=Held.of(catalog.tables))
    if aged := _holding(old, example, catalog):
        return aged
    new, old = plainer(new, old, known)
    said = difference(new, old, known)
    return _miss(said) if said else _bound(new, old, example, catalog, known)


def _holding(old: Frame, example: Example, catalog: Catalog) -> Verdict | None:
    """A miss where the stored SQL is right no more, for any question."""
    tree = tree_of(example.sql, example.dialect)
    if tree is None:
        return _miss("The stored SQL can no longer be read.")
    aged = still_holds(old, tree, catalog)
    return _miss(aged) if aged else None


def masked(question: str, catalog: Catalog | None = None) -> str:
    """A question with its numbers, days, quoted texts and, with a catalog, stored values masked, for the embedding."""
    text = tidy(question)
    parts, at = [], 0
    for mark in marks(text, catalog, anchor=date(2000, 1, 1), fiscal_start=1):
        parts += [text[at : mark.start], _WORDS_FOR_MASKS[mark.kind]]
        at = mark.end
    return "".join([*parts, text[at:]])


def _miss(reason: str) -> Verdict:
    return Verdict(kind=MISS, reason=reason)


def _folded(text: str) -> str:
    """But for blanks, closing punctuation and, outside of quotes, case: names in quotes are told apart by it."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).rstrip(" ?.!")
    return plain if re.search(r"[\"'“‘]", plain) else plain.casefold()


def _bound(new: Frame, old: Frame, example: Example, catalog: Catalog, known: Known) -> Verdict:
    tree = tree_of(example.sql, example.dialect)
    assert tree is not None
    if said := _understood(new, old, known, tree):
        return _miss(said)
    try:
        made = bind(new, old, tree=tree, catalog=catalog)
        if not made.swaps:
            return Verdict(kind=SAME, reason="It asks for the same in other words.", sql=example.sql)
        sql = text_of(changed(example.sql, example.dialect, made.changes), tongue(example.dialect))
        parsed(sql, tongue(example.dialect))
    except Unbound as why:
        return _miss(str(why))
    except UNREADABLE:
        return _miss("The stored SQL could not be written with the new words.")
    return Verdict(
        kind=BOUND, reason=f"The same but for {_told(made.swaps)}.", sql=sql, swaps=tuple(made.swaps)
    )


def _told(swaps: list[Swap]) -> str:
    return " and ".join(f"{swap.old} -> {swap.new}" for swap in swaps)


def _understood(new: Frame, old: Frame, known: Known, tree: exp.Expr) -> str:
    """What the stored question says and its SQL does not do, as a sentence."""
    named = bool(old.unit) or new.unit in known.facts.units
    if new.unit != old.unit and not (named and not (new.unit and old.unit) and _is_native(tree)):
        return "The answer is to be told in another unit."
    averaged = old.measures["AVG"] and old.measures["COUNT"]
    told = tree.find(exp.Group, exp.Window, exp.Distinct) is not None or _is_ratio(tree)
    if old.groups and not averaged and not told:
        return "The stored SQL does not tell it for each of something."
    if old.measures["AVG"] and re.search(r"\bavg\b|/", known.sql.lower()) is None:
        return "The stored SQL takes no average."
    if any(item.mark.kind == "moment" for item in (*new.literals, *old.literals)):
        return _moments(new, old)
    return ""


def _is_ratio(tree: exp.Expr) -> bool:
    """True for the "cost per conversion" that one amount divided by another one is."""
    parts = [(node.this, node.expression) for node in tree.find_all(exp.Div)]
    return any(all(part.find(exp.Column, exp.Star) is not None for part in each) for each in parts)


def _each_once(frame: Frame) -> Frame:
    """Where the SQL counts each once, "different" need not be said."""
    if frame.measures != Counter(["COUNT"]):
        return frame
    kept = {key: n for key, n in frame.attached.items() if key[0] != "DISTINCT"}
    return replace(frame, attached=Counter(kept))


def _moments(new: Frame, old: Frame) -> str:
    said = [
        [i.mark.text.casefold() for i in frame.literals if i.mark.kind == "moment"] for frame in (new, old)
    ]
    return "" if said[0] == said[1] else "A day, time or percentage in it was not understood."


def _is_native(tree: exp.Expr) -> bool:
    """True where nothing is reckoned into another unit."""
    reckoned = (n for node in tree.find_all(exp.Mul, exp.Div) for n in node.find_all(exp.Literal))
    return not any(str(n.this).removesuffix(".0") in _SCALES for n in reckoned)
