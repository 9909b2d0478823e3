"""What a stored statement does, as far as it explains words that only one of two questions says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from sqlglot import exp

from analyst.catalog import Catalog, Column, Table
from analyst.matching.concepts import Names, is_amount, name_words, names_of, plain
from analyst.matching.conditions import Conditions, conditions_of
from analyst.matching.measuring import UNITS
from analyst.matching.places import call, tree_of
from analyst.matching.reads import Reads
from analyst.values.folding import plain_words
from analyst.values.kept import Held

_NO_AMOUNTS = frozenset(
    ("year", "month", "day", "week", "hour", "minute", "second", "quarter", "number", "id", "date", "time")
)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Of one statement."""

    rows: frozenset[str] = frozenset()
    """What the table of its rows is called."""
    amounts: frozenset[str] = frozenset()
    """The columns of amounts that it uses, by name."""
    said: frozenset[str] = frozenset()
    """The words of the only one of these; empty where there are none or several."""
    extreme: bool = False
    """True where all it tells is the highest or lowest of one amount."""
    leaves_out: bool = False
    """True where rows without some value are left out, or only they are told of."""
    counts: bool = False
    """True where it counts, and reckons nothing else."""
    lists: bool = False
    """True where it reckons nothing at all."""
    named: frozenset[str] = frozenset()
    """The words of all tables and columns that it reads, and of what it calls its own columns."""
    read: frozenset[str] = frozenset()
    """The words of these tables alone."""
    looked_at: frozenset[str] = frozenset()
    """The words of all tables and columns that it names anywhere."""
    unread_days: frozenset[str] = frozenset()
    """The words of days of its tables that it does not read: "booked", where only the arrival is looked at."""
    beside: frozenset[str] = frozenset()
    """The words of all columns that it does not read, of tables that it reads."""
    called: frozenset[str] = frozenset()
    """The words of all tables and columns but those that end in "_id"."""
    columns: frozenset[tuple[str, ...]] = frozenset()
    """The words of each column that it reads, but for "id"."""
    distinct: frozenset[str] = frozenset()
    """Words that one column of the database alone has in its name."""
    conditions: Conditions = field(default_factory=Conditions)
    rate: bool = False
    """True where it tells of each group how much of the group it is."""
    owners: frozenset[str] = frozenset()
    """What each of its rows belongs to: each order has a customer."""
    empty: frozenset[str] = frozenset()
    """The words of the columns that have to be empty."""
    looks_for_empty: bool = False
    """True where some column has to be empty: what has not ended."""
    remarked: frozenset[str] = frozenset()
    """Words that the remarks on its columns begin with, and that no table or column is called by."""
    as_planned: bool = False
    """True where it does not matter whether something has happened or only was to happen."""
    one_year: bool = False
    """True where nothing is known of more than one year."""
    units: frozenset[str] = frozenset()
    """The units that its only amount is in, as far as the remarks on the column tell."""


@lru_cache(maxsize=4_000)
def facts_of(sql: str, dialect: str, tables: Held[Table]) -> Facts:
    """What a statement does; nothing is known of one that cannot be read."""
    tree = tree_of(sql, dialect)
    if tree is None:
        return Facts()
    names = names_of(tables)
    catalog = Catalog(source="", dialect=dialect, tables=tables.things)
    reads = Reads(tree, catalog, names)
    used = {column.name.lower() for column in _used(reads) if _is_an_amount(column)}
    words = [w for name in used for w in name_words(name)] if len(used) == 1 else []
    reckoned = {call(node) for node in tree.find_all(exp.Func)} & _RECKONED
    grouped = tree.find(exp.Group) is not None
    return Facts(
        rows=_concepts(names, name_words(reads.first.name) if reads.first else ()),
        amounts=frozenset(used),
        said=_concepts(names, (_LONG.get(w, w) for w in words)),
        extreme=len(used) == 1 and not grouped and _is_extreme(tree),
        leaves_out=any(_is_there(node) for node in reads.emptiness),
        counts=reckoned == {"count"},
        lists=not reckoned and not grouped,
        named=_concepts(names, _named(reads)),
        read=_concepts(names, (w for table in reads.tables for w in name_words(table.name))),
        looked_at=_concepts(names, _looked_at(reads)),
        unread_days=_concepts(names, _unread_days(reads)),
        beside=_concepts(names, _beside(reads)),
        called=_called(tables),
        columns=frozenset(_words_of(c, names) for c in reads.plainly),
        distinct=_distinct(tables),
        conditions=conditions_of(tree),
        rate=grouped and tree.find(exp.Window) is None,
        owners=_concepts(names, _owners(reads)),
        empty=_concepts(names, _empty(reads)),
        looks_for_empty=any(not _is_there(node) for node in reads.emptiness),
        remarked=frozenset(_remarked(reads)),
        as_planned=_is_as_planned(reads),
        one_year=_is_one_year(reads.tables),
        units=_units(reads) if len(used) == 1 else frozenset(),
    )


def _concepts(names: Names, words: Iterable[str]) -> frozenset[str]:
    return frozenset(names.concept(w) for w in words)


_LONG = {"dep": "departure", "arr": "arrival", "sched": "schedule", "temp": "temperature", "alt": "altitude"}
"""What columns say for short."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known besides the two questions; the statement is read only where it is needed."""

    sql: str
    dialect: str
    tables: Held[Table]

    @property
    def names(self) -> Names:
        """The names of the catalog."""
        return names_of(self.tables)

    @property
    def facts(self) -> Facts:
        """What the stored statement does."""
        return facts_of(self.sql, self.dialect, self.tables)


_RECKONED = frozenset(("count", "sum", "avg", "min", "max"))


