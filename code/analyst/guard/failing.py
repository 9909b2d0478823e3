"""Can a query fail because of what some row holds? One that cannot tells nothing of rows it should not see.

Postgres may try a query's own conditions before a filter, on rows that the filter then takes away; an error would tell
of them. So what is listed here raises no error whatever the row holds, and everything else counts as if it could.
"""

from __future__ import annotations

from sqlglot import exp

from analyst.guard.comparisons import compared_column, compared_columns, family
from analyst.guard.statement import Statement
from analyst.guard.tables import folded

STORED = ("table", "partitioned table", "materialized view")
"""What holds values and does not work them out when it is read, as a view may."""
_STRUCTURE = (
    *(exp.Select, exp.With, exp.From, exp.Where, exp.Having, exp.Group, exp.Order, exp.Ordered),
    *(exp.Limit, exp.Offset, exp.Fetch, exp.Distinct, exp.Tuple, exp.Alias, exp.TableAlias, exp.Identifier),
    *(exp.Paren, exp.Not, exp.Literal, exp.Null, exp.Boolean, exp.Star, exp.Column, exp.Var),
)
_MOMENTS = ("date", "timestamp", "timestamptz")
_FIELDS = ("year", "quarter", "month", "week", "day", "dow", "isodow", "doy")
_SUMS = ("sum", "avg")
_ENDS = ("min", "max")
_RANKS = ("row_number", "rank", "dense_rank")


def can_fail(statement: Statement) -> bool:
    """True unless every part of a resolved statement on Postgres is known to raise no error on any row."""
    tables = statement.catalog.tables if statement.catalog is not None else ()
    kinds = {t.kind for t in tables if f"{t.schema}.{t.name}" in statement.tables}
    return not kinds or not kinds <= set(STORED) or not _Judge(statement).fine(statement.tree)


