"""The SELECTs of a query that hand its rows on, and the conditions that stand in them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from analyst.guard.dialects import Tongue
from analyst.guard.tables import folded
from analyst.repairing.aggregates import has_aggregates, is_aggregate
from analyst.repairing.conjunctions import all_of, conjuncts

_NOT_FOLLOWED = ("qualify", "match", "laterals", "pivots", "connect")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a condition stands, so that it is found again in a copy of the tree."""

    level: int
    clause: str
    """"where", "having", or the number of the join whose ON it is."""
    number: int


def chain(tree: exp.Expr, tongue: Tongue) -> list[exp.Select]:
    """The SELECTs that each read from nothing but the next, outermost first; empty where it is no such query.

    Where one of them sums up all rows into one and nothing is asked of that one, the chain begins there.
    """
    top = unwrapped(tree)
    clause = top.args.get("with_")
    if not isinstance(top, exp.Select) or (clause is not None and clause.args.get("recursive")):
        return []
    ctes = (
        [(folded(c.args["alias"].this, tongue), unwrapped(c.this)) for c in clause.expressions]
        if clause
        else []
    )
    levels = list(_levels(top, ctes, tongue))
    if any(level.args.get(name) for level in levels[:1] for name in _NOT_FOLLOWED):
        return []
    return _from_the_sum(levels)


def unwrapped(tree: exp.Expr) -> exp.Expr:
    """A query without the brackets around it."""
    while isinstance(tree, exp.Subquery) and not any(
        v for k, v in tree.args.items() if k not in ("this", "alias")
    ):
        tree = tree.this
    return tree


def sums_all_up(select: exp.Select) -> bool:
    """True where a SELECT makes one row of all rows, however many there are."""
    return has_aggregates(select) and not select.args.get("group") and not select.args.get("having")


def conditions(levels: Sequence[exp.Select]) -> Iterator[tuple[Spot, exp.Expr]]:
    """Every single condition of WHERE, HAVING and the ON of inner joins, with where it stands."""
    for number, select in enumerate(levels):
        for clause, whole in _clauses(select):
            for place, condition in enumerate(conjuncts(whole)):
                yield Spot(number, clause, place), condition


def leave_out(levels: Sequence[exp.Select], dropped: Collection[Spot]) -> None:
    """Take conditions out of the SELECTs."""
    for number, select in enumerate(levels):
        for clause, whole in list(_clauses(select)):
            parts = list(enumerate(conjuncts(whole)))
            kept = [c for place, c in parts if Spot(number, clause, place) not in dropped]
            if len(kept) < len(parts):
                _set(select, clause, kept)


def only_rows(top: exp.Select) -> None:
    """Make a SELECT one that has a row when any row meets its conditions, and no more than one."""
    for clause in ("order", "offset", "distinct", "limit"):
        top.set(clause, None)
    if not top.args.get("having"):
        for clause in ("group", "windows"):
            top.set(clause, None)
        top.set("expressions", [exp.Literal.number(1)])
    top.set("limit", exp.Limit(expression=exp.Literal.number(1)))


def with_counted_conditions(top: exp.Select) -> None:
    """A lone aggregate's own condition goes to WHERE: COUNT(*) FILTER (WHERE c), SUM(CASE WHEN c THEN 1 END)."""
    if len(top.expressions) != 1 or not sums_all_up(top):
        return
    call = top.expressions[0].unalias()
    condition = call.expression.this if isinstance(call, exp.Filter) else _of_case(call)
    if condition is not None:
        add(top, condition.copy())
        (call.expression.this if isinstance(call, exp.Filter) else condition).replace(exp.Boolean(this=True))


def add(select: exp.Select, condition: exp.Expr) -> None:
    """A further condition on the rows of a SELECT."""
    where = select.args.get("where")
    _set(select, "where", [*conjuncts(where.this if where else None), condition])


def _levels(top: exp.Select, ctes: list[tuple[str, exp.Expr]], tongue: Tongue) -> Iterator[exp.Select]:
    level: exp.Expr | None = top
    while isinstance(level, exp.Select):
        yield level
        if level is not top and level.args.get("with_"):
            return
        level, ctes = _source(level, ctes, tongue)


def _source(
    select: exp.Select, ctes: list[tuple[str, exp.Expr]], tongue: Tongue
) -> tuple[exp.Expr | None, list[tuple[str, exp.Expr]]]:
    """The query that is all of a SELECT's FROM, and the WITH queries that it can see in its turn."""
    clause = select.args.get("from_")
    source = clause.this if clause is not None else None
    if source is None or select.args.get("joins") or source.args.get("joins") or source.args.get("pivots"):
        return None, ctes
    if isinstance(source, exp.Subquery):
        return unwrapped(source.this), ctes
    if (
        isinstance(source, exp.Table)
        and isinstance(source.this, exp.Identifier)
        and not source.args.get("db")
    ):
        name = folded(source.this, tongue)
        for place in range(len(ctes) - 1, -1, -1):
            if ctes[place][0] == name:
                return ctes[place][1], ctes[:place]
    return None, ctes


def _from_the_sum(levels: list[exp.Select]) -> list[exp.Select]:
    begin = 0
    for number, level in enumerate(levels):
        if sums_all_up(level):
            if any(True for _ in conditions(levels[:number])):
                return levels[:number]
            begin = number
    if begin and levels[0].args.get("with_"):
        _hand_on(levels[0].args["with_"], levels[begin])
    return levels[begin:]


def _hand_on(clause: exp.With, select: exp.Select) -> None:
    """A SELECT that is taken out by itself keeps the WITH queries that it could see."""
    seen: list[exp.Expr] = []
    for cte in clause.expressions:
        if any(part is select for part in cte.walk()):
            break
        seen.append(cte.copy())
    if seen and not select.args.get("with_"):
        select.set("with_", exp.With(expressions=seen))


def _clauses(select: exp.Select) -> Iterator[tuple[str, exp.Expr]]:
    for clause in ("where", "having"):
        if select.args.get(clause) is not None:
            yield clause, select.args[clause].this
    for number, join in enumerate(select.args.get("joins") or ()):
        if join.args.get("on") is not None and not join.side:
            yield str(number), join.args["on"]


def _set(select: exp.Select, clause: str, kept: Sequence[exp.Expr]) -> None:
    whole = all_of(kept) if kept else None
    if clause == "where":
        select.set("where", exp.Where(this=whole) if whole is not None else None)
    elif clause == "having":
        select.set("having", exp.Having(this=whole) if whole is not None else None)
    else:
        select.args["joins"][int(clause)].set("on", whole or exp.Boolean(this=True))


def _of_case(call: exp.Expr) -> exp.Expr | None:
    """The condition under which SUM or COUNT of a CASE counts a row."""
    if not is_aggregate(call) or not (isinstance(call, exp.Count) or call.name.lower() == "sum"):
        return None
    case = call.this if isinstance(call, exp.Count) else call.expressions[0] if call.expressions else None
    if not isinstance(case, exp.Case) or case.this is not None or len(case.args["ifs"]) != 1:
        return None
    otherwise = case.args.get("default")
    nothing = otherwise is None or isinstance(otherwise, exp.Null)
    nought = isinstance(otherwise, exp.Literal) and otherwise.this == "0" and not isinstance(call, exp.Count)
    condition: exp.Expr = case.args["ifs"][0].this
    return condition if nothing or nought else None
