"""Which conditions of a query hold for each place where it reads a table; what is unsure is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

MOST_READS = 100
"""Places in one query; a chain of WITH queries can multiply them without end."""
_DEEPEST_VIEW = 5
_COMPARISONS = (exp.EQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_FLIPPED: Mapping[type[exp.Expr], str] = {exp.EQ: "=", exp.LT: ">", exp.LTE: ">=", exp.GT: "<", exp.GTE: "<="}
_SIGNS: Mapping[type[exp.Expr], str] = {exp.EQ: "=", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">="}
_TEXTS = ("string", "varchar", "char")
_WHOLES = ("tinyint", "smallint", "int", "integer", "bigint")

_Pushed = tuple[int | str, exp.Expr]
"""A condition, and on which output column: its number, or its name where they are not listed."""

Views = Callable[[str, str], "str | None"]
"""The SQL of a view by database and name; None for what is none."""


class TooManyReads(Exception):
    """The query reads in more places than are looked at."""


@dataclass(frozen=True, kw_only=True)
class Read:
    """One place where a table is read, with the conditions that its rows must meet."""

    schema: str
    table: str
    conditions: tuple[exp.Expr, ...]
    """On columns of this table, or that are named without a table."""
    own: bool = True
    """False when it is read by way of a view."""
    view: str = ""
    """The outermost view by way of which it is read."""


def parsed(sql: str) -> exp.Query | None:
    """The tree of a guarded query; None where it cannot be read."""
    try:
        tree = parse_one(sql, dialect="trino")
    except (SqlglotError, RecursionError):
        return None
    return tree if isinstance(tree, exp.Query) else None


def reads(tree: exp.Query, *, schema: str, views: Views) -> list[Read]:
    """Every place where a table is read; `schema` is the database of bare names. Raises TooManyReads."""
    found = _Reading(views=views)
    found.query(tree, _Place(schema=schema), ())
    return [*found.found, *_missed(tree, found.found, schema=schema)]


def _missed(tree: exp.Query, found: Sequence[Read], *, schema: str) -> Iterator[Read]:
    """Tables in places that are not looked into: all of each may be read."""
    named = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    seen = {node.lower() for read in found for node in (read.table, read.view) if node}
    for node in tree.find_all(exp.Table):
        if node.name.lower() not in named | seen:
            seen.add(node.name.lower())
            yield Read(schema=node.db or schema, table=node.name, conditions=(), own=False)


@dataclass(frozen=True, kw_only=True)
class _Place:
    """What names mean at one place of the query."""

    schema: str
    named: Mapping[str, tuple[exp.Query, tuple[str, ...], _Place]] = field(default_factory=dict)
    """WITH queries by name: the query, its columns where they are renamed, and its own place."""
    depth: int = 0
    """How many views lie around it."""
    view: str = ""
    """The outermost of them."""


@dataclass(frozen=True, kw_only=True)
class _Source:
    """One thing that a FROM names."""

    alias: str
    node: exp.Expr
    nullable: bool
    """True where an outer join may leave its columns empty, so that ON holds for its rows only."""
    on: exp.Expr | None = None


@dataclass
class _Reading:
    views: Views
    found: list[Read] = field(default_factory=list)

    def query(self, node: exp.Expr, place: _Place, pushed: Sequence[_Pushed]) -> None:
        """Look at a query; `pushed` are conditions from outside, each on one output column."""
        if node.args.get("limit") or node.args.get("offset"):
            pushed = ()
        place = self._with(node, place)
        if isinstance(node, exp.Subquery):
            self.query(node.this, place, pushed)
        elif isinstance(node, exp.SetOperation):
            self.query(node.left, place, pushed)
            self.query(node.right, place, [p for p in pushed if isinstance(p[0], int)])
        elif isinstance(node, exp.Select):
            self._select(node, place, pushed)

    def _with(self, node: exp.Expr, place: _Place) -> _Place:
        listed = node.args.get("with_")
        for cte in listed.expressions if listed else ():
            alias = cte.args.get("alias")
            columns = tuple(c.name.lower() for c in alias.columns) if alias else ()
            entry = (cte.this, columns, place)
            place = replace(place, named={**place.named, cte.alias.lower(): entry})
        return place

    def _select(self, node: exp.Select, place: _Place, pushed: Sequence[_Pushed]) -> None:
        sources = _sources(node)
        conditions = list(_conjuncts(node.args.get("where")))
        for source in sources:
            if not source.nullable:
                conditions += _conjuncts(source.on)
        conditions += _pulled(node, pushed)
        conditions = _carried(conditions)
        for source in sources:
            own = [*conditions, *(_conjuncts(source.on) if source.nullable else ())]
            self._source(source, place, [c for c in own if _is_about(c, source.alias)])
        for inner in _inner_queries(node):
            self.query(inner, place, ())

    def _source(self, source: _Source, place: _Place, conditions: Sequence[exp.Expr]) -> None:
        node = source.node
        if isinstance(node, exp.Table):
            self._table(node, place, conditions)
        elif isinstance(_bare(node), exp.Query):
            alias = node.args.get("alias")
            columns = tuple(c.name.lower() for c in alias.columns) if alias else ()
            self._derived(_bare(node), columns, place, conditions)

    def _table(self, node: exp.Table, place: _Place, conditions: Sequence[exp.Expr]) -> None:
        name, schema = node.name, node.db or place.schema
        if not node.db and name.lower() in place.named:
            query, columns, its_place = place.named[name.lower()]
            self._derived(query, columns, its_place, conditions)
            return
        sql = self.views(schema, name) if place.depth < _DEEPEST_VIEW else None
        view = parsed(sql) if sql else None
        if view is not None:
            inside = _Place(schema=schema, depth=place.depth + 1, view=place.view or name)
            self._derived(view, (), inside, conditions)
            return
        if len(self.found) >= MOST_READS:
            raise TooManyReads
        self.found.append(
            Read(
                schema=schema,
                table=name,
                conditions=tuple(conditions),
                own=place.depth == 0,
                view=place.view,
            )
        )

    def _derived(
        self, query: exp.Expr, columns: Sequence[str], place: _Place, conditions: Sequence[exp.Expr]
    ) -> None:
        """A query in place of a table: conditions on one of its columns are handed on to it."""
        if len(self.found) >= MOST_READS:
            raise TooManyReads
        names = list(columns) or _output_names(query)
        pushed: list[_Pushed] = []
        for condition in conditions:
            used = {c.name.lower() for c in condition.find_all(exp.Column)}
            only = used.pop() if len(used) == 1 else ""
            if only and not names:
                pushed.append((only, condition))
            elif names.count(only) == 1:
                pushed.append((names.index(only), condition))
        self.query(query, place, pushed)


def _bare(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Subquery) and not node.args.get("joins"):
        node = node.this
    return node


def _output_names(query: exp.Expr) -> list[str]:
    query = _bare(query)
    while isinstance(query, exp.SetOperation):
        query = _bare(query.left)
    if not isinstance(query, exp.Select) or query.is_star:
        return []
    return [column.alias_or_name.lower() for column in query.expressions]


def _sources(node: exp.Select) -> list[_Source]:
    """What FROM and the joins name, each with the condition of its join."""
    first = node.args.get("from_")
    if first is None:
        return []
    joins = [*(first.this.args.get("joins") or ()), *(node.args.get("joins") or ())]
    found = [_Source(alias=first.this.alias_or_name.lower(), node=first.this, nullable=False)]
    for join in joins:
        side = str(join.args.get("side") or "").upper()
        on = join.args.get("on") if side in ("", "LEFT") else None
        alias = join.this.alias_or_name.lower()
        found.append(_Source(alias=alias, node=join.this, nullable=side == "LEFT", on=on))
    return found


def _conjuncts(node: exp.Expr | None) -> Iterator[exp.Expr]:
    """The conditions that all hold; those with a query inside are left out."""
    if node is None:
        return
    if isinstance(node, exp.Where | exp.Paren):
        yield from _conjuncts(node.this)
    elif isinstance(node, exp.And):
        yield from _conjuncts(node.left)
        yield from _conjuncts(node.right)
    elif node.find(exp.Query) is None and node.find(exp.Column) is not None:
        yield node


def _pulled(node: exp.Select, pushed: Sequence[_Pushed]) -> Iterator[exp.Expr]:
    """Conditions from outside, on this query's own columns; where they would change what it means, none."""
    group = node.args.get("group")
    changes = ("limit", "offset", "distinct", "qualify", "match")
    if any(node.args.get(name) for name in changes) or _has_window(node):
        return
    if group is not None and group.find(exp.Rollup, exp.Cube, exp.GroupingSets) is not None:
        return
    for place, condition in pushed:
        inner = _output(node, place)
        if isinstance(inner, exp.Column):
            yield _with_column(condition, inner)


