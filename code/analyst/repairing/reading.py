"""A draft as repairs see it: every SELECT with what stands in its FROM, and what each column means there.

Unlike the guard, which stops at the first thing that is wrong, this reads on and marks what it cannot find.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from sqlglot import exp

from analyst.catalog import Catalog, Table
from analyst.guard.dialects import Tongue
from analyst.guard.parsing import text_of
from analyst.guard.scopes import Relation
from analyst.guard.tables import folded, written
from analyst.repairing.kinds import family, kind
from analyst.repairing.ties import Ties


class Sense(Enum):
    """What a column turned out to be."""

    FOUND = "a column of a relation"
    OUTPUT = "the name of an output column"
    OPEN = "perhaps a column of something whose columns are not known"
    AMBIGUOUS = "a column of several relations"
    NO_COLUMN = "its relation has no such column"
    NO_RELATION = "there is no relation of that name"


@dataclass(kw_only=True, eq=False)
class Place:
    """One SELECT, its relations, and the columns that stand in it but in no query within it."""

    select: exp.Select
    outer: Place | None
    relations: list[Relation] = field(default_factory=list)
    merged: set[str] = field(default_factory=set)
    outputs: dict[str, exp.Expr] = field(default_factory=dict)
    """The expressions of the output columns that were given a name."""
    columns: list[exp.Column] = field(default_factory=list)

    def chain(self) -> Iterator[Place]:
        """This place and those around it, innermost first."""
        place: Place | None = self
        while place is not None:
            yield place
            place = place.outer


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What one column means: where it stands, and what was found."""

    sense: Sense
    place: Place
    clause: str
    relation: Relation | None = None
    stored: str = ""


_CLAUSES = ("expressions", "distinct", "where", "group", "having", "windows", "qualify", "order", "limit")
_Ctes = dict[str, Relation]


