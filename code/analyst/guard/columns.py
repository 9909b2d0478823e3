"""Columns: each found in the scopes around it and written as the catalog has it."""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod

from sqlglot import exp

from analyst.errors import Refused
from analyst.guard.scopes import Ctes, Relation, Scope, holder, nearest, relation_named, without_case
from analyst.guard.statement import Statement
from analyst.guard.tables import folded, written
from analyst.guard.words import is_system


class Columns(ABC):
    """Resolves the columns of expressions; queries within them are left to the class built on it."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement
        self.tongue = statement.tongue

    @abstractmethod
    def query(self, node: exp.Expr, *, ctes: Ctes, outer: Scope | None) -> Relation:
        """The output of a query; written by `analyst.guard.names`."""

    def expression(self, node: exp.Expr | None, scope: Scope, *, ctes: Ctes) -> None:
        """Resolve the columns of an expression; queries in it see this scope as the one around them."""
        todo = [node] if node is not None else []
        while todo:
            part = todo.pop()
            if isinstance(part, exp.Query) and not isinstance(part, exp.Table):
                self.query(part, ctes=ctes, outer=scope)
            elif isinstance(part, exp.Column):
                self._column(part, scope)
            elif isinstance(part, exp.Star) and not isinstance(part.parent, exp.Func):
                self._read_all(scope.relations)
            else:
                todo.extend(part.iter_expressions(reverse=True))

    def _column(self, node: exp.Column, scope: Scope) -> None:
        self.statement.visited.add(id(node))
        parts = [p for p in (node.args.get(k) for k in ("catalog", "db", "table", "this")) if p is not None]
        if isinstance(node.this, exp.Star):
            self._table_star(node, scope)
        elif len(parts) == 1:
            self._bare(node, node.this, scope)
        else:
            self._dotted(node, parts, scope)

    def _table_star(self, node: exp.Column, scope: Scope) -> None:
        wanted = folded(node.args["table"], self.tongue)
        schema = folded(node.args.get("db"), self.tongue)
        found = relation_named(scope, wanted, schema, self.tongue) or self._other_case(
            node.args["table"], scope
        )
        if found is None:
            raise self._no_relation(wanted, scope)
        self._read_all([found])
        self._call(node, found)

    def _dotted(self, node: exp.Column, parts: list[exp.Identifier], scope: Scope) -> None:
        """`table.column`, `schema.table.column`, or a path into a value where the dialect has such."""
        names = [folded(p, self.tongue) for p in parts]
        found, at = relation_named(scope, names[0], "", self.tongue), 1
        if found is None and len(parts) > 2:
            found, at = relation_named(scope, names[1], names[0], self.tongue), 2
        if found is None:
            found, at = self._other_case(parts[0], scope), 1
        if found is None and self.tongue.paths:
            self._path(node, parts, scope)
            return
        if found is None or (len(parts) > at + 1 and not self.tongue.paths):
            raise self._no_relation(names[-2], scope)
        stored = self._stored(parts[at], found)
        if len(parts) > at + 1:
            self._check_path(found, stored)
        self._read(found, stored)
        self.statement.origins[id(node)] = found
        parts[at].replace(self._spelled(parts[at], stored, found))
        self._call_part(parts[at - 1], found)

    def _path(self, node: exp.Column, parts: list[exp.Identifier], scope: Scope) -> None:
        name = folded(parts[0], self.tongue)
        hit = holder(scope, name, tongue=self.tongue, shown=parts[0].name)
        if hit is None:
            raise self._no_relation(name, scope)
        relation, stored = hit
        if relation is not None:
            self._check_path(relation, stored)
            self._read(relation, stored)
            parts[0].replace(self._spelled(parts[0], stored, relation))
        self.statement.origins[id(node)] = relation

    def _check_path(self, relation: Relation, column: str) -> None:
        """Only a column that holds a structure can be read into; an unknown type is taken on trust."""
        kind = relation.types.get(column, "")
        if kind and not any(word in kind for word in ("super", "row", "struct", "json", "map", "array")):
            raise Refused(f"The column {column} of {relation.name} has no fields.", rule="columns")

    def _stored(self, part: exp.Identifier, relation: Relation) -> str:
        name = folded(part, self.tongue)
        found = relation.find(name, self.tongue)
        if found is None and not part.args.get("quoted"):
            alike = [c for c in relation.columns if c.lower() == name.lower()]
            found = alike[0] if len(alike) == 1 else None
        if found is not None:
            return found
        if not relation.open:
            raise self._no_column(name, [relation])
        self._check_system_column(name)
        return name

    def _bare(self, node: exp.Column, part: exp.Identifier, scope: Scope) -> None:
        name = folded(part, self.tongue)
        if name in scope.aliases and not any(r.find(name, self.tongue) for r in scope.relations):
            self.statement.origins[id(node)] = None
            return
        hit = holder(scope, name, tongue=self.tongue, shown=part.name)
        known = hit is not None and hit[0] is not None and hit[0].find(name, self.tongue) is not None
        if not known and (whole := relation_named(scope, name, "", self.tongue)) is not None:
            self._whole_row(node, whole)
            return
        if hit is None and not part.args.get("quoted"):
            hit = without_case(scope, name)
        if hit is None:
            raise self._unknown_column(name, scope)
        relation, stored = hit
        if not known:
            self._check_bare_word(part, stored, relation)
        self.statement.origins[id(node)] = relation
        if relation is not None:
            self._read(relation, stored)
            part.replace(self._spelled(part, stored, relation))

    def _check_bare_word(self, part: exp.Identifier, name: str, relation: Relation | None) -> None:
        if relation is None or relation.find(name, self.tongue) is None:
            self._check_system_column(name)
            if not part.args.get("quoted"):
                self._check_system_column(name, kind="word")

    def _check_system_column(self, name: str, *, kind: str = "column") -> None:
        if is_system(name, dialect=self.tongue.name, kind=kind):
            raise Refused(f"{name} belongs to the database itself and may not be read.", rule="columns")

    def _whole_row(self, node: exp.Column, relation: Relation) -> None:
        """A relation's name as a value: the row, or the one value of a function."""
        if not relation.values and self.tongue.name != "postgres" and not relation.open:
            raise Refused(f"{relation.name} is a table, not a column.", rule="columns")
        self._read_all([relation])
        self.statement.origins[id(node)] = relation

    def _spelled(self, part: exp.Identifier, stored: str, relation: Relation) -> exp.Identifier:
        """The column as the catalog has it; where its spelling is not known, as it was written."""
        if relation.find(stored, self.tongue) is None:
            return part.copy()
        quoted = bool(part.args.get("quoted")) and not relation.table
        return exp.Identifier(this=stored, quoted=quoted or self.tongue.needs_quotes(stored))

    def _call(self, node: exp.Column, relation: Relation) -> None:
        self._call_part(node.args["table"], relation)

    def _call_part(self, part: exp.Identifier, relation: Relation) -> None:
        """A table without an alias is called by the name it was just given."""
        node = relation.node
        if isinstance(node, exp.Table) and not node.alias and relation.table and not relation.open:
            part.replace(written(relation.table, self.tongue))

    def _other_case(self, part: exp.Identifier, scope: Scope) -> Relation | None:
        if part.args.get("quoted"):
            return None
        for near in scope.chain():
            hits = [r for r in near.relations if r.table and r.name.lower() == part.name.lower()]
            if len(hits) == 1 and not hits[0].open:
                node = hits[0].node
                return hits[0] if isinstance(node, exp.Table) and not node.alias else None
        return None

    def _read(self, relation: Relation, column: str) -> None:
        if relation.table:
            self.statement.columns.add(f"{relation.table}.{column}")

    def _read_all(self, relations: list[Relation]) -> None:
        for relation in relations:
            for column in relation.columns:
                self._read(relation, column)
            if relation.open and not relation.columns:
                self._read(relation, "*")

    def _no_relation(self, name: str, scope: Scope) -> Refused:
        there = [r.name for near in scope.chain() for r in near.relations if r.name]
        hint = f"; here are {nearest(name, there)}" if there else ""
        return Refused(f"There is no table {name} in this part of the query{hint}.", rule="columns")

    def _no_column(self, name: str, relations: list[Relation]) -> Refused:
        if len(relations) == 1:
            relation = relations[0]
            label = relation.table or relation.name or "the subquery"
            has = f"; it has {nearest(name, filter(None, relation.columns))}" if any(relation.columns) else ""
            there = self._elsewhere(name)
            return Refused(f"There is no column {name} in {label}{has}{there}.", rule="columns")
        labels = ", ".join(r.name for r in relations if r.name)
        columns = [f"{r.name}.{c}" if r.name else c for r in relations for c in r.columns if c]
        near = sorted(columns, key=lambda c: _distance(name, c))
        has = f"; there are {', '.join(near[:12])}" if near else ""
        return Refused(f"There is no column {name} in {labels}{has}{self._elsewhere(name)}.", rule="columns")

    def _elsewhere(self, name: str) -> str:
        """Where a column of that name really is, which helps more than names that look alike."""
        tables = self.statement.catalog.tables if self.statement.catalog is not None else ()
        found = [t.name for t in tables if any(c.name.lower() == name.lower() for c in t.columns)]
        return f"; {', '.join(found[:3])} has it and must be joined" if found else ""

    def _unknown_column(self, name: str, scope: Scope) -> Refused:
        relations = [r for near in scope.chain() for r in near.relations]
        if not relations:
            return Refused(f"There is no column {name} here: nothing stands in FROM.", rule="columns")
        return self._no_column(name, relations)


def _distance(wanted: str, column: str) -> float:
    return -difflib.SequenceMatcher(None, wanted.lower(), column.rpartition(".")[2].lower()).ratio()
