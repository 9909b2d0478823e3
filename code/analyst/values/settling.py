"""Makes the texts that a statement compares columns to the values that the columns hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.tokenizer_core import TokenType

from analyst.catalog import Catalog, Column, Table
from analyst.repairing.statement import LONGEST, Rewritten
from analyst.showing import quoted
from analyst.values.folding import plain_words
from analyst.values.matching import meant, same_letters, same_text
from analyst.values.places import column_meant
from analyst.values.shelves import Place, Shelves, is_text, name_words, shelves_of

_COMPARISONS = (exp.EQ, exp.NEQ, exp.NullSafeEQ, exp.NullSafeNEQ)
_PATTERNS = (exp.Like, exp.ILike)
_WILD = frozenset("%_\\")
_TEXT_TYPES = frozenset({exp.DType.TEXT, exp.DType.VARCHAR, exp.DType.CHAR, exp.DType.NVARCHAR})

_Change = Callable[[str], str]
_FUNCTIONS: dict[type[exp.Expr], _Change] = {exp.Lower: str.lower, exp.Upper: str.upper, exp.Trim: str.strip}


@dataclass(frozen=True, slots=True)
class _Compared:
    """One text that is compared to a column."""

    literal: exp.Literal
    text: str
    """The text as the statement compares it."""
    table: Table
    column: Column
    change: _Change | None
    """What the statement makes of the column's values before it compares them."""
    pattern: bool
    caseless: bool

    @property
    def place(self) -> Place:
        return self.table.key, self.column.name

    def seen(self, value: str) -> str:
        """A value as the statement compares it."""
        return self.change(value) if self.change else value


@dataclass(frozen=True, slots=True)
class _Better:
    """What a text was meant to be."""

    value: str
    found_as: str = ""
    """The value of another column that led to this key."""
    found_in: Place | None = None


def settle(sql: str, *, dialect: str, catalog: Catalog) -> Rewritten:
    """The SQL with texts put right that are no values of their column where plainly a value was meant.

    A text that is a value stays, and so does one for which no value fits plainly: nothing found is an answer,
    too. The SQL stays as it is, to the letter, where nothing is to be put right or where it cannot be read.
    """
    if len(sql) > LONGEST or "'" not in sql:
        return Rewritten(sql=sql)
    try:
        trees = sqlglot.parse(sql, dialect=dialect)
        if len(trees) != 1 or trees[0] is None:
            return Rewritten(sql=sql)
        tree = trees[0]
        compared = [c for scope in traverse_scope(tree) for c in _compared(scope, catalog)]
        changes = list(_changes(compared, catalog))
        if not changes:
            return Rewritten(sql=sql)
        written = _written(sql, tree, changes, dialect)
    except (SqlglotError, RecursionError):
        return Rewritten(sql=sql)
    return Rewritten(sql=written, notes=tuple(dict.fromkeys(_note(c, better) for c, better in changes)))


def _changes(compared: list[_Compared], catalog: Catalog) -> Iterator[tuple[_Compared, _Better]]:
    seen: set[int] = set()
    shelves = shelves_of(catalog)
    for one in compared:
        if id(one.literal) in seen:
            continue
        seen.add(id(one.literal))
        better = _better(one, shelves, catalog)
        if better is None or better.value == one.text:
            continue
        if not (one.pattern and _WILD.intersection(better.value)):
            yield one, better


# -- what is compared ------------------------------------------------------------------------------


def _compared(scope: Scope, catalog: Catalog) -> Iterator[_Compared]:
    """Every text in one SELECT that is compared to a column whose values are known."""
    for node in scope.find_all(*_COMPARISONS, *_PATTERNS, exp.In):
        if not isinstance(node, exp.In):
            sides = [(node.this, node.expression)]
            if isinstance(node, _COMPARISONS):
                sides.append((node.expression, node.this))
        else:
            sides = [(node.this, item) for item in node.expressions]
        for asked, said in sides:
            one = _one(node, asked, said, scope, catalog)
            if one is not None:
                yield one


def _one(node: exp.Expr, asked: exp.Expr, said: exp.Expr, scope: Scope, catalog: Catalog) -> _Compared | None:
    literal, inner = _bare(said)
    column, change = _bare(asked)
    if not isinstance(literal, exp.Literal) or not literal.is_string or not isinstance(column, exp.Column):
        return None
    pattern = isinstance(node, _PATTERNS)
    if (inner is not None and inner is not change) or (pattern and _WILD.intersection(literal.name)):
        return None
    known = column_meant(column, scope, catalog)
    if known is None or not is_text(known[1]):
        return None
    caseless = isinstance(node, exp.ILike)
    text = inner(literal.name) if inner else literal.name
    return _Compared(literal, text, *known, change=change, pattern=pattern, caseless=caseless)


def _bare(node: exp.Expr) -> tuple[exp.Expr | None, _Change | None]:
    """What is inside of brackets, casts to text, lower(), upper() and trim(), and the change that they make."""
    change: _Change | None = None
    while True:
        if isinstance(node, exp.Paren) or _is_cast_to_text(node):
            node = node.this
        elif type(node) in _FUNCTIONS and change is None and not _has_options(node):
            change = _FUNCTIONS[type(node)]
            node = node.this
        else:
            return (node, change) if type(node) not in _FUNCTIONS else (None, None)


