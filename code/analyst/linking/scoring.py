"""How likely each table and column of a catalog is needed for what a question asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyst.linking.asking import Term, Wanted
from analyst.linking.index import NAME, Index
from analyst.linking.roles import AMOUNT, AUDIT, AUDIT_DATE, DATE, KEY, KIND, LABEL
from analyst.values.mention import Mention
from analyst.values.shelves import Place, shelves_of

_MORE = 0.2
"""What a second place in the same table adds for one word."""
_VALUE = 3.5
"""What a stored value counts that the question names."""
_NAMES = 0.7
"""What any word counts at least where a table is called by it."""
_HOLDS_KEY = 0.7
"""Of that, what the columns count that hold the key of the row with the value."""
_FROM_NEAR = 0.35
_COPIES = (1.0, 0.3, 0.15, 0.1, 0.07)
"""What is left of a table's score when so many others of its family are likelier."""
_BEST = 60
"""Tables that are looked at more closely."""
_LINKED = 0.22
"""Of a table's score, what those linked to it have at least."""
_SHARPNESS = 1.6
_ROLE = {LABEL: 0.34, DATE: 0.16, AMOUNT: 0.16, KIND: 0.18, KEY: 0.16, AUDIT: 0.03, AUDIT_DATE: 0.08}
_ROLE_ASKED = {LABEL: 0.5, DATE: 0.5, AMOUNT: 0.42, KIND: 0.34, AUDIT_DATE: 0.33}
_OTHER = 0.07
_ASKED_AS = {"date": (DATE, AUDIT_DATE), "amount": (AMOUNT,), "name": (LABEL,), "kind": (KIND,)}


@dataclass(slots=True)
class Scores:
    """What speaks for tables and for single columns."""

    tables: dict[int, float]
    """By number, between 0 and 1."""
    columns: dict[tuple[int, int], float]
    """By table and column, between 0 and 1: how well it is the one that a word means."""


def score(wanted: Wanted, index: Index, mentions: Sequence[Mention] = ()) -> Scores:
    """The likelihoods; those of tables that nothing speaks for are left out."""
    by_term = [_hits(term, index) for term in wanted.terms] + _value_hits(mentions, index)
    columns = _columns(by_term)
    tables = [_tables(found) for found in by_term]
    own: dict[int, float] = {}
    for found in tables:
        for number, value in found.items():
            own[number] = own.get(number, 0.0) + value
    best = sorted(own, key=lambda n: (-own[n], n))[: 8 * _BEST]
    total = {n: own[n] + _from_near(n, tables, index) for n in best}
    return Scores(_likelihoods(total, wanted, index), columns)


_Hits = dict[tuple[int, int], float]


def _hits(term: Term, index: Index) -> _Hits:
    """Where a term stands, with its weight."""
    found: _Hits = {}
    for token, weight in term.roots.items():
        factor = weight * term.weight * index.rarity[token]
        named = weight * max(term.weight, _NAMES) * index.name_rarity.get(token, 0.0)
        for number, place, worth in index.postings[token]:
            value = worth * (named if place == NAME else factor)
            if value > found.get((number, place), 0.0):
                found[number, place] = value
    return found


def _value_hits(mentions: Sequence[Mention], index: Index) -> list[_Hits]:
    """For each phrase the columns that have the value it names, and those that hold the key of its row."""
    by_phrase: dict[str, _Hits] = {}
    shelves = shelves_of(index.catalog) if mentions else None
    for mention in mentions:
        worth = _VALUE * max(0.2, mention.score)
        place = (mention.table, mention.column)
        uses = shelves.uses(place, mention.value) if shelves else None
        for where, share in ((place, 1.0), *((user, _HOLDS_KEY) for user in (uses[1] if uses else ()))):
            found = _position(where, index)
            if found is not None:
                hits = by_phrase.setdefault(mention.phrase, {})
                hits[found] = max(hits.get(found, 0.0), worth * share)
    return list(by_phrase.values())


def _position(place: Place, index: Index) -> tuple[int, int] | None:
    number = index.numbers.get(place[0])
    columns = index.catalog.tables[number].columns if number is not None else ()
    return next(
        ((number, n) for n, c in enumerate(columns) if number is not None and c.name == place[1]), None
    )


def _tables(hits: _Hits) -> dict[int, float]:
    """For each table the best of what a term hits in it, and a little for more."""
    best: dict[int, float] = {}
    every: dict[int, float] = {}
    for (number, _), value in hits.items():
        every[number] = every.get(number, 0.0) + value
        if value > best.get(number, 0.0):
            best[number] = value
    return {n: value + _MORE * min(every[n] - value, value) for n, value in best.items()}


def _columns(by_term: Sequence[_Hits]) -> dict[tuple[int, int], float]:
    """For each column how near it comes to the best one for some term."""
    found: dict[tuple[int, int], float] = {}
    for hits in by_term:
        most = max((v for (_, place), v in hits.items() if place >= 0), default=0.0)
        for where, value in hits.items():
            if where[1] >= 0 and value / most > found.get(where, 0.0):
                found[where] = value / most
    return found


def _from_near(number: int, by_term: Sequence[dict[int, float]], index: Index) -> float:
    """What tables linked to this one have and it has not."""
    near = {n for n, _ in index.near[number]}
    if not near:
        return 0.0
    gained = 0.0
    for found in by_term:
        most = max((found.get(n, 0.0) for n in near), default=0.0)
        gained += max(0.0, most - found.get(number, 0.0))
    return _FROM_NEAR * gained


def _likelihoods(total: dict[int, float], wanted: Wanted, index: Index) -> dict[int, float]:
    reduced = {n: value * _copy_factor(n, wanted, index) for n, value in total.items()}
    ranked = sorted(reduced, key=lambda n: (-reduced[n], n))[:_BEST]
    most = max(reduced.values(), default=0.0)
    if most <= 0:
        return {}
    found = {n: (reduced[n] / most) ** _SHARPNESS for n in ranked}
    for number in ranked:
        for other, _ in index.near[number]:
            worth = _LINKED * found[number] * _copy_factor(other, wanted, index)
            if worth > found.get(other, 0.0):
                found[other] = worth
    return found


def _copy_factor(number: int, wanted: Wanted, index: Index) -> float:
    """How much of its score a table keeps beside its copies; the one whose own mark is named comes first."""
    family, place = index.family_of[number]
    if len(family.members) == 1:
        return 1.0
    named = [bool(marks & wanted.roots) for marks in family.marks]
    if any(named):
        return 1.0 if named[place] else 0.8 if place == 0 else _COPIES[-1]
    return _COPIES[min(place, len(_COPIES) - 1)]


def column_score(number: int, place: int, *, scores: Scores, wanted: Wanted, index: Index) -> float:
    """How likely a column is needed, given that its table is."""
    role = index.roles[number][place]
    asked = any(role in _ASKED_AS[intent] for intent in wanted.intents)
    base = _ROLE_ASKED.get(role, _OTHER) if asked else _ROLE.get(role, _OTHER)
    hit = scores.columns.get((number, place), 0.0)
    return max(base, 0.3 + 0.65 * hit) + 0.05 * base if hit else base
