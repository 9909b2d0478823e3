"""How a stored statement is built: what it reckons, what it orders by, which end it takes, what it leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType

from sqlglot import exp

from analyst.catalog import Catalog, Column, Table
from analyst.matching.concepts import name_words, names_of
from analyst.matching.places import call, first_argument, tree_of
from analyst.values.kept import Held

NEW, OLD = "NEW", "OLD"
_RECKONING = frozenset(
    ("count", "sum", "avg", "min", "max", "percentile_cont", "percentile_disc", "median", "mode", "stddev", "variance",
     "string_agg", "array_agg", "approx_percentile")
)  # fmt: skip
_DATED = ("date", "time")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Of one statement; nothing is known of one that cannot be read."""

    reckoned: frozenset[str] = frozenset()
    """The functions that reckon over rows, in lower case: "count", "sum"."""
    tells: frozenset[str] = frozenset()
    """Those of which the result is shown, where no rows are left out by one."""
    order: str = ""
    """"DESC" or "ASC" by which an amount is ordered first; empty where none is."""
    age: str = ""
    """"NEW" or "OLD" where it tells the last or first day of something, or takes the rows of that end."""
    days: frozenset[str] = frozenset()
    """Words that only say that this is a day: "date", and "year" of a column that is called so."""
    tells_day: bool = False
    """True where the last or first day is all that it tells, but for what it is told for each of."""
    peaks: bool = False
    """True where it tells nothing but the highest or lowest amount for each of something."""
    by_groups: bool = False
    """True where rows come in the order of what they are told for each of."""
    ratio: bool = False
    """True where one reckoned amount is divided by another one."""
    grouped: bool = False
    """True where it tells something for each of something."""
    dates: frozenset[str] = frozenset()
    """The words of the columns of days that it reads."""
    happens: bool = False
    """True where its rows have a day, as what happens does."""
    owners: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For each word of a column, what the tables are called that have it, of those that it reads."""
    spans: bool = False
    """True where all that it reckons is the time between two days or moments."""
    windowed: bool = False
    """True where something is reckoned over other rows than those of its group."""
    listed: tuple[str, int] = ("", 0)
    """The column of the only `IN ('a', 'b')`, and how many values it has."""
    names_part: bool = False
    """True where a name that it compares makes the part of a whole, as in a FILTER or a CASE."""
    limit: int = 0
    """So many rows of an order; 0 where it is told in full."""
    year: int = 0
    """The year in which all lies that is known; 0 where there are several."""
    apart: frozenset[str] = frozenset()
    """What the tables are called of which rows must not be there."""
    names_apart: bool = False
    """True where all names that it compares are those of rows that must not be there."""
    either: bool = False
    """True where one condition or another is enough."""

    def owns(self, table: str, words: frozenset[str]) -> bool:
        """True where only that table, of those that are read, has columns of these words."""
        return all(self.owners.get(word, frozenset()) == frozenset({table}) for word in words)


@lru_cache(maxsize=4_000)
def shape_of(sql: str, dialect: str, tables: Held[Table]) -> Shape:
    """How a statement is built."""
    tree = tree_of(sql, dialect)
    if tree is None:
        return Shape()
    return _Reading(tree, Catalog(source="", dialect=dialect, tables=tables.things), tables).shape()


class _Reading:
    """One statement while it is looked at."""

    def __init__(self, tree: exp.Expr, catalog: Catalog, tables: Held[Table]) -> None:
        self.tree, self.names = tree, names_of(tables)
        there = [catalog.table(node.name, node.db) for node in tree.find_all(exp.Table)]
        self.tables = [t for t in there if t is not None]
        self.columns = {c.name.lower(): c for t in there if t is not None for c in t.columns}
        self.told = [node.unalias() for node in tree.selects] if isinstance(tree, exp.Select) else []

    def shape(self) -> Shape:
        """All that is asked of it."""
        age = self._age()
        return Shape(
            reckoned=frozenset(call(node) for node in _reckonings(self.tree)),
            tells=self._tells(),
            order=self._order(),
            age=age,
            days=frozenset(("date", "day", *self._years())) if age else frozenset(),
            tells_day=bool(age) and len(self._ends()) == 1 and self._tells_ends_only(),
            peaks=len(self._ends()) == 1 and self._tells_ends_only() and self._is_grouped() and not age,
            by_groups=self._is_by_groups(),
            ratio=self._is_ratio(),
            grouped=self.tree.find(exp.Group, exp.Window) is not None,
            dates=self._dates(),
            happens=self._happens(),
            owners=MappingProxyType(self._owners()),
            spans=self._spans(),
            names_part=any(
                literal.is_string
                for part in self.tree.find_all(exp.Filter, exp.Case)
                for literal in part.find_all(exp.Literal)
            ),
            windowed=self.tree.find(exp.Window) is not None,
            listed=self._listed(),
            limit=self._limit(),
            year=self._year(),
            apart=self._apart(),
            names_apart=self._names_apart(),
            either=any(self.tree.find(kind) is not None for kind in (exp.Or, exp.Union)),
        )

    def _dates(self) -> frozenset[str]:
        used = {node.name.lower() for node in self.tree.find_all(exp.Column)}
        days = [c for name, c in self.columns.items() if name in used and c.type.lower().startswith(_DATED)]
        return frozenset(self.names.concept(w) for c in days for w in name_words(c.name))

    def _happens(self) -> bool:
        first = self.tables[0].columns if self.tables else ()
        return any(c.type.lower().startswith(_DATED) for c in first) or {"month", "day"} <= {
            c.name for c in first
        }

    def _spans(self) -> bool:
        reckonings = list(_reckonings(self.tree))
        return bool(reckonings) and all(self._is_span(node) for node in reckonings)

    def _is_span(self, node: exp.Expr) -> bool:
        """True for what is reckoned over one day less another one, and over no other column."""
        less = node.find(exp.Sub)
        ends = [less.this, less.expression] if less is not None else []
        columns = list(node.find_all(exp.Column))
        return len(columns) == len(ends) == 2 and all(self._is_dated(column) for column in columns)

    def _listed(self) -> tuple[str, int]:
        found = [node for node in self.tree.find_all(exp.In) if node.expressions]
        plain = len(found) == 1 and all(node.is_string for node in found[0].expressions)
        if not plain or not isinstance(found[0].this, exp.Column) or isinstance(found[0].parent, exp.Not):
            return "", 0
        return found[0].this.name.lower(), len(found[0].expressions)

    def _limit(self) -> int:
        limit = self.tree.args.get("limit")
        node = limit.args.get("expression") or limit.args.get("count") if limit is not None else None
        plain = isinstance(node, exp.Literal) and node.name.isdigit() and self._first_order() is not None
        return int(node.name) if plain and node is not None else 0

    def _year(self) -> int:
        """The year in which all days lie of the tables that it reads."""
        ends = {
            end[:4] for t in self.tables for c in t.columns if is_dated(c) for end in (c.lowest, c.highest)
        }
        year = ends.pop() if len(ends) == 1 else ""
        return int(year) if year.isdigit() else 0

    def _owners(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for table in self.tables:
            for word in {self.names.concept(w) for c in table.columns for w in name_words(c.name)}:
                found.setdefault(word, set()).update(self.names.concept(w) for w in name_words(table.name))
        return {word: frozenset(tables) for word, tables in found.items()}

    def _tells(self) -> frozenset[str]:
        if self.tree.find(exp.Having, exp.Limit, exp.Subquery) is not None:
            return frozenset()
        return frozenset(call(node) for told in self.told for node in _reckonings(told))

    def _is_grouped(self) -> bool:
        return self.tree.find(exp.Group) is not None

    def _ends(self) -> list[exp.Expr]:
        return [node for node in self.told if call(node) in ("max", "min")]

    def _tells_ends_only(self) -> bool:
        """True where besides an end only what it is told for each of is shown, of all groups."""
        plain = all(
            not (any(_reckonings(node)) or node.find(exp.Window)) or node in self._ends()
            for node in self.told
        )
        one = len(self.told) == 1 or self._is_grouped()
        return plain and one and self.tree.find(exp.Limit, exp.Subquery, exp.Having) is None

    def _is_dated(self, node: exp.Expr | None) -> bool:
        """True for a column of days, or one that is called a year."""
        if not isinstance(node, exp.Column):
            return False
        column = self.columns.get(node.name.lower())
        if column is None:
            return False
        return column.type.lower().startswith(_DATED) or name_words(column.name)[-1:] == ["year"]

    def _years(self) -> list[str]:
        return ["year"] if any(name.endswith("year") for name in self.columns) else []

    def _age(self) -> str:
        ends = self._ends()
        if len(ends) == 1 and self._tells_ends_only() and self._is_dated(first_argument(ends[0])):
            return NEW if call(ends[0]) == "max" else OLD
        first = self._first_order()
        if (
            first is None
            or self.tree.args.get("limit") is None
            or not self._is_dated(self._meant(first.this))
        ):
            return ""
        return NEW if first.args.get("desc") else OLD

    def _first_order(self) -> exp.Ordered | None:
        order = self.tree.args.get("order")
        first = order.expressions[0] if order is not None and order.expressions else None
        return first if isinstance(first, exp.Ordered) else None

    def _meant(self, node: exp.Expr) -> exp.Expr:
        """What an alias or a number in an ORDER BY or GROUP BY stands for."""
        if isinstance(node, exp.Literal) and not node.is_string and node.name.isdigit():
            at = int(node.name) - 1
            return self.told[at] if at < len(self.told) else node
        if isinstance(node, exp.Column) and isinstance(self.tree, exp.Select) and not node.table:
            return next(
                (n.unalias() for n in self.tree.selects if n.alias.lower() == node.name.lower()), node
            )
        return node

    def _order(self) -> str:
        first = self._first_order()
        if first is None or not any(_reckonings(self._meant(first.this))):
            return ""
        return "DESC" if first.args.get("desc") else "ASC"

    def _is_by_groups(self) -> bool:
        first, group = self._first_order(), self.tree.args.get("group")
        if first is None or group is None or first.args.get("desc") or not group.expressions:
            return False
        return self._meant(first.this) == self._meant(group.expressions[0])

    def _is_ratio(self) -> bool:
        parts = [(node.this, node.expression) for node in self.tree.find_all(exp.Div)]
        return any(all(any(_reckonings(part)) for part in each) for each in parts)

    def _apart(self) -> frozenset[str]:
        """The words for the tables of rows that must not be there."""
        denied = self._denied()
        if denied is None:
            return frozenset()
        tables = [node.name for node in denied.find_all(exp.Table)]
        return frozenset(self.names.concept(w) for name in tables for w in name_words(name))

    def _names_apart(self) -> bool:
        denied = self._denied()
        names = sum(node.is_string for node in self.tree.find_all(exp.Literal))
        return denied is not None and names == sum(node.is_string for node in denied.find_all(exp.Literal))

    def _denied(self) -> exp.Expr | None:
        """What is in `NOT IN (SELECT ...)`, `NOT EXISTS` or behind `EXCEPT`; None where there is none, or several."""
        denied: list[exp.Expr] = [node.this for node in self.tree.find_all(exp.Not)]
        denied = [node for node in denied if isinstance(node, exp.Exists) or node.args.get("query")]
        denied += [node.expression for node in self.tree.find_all(exp.Except)]
        return denied[0] if len(denied) == 1 else None


def _reckonings(tree: exp.Expr) -> Iterator[exp.Expr]:
    return (node for node in tree.find_all(exp.Func) if call(node) in _RECKONING)


def is_dated(column: Column) -> bool:
    """True for a column of days or moments, or of years."""
    return column.type.lower().startswith(_DATED) or column.name.lower() == "year"