def _output(node: exp.Select, place: int | str) -> exp.Expr | None:
    """What stands behind an output column; behind a star, the column of that name."""
    if isinstance(place, int):
        known = not node.is_star and place < len(node.expressions)
        return node.expressions[place].unalias() if known else None
    named = [e for e in node.expressions if e.alias_or_name.lower() == place]
    if named:
        return named[0].unalias() if len(named) == 1 else None
    return exp.column(place) if node.is_star else None


def _has_window(node: exp.Select) -> bool:
    return any(column.find(exp.Window) is not None for column in node.expressions)


def _with_column(condition: exp.Expr, column: exp.Expr) -> exp.Expr:
    """The condition with this column in place of every column that it has."""

    def put(part: exp.Expr) -> exp.Expr:
        return column.copy() if isinstance(part, exp.Column) else part

    return condition.copy().transform(put)


def _carried(conditions: Sequence[exp.Expr]) -> list[exp.Expr]:
    """The conditions, and each on one column said of every column that equals it as well."""
    equal = [(c.left, c.right) for c in conditions if _is_equality(c)]
    found = list(conditions)
    for left, right in [*equal, *[(b, a) for a, b in equal]]:
        for condition in list(found):
            columns = list(condition.find_all(exp.Column))
            if columns and not _is_equality(condition) and all(c == left for c in columns):
                found.append(_with_column(condition, right))
    return found


