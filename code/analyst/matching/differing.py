"""Where two questions ask for different things, in plain words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

from analyst.matching.concepts import Names
from analyst.matching.excusing import excused
from analyst.matching.explained import are_persons
from analyst.matching.facts import Known
from analyst.matching.frame import Frame
from analyst.matching.kindred import is_kin
from analyst.matching.standing import amounts_named, is_value, says_top, standing

_Check = Callable[[Frame, Frame, Known], str]


def difference(new: Frame, old: Frame, known: Known) -> str:
    """The first part in which the questions differ, as a sentence; empty where only literals can.

    Which literal stands for which, and whether it may be put in another's place, is not looked at here.
    """
    return next((said for check in _CHECKS if (said := check(new, old, known))), "")


def _measures(new: Frame, old: Frame, known: Known) -> str:
    if new.implied != old.implied and not known.facts.counts:
        return "It is not plain that rows are to be counted."
    if new.measures == old.measures:
        return ""
    return f"One asks for {_measure(new)}, the other for {_measure(old)}."


def _measure(frame: Frame) -> str:
    said = {
        "COUNT": "a number",
        "SUM": "a total",
        "AVG": "an average",
        "MEDIAN": "a median",
        "SHARE": "a share",
    }
    called = [said.get(name, "a fraction") for name in sorted(frame.measures.elements())]
    return " and ".join(called) or "a list or a value"


def _ends(new: Frame, old: Frame, known: Known) -> str:
    if is_value(new, known) and is_value(old, known) and new.end == old.end:
        return ""
    if new.end and bool(new.head) != bool(old.head):
        return "One asks for the highest or lowest amount, the other for what has it."
    if new.end != old.end:
        return "They ask for different ends of an order: the most, the least, or all."
    if (new.top == 0) != (old.top == 0) or (new.top != old.top and says_top(new) != says_top(old)):
        return "One asks for a single one or so many, the other for all in order."
    return ""


def _denied(new: Frame, old: Frame, known: Known) -> str:
    for marker, said in (
        ("NOT", "what is denied"),
        ("ONLY", "what is the only one"),
        ("DISTINCT", "what is counted once"),
    ):
        if _of(new, marker) != _of(old, marker):
            return f"They differ in {said}."
    attached = [_but_to_things(a, b, known.names) for a, b in ((new, old), (old, new))]
    return "They differ in what comes first, before or after." if attached[0] != attached[1] else ""


def _but_to_things(frame: Frame, other: Frame, names: Names) -> Counter[tuple[str, str]]:
    """Without the "to" of "refunds to customers", where the other does not say which way, and no ways are known."""
    if names.all & {"origin", "dest", "destination"}:
        return frame.attached
    ways = {said for (name, said) in other.attached if name in ("FROM", "TO")}
    return Counter(
        {
            (name, said): n
            for (name, said), n in frame.attached.items()
            if name not in ("FROM", "TO") or said in ways or said not in names.tables
        }
    )


def _of(frame: Frame, marker: str) -> Counter[str]:
    return Counter({said: count for (name, said), count in frame.attached.items() if name == marker})


def _groups(new: Frame, old: Frame, known: Known) -> str:
    if new.groups == old.groups:
        return ""
    return f"One is told {_each(new.groups)}, the other {_each(old.groups)}."


def _each(groups: Iterable[frozenset[str]]) -> str:
    return " and ".join(sorted("for each " + " ".join(sorted(g)) for g in groups)) or "as a whole"


def _comparisons(new: Frame, old: Frame, known: Known) -> str:
    if Counter(op for op, _ in new.compared) != Counter(op for op, _ in old.compared):
        return "They compare in different directions."
    if any(_is_amount_of(a, b, known.names) for a, b in ((new, old), (old, new))):
        return "One compares a number of things, the other an amount of each."
    if new.relating != old.relating:
        return "They compare different things with one another."
    about_same = [c for _, c in new.compared] == [c for _, c in old.compared]
    if not about_same and (len(new.compared) > 1 or amounts_named(new, known.names) > 1):
        return "They may compare different amounts."
    return ""


def _is_amount_of(frame: Frame, other: Frame, names: Names) -> bool:
    """True for "a refund above 3", where the other says "more than 3 refunds"."""
    things = {
        i.about for i in other.literals if i.role in ("GT", "GE", "LT", "LE") and i.about in names.tables
    }
    told = any(i.about for i in frame.literals if i.role in ("GT", "GE", "LT", "LE"))
    return not told and not frame.counted and any(before in things for _, before in frame.compared)


def _flags(new: Frame, old: Frame, known: Known) -> str:
    changed = set((new.flags - old.flags) + (old.flags - new.flags))
    if not changed or (
        changed == {"AND"} and new.order == old.order and new.flags["BUT"] == old.flags["BUT"]
    ):
        return ""
    if changed & {"DESC", "ASC", "SORTBY", "BESTFIRST", "WORSTFIRST", "NEWFIRST", "OLDFIRST", "BYTIME"}:
        return "They are sorted differently."
    if changed & {"OVERYEARS", "OVERMONTHS", "GROUP"}:
        return "They are told for different stretches of time."
    return "They differ in a word that changes what is asked for."


def _words(new: Frame, old: Frame, known: Known) -> str:
    matters = known.facts.leaves_out or not known.names.all & {"origin", "dest", "destination"}
    if matters and new.moved != old.moved:
        return "One asks for what departed or arrived, and the other does not say so."
    more, less = excused(new, old, known.names, known.facts)
    if not (more or less) or _goes_without(more + less, new.words & old.words, new, known.names):
        return ""
    said = (
        f"the question says {_list(sorted(more))}" if more else "",
        f"the stored one says {_list(sorted(less))}" if less else "",
    )
    text = ", ".join(part for part in said if part)
    return f"{text[0].upper()}{text[1:]}, and the other does not."


def _goes_without(odd: Counter[str], shared: Counter[str], frame: Frame, names: Names) -> bool:
    """True where only one says of which table an amount is, and only that table has such an amount."""
    if odd.total() != 1 or not frame.measures or set(frame.measures) - {"AVG", "SUM", "MEDIAN"}:
        return False
    table = next(iter(odd))
    if table not in names.tables or set(shared) & names.tables or frame.compared or frame.attached:
        return False
    owners = [names.owners[w] for w in shared if w in names.owners]
    return bool(owners) and all(each == {table} for each in owners)


def _list(found: Iterable[str]) -> str:
    return ", ".join(f'"{word}"' for word in found)


def _subject(new: Frame, old: Frame, known: Known) -> str:
    told = (is_value(new, known) and is_value(old, known)) or (
        new.measures and "COUNT" not in new.measures and not new.end
    )
    if not told and not _same_subject(new, old, known) and not _is_rows(new, old, known):
        return "They ask about different things first."
    return ""


def _same_subject(new: Frame, old: Frame, known: Known) -> bool:
    """True also for a plane and its tail number, and for a day and its date."""
    first, second = sorted((new.subject, old.subject))
    if (
        first == second
        or (first, second) == ("date", "day")
        or is_kin(first, second, known.names, known.facts)
    ):
        return True
    if are_persons(first, second, known.facts) or _is_done_to_rows(new, old, known):
        return True
    keys = known.names.keys
    return any({b} == keys.get(a, frozenset()) - {"id", a} for a, b in ((first, second), (second, first)))


def _is_done_to_rows(new: Frame, old: Frame, known: Known) -> bool:
    """True for the "cancellations of subscriptions" beside the subscriptions that were cancelled."""
    pair = {new.subject, old.subject}
    rows, deed = pair & known.facts.rows, pair - known.facts.rows - known.names.tables
    both = set(new.words) & set(old.words)
    return (
        known.facts.counts and len(rows) == len(deed) == 1 and pair <= both and _happened(deed, rows, known)
    )


def _happened(deed: set[str], rows: set[str], known: Known) -> bool:
    return any(row in known.names.happened.get(word, ()) for word in deed for row in rows)


def _is_rows(new: Frame, old: Frame, known: Known) -> bool:
    """True where one of the two counts "flights", and the other "departures" without saying of what."""
    for said, other in ((new, old), (old, new)):
        if {said.subject} == known.facts.rows and said.subject not in other.words and known.facts.counts:
            return other.subject not in known.names.all
    return False


def _literals(new: Frame, old: Frame, known: Known) -> str:
    kinds = [Counter(_kind(item.mark.kind) for item in frame.literals) for frame in (new, old)]
    if kinds[0] != kinds[1]:
        return "They name different kinds of things: a day, a number or a name stands in one of them alone."
    return ""


def _kind(kind: str) -> str:
    return "value" if kind == "quoted" else kind


_CHECKS: tuple[_Check, ...] = (
    _measures, _ends, _denied, _groups, _comparisons, _flags, _literals, _words, _subject, standing,
)  # fmt: skip
