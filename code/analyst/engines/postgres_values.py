"""Values worth knowing: what the statistics say where that is enough, else a look that costs little."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg2.sql import SQL, Composed, Identifier, Literal

from analyst.engines.postgres_session import Session
from analyst.engines.postgres_sql import statement

MOST_VALUES = 20
LONGEST_VALUE = 60
SMALL_BYTES = 64 * 1024 * 1024
"""A table up to this size is read whole, which takes a fraction of a second."""
_LOOKED_AT_ROWS = 5000
_LOOK_SECONDS = 2.0
_MOST_FAILURES = 3

_PLAIN = {
    "number": re.compile(r"-?[0-9.]+(e[+-]?[0-9]+)?"),
    "moment": re.compile(r"[0-9]{4}-[-0-9:.+ ]*"),
}
"""Values whose order is that of the number or of the text; NaN, infinity and years BC are passed over."""
_TRUTH = {"t": "true", "f": "false"}


@dataclass(frozen=True, kw_only=True)
class Relation:
    """A table or view as the server's catalog has it."""

    oid: int
    schema: str
    name: str
    kind: str
    comment: str
    bytes: int | None
    """None where nothing is stored: views and foreign tables."""
    rows: float | None

    @property
    def small(self) -> bool:
        """True when reading all of it costs little."""
        return self.bytes is not None and self.bytes <= SMALL_BYTES


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """A column as the server's catalog has it."""

    name: str
    type: str
    comment: str
    nullable: bool
    family: str
    """"text", "boolean", "enum", "number", "moment", or empty."""
    labels: tuple[str, ...]
    indexed: bool


@dataclass(frozen=True, kw_only=True)
class Statistic:
    """What ANALYZE found of one column."""

    distinct: float
    """A negative number is a share of the rows."""
    frequent: tuple[str, ...]
    lowest: str
    highest: str
    """The ends of all values but the frequent ones."""

    def count(self, rows: float | None) -> float:
        """About how many distinct values there are in a table of so many rows."""
        return self.distinct if self.distinct >= 0 else -self.distinct * (rows or 0)


@dataclass(frozen=True, kw_only=True)
class Worth:
    """What is worth knowing of one column's values."""

    values: tuple[str, ...] = ()
    complete: bool = False
    lowest: str = ""
    highest: str = ""


NOTHING = Worth()


@dataclass
class Looker:
    """Looks at one relation; what fails or takes too long is left out, after some failures all."""

    opened: Session
    relation: Relation
    statistics: Mapping[str, Statistic]
    failures: int = field(default=0)

    def count(self) -> int | None:
        """About how many rows; counted where the database does not know and counting is cheap."""
        if self.relation.rows is not None:
            return round(self.relation.rows)
        if not self.relation.small:
            return None
        rows = self._try(SQL("SELECT count(*) FROM {table}").format(table=self._table))
        return int(rows[0][0]) if rows else None

    def worth(self, attributes: Sequence[Attribute]) -> dict[str, Worth]:
        """What is worth knowing, by column."""
        ranges = self._ranges([a for a in attributes if a.family in ("number", "moment")])
        return ranges | {
            a.name: self._values(a) for a in attributes if a.family in ("text", "boolean", "enum")
        }

    @property
    def _table(self) -> Identifier:
        return Identifier(self.relation.schema, self.relation.name)

    def _try(self, sql: Composed) -> list[tuple[Any, ...]] | None:
        if self.failures >= _MOST_FAILURES:
            return None
        rows = self.opened.try_rows(sql, seconds=_LOOK_SECONDS)
        self.failures += rows is None
        return rows

    def _values(self, attribute: Attribute) -> Worth:
        if attribute.labels:
            return Worth(values=attribute.labels, complete=True)
        statistic = self.statistics.get(attribute.name)
        if statistic and (self._many(statistic) or (statistic.frequent and not self.relation.small)):
            truth = _TRUTH if attribute.family == "boolean" else {}
            return Worth(values=_short([truth.get(v, v) for v in statistic.frequent]))
        return self._look(attribute)

    def _many(self, statistic: Statistic) -> bool:
        return statistic.count(self.relation.rows) > MOST_VALUES

    def _look(self, attribute: Attribute) -> Worth:
        most = None if self.relation.small else _LOOKED_AT_ROWS
        sql = SQL(statement("look")).format(
            column=Identifier(attribute.name),
            table=self._table,
            longest=Literal(LONGEST_VALUE + 1),
            most=Literal(most),
            kept=Literal(MOST_VALUES + 2),
        )
        rows = self._try(sql)
        return _seen(rows, most=most) if rows else NOTHING

    def _ranges(self, attributes: Sequence[Attribute]) -> dict[str, Worth]:
        """Exact where an index or a small table gives it, else the ends that the statistics know."""
        exact = [a.name for a in attributes if self.relation.small or (a.indexed and self.relation.bytes)]
        known = {a.name: _known_ends(self.statistics.get(a.name), a.family) for a in attributes}
        found = self._ends(exact) or {k: v for name in exact for k, v in (self._ends([name]) or {}).items()}
        return {a.name: found.get(a.name) or known[a.name] for a in attributes}

    def _ends(self, names: Sequence[str]) -> dict[str, Worth] | None:
        if not names:
            return None
        ends = [SQL("min({c})::text, max({c})::text").format(c=Identifier(name)) for name in names]
        rows = self._try(
            SQL("SELECT {ends} FROM {table}").format(ends=SQL(", ").join(ends), table=self._table)
        )
        if not rows:
            return None
        texts = [str(end) if end is not None else "" for end in rows[0]]
        return {
            name: Worth(lowest=low, highest=high)
            for name, low, high in zip(names, texts[::2], texts[1::2], strict=True)
        }


def _known_ends(statistic: Statistic | None, family: str) -> Worth:
    """The ends among the values that the statistics hold, which know the most frequent ones apart."""
    texts = (*statistic.frequent, statistic.lowest, statistic.highest) if statistic else ()
    plain = [text for text in texts if _PLAIN[family].fullmatch(text)]
    if not plain:
        return NOTHING
    order: Callable[[str], Any] = float if family == "number" else str
    return Worth(lowest=min(plain, key=order), highest=max(plain, key=order))


def _short(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(v for v in values if len(v) <= LONGEST_VALUE)[:MOST_VALUES]


def _seen(rows: Sequence[tuple[Any, ...]], *, most: int | None) -> Worth:
    """Values that a look found; nothing where no value repeats and there are more than can be listed."""
    found = [(str(value), int(times)) for value, times, _ in rows if value is not None]
    if len(found) > MOST_VALUES and found[0][1] == 1:
        return NOTHING
    values = _short([value for value, _ in found])
    whole = most is None or int(rows[0][2]) < most
    return Worth(values=values, complete=whole and len(values) == len(found))
