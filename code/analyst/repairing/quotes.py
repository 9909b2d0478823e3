"""Names and texts in the quotes of other dialects, and names that need quotes."""

from __future__ import annotations

import re

from sqlglot import exp

from analyst.repairing.reading import Reading, Sense
from analyst.showing import is_reserved

_SKIPPED = r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/"
_MARKED = re.compile(
    rf"(?P<skip>{_SKIPPED})|`(?P<tick>[^`\"\n]+)`|(?P<before>(?:^|[\s,.(=<>+*/-]))\[(?P<box>[^\W\d][\w ]*)\]",
    re.S,
)
_TOP = re.compile(r"\s*SELECT\s+(DISTINCT\s+)?TOP\s*\(?\s*(\d+)\s*\)?\s+(?=\S)", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s+SEPARATOR\s+(?=')", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_TEXT_SIDES = (exp.EQ, exp.NEQ, exp.Like, exp.ILike, exp.In)


def readable_text(sql: str, *, dialect: str) -> tuple[str, tuple[str, ...]]:
    """The SQL without what no parser of this dialect reads: backticks, square brackets round names, TOP."""
    notes = []
    plain = _MARKED.sub(_in_double_quotes, sql)
    if plain != sql:
        notes.append("Names were put in the quotes of this dialect.")
    top = _TOP.match(plain)
    if (
        top
        and dialect != "redshift"
        and not re.search(r"\b(LIMIT|UNION|INTERSECT|EXCEPT)\b", plain, re.IGNORECASE)
    ):
        rest = plain[top.end() :].rstrip().rstrip(";")
        plain = f"SELECT {top[1] or ''}{rest} LIMIT {top[2]}"
        notes.append("TOP became LIMIT.")
    if re.search(r"\bGROUP_CONCAT\b", plain, re.IGNORECASE):
        plain = _SEPARATOR.sub(", ", plain)
    return plain, tuple(notes)


def _in_double_quotes(found: re.Match[str]) -> str:
    name = found["tick"] or found["box"]
    if name is None:
        return found[0]
    bare = bool(_NAME.match(name)) and not is_reserved(name.lower())
    return (found["before"] or "") + (name if bare else f'"{name}"')


def reserved_aliases(reading: Reading) -> tuple[str, ...]:
    """A table called by a reserved word is called so in quotes; so is an output column that is sorted by."""
    notes: dict[str, None] = {}
    for alias in reading.tree.find_all(exp.TableAlias):
        if _needs_quotes(alias.this):
            _quote(alias.this, notes)
    for column in reading.tree.find_all(exp.Column):
        found = reading.meaning(column)
        if found is None or found.sense not in (Sense.FOUND, Sense.OUTPUT, Sense.NO_COLUMN):
            continue
        if _needs_quotes(column.args.get("table")):
            _quote(column.args["table"], notes)
        if found.sense is Sense.OUTPUT and _needs_quotes(column.this):
            _quote(column.this, notes)
    return tuple(notes)


def spelled_columns(reading: Reading) -> tuple[str, ...]:
    """A name in quotes that differs from a column's only by upper and lower case; bare ones the guard spells."""
    notes: dict[str, None] = {}
    for column, meaning in reading.columns(Sense.NO_COLUMN):
        relations = [meaning.relation] if meaning.relation is not None else meaning.place.relations
        alike = [
            (r, c) for r in relations for c in r.columns if c.lower() == column.name.lower() and not r.open
        ]
        if len(alike) != 1:
            continue
        notes[f"The column is spelled {alike[0][1]}."] = None
        column.set("this", reading.column(*alike[0]).this)
    return tuple(notes)


def texts_in_double_quotes(reading: Reading) -> tuple[str, ...]:
    """A text in double quotes beside a text column: single quotes were meant."""
    notes: dict[str, None] = {}
    for column, meaning in reading.columns(Sense.NO_COLUMN):
        parent = column.parent
        if column.args.get("table") is not None or not column.this.args.get("quoted"):
            continue
        if (
            not isinstance(parent, _TEXT_SIDES)
            or column is parent.this
            or reading.kind(parent.this) != "text"
        ):
            continue
        if any(column.name.lower() == c.lower() for r in meaning.place.relations for c in r.columns):
            continue
        notes[f"{column.name} is a text, no column; it was put in single quotes."] = None
        column.replace(exp.Literal.string(column.name))
    return tuple(notes)


def _needs_quotes(part: object) -> bool:
    return isinstance(part, exp.Identifier) and not part.args.get("quoted") and is_reserved(part.name.lower())


def _quote(part: exp.Identifier, notes: dict[str, None]) -> None:
    part.set("this", part.name.lower())
    part.set("quoted", True)
    notes[f"{part.name} is a reserved word; it was put in quotes."] = None