def _is_extreme(tree: exp.Expr) -> bool:
    told = [node.unalias() for node in tree.selects] if isinstance(tree, exp.Select) else []
    return len(told) == 1 and call(told[0]) in ("max", "min")


def _used(reads: Reads) -> Iterator[Column]:
    called = {node.name.lower() for node in reads.column_nodes}
    for table in reads.tables:
        yield from (c for c in table.columns if c.name.lower() in called and c.name not in table.primary_key)


def _is_there(node: exp.Is) -> bool:
    """True for "is not null" and its like: "is null" leaves out nothing that the question does not say."""
    denied = node.find_ancestor(exp.Not, exp.And, exp.Or, exp.Where)
    return bool(node.args.get("negate")) or isinstance(denied, exp.Not)


def _named(reads: Reads) -> Iterator[str]:
    """Of what is read where it may be denied nothing is told: "left", where `left_on IS NULL` is looked for."""
    called = [*(t.name for t in reads.plain_tables), *(c.name for c in reads.plainly), *_plain_aliases(reads)]
    days = [c for c in reads.plainly if c.type.lower().startswith("date")]
    if len(days) == 1 or {"month", "day"} <= {c.name.lower() for c in reads.plainly}:
        called.append("date")
    unsaid = {w for name in reads.denied for w in name_words(name)}
    for name in called:
        yield from (_LONG.get(w, w) for w in name_words(name) if w not in unsaid)


def _plain_aliases(reads: Reads) -> Iterator[str]:
    """Without those that would stand for something else, as "latest" for what is late."""
    for alias in reads.aliases:
        said = {w: reads.names.concept(w) for w in name_words(alias)}
        if all(w == one or one in reads.names.all for w, one in said.items()):
            yield alias


def _looked_at(reads: Reads) -> Iterator[str]:
    for name in (*(t.name for t in reads.tables), *(c.name for c in reads.columns)):
        yield from name_words(name)


def _beside(reads: Reads) -> Iterator[str]:
    for column in reads.unread:
        if not column.name.lower().endswith("_id"):
            yield from name_words(column.name)


@lru_cache(maxsize=16)
def _called(tables: Held[Table]) -> frozenset[str]:
    names = names_of(tables)
    columns = (c.name for table in tables.things for c in table.columns)
    called = [
        *(table.name for table in tables.things),
        *(c for c in columns if not c.lower().endswith("_id")),
    ]
    return _concepts(names, (w for name in called for w in name_words(name)))


def _owners(reads: Reads) -> Iterator[str]:
    table = reads.first
    for column in table.columns if table is not None else ():
        words = name_words(column.name)
        if words[1:] == ["id"] and not column.nullable and table and column.name not in table.primary_key:
            yield words[0]


def _empty(reads: Reads) -> Iterator[str]:
    for node in reads.emptiness:
        if not _is_there(node) and isinstance(node.this, exp.Column):
            yield from name_words(node.this.name)


def _words_of(column: Column, names: Names) -> tuple[str, ...]:
    return tuple(names.concept(_LONG.get(w, w)) for w in name_words(column.name) if w != "id")


@lru_cache(maxsize=16)
def _distinct(tables: Held[Table]) -> frozenset[str]:
    named = {c.name.lower() for table in tables.things for c in table.columns}
    called = Counter(w for name in named for w in set(name_words(name)))
    return frozenset(w for w, n in called.items() if n == 1)


def _unread_days(reads: Reads) -> Iterator[str]:
    for column in reads.unread:
        if column.type.lower().startswith(("date", "time")):
            yield from (w for w in name_words(column.name) if w not in ("date", "time", "day"))


_FIRST_WORDS = re.compile(r"[^.;:,(]*")
_HEAD = re.compile(
    r"(?:\w+ ){0,3}?(\w+)(?= (?:of|in|the|that|this|an?|for|to|was|is|from|at|on|with|where|when)\b|[.;:,(]|$)"
)


def _remarked(reads: Reads) -> Iterator[str]:
    """The noun that the remark on a column begins with: "Precipitation in this hour"."""
    for column in reads.plainly:
        begun = _HEAD.match(column.comment)
        said = reads.names.concept(plain(begun[1].lower())) if begun else ""
        if said and said not in reads.names.all and said not in _LONG.values():
            yield said


def _units(reads: Reads) -> frozenset[str]:
    begun = [_FIRST_WORDS.match(c.comment) for c in reads.columns if _is_an_amount(c)]
    words = [frozenset(plain(w) for w in plain_words(m[0])) for m in begun if m]
    return frozenset.intersection(*words) & _MORE_UNITS if words else frozenset()


_MORE_UNITS = UNITS | {
    *("metre", "meter", "inch", "degree", "fahrenheit", "celsius", "gram", "kg"),
}
"""What a column's remark may tell that its amounts are in."""


def _is_as_planned(reads: Reads) -> bool:
    """True where no column is read that is there a second time as it was planned, but to see whether it is empty."""
    planned = {
        word
        for table in reads.tables
        for column in table.columns
        if {plain("sched"), "schedule", "plan"} & set(name_words(column.name))
        for word in name_words(column.name)
    }
    if not planned:
        return False
    looked = {id(n) for node in reads.emptiness for n in node.find_all(exp.Column)}
    used = {node.name for node in reads.column_nodes if id(node) not in looked}
    return not any(set(name_words(name)) & planned for name in used)


def _is_one_year(tables: Iterable[Table]) -> bool:
    years = {
        end[:4]
        for table in tables
        for column in table.columns
        if column.name.lower() == "year" or column.type.lower().startswith(("date", "time"))
        for end in (column.lowest, column.highest)
        if end
    }
    return len(years) == 1


def _is_an_amount(column: Column) -> bool:
    return is_amount(column.type) and not _NO_AMOUNTS & set(name_words(column.name)[-1:])
