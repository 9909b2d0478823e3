"""Words that the stored statement itself explains: what it reads, what its rows are, and what it does not look at."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from analyst.matching.concepts import Names
from analyst.matching.facts import Facts
from analyst.matching.frame import Frame

_TIMES = frozenset(("year", "month", "day", "week", "hour", "minute", "second", "quarter", "date", "time"))
_DAYS = frozenset(("day", "date"))
_PLANNED = frozenset(("schedule", "plan"))
_MONEY = frozenset(
    (
        "payment",
        "refund",
        "fee",
        "fine",
        "cost",
        "expense",
        "discount",
        "salary",
        "revenue",
        "spend",
        "charge",
    )
)
"""Of these a total is an amount, and not how many there are."""
_AMOUNTS = frozenset(("amount", "value", "money", "sum"))
_PERSONS = frozenset(
    ("person", "individual", "folk", "someone", "somebody", "anyone", "anybody", "everyone", "everybody")
)
_ARE_PERSONS = frozenset(
    (
        *("customer", "employee", "guest", "member", "user", "student", "patient", "passenger", "visitor"),
        *("driver", "teacher", "doctor", "author", "player", "subscriber", "agent", "manager", "tenant"),
        *("owner", "worker"),
    )
)
_WAYS = frozenset(("depart", "arrive", "departure", "arrival", "origin", "dest"))


_CALENDAR = frozenset(("month", "day", "week", "weekday", "quarter", "hour", "time"))
"""Which of them an answer is told for has to be said."""


def explain(
    more: Counter[str], less: Counter[str], new: Frame, old: Frame, names: Names, facts: Facts
) -> None:
    """Takes out what only the new question says (`more`) and only the stored one (`less`), where it is explained."""
    _same_day(more, less)
    _keyed(more, less, names)
    _still(more, less, facts)
    _pending(more, less, new, old, facts)
    for odd, other in ((more, old), (less, new)):
        _persons(odd, other, less if odd is more else more, facts)
        _planned(odd, other, facts)
        _of_the_year(odd, other, facts)
        _amounts(odd, new, facts)
    _not_looked_at(less, old, names, facts)
    if new.flags["WHO"]:
        less.subtract({w: less[w] for w in less.keys() & _ARE_PERSONS & facts.named})
    _long(more, less)
    _enough(less, new, facts)
    _scheduled_departures(more, new, facts)
    if not any(more.values()):
        _does_nothing(less, old, names, facts)
    if not any(less.values()):
        _whose(more, new, facts)
        _read(more, new, old, names, facts)


def _same_day(more: Counter[str], less: Counter[str]) -> None:
    """Its date is the day on which it was."""
    for odd, other in ((more, less), (less, more)):
        if odd["day"] and odd["day"] == other["date"]:
            odd["day"] = other["date"] = 0


def _keyed(more: Counter[str], less: Counter[str], names: Names) -> None:
    """Different tail numbers are different planes, where a plane's key is its tail number."""
    for odd, other in ((more, less), (less, more)):
        for table in [w for w in odd if odd[w] and w in names.tables]:
            key = names.keys.get(table, frozenset()) - {"id", table}
            if key and all(other[word] == odd[table] for word in key):
                other.subtract({word: other[word] for word in key})
                odd[table] = 0


def same_deed(more: Counter[str], less: Counter[str], new: Frame, names: Names, facts: Facts) -> None:
    """A payment is what was paid, where payments have a day on which they were paid."""
    dated = any(item.mark.kind == "days" for item in new.literals)
    for odd, other in ((more, less), (less, more)):
        for word in [w for w in odd if odd[w] and w in facts.read]:
            deeds = (w for w in other if other[w] and word.startswith(w))
            deed = next((w for w in deeds if word in names.happened.get(w, ())), "")
            if deed and not (dated and deed in facts.unread_days):
                odd[word] = other[deed] = 0


_STILL = frozenset(("active", "current", "ongoing", "run", "employed", "employ", "live", "open", "valid"))


def _still(more: Counter[str], less: Counter[str], facts: Facts) -> None:
    """ "Active" and "current" is what has not ended, where the statement looks for an end that is empty."""
    said = [[w for w in odd if odd[w] and w in _STILL] for odd in (more, less)]
    if facts.looks_for_empty and all(said):
        for odd, words in zip((more, less), said, strict=True):
            odd.subtract({word: odd[word] for word in words})


def _pending(more: Counter[str], less: Counter[str], new: Frame, old: Frame, facts: Facts) -> None:
    """ "Open tickets" are unresolved where the statement looks for an empty day of being resolved."""
    for odd, other, frame in ((more, less, new), (less, more, old)):
        undone = next(
            (w for w in other if other[w] and w.removeprefix("un") in facts.empty and w[:2] == "un"), ""
        )
        said = {"open", "pending", "outstanding"} & set(frame.words)
        waiting = next((w for w in said if odd[w]), "")
        if undone and waiting:
            odd[waiting] = other[undone] = 0


def _persons(odd: Counter[str], other: Frame, beside: Counter[str], facts: Facts) -> None:
    """People are customers where the statement reads of no other people."""
    meant = facts.read & _ARE_PERSONS
    if len(meant) != 1:
        return
    for word in odd:
        if word in _PERSONS and odd[word] and (set(other.words) & meant or meant <= facts.rows):
            odd[word] = 0
            beside.subtract({table: beside[table] for table in meant})


