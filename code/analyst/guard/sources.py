"""What stands in FROM: tables, subqueries, functions and the joins between them."""

from __future__ import annotations

from abc import abstractmethod

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.columns import Columns
from analyst.guard.scopes import Ctes, Relation, Scope
from analyst.guard.tables import folded, named_table, written
from analyst.guard.words import pairs


class Sources(Columns):
    """Adds the relations of a FROM clause to a scope."""

    @abstractmethod
    def values(self, node: exp.Values, *, ctes: Ctes, scope: Scope) -> Relation:
        """The output of a list of rows; written by `analyst.guard.names`."""

    def from_item(self, node: exp.Expr, scope: Scope, *, ctes: Ctes) -> None:
        relation = self._relation(node, scope, ctes=ctes)
        if relation is not None:
            self._pivots(node, relation)
            relation.node = node
            name = relation.name
            if name and any(
                r.name and r.name == name and not r.schema for r in scope.relations if not relation.schema
            ):
                raise Refused(
                    f"The name {name} stands for two tables here; give one an alias.", rule="tables"
                )
            scope.relations.append(relation)
        for join in node.args.get("joins") or ():
            self.join(join, scope, ctes=ctes)

    def _pivots(self, node: exp.Expr, relation: Relation) -> None:
        """PIVOT reads the relation's columns and yields new ones, whose names are not followed."""
        for pivot in node.args.get("pivots") or ():
            for column in pivot.find_all(exp.Column):
                self.expression(column, Scope(relations=[relation]), ctes={})
            alias = pivot.args.get("alias")
            relation.name = (folded(alias.this, self.tongue) if alias is not None else "") or relation.name
            relation.open = True

    def _relation(self, node: exp.Expr, scope: Scope, *, ctes: Ctes) -> Relation | None:
        if isinstance(node, exp.Table):
            found = self._table(node, scope, ctes=ctes)
            if node.args.get("sample"):
                self.expression(node.args["sample"], Scope(), ctes=ctes)
            return found
        if isinstance(node, exp.Subquery):
            return self._derived(node, scope, ctes=ctes)
        if isinstance(node, exp.Values):
            return self.renamed(
                self.values(node, ctes=ctes, scope=Scope(outer=scope.outer)), node.args.get("alias")
            )
        if isinstance(node, exp.Lateral):
            return self._lateral(node, scope, ctes=ctes)
        if isinstance(node, exp.Unnest):
            return self._unnest(node, scope, ctes=ctes)
        raise Refused("Only tables, queries and functions may stand in FROM.", rule="tables")

    def _table(self, node: exp.Table, scope: Scope, *, ctes: Ctes) -> Relation:
        self.statement.visited.add(id(node))
        if isinstance(node.this, exp.Anonymous):
            return self._function(node, node.this, scope, ctes=ctes)
        name = folded(node.this, self.tongue)
        if not node.args.get("db") and name in ctes:
            cte = ctes[name]
            relation = Relation(
                name=name, columns=cte.columns, open=cte.open, rows=cte.rows, types=cte.types, made=cte.made
            )
        else:
            relation = named_table(node, self.statement)
        return self.renamed(relation, node.args.get("alias"), name=relation.name)

    def _derived(self, node: exp.Subquery, scope: Scope, *, ctes: Ctes) -> Relation | None:
        """A subquery sees what surrounds the query, not what stands beside it; brackets round a join do."""
        alias = node.args.get("alias")
        if isinstance(node.this, exp.Query):
            return self.renamed(self.query(node, ctes=ctes, outer=scope.outer), alias)
        inner = scope if alias is None else Scope(outer=scope.outer)
        self.from_item(node.this, inner, ctes=ctes)
        if alias is None:
            return None
        columns = tuple(c for r in inner.relations for c in r.columns)
        return self.renamed(
            Relation(name="", columns=columns, open=any(r.open for r in inner.relations)), alias
        )

    def _lateral(self, node: exp.Lateral, scope: Scope, *, ctes: Ctes) -> Relation:
        if isinstance(node.this, exp.Anonymous):
            relation = self._function(node, node.this, scope, ctes=ctes)
        elif isinstance(node.this, exp.Unnest):
            relation = self._unnest(node.this, scope, ctes=ctes)
            relation = self.renamed(relation, node.args.get("alias"), name=relation.name)
        else:
            inner = Scope(relations=scope.relations, outer=scope.outer, merged=scope.merged)
            relation = self.renamed(self.query(node.this, ctes=ctes, outer=inner), node.args.get("alias"))
        relation.depends = self._reads_beside(node, scope)
        return relation

    def _function(self, node: exp.Expr, call: exp.Anonymous, scope: Scope, *, ctes: Ctes) -> Relation:
        """The rows of a function: one column of its own name unless it is known to have others."""
        for argument in call.expressions:
            self.expression(argument, scope, ctes=ctes)
        name = call.name.lower()
        alias = node.args.get("alias")
        columns = pairs("functions/row_sources.txt").get(name, name).split()
        single = name not in pairs("functions/row_sources.txt")
        called = folded(alias.this, self.tongue) if alias is not None and alias.this else name
        if single and called != name:
            columns = [called]
        if columns == ["*"]:
            columns = []
        if node.args.get("ordinality"):
            columns.append("ordinality")
        made: dict[str, tuple[exp.Expr, ...]] = {columns[0]: (call,)} if columns and single else {}
        relation = Relation(
            name=called, columns=tuple(columns), values=single or columns == ["value"], made=made
        )
        relation = self.renamed(relation, alias, name=called)
        relation.depends = self._reads_beside(node, scope)
        return relation

    def _unnest(self, node: exp.Unnest, scope: Scope, *, ctes: Ctes) -> Relation:
        for argument in node.expressions:
            self.expression(argument, scope, ctes=ctes)
        alias = node.args.get("alias")
        called = folded(alias.this, self.tongue) if alias is not None else ""
        listed = (
            [folded(c, self.tongue) for c in alias.args.get("columns") or ()] if alias is not None else []
        )
        if isinstance(node.args.get("offset"), exp.Identifier):
            listed.append(folded(node.args["offset"], self.tongue))
        elif node.args.get("offset"):
            listed.append("ordinality")
        if self.tongue.name == "postgres" and (alias is None or not alias.args.get("columns")):
            listed = [called or "unnest", *listed]
        relation = Relation(
            name=called or ("unnest" if self.tongue.name == "postgres" else ""), columns=tuple(listed)
        )
        elements = [
            e.expressions if isinstance(e, (exp.Array, exp.Anonymous)) else [e] for e in node.expressions
        ]
        relation.made = {c: tuple(x for e in elements for x in e) for c in listed}
        relation.open = not listed and self.tongue.paths
        relation.values = len(listed) == 1
        relation.depends = self._reads_beside(node, scope)
        return relation

    def _reads_beside(self, node: exp.Expr, scope: Scope) -> bool:
        beside = {id(r) for r in scope.relations}
        found = (self.statement.origins.get(id(c), False) for c in node.find_all(exp.Column))
        return any(r is None or id(r) in beside for r in found if r is not False)

    def join(self, join: exp.Join, scope: Scope, *, ctes: Ctes) -> None:
        before = list(scope.relations)
        self.from_item(join.this, scope, ctes=ctes)
        new = scope.relations[len(before) :]
        if join.args.get("method") == "NATURAL":
            left = {c for r in before for c in r.columns}
            common = {c for r in new for c in r.columns if c in left}
            if not common and not any(r.open for r in (*before, *new)):
                raise Refused("NATURAL JOIN needs a column that both sides have.", rule="joins")
            scope.merged |= common
        using = join.args.get("using") or ()
        for index, column in enumerate(using):
            name = self._using(column, before, new)
            scope.merged.add(name)
            using[index].replace(written(name, self.tongue))
        self.expression(join.args.get("on"), scope, ctes=ctes)

    def _using(self, column: exp.Expr, before: list[Relation], new: list[Relation]) -> str:
        name = column.name
        identifier = column if isinstance(column, exp.Identifier) else column.find(exp.Identifier)
        name = folded(identifier, self.tongue) or name
        for side in (before, new):
            found = [(r, c) for r in side if (c := r.find(name, self.tongue)) is not None]
            if not found and not any(r.open for r in side):
                raise self._no_column(name, side)
            for relation, stored in found:
                self._read(relation, stored)
        return name

    def renamed(self, output: Relation, alias: exp.Expr | None, *, name: str = "") -> Relation:
        """An output under an alias, its first columns renamed where the alias lists names."""
        if alias is None:
            return Relation(**{**vars(output), "name": name})
        listed = []
        for column in alias.args.get("columns") or ():
            listed.append(folded(column.this if isinstance(column, exp.ColumnDef) else column, self.tongue))
        called = folded(alias.this, self.tongue) or name
        columns = (*listed, *output.columns[len(listed) :])
        made = {c: output.made.get(o, ()) for c, o in zip(columns, output.columns, strict=False)}
        return Relation(**{**vars(output), "name": called, "columns": columns, "made": made})
