"""What names mean at one place of a statement: the relations in FROM, and the scopes around it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.dialects import Tongue

MOST_NAMES = 12


@dataclass(kw_only=True, eq=False)
class Relation:
    """One thing in FROM: a table, a subquery, a function's rows."""

    name: str
    """How columns call it; empty for one without a name."""
    columns: tuple[str, ...] = ()
    open: bool = False
    """True when it may have columns that are not known here."""
    table: str = ""
    """The table's own name when it is one; the receipt calls its columns by it."""
    schema: str = ""
    types: dict[str, str] = field(default_factory=dict)
    """The database's types of a table's columns."""
    made: dict[str, tuple[exp.Expr, ...]] = field(default_factory=dict)
    """What each column was made of, where that stands in the statement itself."""
    rows: int | None = None
    """About how many rows; None when nobody knows."""
    values: bool = False
    """True when its one column is a plain value that the relation's own name stands for as well."""
    node: exp.Expr | None = None
    depends: bool = False
    """True when it is made from the row of another relation beside it (LATERAL)."""

    def find(self, name: str, tongue: Tongue) -> str | None:
        """The column of that folded name, as it is stored."""
        return next((c for c in self.columns if tongue.same(c, name)), None)


Ctes = dict[str, Relation]
"""The WITH queries that may be named at one place."""


@dataclass(kw_only=True, eq=False)
class Scope:
    """One SELECT and what it can see."""

    relations: list[Relation] = field(default_factory=list)
    outer: Scope | None = None
    merged: set[str] = field(default_factory=set)
    """Columns that USING or NATURAL made one."""
    aliases: tuple[str, ...] = ()
    """Names of the output columns, where they may be used."""

    def chain(self) -> Iterator[Scope]:
        """This scope and those around it, innermost first."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer


def relation_named(scope: Scope, name: str, schema: str, tongue: Tongue) -> Relation | None:
    """The nearest relation that a column may call by this name."""
    for near in scope.chain():
        for relation in near.relations:
            called = bool(relation.name) and tongue.same(relation.name, name)
            if called and (not schema or tongue.same(relation.schema, schema)):
                return relation
    return None


def holder(scope: Scope, name: str, *, tongue: Tongue, shown: str) -> tuple[Relation | None, str] | None:
    """The relation that holds a column of that name, and the column as stored; None when there is none.

    The relation is None when several of unknown columns may hold it. Raises Refused when it is ambiguous.
    """
    for near in scope.chain():
        hits = [(r, found) for r in near.relations if (found := r.find(name, tongue)) is not None]
        if len(hits) > 1 and name not in near.merged:
            places = ", ".join(r.name for r, _ in hits)
            raise Refused(
                f"The column {shown} is in more than one table here ({places}); say which.", rule="columns"
            )
        if hits:
            return hits[0]
        unknown = [r for r in near.relations if r.open]
        if unknown:
            return (unknown[0] if len(unknown) == 1 else None), name
    return None


def without_case(scope: Scope, name: str) -> tuple[Relation, str] | None:
    """The one column that differs from the name by upper and lower case only."""
    for near in scope.chain():
        hits = [(r, c) for r in near.relations for c in r.columns if c.lower() == name.lower()]
        if len(hits) == 1:
            return hits[0]
    return None


def nearest(wanted: str, names: Iterable[str]) -> str:
    """The names there are, the most similar first, as a list in words."""
    all_names = list(dict.fromkeys(" ".join(n.splitlines()) for n in names))
    low = wanted.lower()
    scored = sorted(all_names, key=lambda n: -difflib.SequenceMatcher(None, low, n.lower()).ratio())
    listed = scored[:3] + [n for n in all_names if n not in scored[:3]]
    more = ", …" if len(listed) > MOST_NAMES else ""
    return ", ".join(listed[:MOST_NAMES]) + more