def are_persons(first: str, second: str, facts: Facts) -> bool:
    """True for "everyone" and the only people that the statement reads of."""
    meant = facts.read & _ARE_PERSONS
    return len(meant) == 1 and {first, second} & _PERSONS != set() and bool({first, second} & meant)


def _planned(odd: Counter[str], other: Frame, facts: Facts) -> None:
    """Flights are scheduled flights, where nothing is looked at that happened otherwise than it was planned."""
    moves = other.moved or other.words.keys() & _WAYS
    if not (facts.as_planned and facts.counts) or facts.leaves_out or moves:
        return  # what was scheduled may not have departed
    for word in odd.keys() & _PLANNED:
        odd[word] = 0


def _of_the_year(odd: Counter[str], other: Frame, facts: Facts) -> None:
    """ "The busiest day of the year" where there is one year only."""
    if facts.one_year and (other.words["day"] or other.words["month"] or other.words["date"]):
        odd["year"] = 0


def _amounts(odd: Counter[str], new: Frame, facts: Facts) -> None:
    """The "total refund amount" is the total of refunds."""
    if not (facts.said & _AMOUNTS and set(new.measures) == {"SUM"} and new.words.keys() & _MONEY):
        return
    for word in odd.keys() & _AMOUNTS:
        odd[word] = 0


def _not_looked_at(less: Counter[str], old: Frame, names: Names, facts: Facts) -> None:
    """The stored question may name a thing that its statement never looks at: "refunds for damaged items"."""
    counted = {item.about for item in old.literals} | {about for _, about in old.compared}
    if not old.measures or "COUNT" in old.measures:
        counted.add(old.subject)
    counted = counted.union(old.ended, old.head, *old.measured.values(), (said for _, said in old.attached))
    for word in less:
        if word in names.tables and word not in facts.named | facts.looked_at | counted:
            less[word] = 0


def _whose(more: Counter[str], new: Frame, facts: Facts) -> None:
    """Orders are those of customers, where each has one."""
    if new.measures - Counter(["COUNT"]) or new.end:
        return
    for word in more:
        if (
            word in facts.owners
            and word != new.subject
            and new.words[word] == 1
            and facts.rows & set(new.words)
            and not _is_asked_for(word, new, facts)
        ):
            more[word] = 0


def _long(more: Counter[str], less: Counter[str]) -> None:
    """ "How long it takes" is the time that it takes."""
    lasting = {w for w in less if less[w]} & {"time", "duration", "air", "length"}
    if more["long"] and lasting & {"time", "duration", "length"}:
        more["long"] = 0
        less.subtract({w: less[w] for w in lasting})


def _enough(less: Counter[str], new: Frame, facts: Facts) -> None:
    """ "The rep" is the sales rep, where no other column has reps."""
    for column in facts.columns:
        kind, thing = set(column[:-1]), column[-1:]
        if facts.distinct & set(thing) & set(new.words):
            less.subtract({w: less[w] for w in kind & less.keys()})


def _scheduled_departures(more: Counter[str], new: Frame, facts: Facts) -> None:
    """ "Scheduled departures" are flights, whether they departed or not."""
    if facts.as_planned and ("schedule", "depart") in pairwise(new.order) and not facts.rows & set(new.words):
        more["depart"] = 0


def _does_nothing(less: Counter[str], old: Frame, names: Names, facts: Facts) -> None:
    """A word of the stored question that its statement does nothing for: all its conditions are of literals."""
    if not facts.conditions.covered(old) or any(item.mark.kind == "days" for item in old.literals):
        return
    told = {about for _, about in old.compared} | set(old.ended) | set(old.head) | {old.subject}
    told = told.union(*(said for name, said in old.measured.items() if name != "COUNT"))
    told |= {said for _, said in old.attached} | facts.conditions.words | _WAYS | _ORDINALS
    for word in less:
        if word not in told and (word in _PIECES or word not in names.all):
            less[word] = 0


def _is_asked_for(word: str, new: Frame, facts: Facts) -> bool:
    """True for the "plane models" and the "manufacturers that built planes": the planes are not what is asked for."""
    rows = facts.rows & set(new.order)
    if word in _NAMES or not rows or word not in new.order:
        return False
    beside = any({(word, row), (row, word)} & new.joint for row in rows)
    first = not new.measures and new.order.index(word) < min(new.order.index(row) for row in rows)
    return beside or first


_NAMES = frozenset(("name", "date", "year", "amount"))
_ORDINALS = frozenset(
    ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "other", "next")
)
_PIECES = frozenset(("unit", "piece", "amount", "value"))


def _read(more: Counter[str], new: Frame, old: Frame, names: Names, facts: Facts) -> None:
    """The new question may name what the statement reads, said once; of amounts only the one there is."""
    amounts = names.numbers - _TIMES - facts.said
    dated = any(item.mark.kind == "days" for item in new.literals)
    apart = {*new.measured.get("COUNT", ()), *(facts.unread_days if dated else ())}
    for word in more:
        if word in apart:
            continue
        if word in _WAYS & facts.said and old.words[word]:
            more[word] = 0  # what departed late has departed
        if _is_asked_for(word, new, facts):
            continue
        known = word in facts.named | facts.remarked | facts.units and word not in _CALENDAR
        if known and new.words[word] == 1 and word not in amounts | _WAYS:
            more[word] = 0
