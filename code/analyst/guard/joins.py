"""Rule: tables that stand together in FROM belong together by a condition, or are small."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.scopes import Relation
from analyst.guard.sizes import is_one_row, made_by_projections, relation_rows, rows_together
from analyst.guard.statement import Statement
from analyst.guard.words import bound


def joined_tables(statement: Statement) -> None:
    """Raise Refused when relations without a condition between them would multiply to too many rows."""
    for select in statement.tree.find_all(exp.Select):
        relations = statement.relations.get(id(select), [])
        if relations:
            _check_select(select, relations, statement)


def _check_select(select: exp.Select, relations: list[Relation], statement: Statement) -> None:
    groups = _Groups(relations)
    for position, relation in enumerate(relations):
        if relation.depends and position:
            groups.join([relations[position - 1], relation])
    for condition in _conditions(select):
        groups.join(_mentioned(condition, relations, statement))
    for join in select.find_all(exp.Join):
        if join.args.get("using") or join.args.get("method") == "NATURAL":
            groups.join([r for r in relations if r.node is join.this or r.node is select.args["from_"].this])
    parts, dialect = groups.parts(), statement.tongue.name
    made = 1 if is_one_row(select) else made_by_projections(select, dialect)
    if (len(parts) > 1 or made > 1) and rows_together(parts, dialect) * made > bound("unjoined rows"):
        names = [max(p, key=lambda r: relation_rows(r, dialect)).name for p in parts]
        raise Refused(_message([n for n in names if n]), rule="joins")


def _message(names: list[str]) -> str:
    if len(names) < 2:
        return "The query multiplies its rows by a long series."
    shown = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{shown} are joined without a condition that ties their rows together."


class _Groups:
    """Relations that conditions have tied together."""

    def __init__(self, relations: list[Relation]) -> None:
        self._group = {id(r): {id(r)} for r in relations}
        self._relations = relations

    def join(self, relations: list[Relation]) -> None:
        known = [r for r in relations if id(r) in self._group]
        for relation in known[1:]:
            merged = self._group[id(known[0])] | self._group[id(relation)]
            for member in merged:
                self._group[member] = merged

    def parts(self) -> list[list[Relation]]:
        distinct = {id(group): group for group in self._group.values()}
        return [[r for r in self._relations if id(r) in group] for group in distinct.values()]


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    """The single conditions of WHERE and of every ON that belongs to this SELECT."""
    todo: list[exp.Expr] = [select.args["where"].this] if select.args.get("where") else []
    joins = list(select.args.get("joins") or ())
    items: list[exp.Expr] = [select.args["from_"].this] if select.args.get("from_") else []
    while joins or items:
        if items:
            item = items.pop()
            joins += item.args.get("joins") or ()
            if isinstance(item, exp.Subquery) and not isinstance(item.this, exp.Query):
                items.append(item.this)
            continue
        join = joins.pop()
        items.append(join.this)
        if join.args.get("on") is not None:
            todo.append(join.args["on"])
    while todo:
        condition = todo.pop()
        if isinstance(condition, exp.And):
            todo += [condition.this, condition.expression]
        elif isinstance(condition, exp.Paren):
            todo.append(condition.this)
        else:
            yield condition


def _mentioned(condition: exp.Expr, relations: list[Relation], statement: Statement) -> list[Relation]:
    """The relations whose columns a condition compares; all of them when that cannot be told."""
    found: dict[int, Relation] = {}
    for column in condition.find_all(exp.Column):
        origin = statement.origins.get(id(column))
        if origin is None:
            return relations if id(column) in statement.origins else list(found.values())
        found[id(origin)] = origin
    return list(found.values())