def _is_equality(node: exp.Expr) -> TypeGuard[exp.EQ]:
    return isinstance(node, exp.EQ) and all(isinstance(s, exp.Column) for s in (node.left, node.right))


def _is_about(condition: exp.Expr, alias: str) -> bool:
    """True when every column may belong to that source: it says so, or it says nothing."""
    return all(c.table.lower() in (alias, "") for c in condition.find_all(exp.Column))


def _inner_queries(node: exp.Select) -> Iterator[exp.Expr]:
    """Queries within expressions: anywhere but in FROM, WITH and as what a join names."""
    expressions = [*node.expressions]
    expressions += [node.args[name] for name in ("where", "having", "order", "group") if node.args.get(name)]
    expressions += [join.args["on"] for join in node.args.get("joins") or () if join.args.get("on")]
    for expression in expressions:
        yield from _outermost_queries(expression)


def _outermost_queries(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Query):
        yield node
        return
    for child in node.iter_expressions():
        yield from _outermost_queries(child)


# -- in Glue's words -------------------------------------------------------------------------------------


def expression(conditions: Sequence[exp.Expr], keys: Mapping[str, str]) -> str:
    """The conditions on partition keys as Glue takes them; empty where it can be told none.

    `keys` gives each key's type, in the order of the table. A condition that Glue could read otherwise than
    Athena does is left out, so that rather more partitions are selected than fewer.
    """
    parts = [text for condition in conditions if (text := _glue(condition, keys))]
    return " AND ".join(dict.fromkeys(parts))


def names_only_keys(condition: exp.Expr, keys: Mapping[str, str]) -> bool:
    """True for a condition by which Athena leaves out partitions without reading them."""
    used = {c.name.lower() for c in condition.find_all(exp.Column)}
    return bool(used) and used <= keys.keys() and not _always_holds(condition)


def _always_holds(condition: exp.Expr) -> bool:
    """IS NOT NULL, or a column that equals itself: a filter in name only."""
    if isinstance(condition, exp.Not):
        return isinstance(condition.this, exp.Is) and isinstance(condition.this.expression, exp.Null)
    return _is_equality(condition) and condition.left == condition.right


def _glue(node: exp.Expr, keys: Mapping[str, str]) -> str:
    if isinstance(node, exp.Paren):
        return _glue(node.this, keys)
    if isinstance(node, exp.And):
        parts = [text for side in (node.left, node.right) if (text := _glue(side, keys))]
        return " AND ".join(parts)
    if isinstance(node, exp.Or):
        left, right = _glue(node.left, keys), _glue(node.right, keys)
        return f"(({left}) OR ({right}))" if left and right else ""
    if isinstance(node, exp.Between):
        low, high = (_value(node.args[end], _type(node.this, keys)) for end in ("low", "high"))
        name = _name(node.this, keys)
        return f"{name} >= {low} AND {name} <= {high}" if name and low and high else ""
    if isinstance(node, exp.In):
        return _in(node, keys)
    return _comparison(node, keys) if isinstance(node, _COMPARISONS) else ""


def _in(node: exp.In, keys: Mapping[str, str]) -> str:
    name = _name(node.this, keys)
    values = [_value(item, _type(node.this, keys)) for item in node.expressions]
    return f"{name} IN ({', '.join(values)})" if name and values and all(values) else ""


def _comparison(node: exp.Binary, keys: Mapping[str, str]) -> str:
    left, right = node.args["this"], node.args["expression"]
    if _name(left, keys):
        value, sign, column = _value(right, _type(left, keys)), _SIGNS[type(node)], left
    else:
        value, sign, column = _value(left, _type(right, keys)), _FLIPPED[type(node)], right
    name = _name(column, keys)
    return f"{name} {sign} {value}" if name and value else ""