class Reading:
    """One walk over a tree; it changes nothing, and is made anew after a change."""

    def __init__(self, tree: exp.Expr, *, tongue: Tongue, catalog: Catalog, ties: Ties) -> None:
        self.tree = tree
        self.tongue = tongue
        self.catalog = catalog
        self.ties = ties
        self.places: list[Place] = []
        self.meanings: dict[int, Meaning] = {}
        self.unknown_tables: list[tuple[exp.Table, Relation]] = []
        self._outputs: dict[int, Relation] = {}
        self._query(tree, ctes={}, outer=None)

    def meaning(self, column: exp.Expr) -> Meaning | None:
        """What a column means; None for one that was not walked over."""
        return self.meanings.get(id(column))

    def columns(self, *senses: Sense) -> list[tuple[exp.Column, Meaning]]:
        """The columns of these senses, in the order of the walk."""
        every = ((c, self.meanings[id(c)]) for place in self.places for c in place.columns)
        return [(c, m) for c, m in every if m.sense in senses]

    def kind(self, node: exp.Expr | None) -> str:
        """The kind of an expression, see `analyst.repairing.kinds`."""
        return kind(node, self._kind)

    def table(self, relation: Relation) -> Table | None:
        """The catalog's table behind a relation."""
        return self.catalog.table(relation.table, relation.schema) if relation.table else None

    def text(self, node: exp.Expr) -> str:
        """An expression as people read it."""
        return text_of(node, self.tongue)

    def column(self, relation: Relation, stored: str) -> exp.Column:
        """A new column of a relation, under the name by which it is called."""
        new = exp.Column(this=written(stored, self.tongue))
        if relation.name:
            new.set("table", self.caller(relation))
        return new

    def caller(self, relation: Relation) -> exp.Identifier:
        """The name by which columns call a relation."""
        node = relation.node
        alias = node.args.get("alias") if node is not None else None
        if alias is not None and isinstance(alias.this, exp.Identifier):
            return alias.this.copy()
        return written(relation.name, self.tongue)

    def _kind(self, node: exp.Expr) -> str:
        if isinstance(node, exp.Subquery):
            output = self._outputs.get(id(node.unnest()))
            return next(iter(output.types.values()), "") if output is not None else ""
        found = self.meaning(node)
        if found is None or found.relation is None:
            return ""
        return family(found.relation.types.get(found.stored, ""))

    # -- queries -----------------------------------------------------------------------------------

    def _query(self, node: exp.Expr, *, ctes: _Ctes, outer: Place | None) -> Relation:
        ctes = self._with(node, ctes=ctes, outer=outer)
        if isinstance(node, exp.Select):
            output = self._select(node, ctes=ctes, outer=outer)
        elif isinstance(node, exp.SetOperation):
            output = self._query(node.this, ctes=ctes, outer=outer)
            self._query(node.expression, ctes=ctes, outer=outer)
        elif isinstance(node, exp.Subquery) and isinstance(node.this, exp.Query):
            output = self._query(node.this, ctes=ctes, outer=outer)
        else:
            output = Relation(name="", open=True)
        self._outputs[id(node)] = output
        return output

    def _with(self, node: exp.Expr, *, ctes: _Ctes, outer: Place | None) -> _Ctes:
        clause = node.args.get("with_")
        if clause is None:
            return ctes
        for cte in clause.expressions:
            name = folded(cte.args["alias"].this, self.tongue)
            seen = {**ctes, name: Relation(name=name, open=True)} if clause.args.get("recursive") else ctes
            output = self._query(cte.this, ctes=seen, outer=outer)
            ctes = {**ctes, name: self._renamed(output, cte.args.get("alias"), name=name)}
        return ctes

    def _select(self, node: exp.Select, *, ctes: _Ctes, outer: Place | None) -> Relation:
        place = Place(select=node, outer=outer)
        self.places.append(place)
        conditions: list[exp.Expr] = []
        if node.args.get("from_"):
            self._from(node.args["from_"].this, place, ctes=ctes, conditions=conditions)
        for join in node.args.get("joins") or ():
            self._join(join, place, ctes=ctes, conditions=conditions)
        for projection in node.expressions:
            if isinstance(projection, exp.Alias):
                place.outputs[folded(projection.args["alias"], self.tongue)] = projection.this
        for condition in conditions:
            self._expression(condition, place, clause="on", ctes=ctes)
        for clause in _CLAUSES:
            found = node.args.get(clause)
            for part in found if isinstance(found, list) else [found]:
                if isinstance(part, exp.Expr):
                    self._expression(part, place, clause=clause, ctes=ctes)
        return self._output(node, place)

    def _expression(self, node: exp.Expr, place: Place, *, clause: str, ctes: _Ctes) -> None:
        todo = [node]
        while todo:
            part = todo.pop()
            if isinstance(part, exp.Query) and not isinstance(part, exp.Table):
                self._query(part, ctes=ctes, outer=place)
            elif isinstance(part, exp.Column):
                if not isinstance(part.this, exp.Star):
                    place.columns.append(part)
                    self.meanings[id(part)] = self._meaning(part, place, clause=clause)
            else:
                todo.extend(part.iter_expressions(reverse=True))

    # -- what stands in FROM -----------------------------------------------------------------------

    def _from(self, node: exp.Expr, place: Place, *, ctes: _Ctes, conditions: list[exp.Expr]) -> None:
        if isinstance(node, exp.Subquery) and not isinstance(node.this, exp.Query):
            self._from(node.this, place, ctes=ctes, conditions=conditions)
        else:
            relation = self._relation(node, place, ctes=ctes)
            relation.node = node
            place.relations.append(relation)
        for join in node.args.get("joins") or ():
            self._join(join, place, ctes=ctes, conditions=conditions)

    def _join(self, join: exp.Join, place: Place, *, ctes: _Ctes, conditions: list[exp.Expr]) -> None:
        before = {c for r in place.relations for c in r.columns}
        self._from(join.this, place, ctes=ctes, conditions=conditions)
        if join.args.get("method") == "NATURAL":
            place.merged |= before & set(place.relations[-1].columns)
        for column in join.args.get("using") or ():
            place.merged.add(folded(column.find(exp.Identifier), self.tongue))
        if join.args.get("on") is not None:
            conditions.append(join.args["on"])

    def _relation(self, node: exp.Expr, place: Place, *, ctes: _Ctes) -> Relation:
        alias = node.args.get("alias")
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Identifier):
            return self._renamed(self._named(node, ctes=ctes), alias, name=folded(node.this, self.tongue))
        if isinstance(node, exp.Subquery) and not node.args.get("pivots"):
            return self._renamed(self._query(node, ctes=ctes, outer=place.outer), alias, name="")
        if isinstance(node, exp.Lateral) and isinstance(node.this, exp.Subquery):
            self._query(node.this, ctes=ctes, outer=place)
        return self._renamed(Relation(name="", open=True), alias, name="")

    def _named(self, node: exp.Table, *, ctes: _Ctes) -> Relation:
        name = folded(node.this, self.tongue)
        if not node.args.get("db") and name in ctes:
            return ctes[name]
        table = self._table(node, name)
        if node.args.get("pivots"):
            return Relation(name=name, open=True)
        if table is None:
            missing = Relation(name=name, open=True)
            self.unknown_tables.append((node, missing))
            return missing
        return Relation(
            name=table.name,
            columns=tuple(c.name for c in table.columns),
            table=table.name,
            schema=table.schema,
            types={c.name: c.type.lower() for c in table.columns},
        )

    def _table(self, node: exp.Table, name: str) -> Table | None:
        schema = folded(node.args.get("db"), self.tongue)
        there = [t for t in self.catalog.tables if not schema or t.schema.lower() == schema.lower()]
        hits = [t for t in there if self.tongue.same(t.name, name)]
        if not hits and not node.this.args.get("quoted"):
            hits = [t for t in there if t.name.lower() == name.lower()]
        default = [t for t in hits if t.schema == self.catalog.default_schema]
        return (default or hits)[0] if len(default or hits) == 1 else None

    def _renamed(self, output: Relation, alias: exp.Expr | None, *, name: str) -> Relation:
        listed = (
            [folded(c.find(exp.Identifier), self.tongue) for c in (alias.args.get("columns") or ())]
            if (alias is not None)
            else []
        )
        called = (folded(alias.this, self.tongue) if alias is not None else "") or name or output.name
        columns = (*listed, *output.columns[len(listed) :])
        types = {new: output.types.get(old, "") for new, old in zip(columns, output.columns, strict=False)}
        return Relation(**{**vars(output), "name": called, "columns": columns, "types": types, "node": None})

    # -- columns -----------------------------------------------------------------------------------

    def _meaning(self, node: exp.Column, place: Place, *, clause: str) -> Meaning:
        def meaning(sense: Sense, relation: Relation | None = None, stored: str = "") -> Meaning:
            return Meaning(sense=sense, place=place, clause=clause, relation=relation, stored=stored)

        if node.args.get("table") is None:
            return self._bare(node, place, clause=clause)
        relation = self.relation_named(folded(node.args["table"], self.tongue), place, node=node)
        if relation is None:
            return meaning(Sense.OPEN if self._is_path(node, place) else Sense.NO_RELATION)
        stored = self.stored(relation, node.this)
        if stored is not None:
            return meaning(Sense.FOUND, relation, stored)
        return meaning(Sense.OPEN if relation.open else Sense.NO_COLUMN, relation)

    def _is_path(self, node: exp.Column, place: Place) -> bool:
        """True where the dialect reads into a column's value: address.city."""
        relations = [r for near in place.chain() for r in near.relations]
        first = next(p for p in node.parts if isinstance(p, exp.Identifier))
        return self.tongue.paths and any(self.stored(r, first) is not None for r in relations)

    def _bare(self, node: exp.Column, place: Place, *, clause: str) -> Meaning:
        name = folded(node.this, self.tongue)

        def meaning(sense: Sense, relation: Relation | None = None, stored: str = "") -> Meaning:
            return Meaning(sense=sense, place=place, clause=clause, relation=relation, stored=stored)

        own = any(self.stored(r, node.this) for r in place.relations)
        if clause == "order" and name in self.output_names(place) and _is_whole_key(node):
            return meaning(Sense.OUTPUT)
        if clause == "group" and not own and name in self.output_names(place) and _is_whole_key(node):
            return meaning(Sense.OUTPUT)
        for near in place.chain():
            hits = [(r, s) for r in near.relations if (s := self.stored(r, node.this)) is not None]
            if len(hits) > 1 and name not in near.merged:
                return meaning(Sense.AMBIGUOUS)
            if hits:
                return meaning(Sense.FOUND, *hits[0])
            if any(r.open for r in near.relations) or any(r.name == name for r in near.relations):
                return meaning(Sense.OPEN)
        return meaning(Sense.NO_COLUMN)

    def output_names(self, place: Place) -> set[str]:
        """The names of a SELECT's output columns, as ORDER BY may use them."""
        columns = (p for p in place.select.expressions if isinstance(p, exp.Column))
        return set(place.outputs) | {folded(c.this, self.tongue) for c in columns}

    def relation_named(self, name: str, place: Place, *, node: exp.Column | None = None) -> Relation | None:
        """The nearest relation that a column may call by this name."""
        schema = folded(node.args.get("db"), self.tongue) if node is not None else ""
        for near in place.chain():
            for relation in near.relations:
                if relation.name.lower() == name.lower() and (not schema or relation.schema == schema):
                    return relation
        return None

    def stored(self, relation: Relation, part: exp.Expr) -> str | None:
        """The column of a relation that an identifier means; a bare one may differ by upper and lower case."""
        if not isinstance(part, exp.Identifier):
            return None
        found = relation.find(folded(part, self.tongue), self.tongue)
        if found is not None or part.args.get("quoted"):
            return found
        alike = [c for c in relation.columns if c.lower() == part.name.lower()]
        return alike[0] if len(alike) == 1 else None

    def _output(self, node: exp.Select, place: Place) -> Relation:
        types: dict[str, str] = {}
        is_open = False
        for at, projection in enumerate(node.expressions):
            starred = self._starred(projection, place)
            if starred is not None:
                types |= {c: r.types.get(c, "") for r in starred for c in r.columns}
                is_open |= any(r.open for r in starred) or not starred
            elif isinstance(projection, exp.Alias):
                types[folded(projection.args["alias"], self.tongue)] = self.kind(projection.this)
            elif isinstance(projection, exp.Column):
                found = self.meaning(projection)
                types[(found.stored if found else "") or folded(projection.this, self.tongue)] = self.kind(
                    projection
                )
            else:
                name = "count" if isinstance(projection, exp.Count) else projection.name.lower()
                types[name or f"?column{at}?"] = self.kind(projection)
        return Relation(name="", columns=tuple(types), types=types, open=is_open)

    def _starred(self, node: exp.Expr, place: Place) -> list[Relation] | None:
        if isinstance(node, exp.Star):
            return place.relations
        if isinstance(node, exp.Column) and isinstance(node.this, exp.Star):
            found = self.relation_named(folded(node.args.get("table"), self.tongue), place)
            return [found] if found is not None else []
        return None


def put(column: exp.Column, new: exp.Expr) -> None:
    """Put another expression in a column's place; what a query in FROM or WITH yields keeps its name."""
    select = column.parent
    named = isinstance(select, exp.Select) and any(p is column for p in select.expressions)
    if named and isinstance(select, exp.Select) and _is_source(select) and new.name != column.name:
        new = exp.Alias(this=new, alias=column.this.copy())
    column.replace(new)


def _is_source(select: exp.Select) -> bool:
    holder = select.parent
    while isinstance(holder, exp.SetOperation):
        holder = holder.parent
    return isinstance(holder, exp.CTE) or (
        isinstance(holder, exp.Subquery) and isinstance(holder.parent, (exp.From, exp.Join, exp.Lateral))
    )


def _is_whole_key(node: exp.Expr) -> bool:
    """True for what is sorted or grouped by as a whole, where the name of an output column may stand."""
    return isinstance(node.parent, (exp.Ordered, exp.Group))