class _Judge:
    """One walk, outside in."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement

    def fine(self, node: exp.Expr, *, inside: bool = False) -> bool:
        """True for what cannot fail; `inside` another query, which may only be run for what rows are around it."""
        if isinstance(node, (exp.And, exp.Or)):
            return self._all(list(node.flatten()), inside=inside)
        if isinstance(node, _STRUCTURE):
            return self._all(list(node.iter_expressions()), inside=inside)
        if isinstance(node, exp.Subquery):
            stands = isinstance(node.parent, (exp.From, exp.Join)) and isinstance(node.this, exp.Select)
            return stands and self._all(list(node.iter_expressions()), inside=True)
        if isinstance(node, exp.CTE):
            return isinstance(node.this, exp.Select) and self.fine(node.this, inside=True)
        if isinstance(node, exp.Table):
            known = {"this", "db", "alias", "joins"}
            plain = isinstance(node.this, exp.Identifier) and not any(
                v for k, v in node.args.items() if k not in known
            )
            return plain and self._all(list(node.args.get("joins") or ()), inside=inside)
        if isinstance(node, exp.Join):
            return self._join(node, inside=inside)
        if isinstance(node, (exp.Exists, exp.In)) and node.find(exp.Query):
            return self._asked(node)
        return self._condition(node) or self._value(node, inside=inside)

    def _all(self, nodes: list[exp.Expr], *, inside: bool) -> bool:
        return all(self.fine(n, inside=inside) for n in nodes)

    def _kind(self, column: exp.Column) -> str:
        origin = self._statement.origins.get(id(column))
        return origin.types.get(column.name, "") if origin is not None else ""

    def _join(self, node: exp.Join, *, inside: bool) -> bool:
        if node.args.get("method"):
            return False
        select = node.find_ancestor(exp.Select)
        beside = self._statement.relations.get(id(select), [])
        for column in node.args.get("using") or ():
            name = folded(
                column if isinstance(column, exp.Identifier) else column.this, self._statement.tongue
            )
            families = {family(r.types.get(name, "")) for r in beside if name in r.columns}
            if len(families) != 1 or "" in families:
                return False
        parts = [p for k, p in node.args.items() if isinstance(p, exp.Expr) and k in ("this", "on")]
        return self._all(parts, inside=inside)

    def _asked(self, node: exp.Expr) -> bool:
        """EXISTS (SELECT …), or a column in (SELECT a column of the same type …)."""
        query = node.this if isinstance(node, exp.Exists) else node.args.get("query")
        while isinstance(query, exp.Subquery) and not any(v for k, v in query.args.items() if k != "this"):
            query = query.this
        if not isinstance(query, exp.Select) or not self.fine(query, inside=True):
            return False
        if isinstance(node, exp.Exists):
            return True
        first = query.expressions[0].unalias() if len(query.expressions) == 1 else None
        if not isinstance(node.this, exp.Column) or not isinstance(first, exp.Column):
            return False
        found = family(self._kind(node.this))
        return bool(found) and found == family(self._kind(first))

    def _condition(self, node: exp.Expr) -> bool:
        if compared_column(node, self._kind) is not None or compared_columns(node, self._kind) is not None:
            return True
        of = node.expression if isinstance(node, exp.Is) else None
        return isinstance(of, (exp.Null, exp.Boolean)) and isinstance(node.this, exp.Column)

    def _value(self, node: exp.Expr, *, inside: bool) -> bool:
        if isinstance(node, exp.Neg):
            return isinstance(node.this, exp.Literal)
        if isinstance(node, exp.Case):
            return self._case(node, inside=inside)
        if isinstance(node, exp.Extract):
            column, field = node.expression, node.name.lower()
            of = family(self._kind(column)) if isinstance(column, exp.Column) else ""
            return field in _FIELDS and of in _MOMENTS
        if isinstance(node, exp.Window):
            return self._window(node, inside=inside)
        if isinstance(node, exp.Filter):
            return self._aggregate(node.this, inside=inside) and self.fine(node.expression, inside=inside)
        if isinstance(node, exp.Anonymous) and node.name.lower() == "coalesce":
            return self._choice(node.expressions)
        return self._aggregate(node, inside=inside) or (not inside and self._after_grouping(node))

    def _case(self, node: exp.Case, *, inside: bool) -> bool:
        if node.this is not None:
            return False
        results = [i.args["true"] for i in node.args["ifs"]]
        if node.args.get("default") is not None:
            results.append(node.args["default"])
        tests = [i.this for i in node.args["ifs"]]
        return self._choice(results) and self._all(tests, inside=inside)

    def _choice(self, values: list[exp.Expr]) -> bool:
        """Values of which one is taken: written ones, and at most one column, so that none has to be converted."""
        columns = {v.sql() for v in values if isinstance(v, exp.Column)}
        return len(columns) <= 1 and all(isinstance(v, (exp.Literal, exp.Null, exp.Column)) for v in values)

    def _window(self, node: exp.Window, *, inside: bool) -> bool:
        if any(v for k, v in node.args.items() if k not in ("this", "partition_by", "order", "over")):
            return False
        call = node.this
        ranks = isinstance(call, exp.Anonymous) and call.name.lower() in _RANKS and not call.expressions
        if not ranks and not self._aggregate(call, inside=inside):
            return False
        order = node.args.get("order")
        return self._all([*(node.args.get("partition_by") or ()), *([order] if order else [])], inside=inside)

    def _aggregate(self, node: exp.Expr, *, inside: bool) -> bool:
        if isinstance(node, exp.Count):
            return node.this is None or self.fine(node.this, inside=inside)
        name = node.name.lower() if isinstance(node, exp.Anonymous) else ""
        if name not in (*_SUMS, *_ENDS) or len(node.expressions) != 1:
            return False
        argument = node.expressions[0]
        if isinstance(argument, exp.Distinct) and len(argument.expressions) == 1:
            argument = argument.expressions[0]
        if isinstance(argument, exp.Case) and self._case(argument, inside=inside):
            return not any(isinstance(c.parent, (exp.If, exp.Case)) for c in argument.find_all(exp.Column))
        found = family(self._kind(argument)) if isinstance(argument, exp.Column) else ""
        return found in ("integer", "numeric") if name in _SUMS else bool(found)

    def _after_grouping(self, node: exp.Expr) -> bool:
        """Made of aggregates alone, so worked out of the rows that are left, whatever it is."""
        if node.find(exp.Query) is not None:
            return False
        todo, aggregates = [node], 0
        while todo:
            part = todo.pop()
            if isinstance(part, (exp.Column, exp.Star, exp.Window)):
                return False
            if isinstance(part, exp.Filter) or self._aggregate(part, inside=False):
                if not self.fine(part):
                    return False
                aggregates += 1
            else:
                todo.extend(part.iter_expressions())
        return aggregates > 0
