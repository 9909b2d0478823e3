"""What a stored statement does, as far as it explains words that only one of two questions says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from sqlglot import exp

from analyst.catalog import Catalog, Column, Table
from analyst.matching.concepts import Names, is_amount, name_words, names_of
from analyst.matching.places import call, tree_of
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


@lru_cache(maxsize=4_000)
def facts_of(sql: str, dialect: str, tables: Held[Table]) -> Facts:
    """What a statement does; nothing is known of one that cannot be read."""
    tree = tree_of(sql, dialect)
    if tree is None:
        return Facts()
    names = names_of(tables)
    catalog = Catalog(source="", dialect=dialect, tables=tables.things)
    used = {column.name.lower() for column in _used(tree, catalog) if _is_an_amount(column)}
    words = [w for name in used for w in name_words(name)] if len(used) == 1 else []
    return Facts(
        rows=frozenset(names.concept(w) for w in _rows(tree, catalog)),
        amounts=frozenset(used),
        said=frozenset(names.concept(_LONG.get(w, w)) for w in words),
        extreme=len(used) == 1 and _is_extreme(tree),
        leaves_out=tree.find(exp.Is) is not None,
        counts={call(node) for node in tree.find_all(exp.Func)} & _RECKONED == {"count"},
    )


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


def _rows(tree: exp.Expr, catalog: Catalog) -> list[str]:
    first = tree.find(exp.From)
    node = first.this if first is not None else None
    table = catalog.table(node.name, node.db) if isinstance(node, exp.Table) else None
    return name_words(table.name) if table is not None else []


def _is_extreme(tree: exp.Expr) -> bool:
    told = [node.unalias() for node in tree.selects] if isinstance(tree, exp.Select) else []
    return len(told) == 1 and call(told[0]) in ("max", "min") and tree.find(exp.Group) is None


def _used(tree: exp.Expr, catalog: Catalog) -> Iterator[Column]:
    there = [catalog.table(node.name, node.db) for node in tree.find_all(exp.Table)]
    called = {node.name.lower() for node in tree.find_all(exp.Column)}
    for table in there:
        if table is not None:
            yield from (
                c for c in table.columns if c.name.lower() in called and c.name not in table.primary_key
            )


def _is_an_amount(column: Column) -> bool:
    return is_amount(column.type) and not _NO_AMOUNTS & set(name_words(column.name)[-1:])
