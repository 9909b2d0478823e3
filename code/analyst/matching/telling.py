"""What a question asks to be counted, added up or looked for at an end, as far as the stored statement shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from analyst.matching.concepts import name_words
from analyst.matching.facts import Known
from analyst.matching.frame import Frame, without
from analyst.matching.measuring import UNITS
from analyst.matching.shape import Shape

_ADDED_UP = frozenset(
    ("revenue", "turnover", "sale", "income", "expense", "spend", "spending", "refund", "quantity", "unit", "piece",
     "mile", "distance", "amount", "proceeds", "earning", "taking", "cost", "payment", "donation", "budget")
)  # fmt: skip
"""Amounts of which the sum is meant where nobody says so: "revenue by month"."""
_TOTALS = frozenset(
    ("revenue", "turnover", "sale", "income", "spend", "spending", "expense", "earning", "taking", "proceeds")
)
"""Of these there is one for each of something, which is the sum."""
_LENGTHS = frozenset(("distance", "duration", "length"))


def reckoned(frame: Frame, shape: Shape, known: Known) -> Frame:
    """ "How many days on average" is an average, and "revenue by month" a sum, where nothing else is reckoned."""
    measures = Counter(frame.measures)
    words = frame.words
    counted = frame.measured.get("COUNT", frozenset())
    called = {known.names.concept(w) for name in known.facts.amounts for w in name_words(name)[-1:]}
    amount = counted & (UNITS | called) and not counted & known.names.tables
    if shape.reckoned == {"avg"} and measures["AVG"] and measures["COUNT"] and amount:
        measures = without(measures, "COUNT")
    if "avg" not in shape.reckoned and "count" not in shape.reckoned and measures["SHARE"]:
        measures = without(measures, "SUM")
    if shape.reckoned == {"count"} and shape.order and shape.happens and frame.often and not frame.ended:
        frame = replace(frame, ended=known.facts.rows)
    in_units = counted & UNITS & known.facts.units and not counted & known.names.tables
    if shape.reckoned == {"sum"} and measures == Counter(["COUNT"]) and in_units and not frame.end:
        measures = Counter(["SUM"])
    if shape.reckoned == {"sum"} and shape.order and frame.end and (words.keys() & _TOTALS):
        measures = without(measures, "SUM")
        words = without(words, "total")
        frame = replace(frame, ended=frozenset(words.keys() & _TOTALS))
    if shape.reckoned == {"sum"} and not frame.end and not shape.ratio:
        if words["total"] and measures in (Counter(), Counter(["SUM"])):
            measures, words = Counter(["SUM"]), without(words, "total")
        elif not measures and frame.lists in ("", "WHAT", "SHOWN") and _is_sum(frame, words):
            measures = Counter(["SUM"])
    subject = frame.subject
    if shape.reckoned == {"count"} and _are_rows(frame, known):
        measures, subject = Counter(["COUNT"]), [w for w in frame.order if w in known.facts.rows][-1]
    if measures == frame.measures and words is frame.words:
        return frame
    order = frame.order if words is frame.words else tuple(w for w in frame.order if w != "total")
    measured = {name: said for name, said in frame.measured.items() if name in measures}
    return replace(frame, measures=measures, words=words, order=order, measured=measured, subject=subject)


def _are_rows(frame: Frame, known: Known) -> bool:
    """True for "page views by device": rows that are told for each of something are counted."""
    rows = known.facts.rows
    asks = frame.lists or frame.end or frame.measures
    return bool(frame.groups and rows) and not asks and rows <= frame.words.keys()


def _is_sum(frame: Frame, words: Counter[str]) -> bool:
    """True for "revenue by month", and for "revenue in 2024"."""
    return bool(words.keys() & _TOTALS or (frame.groups and words.keys() & _ADDED_UP))


def peak(frame: Frame, shape: Shape) -> Frame:
    """ "The worst delay of each month" and "the longest delay per month" are the highest amount of each."""
    if not (shape.peaks and frame.groups and frame.end) or any(i.role == "top" for i in frame.literals):
        return frame
    if frame.head and frame.ended:
        return frame
    return replace(frame, head=frozenset(), ended=frame.head or frame.ended, top=0, subject="")


def only_amount(frame: Frame, shape: Shape, known: Known) -> Frame:
    """The "longest flight in miles" is the highest distance, where that is all that the statement tells."""
    facts = known.facts
    if not frame.end or len(facts.amounts) != 1 or not facts.said or "sum" in shape.reckoned:
        return frame
    words, ended, head, top = Counter(frame.words), frame.ended, frame.head, frame.top
    if words["long"] and len(facts.said & _LENGTHS) == 1 and not words.keys() & facts.said:
        length = next(iter(facts.said & _LENGTHS))
        words[length] = words.pop("long")
        ended, head = (frozenset(length if w == "long" else w for w in said) for said in (ended, head))
    told = frame.unit in facts.units or any(words[w] > 1 for w in facts.said & _LENGTHS)
    # "the average delay of late flights" is that of some of them: what is late has a delay
    words.update({w: 1 - words[w] for w in facts.said & _LENGTHS if words[w] > 1})
    if facts.extreme and told and head == facts.rows:
        head, top = frozenset(), 0
    order = tuple(w for w in frame.order if words[w])
    measured = frame.measured
    named = ended.union(*measured.values())
    if named and named <= facts.said and "COUNT" not in frame.measures:
        ended, measured = facts.said, dict.fromkeys(frame.measures, facts.said)
    return replace(frame, words=words, ended=ended, head=head, top=top, order=order, measured=measured)
