"""SQL that was approved on one source, as another source would take it: its dialect, its schemas, its arithmetic.

What would run there and give other numbers is put right where the types are known, or refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from analyst.catalog import Catalog, Table
from analyst.errors import Refused

_DIALECTS = MappingProxyType({"postgres": "postgres", "redshift": "redshift", "athena": "trino"})
_WORDS = MappingProxyType({"postgres": "Postgres", "redshift": "Redshift", "athena": "Athena"})
_RULE = "transpile"

_INTEGER, _LONG, _DECIMAL, _DOUBLE = "integer", "long", "decimal", "double"
_DATE, _INSTANT = "date", "instant"
_ORDER = (_INTEGER, _LONG, _DECIMAL, _DOUBLE)
"""Of two numbers, the one further behind says what comes of them."""
_KINDS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("smallint", "integer", "int", "int2", "int4", "tinyint"), _INTEGER),
        **dict.fromkeys(("bigint", "int8"), _LONG),
        **dict.fromkeys(("numeric", "decimal", "money"), _DECIMAL),
        **dict.fromkeys(("real", "float", "double", "double precision", "float4", "float8"), _DOUBLE),
        "date": _DATE,
        **dict.fromkeys(("timestamp", "timestamp without time zone"), _INSTANT),
    }
)
_PERCENTILES = (exp.PercentileCont, exp.PercentileDisc, exp.Quantile, exp.Median)
_COMPARING = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)
_SAME_KIND = (exp.Paren, exp.Neg, exp.Abs, exp.Min, exp.Max, exp.Filter, exp.Window, exp.Nullif)


def transpiled(sql: str, *, source: Catalog, target: Catalog) -> str:
    """The SQL of one source for another; raises Refused in a sentence that says what stands in the way.

    Tables are looked for by name where the other source has them in another schema. The result is still to be
    guarded and planned.
    """
    try:
        tree = sqlglot.parse_one(sql, read=_DIALECTS[source.dialect])
        moved = _placed(tree, source=source, target=target)
        if source.dialect != target.dialect:
            tree = _settled(tree, source=source, target=target)
        elif not moved:
            return sql
        return tree.sql(
            dialect=_DIALECTS[target.dialect], pretty=True, unsupported_level=ErrorLevel.RAISE, comments=False
        )
    except SqlglotError:
        raise _refused(f"It says something that {_WORDS[target.dialect]} has no word for.") from None
    except RecursionError:
        raise _refused("It is nested too deeply.") from None


def _refused(why: str) -> Refused:
    return Refused(why, rule=_RULE)


# --- where the tables are


def _placed(tree: exp.Expr, *, source: Catalog, target: Catalog) -> bool:
    """Name the schemas that the tables have there; True where one is another."""
    own = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
    schemas: dict[tuple[str, str], str] = {}
    for table in list(tree.find_all(exp.Table)):
        if not isinstance(table.this, exp.Identifier) or (not table.db and table.name.lower() in own):
            continue
        here = table.db or source.default_schema
        found = _found(table.name, here, source=source, target=target)
        if _said(table.db, target) != found.schema:
            schemas[here.lower(), table.name.lower()] = found.schema
            table.set("db", exp.to_identifier(found.schema))
            table.set("catalog", None)
    for column in tree.find_all(exp.Column):
        moved = schemas.get((column.text("db").lower(), column.table.lower())) if column.text("db") else None
        if moved:
            column.set("db", exp.to_identifier(moved))
    return bool(schemas)


def _said(schema: str, catalog: Catalog) -> str:
    return schema or catalog.default_schema


def _found(name: str, schema: str, *, source: Catalog, target: Catalog) -> Table:
    """The table of that name, in the schema of that name where there are several."""
    named = [t for t in target.tables if t.name.lower() == name.lower()]
    wanted = [t for t in named if t.schema.lower() == schema.lower()]
    if not wanted and schema == source.default_schema:
        wanted = [t for t in named if t.schema == target.default_schema]
    chosen = wanted or named
    if not chosen:
        raise _refused(f"There is no table {name} there.")
    if len(chosen) > 1:
        raise _refused(f"There are several tables {name} there: {', '.join(t.schema for t in chosen)}.")
    return chosen[0]


# --- what would give other numbers


def _settled(tree: exp.Expr, *, source: Catalog, target: Catalog) -> exp.Expr:
    """With everything written out that the two dialects reckon differently."""
    kinds = _Kinds(tree, source)
    rules = [_percentile, _number, _text, _days, _average, _division]
    if target.dialect == "redshift":
        rules.append(_filtered)
    for rule in rules:
        # From the innermost on, so that no rule looks at what another node has become.
        for node in reversed(list(tree.walk())):
            written = rule(node, kinds, target.dialect)
            if written is not node:
                if node is tree:
                    tree = written
                else:
                    node.replace(written)
    return tree


class _Kinds:
    """What kind of number or date an expression gives on the source, as far as that can be told."""

    def __init__(self, tree: exp.Expr, source: Catalog) -> None:
        self.dialect = source.dialect
        read = {t.name.lower() for t in tree.find_all(exp.Table)}
        found: dict[str, set[str]] = {}
        for table in source.tables:
            for column in table.columns if table.name.lower() in read else ():
                found.setdefault(column.name.lower(), set()).add(_kind_of(column.type))
        self._columns = {name: kinds.pop() for name, kinds in found.items() if len(kinds) == 1}

    def of(self, node: exp.Expr | None) -> str:
        """ "integer", "long", "decimal", "double", "date", "instant", or empty where it is none or unknown."""
        if isinstance(node, exp.Column):
            return self._columns.get(node.name.lower(), "")
        if isinstance(node, exp.Cast):
            return _kind_of(node.to.sql(dialect="postgres"))
        if isinstance(node, exp.Literal):
            return "" if node.is_string else _INTEGER if node.is_int else _DECIMAL
        if isinstance(node, exp.CurrentDate):
            return _DATE
        return self._aggregate(node) or self._made_of(node)

    def _aggregate(self, node: exp.Expr | None) -> str:
        if isinstance(node, exp.Count):
            return _LONG
        if isinstance(node, exp.Sum):
            inner = self.of(node.this)
            # Where the sum of long numbers is one without bounds, dividing it leaves no remainder behind.
            long = _LONG if self.dialect == "athena" else _DECIMAL
            return {_INTEGER: _LONG, _LONG: long}.get(inner, inner)
        if isinstance(node, exp.Avg):
            inner = self.of(node.this)
            whole = {"postgres": _DECIMAL, "redshift": _LONG, "athena": _DOUBLE}[self.dialect]
            return whole if inner in (_INTEGER, _LONG) else inner
        if isinstance(node, exp.Extract):
            return _DECIMAL if self.dialect == "postgres" else _INTEGER
        return ""

    def _made_of(self, node: exp.Expr | None) -> str:
        if isinstance(node, _SAME_KIND):
            return self.of(node.this)
        if isinstance(node, exp.Round):
            inner = self.of(node.this)
            return _DECIMAL if inner in (_INTEGER, _LONG) and self.dialect == "postgres" else inner
        if isinstance(node, exp.Coalesce):
            return _highest(map(self.of, (node.this, *node.expressions)))
        if isinstance(node, exp.Case):
            results = [found.args.get("true") for found in node.args.get("ifs", [])]
            return _highest(self.of(n) for n in (*results, node.args.get("default")) if not _is_null(n))
        if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div):
            return _highest((self.of(node.this), self.of(node.expression)))
        return ""


def _is_null(node: exp.Expr | None) -> bool:
    return node is None or isinstance(node, exp.Null)


def _highest(kinds: Iterable[str]) -> str:
    """Empty where one of them is no number, or unknown."""
    found = list(kinds)
    if not found or any(kind not in _ORDER for kind in found):
        return ""
    return max(found, key=_ORDER.index)


def _kind_of(type_: str) -> str:
    return _KINDS.get(type_.lower().partition("(")[0].strip(), "")


def _double(node: exp.Expr) -> exp.Expr:
    return exp.cast(node.copy(), exp.DataType.Type.DOUBLE)


def _percentile(node: exp.Expr, _: _Kinds, target: str) -> exp.Expr:
    if target == "athena" and isinstance(node, _PERCENTILES):
        raise _refused("It asks for an exact percentile or median, which Athena only approximates.")
    return node


def _days(node: exp.Expr, kinds: _Kinds, target: str) -> exp.Expr:
    """One date taken from another gives days, but an interval in Athena."""
    if not isinstance(node, exp.Sub) or {kinds.of(node.this), kinds.of(node.expression)} != {_DATE}:
        return node
    if kinds.dialect == "athena":
        raise _refused(f"It takes one date from another, which gives something else in {_WORDS[target]}.")
    if target != "athena":
        return node
    return exp.DateDiff(this=node.this.copy(), expression=node.expression.copy(), unit=exp.var("DAY"))


def _average(node: exp.Expr, kinds: _Kinds, target: str) -> exp.Expr:
    """Averages keep the decimals of what they are made of, but not everywhere."""
    if not isinstance(node, exp.Avg) or target == "postgres":
        return node
    exact = (_DOUBLE, _INTEGER, _LONG) if target == "athena" else (_DOUBLE,)
    if kinds.of(node.this) in exact or isinstance(node.this, exp.Distinct):
        return node
    return exp.Avg(this=_double(node.this))


def _division(node: exp.Expr, kinds: _Kinds, target: str) -> exp.Expr:
    """Decimals are divided to many digits by Postgres, and to as many as they have by Athena."""
    if not isinstance(node, exp.Div) or target == "postgres":
        return node
    if _DECIMAL not in (kinds.of(node.this), kinds.of(node.expression)):
        return node
    return exp.Div(
        this=_double(node.this),
        expression=node.expression.copy(),
        typed=node.args.get("typed"),
        safe=node.args.get("safe"),
    )


def _number(node: exp.Expr, kinds: _Kinds, target: str) -> exp.Expr:
    """A number without a given size has every decimal in Postgres, and none elsewhere."""
    if kinds.dialect != "postgres" or not isinstance(node, exp.Cast):
        return node
    plain = node.to.this == exp.DataType.Type.DECIMAL and not node.to.expressions
    return _double(node.this) if plain else node


def _text(node: exp.Expr, kinds: _Kinds, target: str) -> exp.Expr:
    """Athena does not read a text as a date by itself."""
    if target != "athena" or not (isinstance(node, exp.Literal) and node.is_string):
        return node
    parent = node.parent
    if not isinstance(parent, _COMPARING):
        return node
    beside = {kinds.of(found) for found in parent.iter_expressions()}
    if _INSTANT in beside:
        return exp.cast(node.copy(), exp.DataType.Type.TIMESTAMP)
    return exp.cast(node.copy(), exp.DataType.Type.DATE) if _DATE in beside else node


def _filtered(node: exp.Expr, _: _Kinds, target: str) -> exp.Expr:
    """Redshift has no FILTER: what does not fit is left out as a null."""
    if not isinstance(node, exp.Filter) or not isinstance(
        node.this, exp.Count | exp.Sum | exp.Avg | exp.Min | exp.Max
    ):
        return node
    aggregate, where = node.this.copy(), node.expression.this.copy()
    inner = aggregate.this
    if isinstance(inner, exp.Distinct) and len(inner.expressions) == 1:
        inner.set("expressions", [exp.Case().when(where, inner.expressions[0].copy())])
        return aggregate
    value = exp.Literal.number(1) if isinstance(inner, exp.Star) else inner.copy()
    aggregate.set("this", exp.Case().when(where, value))
    return aggregate
