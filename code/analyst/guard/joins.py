"""Rule: tables that stand together in FROM belong together by a condition, or are small."""

from __future__ import annotations

import math
from collections.abc import Iterator

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.scopes import Relation
from analyst.guard.sizes import (
    is_one_row,
    made_by_projections,
    multiplies,
    relation_rows,
    rows_together,
)
from analyst.guard.statement import Statement
from analyst.guard.words import bound


def joined_tables(statement: Statement) -> None:
    """Raise Refused when relations without a condition between them would multiply to too many rows."""
    for select in statement.tree.find_all(exp.Select):
        relations = statement.relations.get(id(select), [])
        if relations:
            _check_select(select, relations, statement)


def _check_select(select: exp.Select, relations: list[Relation], statement: Statement) -> None:
    tight, loose = _Groups(relations), _Groups(relations)
    for group in (tight, loose):
        for position, relation in enumerate(relations):
            if relation.depends and position and not multiplies(relation, statement):
                group.join([relations[position - 1], relation])
        for join in _named_joins(select):
            group.join(_named_sides(join, relations, statement))
    _tie(list(_conditions(select)), relations, statement, tight=tight, loose=loose)
    made = 1 if is_one_row(select) else made_by_projections(select, statement)
    made *= math.prod(relation_rows(r, statement) for r in relations if multiplies(r, statement))
    _check_groups(loose.parts(), made, statement, most=bound("unjoined rows"))
    _check_groups(tight.parts(), made, statement, most=bound("loosely joined rows"))


def _check_groups(parts: list[list[Relation]], made: int, statement: Statement, *, most: int) -> None:
    """The rows of groups that nothing ties to each other multiply."""
    beside = [[r for r in p if not multiplies(r, statement)] for p in parts]
    beside = [p for p in beside if p]
    if (len(beside) > 1 or made > 1) and rows_together(beside, statement) * made > most:
        names = [max(p, key=lambda r: relation_rows(r, statement)).name for p in parts]
        raise Refused(_message([n for n in names if n]), rule="joins")


def _named_joins(select: exp.Select) -> Iterator[exp.Join]:
    for join in select.find_all(exp.Join):
        if join.args.get("using") or join.args.get("method") == "NATURAL":
            yield join


def _named_sides(join: exp.Join, relations: list[Relation], statement: Statement) -> list[Relation]:
    """What USING or NATURAL ties together: the joined relation, and the first before it that has such a column."""
    inside = {id(node) for node in join.this.walk()}
    right = next((i for i, r in enumerate(relations) if r.node is not None and id(r.node) in inside), 0)
    using = [c.name for c in join.args.get("using") or ()] or list(relations[right].columns)
    before = relations[:right]
    holders = [r for r in before if r.open or any(r.find(c, statement.tongue) for c in using)]
    return [relations[right], *(holders or before)[:1]]


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

    def is_tied(self, relation: Relation) -> bool:
        """True when it hangs together with another."""
        return len(self._group[id(relation)]) > 1

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
    for found in todo:
        yield from _single(found)


def _single(condition: exp.Expr) -> Iterator[exp.Expr]:
    """What AND joins, one by one."""
    todo = [condition]
    while todo:
        condition = todo.pop()
        if isinstance(condition, exp.And):
            todo += [condition.this, condition.expression]
        elif isinstance(condition, exp.Paren):
            todo.append(condition.this)
        else:
            yield condition


def _tie(
    conditions: list[exp.Expr],
    relations: list[Relation],
    statement: Statement,
    *,
    tight: _Groups,
    loose: _Groups,
) -> None:
    """Join groups by what conditions compare; two bounds on the same tables are as good as an equality."""
    seen: list[list[Relation]] = []
    for condition in conditions:
        tied, compared = _strength(condition, relations, statement)
        tight.join(tied)
        loose.join(tied)
        loose.join(compared)
        if compared in seen:
            tight.join(compared)
        seen.append(compared)


_Tied = tuple[list[Relation], list[Relation]]


def _strength(condition: exp.Expr, relations: list[Relation], statement: Statement) -> _Tied:
    """The relations a condition ties row by row, and those it only compares."""
    if isinstance(condition, exp.Or):
        return _either(condition, relations, statement)
    mentioned = _mentioned(condition, relations, statement)
    if isinstance(condition, (exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Not)):
        return [], mentioned
    return mentioned, mentioned


def _either(condition: exp.Or, relations: list[Relation], statement: Statement) -> _Tied:
    """OR ties what each of its branches ties."""
    tied, compared = list(relations), list(relations)
    for branch in condition.flatten():
        one, both = _Groups(relations), _Groups(relations)
        _tie(list(_single(branch)), relations, statement, tight=one, loose=both)
        tied = [r for r in tied if one.is_tied(r)]
        compared = [r for r in compared if both.is_tied(r)]
    return tied, compared


def _mentioned(condition: exp.Expr, relations: list[Relation], statement: Statement) -> list[Relation]:
    """The relations whose columns a condition compares; all of them when that cannot be told."""
    found: dict[int, Relation] = {}
    for column in condition.find_all(exp.Column):
        origin = statement.origins.get(id(column))
        if origin is None:
            return relations if id(column) in statement.origins else list(found.values())
        found[id(origin)] = origin
    return list(found.values())