def _name(node: exp.Expr, keys: Mapping[str, str]) -> str:
    """A key's name where Glue needs no quotes for it, which it does not know."""
    name = node.name.lower() if isinstance(node, exp.Column) else ""
    return name if name in keys and name.isascii() and name.replace("_", "a").isalnum() else ""


def _type(node: exp.Expr, keys: Mapping[str, str]) -> str:
    return keys.get(node.name.lower(), "").partition("(")[0] if isinstance(node, exp.Column) else ""


def _value(node: exp.Expr, type_: str) -> str:
    """A value as Glue writes it; empty where its type is not quite the key's."""
    if type_ in _TEXTS and isinstance(node, exp.Literal) and node.is_string:
        text = str(node.this)
        return "'" + text.replace("'", "''") + "'" if "\\" not in text else ""
    if type_ in _WHOLES:
        minus = isinstance(node, exp.Neg)
        inner = node.this if minus else node
        whole = isinstance(inner, exp.Literal) and not inner.is_string and str(inner.this).isdigit()
        return f"{'-' if minus else ''}{inner.this}" if whole else ""
    if type_ == "date" and isinstance(node, exp.Cast) and node.to.is_type("date"):
        inner = node.this
        iso = isinstance(inner, exp.Literal) and inner.is_string and _is_date(str(inner.this))
        return f"'{inner.this}'" if iso else ""
    return ""


def _is_date(text: str) -> bool:
    return len(text) == 10 and text[4] == text[7] == "-" and text.replace("-", "").isdigit()


# -- for partitions that are worked out here -------------------------------------------------------------


def may_hold(condition: exp.Expr, key: str, type_: str, value: str) -> bool:
    """False only where a condition cannot hold for a partition whose key has that value, as its place writes it."""
    keys = {key: type_}
    mine = _plain(value, _type(exp.column(key), keys))
    if isinstance(condition, exp.Paren):
        return may_hold(condition.this, key, type_, value)
    if isinstance(condition, exp.And):
        return all(may_hold(side, key, type_, value) for side in (condition.left, condition.right))
    if isinstance(condition, exp.Or):
        return any(may_hold(side, key, type_, value) for side in (condition.left, condition.right))
    told = _glue(condition, keys)
    if not told or mine is None:
        return True
    if isinstance(condition, exp.In):
        return mine in _listed(condition.expressions, key, type_)
    if isinstance(condition, exp.Between):
        low, high = _listed([condition.args["low"], condition.args["high"]], key, type_)
        return not (_below(mine, low) or _below(high, mine))
    return _compares(condition, key, type_, mine)


def named_values(conditions: Sequence[exp.Expr], key: str, type_: str) -> set[int | str] | None:
    """The values of which a key must have one, where a condition names them; None where none does."""
    for condition in conditions:
        if not _glue(condition, {key: type_}):
            continue
        if isinstance(condition, exp.Paren):
            found = named_values([condition.this], key, type_)
            if found is not None:
                return found
        if isinstance(condition, exp.In):
            return set(_listed(condition.expressions, key, type_))
        if isinstance(condition, exp.EQ):
            sides = (condition.left, condition.right)
            return set(_listed([s for s in sides if not isinstance(s, exp.Column)], key, type_))
    return None


def _compares(condition: exp.Expr, key: str, type_: str, mine: int | str) -> bool:
    left, right = condition.args["this"], condition.args["expression"]
    flipped = not isinstance(left, exp.Column)
    (other,) = _listed([left if flipped else right], key, type_)
    sign = (_FLIPPED if flipped else _SIGNS)[type(condition)]
    if sign == "=":
        return mine == other
    less = _below(mine, other)
    return (
        (less or (sign == "<=" and mine == other))
        if sign[0] == "<"
        else not less and (sign == ">=" or mine != other)
    )


def _below(one: int | str, other: int | str) -> bool:
    """Texts in the order of their characters, as Athena has them; both are of the key's own type."""
    if isinstance(one, int) and isinstance(other, int):
        return one < other
    return str(one) < str(other)


def _listed(nodes: Sequence[exp.Expr], key: str, type_: str) -> list[int | str]:
    """The values of literals that `_glue` has taken."""
    texts = (_value(node, _type(exp.column(key), {key: type_})) for node in nodes)
    return [text[1:-1].replace("''", "'") if text[:1] == "'" else int(text) for text in texts]


def _plain(value: str, type_: str) -> int | str | None:
    """A partition's value as it is compared; None where that is not sure."""
    if type_ in _WHOLES:
        return int(value) if value.removeprefix("-").isdigit() else None
    if type_ == "date":
        return value if _is_date(value) else None
    return value if type_ in _TEXTS[:2] else None
