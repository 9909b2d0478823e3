"""Which tables and columns go in, the likeliest first, until the room is used up."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from analyst.catalog import Link, Table
from analyst.linking.asking import Wanted
from analyst.linking.cutting import has_values
from analyst.linking.index import Index
from analyst.linking.scoring import Scores, column_score
from analyst.linking.sizes import Sizes

_JOINED = 0.85
"""Of the less likely of two linked tables' likelihood, what the columns that link them have."""
_KEY = 0.5
_ENDS, _LIKELY, _FARTHEST = 7, 0.25, 3
"""Between so many tables of at least such a likelihood, tables in between are sought, so many links apart."""
_BETWEEN = 0.8
_TOLD = 0.25
"""How soon the values of a column go in: with other columns that are so much less likely to be needed."""
_MOST_MISSED = 40


@dataclass(frozen=True, slots=True)
class Step:
    """A column, a table without any, or the values of a column: what may go in next."""

    worth: float
    table: int
    column: int | None
    tells: bool = False

    @property
    def rank(self) -> tuple[float, int, int]:
        """The likeliest first, and always the same order."""
        return -self.worth, self.table, -1 if self.column is None else self.column


@dataclass(slots=True)
class Chosen:
    """What has gone in so far."""

    index: Index
    sizes: Sizes
    room: float
    columns: dict[int, set[int]] = field(default_factory=dict)
    """By table, the numbers of its columns."""
    told: set[tuple[int, int]] = field(default_factory=set)
    """Columns of which the values go in, too."""

    def put(self, step: Step) -> bool:
        """Take a step; False where the room does not suffice."""
        if step.tells and step.column is not None:
            return self._tell(step.table, step.column)
        if step.column is not None and step.column in self.columns.get(step.table, ()):
            return True
        wanted = self._with(step.table, step.column)
        cost = sum(self._cost(number, places) for number, places in wanted.items())
        if cost > self.room and self.columns:
            return False
        self.room -= cost
        for number, places in wanted.items():
            self.columns.setdefault(number, set()).update(places)
        return True

    def _tell(self, number: int, place: int) -> bool:
        if place not in self.columns.get(number, ()):
            return True
        more = self.sizes.column(number, place, told=True) - self.sizes.column(number, place, told=False)
        if more > self.room:
            return False
        self.room -= more
        self.told.add((number, place))
        return True

    def _with(self, number: int, place: int | None) -> dict[int, set[int]]:
        """A column, and with the first one of a table its key and what links it to the tables that are there."""
        more: dict[int, set[int]] = {number: set() if place is None else {place}}
        if number not in self.columns:
            more[number] |= _places(self._table(number), self._table(number).primary_key)
            for other, link in self.index.near[number]:
                if other in self.columns:
                    for end, places in self._ends(self.index.catalog.links[link]).items():
                        more.setdefault(end, set()).update(places)
        return {n: places - self.columns.get(n, set()) for n, places in more.items()}

    def _ends(self, link: Link) -> dict[int, set[int]]:
        here, there = self.index.numbers[link.table], self.index.numbers[link.to_table]
        found = {here: _places(self._table(here), link.columns)}
        found.setdefault(there, set()).update(_places(self._table(there), link.to_columns))
        return found

    def _cost(self, number: int, places: set[int]) -> float:
        opening = 0 if number in self.columns else self.sizes.table(number)
        return opening + sum(self.sizes.column(number, place, told=False) for place in places)

    def _table(self, number: int) -> Table:
        return self.index.catalog.tables[number]


def steps(wanted: Wanted, scores: Scores, index: Index) -> list[Step]:
    """What may go in, in this order."""
    likely = scores.tables | dict(_bridges(scores.tables, index))
    found = [Step(worth, number, place) for worth, number, place in _items(likely, wanted, scores, index)]
    found += [
        Step(step.worth * _TOLD, step.table, step.column, tells=True)
        for step in found
        if step.column is not None and has_values(index.catalog.tables[step.table].columns[step.column])
    ]
    return sorted(found, key=lambda step: step.rank)


def choose(steps: Sequence[Step], index: Index, sizes: Sizes, *, room: float) -> Chosen:
    """What goes in of the catalog in so many characters; at least one table, however few they are."""
    chosen = Chosen(index, sizes, room)
    missed = 0
    for step in steps:
        missed = 0 if chosen.put(step) else missed + 1
        if missed > _MOST_MISSED:
            break
    return chosen


def _items(
    likely: dict[int, float], wanted: Wanted, scores: Scores, index: Index
) -> Iterator[tuple[float, int, int | None]]:
    """Every column of the likely tables, with how likely it is needed."""
    joins = _joins(likely, index)
    for number, chance in likely.items():
        table = index.catalog.tables[number]
        key = _places(table, table.primary_key)
        if not table.columns:
            yield chance, number, None
        for place in range(len(table.columns)):
            worth = chance * column_score(number, place, scores=scores, wanted=wanted, index=index)
            if place in key:
                worth = max(worth, _KEY * chance)
            yield max(worth, joins.get((number, place), 0.0)), number, place


def _joins(likely: dict[int, float], index: Index) -> dict[tuple[int, int], float]:
    """The columns that link two likely tables."""
    found: dict[tuple[int, int], float] = {}
    for number, chance in likely.items():
        for other, place in index.near[number]:
            if other not in likely:
                continue
            link = index.catalog.links[place]
            worth = _JOINED * min(chance, likely[other])
            for key, names in ((link.table, link.columns), (link.to_table, link.to_columns)):
                end = index.numbers[key]
                for p in _places(index.catalog.tables[end], names):
                    found[end, p] = max(found.get((end, p), 0.0), worth)
    return found


def _bridges(tables: dict[int, float], index: Index) -> Iterator[tuple[int, float]]:
    """Tables in between the likeliest ones, by the shortest way over links."""
    ends = sorted((n for n in tables if tables[n] >= _LIKELY), key=lambda n: (-tables[n], n))[:_ENDS]
    found: dict[int, float] = {}
    for place, start in enumerate(ends):
        ways = _ways(start, tables, index)
        for end in ends[place + 1 :]:
            worth = _BETWEEN * min(tables[start], tables[end])
            step = ways.get(end, start)
            while step != start:
                if step != end:
                    found[step] = max(found.get(step, 0.0), worth, tables.get(step, 0.0))
                step = ways[step]
    yield from found.items()


def _ways(start: int, tables: dict[int, float], index: Index) -> dict[int, int]:
    """For each table near enough the one before it on a shortest way from the start, likelier ones preferred."""
    before: dict[int, int] = {start: start}
    waiting = deque([(start, 0)])
    while waiting:
        number, far = waiting.popleft()
        if far == _FARTHEST:
            continue
        near = sorted({n for n, _ in index.near[number]}, key=lambda n: (-tables.get(n, 0.0), n))
        for other in near:
            if other not in before:
                before[other] = number
                waiting.append((other, far + 1))
    return before


def _places(table: Table, names: tuple[str, ...]) -> set[int]:
    if not names:
        return set()
    return {place for place, column in enumerate(table.columns) if column.name in names}
