"""What is known of a person, as literals in a row filter: of the column's type, and never pasted as text."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date, datetime

from sqlglot import exp

from analyst.errors import Refused

MOST_CHARACTERS = 500
MOST_VALUES = 500

_COMPARED = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE)


def partner(place: exp.Placeholder) -> exp.Column | exp.DataType | None:
    """What gives a place its type: the column that it is compared with, or the type it is cast to."""
    parent = place.parent
    if isinstance(parent, exp.Cast):
        return parent.to
    other: exp.Expr | None = None
    if isinstance(parent, _COMPARED):
        other = parent.expression if parent.this is place else parent.this
    elif isinstance(parent, exp.In) or (isinstance(parent, exp.Between) and parent.this is not place):
        other = parent.this
    return other if isinstance(other, exp.Column) else None


def is_list_place(place: exp.Placeholder) -> bool:
    """True where several values may stand: `column IN (:user.regions)`."""
    parent = place.parent
    return isinstance(parent, exp.In) and parent.this is not place


def literal(value: str, kind: str, *, dialect: str) -> exp.Expr:
    """One value as a literal of a database's type; raises Refused when it is none."""
    make = _MAKERS.get(family(kind))
    if make is None or not _is_plain(value, dialect):
        raise unusable()
    try:
        return make(value)
    except ValueError:
        raise unusable() from None


def family(kind: str) -> str:
    """The plain name of the type that literals for a database's type have; empty where there is none."""
    return _FAMILIES.get(re.sub(r"\(.*?\)", "", kind.lower()).strip(), "")


def unusable() -> Refused:
    """What is known of the person cannot be compared with the column."""
    return Refused("The policy cannot be applied to what is known of you; nothing was read.", rule="policy")


def missing(name: str) -> Refused:
    """The filters need something that is not known of the person."""
    return Refused(
        f"The policy needs to know your {name}, which is not known; nothing was read.", rule="policy"
    )


def _is_plain(value: str, dialect: str) -> bool:
    # Redshift reads a backslash in a text as the beginning of something else.
    return (
        len(value) <= MOST_CHARACTERS and value.isprintable() and (dialect != "redshift" or "\\" not in value)
    )


def _integer(value: str) -> exp.Expr:
    if not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise ValueError(value)
    return _number(str(int(value)))


def _decimal(value: str) -> exp.Expr:
    if not re.fullmatch(r"-?[0-9]{1,30}(\.[0-9]{1,30})?", value):
        raise ValueError(value)
    return _number(value)


def _number(text: str) -> exp.Expr:
    number = exp.Literal.number(text.lstrip("-"))
    return exp.Paren(this=exp.Neg(this=number)) if text.startswith("-") else number


def _boolean(value: str) -> exp.Expr:
    if value.lower() not in ("true", "false"):
        raise ValueError(value)
    return exp.Boolean(this=value.lower() == "true")


def _date(value: str) -> exp.Expr:
    return _cast(date.fromisoformat(value).isoformat(), "DATE")


def _timestamp(value: str) -> exp.Expr:
    return _cast(datetime.fromisoformat(value).isoformat(sep=" "), "TIMESTAMP")


def _instant(value: str) -> exp.Expr:
    return _cast(datetime.fromisoformat(value).isoformat(sep=" "), "TIMESTAMPTZ")


def _uuid(value: str) -> exp.Expr:
    return _cast(str(uuid.UUID(value)), "UUID")


def _cast(text: str, kind: str) -> exp.Expr:
    return exp.Cast(this=exp.Literal.string(text), to=exp.DataType(this=exp.DataType.Type[kind]))


_MAKERS: dict[str, Callable[[str], exp.Expr]] = {
    "bigint": _integer,
    "numeric": _decimal,
    "boolean": _boolean,
    "text": exp.Literal.string,
    "date": _date,
    "timestamp": _timestamp,
    "timestamptz": _instant,
    "uuid": _uuid,
}
_FAMILIES = {
    **dict.fromkeys(("integer", "int", "int2", "int4", "int8", "bigint", "smallint", "tinyint"), "bigint"),
    **dict.fromkeys(("numeric", "decimal", "real", "float", "float4", "float8", "double"), "numeric"),
    **dict.fromkeys(("boolean", "bool"), "boolean"),
    **dict.fromkeys(("text", "varchar", "char", "string", "bpchar", "name", "citext", "character"), "text"),
    **dict.fromkeys(("character varying", "nvarchar", "nchar"), "text"),
    **dict.fromkeys(("timestamp", "timestamp without time zone"), "timestamp"),
    **dict.fromkeys(("timestamptz", "timestamp with time zone"), "timestamptz"),
    "double precision": "numeric",
    "date": "date",
    "uuid": "uuid",
}
