"""Puts the literals of one question in the place of another's, in the statement's tree."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from analyst.catalog import Catalog
from analyst.matching.days import Unbound, day_changes
from analyst.matching.frame import IN_MINUTES, Frame, Literal
from analyst.matching.pairing import ColumnPlace, is_one_value, is_same, meant, paired
from analyst.matching.places import Place, places, tree_of, uses_now
from analyst.matching.verdict import Swap

__all__ = ["Bound", "Unbound", "bind", "still_holds"]


@dataclass(kw_only=True)
class Bound:
    """New texts of literals by their number in the tree, and what people are told."""

    changes: dict[int, str] = field(default_factory=dict)
    swaps: list[Swap] = field(default_factory=list)

    def put(self, number: int, text: str) -> None:
        """Raises Unbound where the place already has another new text."""
        if self.changes.setdefault(number, text) != text:
            raise Unbound("The same literal stands for different things.")


def still_holds(frame: Frame, tree: exp.Expr, catalog: Catalog) -> str:
    """Why SQL that was right for a question no longer is, as a sentence; empty where it still is.

    Days that count from today and stand in the SQL as those of then have grown old.
    """
    relative = [i.mark.period for i in frame.literals if i.mark.period is not None and i.mark.period.relative]
    moving = [p for p in relative if p is not None and not p.assumed]
    if not moving:
        return ""
    known = {day.isoformat() for p in moving for day in (p.start, p.end, p.last)}
    stated = [
        i.mark.period for i in frame.literals if i.mark.period is not None and not i.mark.period.relative
    ]
    known |= {day.isoformat() for p in stated if p is not None for day in (p.start, p.end, p.last)}
    found = [p for p in places(tree, catalog) if p.kind == "date" or (p.kind == "compared" and p.unit)]
    if any(p.kind == "date" and p.text[:10] not in known for p in found) or (found and uses_now(tree)):
        return "The stored SQL holds the days of then, which have grown old."
    if any(p.kind == "compared" and p.unit for p in found):
        return "The stored SQL holds the days of then, which have grown old."
    return ""


def bind(new: Frame, old: Frame, *, tree: exp.Expr, catalog: Catalog) -> Bound:
    """The changes that make the old statement answer the new question; raises Unbound where that is not certain."""
    made = Bound()
    found = places(tree, catalog)
    pairs = list(paired(new, old, catalog))
    changed = [(n, o) for n, o in pairs if not is_same(n, o, catalog)]
    days = [(n.mark, o.mark) for n, o in pairs if n.mark.kind == "days"]
    if any(n.mark.kind == "days" for n, _ in changed):
        for number, text in day_changes(days, found, tree).items():
            made.put(number, text)
    for n, o in changed:
        if n.mark.kind == "number":
            _bind_number(n, o, old, found, made)
        elif n.mark.kind in ("value", "quoted"):
            _bind_value(n, o, old, found, catalog, made)
        elif n.mark.kind == "moment":
            raise Unbound("A day or time in it was not understood.")
        if n.mark.kind == "days":
            made.swaps.append(Swap(old=o.mark.text, new=n.mark.text))
    return made


# -- numbers ---------------------------------------------------------------------------------------


def _bind_number(new: Literal, old: Literal, frame: Frame, found: Sequence[Place], made: Bound) -> None:
    assert new.mark.number is not None and old.mark.number is not None
    was = old.mark.number
    value = new.mark.number * IN_MINUTES.get(new.about, 1) / IN_MINUTES.get(old.about, 1)
    if not any(_is_number(p, float(was)) for p in found):
        was, value = old.amount[0], new.amount[0]
    twins = [i for i in frame.literals if i is not old and i.mark.number in (was, old.mark.number)]
    if twins:
        raise Unbound("The same number stands for different things.")
    if new.mark.number != new.mark.number.to_integral_value() and old.role == "top":
        raise Unbound("So many rows must be a whole number.")
    days = any(i.mark.kind == "days" for i in frame.literals)
    at = [
        n
        for n, p in enumerate(found)
        if p.kind != "harmless"
        and not (days and p.unit and p.kind == "compared")
        and _is_number(p, float(was))
    ]
    wanted = [n for n in at if _fits(found[n], old.role)]
    if not wanted or wanted != at:
        raise Unbound(f"It is not plain where {old.mark.text} stands in the stored SQL.")
    if len({(found[n].kind, found[n].subject) for n in wanted}) > 1:
        raise Unbound(f"{old.mark.text} stands for several things in the stored SQL.")
    for n in wanted:
        made.put(n, format(value.normalize(), "f"))
    told = [i.mark.text if new.about == old.about else f"{i.mark.text} {_plural(i)}" for i in (old, new)]
    made.swaps.append(Swap(old=told[0], new=told[1], column=found[wanted[0]].column))


def _plural(item: Literal) -> str:
    return item.about if item.mark.number == 1 else f"{item.about}s"


def _is_number(place: Place, value: float) -> bool:
    text = place.text
    if place.node.is_string and place.kind != "interval":
        return text == format(value, "g")
    try:
        return float(text) == value
    except ValueError:
        return place.kind == "interval" and re.search(rf"(?<!\d){value:g}(?!\d)", text) is not None


def _fits(place: Place, role: str) -> bool:
    if role == "top":
        return place.kind == "limit"
    if place.kind != "compared" or place.unit in ("year", "month", "quarter", "day"):
        return False
    over = {"GT", "GTE", "LT turned", "LTE turned"}
    under = {"LT", "LTE", "GT turned", "GTE turned"}
    if role in ("GT", "GE"):
        return place.operator in over or place.operator.startswith("Between")
    if role in ("LT", "LE", "WITHIN"):
        return place.operator in under or place.operator.startswith("Between")
    return role == "" and place.operator.removesuffix(" turned") == "EQ"


# -- names -----------------------------------------------------------------------------------------


def _bind_value(
    new: Literal, old: Literal, frame: Frame, found: Sequence[Place], catalog: Catalog, made: Bound
) -> None:
    if not old.mark.mentions or not new.mark.mentions:
        raise Unbound(f'It is not known what "{new.mark.text if old.mark.mentions else old.mark.text}" is.')
    if any(m.read_as for m in (*old.mark.mentions, *new.mark.mentions)):
        raise Unbound("A name may be mistyped.")
    before, after = meant(old.mark.mentions, catalog), meant(new.mark.mentions, catalog)
    at = [n for n, p in enumerate(found) if p.node.is_string and _stands_for(p, before)]
    strays = [n for n, p in enumerate(found) if p.node.is_string and n not in at and _has(p, before)]
    if not at or strays:
        raise Unbound(f'It is not plain where "{old.mark.text}" stands in the stored SQL.')
    for other in frame.literals:
        if (
            other is not old
            and other.mark.mentions
            and is_one_value(other.mark.mentions, old.mark.mentions, catalog)
        ):
            raise Unbound("The same name stands for different things.")
    for n in at:
        made.put(n, _new_value(found[n], before, after, new.mark.text))
    columns = {found[n].column for n in at}
    if len(columns) > 1:
        raise Unbound(f'"{old.mark.text}" stands for several things in the stored SQL.')
    made.swaps.append(Swap(old=old.mark.text, new=new.mark.text, column=columns.pop()))


def _holds(place: Place, meant: dict[ColumnPlace, set[str]]) -> Iterator[tuple[ColumnPlace, set[str]]]:
    for (table, column), texts in meant.items():
        if column.lower() == place.column and table[1] in place.tables:
            yield (table, column), texts


def _stands_for(place: Place, meant: dict[ColumnPlace, set[str]]) -> bool:
    if place.kind not in ("compared", "date") or place.operator.removesuffix(" turned") not in (
        "EQ",
        "NEQ",
        "In",
    ):
        return False
    return any(_written(text, place) == place.text for _, texts in _holds(place, meant) for text in texts)


def _has(place: Place, meant: dict[ColumnPlace, set[str]]) -> bool:
    inner = place.text.strip("%").casefold()
    return any(inner == text.casefold() for texts in meant.values() for text in texts)


def _written(text: str, place: Place) -> str:
    return text.lower() if place.lowered else text


def _new_value(
    place: Place, before: dict[ColumnPlace, set[str]], after: dict[ColumnPlace, set[str]], said: str
) -> str:
    for where, texts in _holds(place, before):
        if all(_written(text, place) != place.text for text in texts):
            continue
        values = after.get(where, set())
        if len(values) != 1:
            raise Unbound(f'It is not plain which value of "{place.column}" is meant by "{said}".')
        return _written(next(iter(values)), place)
    raise Unbound(f'"{said}" is no value of "{place.column}".')


# -- the tree --------------------------------------------------------------------------------------


def changed(sql: str, dialect: str, changes: dict[int, str]) -> exp.Expr:
    """A new tree of the statement, with other texts in its literals."""
    tree = tree_of(sql, dialect)
    assert tree is not None
    fresh = tree.copy()
    for number, node in enumerate(fresh.find_all(exp.Literal)):
        if number in changes:
            node.set("this", changes[number])
    return fresh