def _is_cast_to_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Cast) and node.to.this in _TEXT_TYPES and not node.to.expressions


def _has_options(node: exp.Expr) -> bool:
    return any(value for name, value in node.args.items() if name != "this")


# -- what was meant --------------------------------------------------------------------------------


def _better(one: _Compared, shelves: Shelves, catalog: Catalog) -> _Better | None:
    values = {one.seen(v): None for v in one.column.known_values}
    text = one.text
    if text in values or (one.caseless and text.casefold() in {v.casefold() for v in values}):
        return None
    if not one.column.all_known:
        return _found(same_letters(text, values))
    ranked = _ranked(one, list(values), shelves, catalog)
    return next((better for better in ranked if better is not None), None)


def _ranked(
    one: _Compared, values: list[str], shelves: Shelves, catalog: Catalog
) -> Iterator[_Better | None]:
    """What was meant, the surest first: the same text here or in the lookup table, then what is only like it."""

    def like(text: str, others: list[str]) -> str | None:
        return _meant(text, others, one, shelves)

    yield _found(same_text(one.text, values))
    yield _through_lookup(one, same_text, shelves, catalog)
    yield _value_of_key(one, shelves)
    yield _found(like(one.text, values))
    yield _through_lookup(one, like, shelves, catalog)


def _found(value: str | None) -> _Better | None:
    return None if value is None else _Better(value)


def _meant(text: str, values: list[str], one: _Compared, shelves: Shelves) -> str | None:
    """The value that is plainly meant; none where the text is a value of another column of its own."""
    elsewhere = shelves.wholes.get("".join(plain_words(text)), ())
    if any(shelves.values[n] not in values for n in elsewhere):
        return None
    names = {*name_words(one.column.name), *name_words(one.table.name)}
    for table, users in shelves.users.items():
        if one.place in users:
            names.update(name_words(table[1]))
    return meant(text, values, names=names, is_known=shelves.contains)


def _through_lookup(
    one: _Compared,
    match: Callable[[str, list[str]], str | None],
    shelves: Shelves,
    catalog: Catalog,
) -> _Better | None:
    """The key that stands for a name: carrier = 'United Air Lines Inc.' means carrier = 'UA'."""
    found: dict[str, _Better] = {}
    for place, keyed in _keyed(one.place, shelves):
        table = catalog.table(place[0][1], place[0][0])
        column = table.column(place[1]) if table else None
        if column is None or not column.all_known:
            continue
        held = [value for value in column.known_values if keyed.get(value) in one.column.known_values]
        value = match(one.text, held)
        if value is not None:
            found[keyed[value]] = _Better(one.seen(keyed[value]), value, place)
    return next(iter(found.values())) if len(found) == 1 else None


def _keyed(place: Place, shelves: Shelves) -> Iterator[tuple[Place, dict[str, str]]]:
    """The named columns of the tables whose key a column holds, each with the key of each name."""
    columns: dict[Place, dict[str, str]] = {}
    for (named, value), key in shelves.keys.items():
        if place in shelves.users.get(named[0], ()) or (place[0] == named[0] and place != named):
            columns.setdefault(named, {})[value] = key
    yield from columns.items()


def _value_of_key(one: _Compared, shelves: Shelves) -> _Better | None:
    """The name that a key stands for: airlines.name = 'UA' means airlines.name = 'United Air Lines Inc.'."""
    names = [v for (place, v), key in shelves.keys.items() if place == one.place and key == one.text]
    return _Better(one.seen(names[0])) if len(names) == 1 else None


# -- writing ---------------------------------------------------------------------------------------


def _written(sql: str, tree: exp.Expr, changes: list[tuple[_Compared, _Better]], dialect: str) -> str:
    """The statement with the changes; in its own text where every such text changes alike, else from the tree."""
    meant_by: dict[str, set[str]] = {}
    for one, better in changes:
        meant_by.setdefault(one.literal.name, set()).add(better.value)
    tokens = [t for t in sqlglot.tokenize(sql, dialect=dialect) if t.token_type is TokenType.STRING]
    alike = all(
        len(values) == 1
        and sum(t.text == text for t in tokens) == sum(one.literal.name == text for one, _ in changes)
        and not any("\\" in value for value in values)
        for text, values in meant_by.items()
    )
    plain = all(sql[t.start : t.end + 1] == _literal(t.text) for t in tokens if t.text in meant_by)
    if not (alike and plain):
        for one, better in changes:
            one.literal.replace(exp.Literal.string(better.value))
        return tree.sql(dialect=dialect, comments=False)
    for token in reversed(tokens):
        if token.text in meant_by:
            (value,) = meant_by[token.text]
            sql = sql[: token.start] + _literal(value) + sql[token.end + 1 :]
    return sql


def _note(one: _Compared, better: _Better) -> str:
    column = f"{quoted(one.table.name)}.{quoted(one.column.name)}"
    if not one.column.all_known:
        return f"In {column} it is written {_said(better.value)}, not {_said(one.literal.name)}."
    said = f"{column} has no value {_said(one.literal.name)}; {_said(better.value)} was meant"
    if better.found_in is None:
        return said + "."
    (_, table), name = better.found_in
    return f"{said}, which is {_said(better.found_as)} in {quoted(table)}.{quoted(name)}."


def _said(value: str) -> str:
    """A value as a sentence shows it, on one line."""
    return " ".join(_literal(value).splitlines())


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
