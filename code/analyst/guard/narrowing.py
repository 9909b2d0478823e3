"""Of a wrapped table only the columns that its query names: fewer to plan, and fewer to carry through a fence."""

from __future__ import annotations

from sqlglot import exp

from analyst.catalog import Table
from analyst.guard.dialects import Tongue
from analyst.guard.tables import folded, written


def narrowed(wrapper: exp.Select, node: exp.Table, table: Table, tongue: Tongue) -> None:
    """Leave only the columns whose names occur anywhere in the query around the table's node; at least one.

    All stay where a whole row may be meant, or columns count by their place.
    """
    around = node.find_ancestor(exp.Select)
    if around is None or _means_all(around, node, tongue):
        return
    named = {i.name.lower() for i in around.find_all(exp.Identifier)}
    columns = [c.name for c in table.columns if c.name.lower() in named] or [table.columns[0].name]
    wrapper.set("expressions", _listed(columns, tongue))


def widened(wrapper: exp.Select, table: Table, tongue: Tongue) -> None:
    """Put all columns back where some of them are listed, each once and in their order."""
    every = [c.name for c in table.columns]
    listed = [
        folded(p.this, tongue) if isinstance(p, exp.Column) and p.args.get("table") is None else ""
        for p in wrapper.expressions
    ]
    if listed and listed == [name for name in every if name in listed]:
        wrapper.set("expressions", _listed(every, tongue))


def _listed(names: list[str], tongue: Tongue) -> list[exp.Expr]:
    return [exp.Column(this=written(name, tongue)) for name in names]


def _means_all(around: exp.Select, node: exp.Table, tongue: Tongue) -> bool:
    alias = node.args.get("alias")
    if node.args.get("pivots") or (isinstance(alias, exp.TableAlias) and alias.args.get("columns")):
        return True
    if any(not isinstance(star.parent, exp.Count) for star in around.find_all(exp.Star)):
        return True
    if any(join.args.get("method") for join in around.find_all(exp.Join)):
        return True
    called = {a.name.lower() for a in around.find_all(exp.TableAlias)}
    called |= {t.name.lower() for t in around.find_all(exp.Table)}
    bare = (c for c in around.find_all(exp.Column) if c.args.get("table") is None)
    return any(c.name.lower() in called for c in bare)
