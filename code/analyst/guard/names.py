"""Rule: every table and column is one that exists, found by the scopes of the statement itself."""

from __future__ import annotations

import re

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.parsing import text_of
from analyst.guard.scopes import Ctes, Relation, Scope, holder, relation_named
from analyst.guard.sizes import select_rows
from analyst.guard.sources import Sources
from analyst.guard.statement import Statement
from analyst.guard.tables import folded


def known_names(statement: Statement) -> None:
    """Resolve all tables and columns, written as the catalog has them; raise Refused at an unknown one."""
    _Queries(statement).query(statement.tree, ctes={}, outer=None)
    for node in statement.tree.find_all(exp.Table, exp.Column):
        if id(node) not in statement.visited:
            raise Refused(f"{node.name} stands where no table or column is expected.", rule="names")


class _Queries(Sources):
    """One walk over a statement, outside in; scopes are lexical as in the databases.

    Each query returns its output columns as a relation without a name.
    """

    def query(self, node: exp.Expr, *, ctes: Ctes, outer: Scope | None) -> Relation:
        ctes = self._with(node, ctes=ctes, outer=outer)
        if isinstance(node, exp.Select):
            return self._select(node, ctes=ctes, outer=outer)
        if isinstance(node, exp.SetOperation):
            return self._set_operation(node, ctes=ctes, outer=outer)
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query):
            inner = self.query(node.this, ctes=ctes, outer=outer)
            self._tail(node, inner, ctes=ctes, outer=outer)
            return inner
        if isinstance(node, exp.Values):
            return self.values(node, ctes=ctes, scope=Scope(outer=outer))
        raise Refused("Only a query may stand in brackets here.", rule="nodes")

    def _with(self, node: exp.Expr, *, ctes: Ctes, outer: Scope | None) -> Ctes:
        clause = node.args.get("with_")
        seen: set[str] = set()
        for cte in clause.expressions if clause else ():
            name = folded(cte.args["alias"].this, self.tongue)
            if name in seen:
                raise Refused(f"WITH names {name} twice.", rule="tables")
            seen.add(name)
            output = self.query(cte.this, ctes=ctes, outer=outer)
            ctes = {**ctes, name: self.renamed(output, cte.args.get("alias"), name=name)}
        return ctes

    def _set_operation(self, node: exp.SetOperation, *, ctes: Ctes, outer: Scope | None) -> Relation:
        # A long chain of UNIONs leans to the left: walk down it instead of calling deeper and deeper.
        chain: list[exp.SetOperation] = [node]
        while isinstance(chain[-1].this, exp.SetOperation):
            chain.append(chain[-1].this)
        envs = [ctes]
        for inner in chain[1:]:
            envs.append(self._with(inner, ctes=envs[-1], outer=outer))
        output = self.query(chain[-1].this, ctes=envs[-1], outer=outer)
        for part, env in zip(reversed(chain), reversed(envs), strict=True):
            other = self.query(part.expression, ctes=env, outer=outer)
            output.rows = None if output.rows is None or other.rows is None else output.rows + other.rows
            output.made = _merged(output, other)
            self._tail(part, output, ctes=env, outer=outer)
        return output

    def _tail(self, node: exp.Expr, output: Relation, *, ctes: Ctes, outer: Scope | None) -> None:
        """ORDER BY, LIMIT and OFFSET behind a whole query see its output columns only."""
        scope = Scope(relations=[output], outer=outer)
        for clause in ("order", "limit", "offset"):
            self.expression(node.args.get(clause), scope, ctes=ctes)

    def values(self, node: exp.Values, *, ctes: Ctes, scope: Scope) -> Relation:
        for row in node.expressions:
            self.expression(row, scope, ctes=ctes)
        first = node.expressions[0] if node.expressions else None
        width = len(first.expressions) if isinstance(first, exp.Tuple) else 1
        start, prefix = (0, "_col") if self.tongue.name == "athena" else (1, "column")
        columns = tuple(f"{prefix}{i + start}" for i in range(width))
        rows = [r.expressions if isinstance(r, exp.Tuple) else [r] for r in node.expressions]
        made = {c: tuple(r[i] for r in rows if i < len(r)) for i, c in enumerate(columns)}
        output = Relation(name="", columns=columns, rows=len(node.expressions), made=made)
        self._tail(node, output, ctes=ctes, outer=scope.outer)
        return output

    def _select(self, node: exp.Select, *, ctes: Ctes, outer: Scope | None) -> Relation:
        scope = Scope(outer=outer)
        if node.args.get("from_"):
            self.from_item(node.args["from_"].this, scope, ctes=ctes)
        for join in node.args.get("joins") or ():
            self.join(join, scope, ctes=ctes)
        self._match(node.args.get("match"), scope)
        self.statement.relations[id(node)] = scope.relations
        early = Scope(relations=scope.relations, outer=outer, merged=scope.merged)
        for projection in node.expressions:
            self.expression(projection, early, ctes=ctes)
            if self.tongue.name == "redshift" and isinstance(projection, exp.Alias):
                # Redshift lets a later output column use an earlier one's name.
                early.aliases = (*early.aliases, folded(projection.args["alias"], self.tongue))
        self.expression(node.args.get("where"), scope, ctes=ctes)
        self.expression(node.args.get("having"), scope, ctes=ctes)
        for window in node.args.get("windows") or ():
            self.expression(window, scope, ctes=ctes)
        late = Scope(relations=scope.relations, outer=outer, merged=scope.merged, aliases=self._aliases(node))
        self._grouping(node, late, ctes=ctes)
        self.expression(node.args.get("qualify"), late, ctes=ctes)
        self._ordering(node, late, ctes=ctes)
        return self._output(node, scope)

    def _match(self, node: exp.Expr | None, scope: Scope) -> None:
        """MATCH_RECOGNIZE: its columns are the table's, under the pattern's names; what it yields is new."""
        if node is None:
            return
        for column in node.find_all(exp.Column):
            hit = holder(scope, folded(column.this, self.tongue), tongue=self.tongue, shown=column.name)
            if hit is None:
                raise self._unknown_column(column.name, scope)
            self.statement.visited.add(id(column))
            relation, stored = hit
            if relation is not None:
                self._read(relation, stored)
        for relation in scope.relations:
            relation.open = True

    def _grouping(self, node: exp.Select, scope: Scope, *, ctes: Ctes) -> None:
        self.expression(node.args.get("group"), scope, ctes=ctes)
        self.expression(node.args.get("limit"), scope, ctes=ctes)
        self.expression(node.args.get("offset"), scope, ctes=ctes)

    def _ordering(self, node: exp.Select, scope: Scope, *, ctes: Ctes) -> None:
        """An output name alone wins over a column here; on Postgres it may not stand within an expression."""
        distinct = node.args.get("distinct")
        keys = [o.this for o in node.args["order"].expressions] if node.args.get("order") else []
        on = distinct.args.get("on") if isinstance(distinct, exp.Distinct) else None
        keys += on.expressions if isinstance(on, exp.Tuple) else [on] if on is not None else []
        bare = Scope(relations=scope.relations, outer=scope.outer, merged=scope.merged)
        for key in keys:
            column = key if isinstance(key, exp.Column) and not key.table else None
            if column is not None and folded(column.this, self.tongue) in scope.aliases:
                self.statement.visited.add(id(column))
                continue
            lenient = self.tongue.name != "postgres" or column is not None
            self.expression(key, scope if lenient else bare, ctes=ctes)

    def _aliases(self, node: exp.Select) -> tuple[str, ...]:
        named = (p for p in node.expressions if isinstance(p, exp.Alias))
        implied = (
            self._implied(p) for p in node.expressions if not isinstance(p, (exp.Alias, exp.Star, exp.Column))
        )
        columns = (folded(p.this, self.tongue) for p in node.expressions if isinstance(p, exp.Column))
        return (*(folded(p.args["alias"], self.tongue) for p in named), *implied, *filter(None, columns))

    def _output(self, node: exp.Select, scope: Scope) -> Relation:
        columns: list[str] = []
        is_open = False
        types: dict[str, str] = {}
        made: dict[str, tuple[exp.Expr, ...]] = {}
        for projection in node.expressions:
            stars = self._star(projection, scope)
            if stars is not None:
                columns += [c for r in stars for c in r.columns]
                types |= {c: t for r in stars for c, t in r.types.items()}
                made |= {c: m for r in stars for c, m in r.made.items()}
                is_open |= any(r.open for r in stars)
            elif isinstance(projection, exp.Alias):
                columns.append(folded(projection.args["alias"], self.tongue))
                made[columns[-1]] = (projection.this,)
            else:
                columns.append(self._implied(projection))
                made[columns[-1]] = (projection,)
        rows = select_rows(node, scope.relations, self.statement)
        return Relation(
            name="", columns=tuple(dict.fromkeys(columns)), open=is_open, types=types, rows=rows, made=made
        )

    def _star(self, node: exp.Expr, scope: Scope) -> list[Relation] | None:
        if isinstance(node, exp.Star):
            return scope.relations
        if isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            found = relation_named(scope, folded(node.args.get("table"), self.tongue), "", self.tongue)
            return [found] if found else []
        return None

    def _implied(self, node: exp.Expr) -> str:
        """The name that the database gives a column without an alias."""
        if isinstance(node, (exp.Column, exp.Dot)):
            last = node.this if isinstance(node, exp.Column) else node.expression
            return folded(last, self.tongue)
        if isinstance(
            node, (exp.Paren, exp.Window, exp.Filter, exp.WithinGroup, exp.Bracket, exp.IgnoreNulls)
        ):
            return self._implied(node.this)
        if isinstance(node, exp.Cast):
            kind = str(node.to.this.value).lower()
            return self._implied(node.this) or _INTERNAL_TYPES.get(kind, kind)
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Select) and node.this.expressions:
            first = node.this.expressions[0]
            return (
                folded(first.args["alias"], self.tongue)
                if isinstance(first, exp.Alias)
                else self._implied(first)
            )
        if isinstance(node, exp.Case):
            return "case"
        if isinstance(node, exp.Func):
            call = re.match(r"[A-Za-z_][A-Za-z_0-9]*", text_of(node, self.tongue))
            return call[0].lower() if call else ""
        return ""


def _merged(one: Relation, other: Relation) -> dict[str, tuple[exp.Expr, ...]]:
    """What the columns of a set operation are made of: their namesakes by place on both sides."""
    made = dict(one.made)
    for mine, theirs in zip(one.columns, other.columns, strict=False):
        made[mine] = (*made.get(mine, ()), *other.made.get(theirs, ()))
    return made


# Postgres calls an unnamed cast after its own name of the type.
_INTERNAL_TYPES = {
    "int": "int4",
    "bigint": "int8",
    "smallint": "int2",
    "decimal": "numeric",
    "double": "float8",
    "float": "float4",
    "boolean": "bool",
    "char": "bpchar",
}
