"""Links between tables that nobody declared, read from names and types; rather one too few than one wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

from analyst.catalog import Column, Link, Table

_TOO_COMMON = frozenset({"id", "key", "code", "name", "uuid", "guid", "number", "no", "nr"})
"""Names that say nothing about which table is meant."""
_FAMILIES: Mapping[str, str] = {
    "smallint": "integer",
    "int": "integer",
    "integer": "integer",
    "bigint": "integer",
    "text": "text",
    "string": "text",
    "varchar": "text",
    "char": "text",
    "character": "text",
    "character varying": "text",
}

_SHORTEST_PREFIX = 2
_SHORTEST_CORE = 5
"""Letters of a key's name behind the prefix that all names share; fewer would fit too many columns."""
_LONGEST_MIDDLE = 4
"""Letters between that prefix and the key's own name, which stand for the table that links: sb-tx-custid."""

_Keys = Mapping[tuple[str, str], Column]


def infer_links(tables: Sequence[Table], declared: Sequence[Link] = ()) -> tuple[Link, ...]:
    """Links from a column to another table's key of one column, where the names fit and the types too.

    Names fit when both columns share one that says enough ("carrier_code"), or when the column is named
    after the table ("customer_id", "customerid", "id_customer" -> customer or customers), or when all names of
    the database begin alike and both end alike ("sbtxcustid" -> "sbcustid"). A column of a declared link is left
    alone, and so is one that fits several tables equally well or holds values that the key does not.
    """
    taken = {(link.table, name) for link in declared for name in link.columns}
    keys = {t.key: column for t in tables if (column := _key(t)) is not None}
    prefix = _shared_prefix(tables)
    single = tuple(
        Link(
            table=table.key,
            columns=(column.name,),
            to_table=target,
            to_columns=(keys[target].name,),
            declared=False,
        )
        for table in tables
        for column in table.columns
        if (table.key, column.name) not in taken
        if (target := _target(table, column, keys) or _prefixed(table, column, keys, prefix=prefix))
        is not None
    )
    return single + tuple(_joint_links(tables, declared))


def _joint_links(tables: Sequence[Table], declared: Sequence[Link]) -> Iterator[Link]:
    """Links over a key of several columns, where a table holds all of them by the same names and types.

    Joining on one of them alone would multiply rows. Where several tables have the same key, none is taken.
    """
    known = {(link.table, link.to_table) for link in declared}
    joint = [t for t in tables if len(t.primary_key) > 1 and "view" not in t.kind]
    for table in tables:
        fits = [other for other in joint if other.key != table.key and _holds_key(table, other)]
        if len(fits) != 1 or (table.key, fits[0].key) in known:
            continue
        key = fits[0].primary_key
        yield Link(table=table.key, columns=key, to_table=fits[0].key, to_columns=key, declared=False)


def _holds_key(table: Table, other: Table) -> bool:
    """True where a table has every column of the other's key, and is not one that has the very same key."""
    pairs = [(table.column(name), other.column(name)) for name in other.primary_key]
    fits = all(mine and theirs and _family(mine.type) == _family(theirs.type) for mine, theirs in pairs)
    return fits and set(table.primary_key) != set(other.primary_key)


def _key(table: Table) -> Column | None:
    """The one column that identifies a row: the primary key, or where none is declared what looks like it."""
    if table.primary_key:
        return table.column(table.primary_key[0]) if len(table.primary_key) == 1 else None
    return _presumed_key(table) if "view" not in table.kind else None


def _presumed_key(table: Table) -> Column | None:
    """A column "id", or the only required id when it is named for the table; two make a table that links."""
    required = [c for c in table.columns if not c.nullable and _looks_like_id(c.name)]
    plain = [c for c in table.columns if c.name.lower() == "id"]
    if plain or len(required) != 1:
        return plain[0] if len(plain) == 1 else None
    name = required[0].name
    own = name.lower() == f"{table.name[:1].lower()}id" or _named_after(name, table.name)
    return required[0] if own else None


def _looks_like_id(name: str) -> bool:
    return name.lower().endswith("id") or name.lower().startswith("id_")


def _target(table: Table, column: Column, keys: _Keys) -> tuple[str, str] | None:
    fits = [
        key
        for key, target in keys.items()
        if key != table.key
        and _family(target.type) == _family(column.type)
        and _names_fit(column.name, key[1], target.name)
    ]
    if _is(keys.get(table.key), column):
        # A table's own key links only to the table it is named after: customer_details.customer_id.
        fits = [key for key in fits if _named_after(column.name, key[1])]
        if _named_after(column.name, table.name):
            return None
    return _only(fits, schema=table.schema, name=column.name)


def _shared_prefix(tables: Sequence[Table]) -> str:
    """How the names of all tables and most of their columns begin; empty where they do not begin alike."""
    names = sorted(t.name.lower() for t in tables) or [""]
    alike_letters = takewhile(lambda pair: pair[0] == pair[1], zip(names[0], names[-1], strict=False))
    prefix = "".join(letter for letter, _ in alike_letters) if len(names) > 1 else ""
    columns = [c.name.lower() for t in tables for c in t.columns]
    alike = sum(name.startswith(prefix) for name in columns)
    return prefix if len(prefix) >= _SHORTEST_PREFIX and alike * 2 > len(columns) else ""


def _prefixed(table: Table, column: Column, keys: _Keys, *, prefix: str) -> tuple[str, str] | None:
    if not prefix or _is(keys.get(table.key), column):
        return None
    fits = [key for key, target in keys.items() if key != table.key and _ends_alike(column, target, prefix)]
    return fits[0] if len(fits) == 1 else None


def _ends_alike(column: Column, key: Column, prefix: str) -> bool:
    name, core = column.name.lower(), key.name.lower().removeprefix(prefix)
    between = len(name) - len(prefix) - len(core)
    return (
        len(core) >= _SHORTEST_CORE
        and name.startswith(prefix)
        and name.endswith(core)
        and 0 < between <= _LONGEST_MIDDLE
        and _family(column.type) == _family(key.type)
        and not (key.values_complete and set(column.values) - set(key.values))
    )


def _is(key: Column | None, column: Column) -> bool:
    return key is not None and key.name == column.name


def _names_fit(column: str, table: str, key: str) -> bool:
    same = column.lower() == key.lower() and column.lower() not in _TOO_COMMON
    return same or _named_after(column, table)


def _named_after(column: str, table: str) -> bool:
    """Whether a column's name is that of a table with "id" before or after it."""
    return bool(_stems(column) & _singulars(table))


def _stems(column: str) -> set[str]:
    name = column.lower()
    found = re.fullmatch(r"(?:id_(?P<after>.+))|(?:(?P<before>.+?)_?id)", name)
    stem = (found["after"] or found["before"]) if found else ""
    return {stem} if len(stem) > 1 else set()


def _singulars(table: str) -> set[str]:
    """A table's name, and what it may be the plural of."""
    name = table.lower()
    endings = (("ies", "y"), ("es", ""), ("s", ""))
    return {name} | {name.removesuffix(end) + put for end, put in endings if name.endswith(end)}


def _only(keys: Iterable[tuple[str, str]], *, schema: str, name: str) -> tuple[str, str] | None:
    """The one that fits best: in the same schema before others, named after before same-named."""
    left = list(keys)
    for better in (lambda key: key[0] == schema, lambda key: _named_after(name, key[1])):
        left = [key for key in left if better(key)] or left
    return left[0] if len(left) == 1 else None


def _family(type_: str) -> str:
    plain = type_.partition("(")[0].strip().lower()
    return _FAMILIES.get(plain, type_.lower())
