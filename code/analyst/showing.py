"""How a catalog is written for a model: short, in a stable order, in the words of SQL."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from analyst import word_files
from analyst.catalog import Catalog, Column, Link, Table

LONGEST_COMMENT = 220
MOST_VALUES = 20
LONGEST_LIST = 160
"""Characters of values that are listed of one column; a longer list is one of things, not of kinds."""
FEW_VALUES = 2
"""Of a column whose values are not listed, these many show what they look like."""

_PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")
_LENGTH = re.compile(r"\([0-9, ]+\)")
_SHORT_TYPES = {
    "character varying": "text",
    "character": "text",
    "bpchar": "text",
    "integer": "int",
    "smallint": "int",
    "double precision": "float",
    "real": "float",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
}
_DATED = ("date", "timestamp")
_COUNTED = ("int", "bigint", "smallint")


def schema_text(catalog: Catalog) -> str:
    """The catalog as CREATE TABLE statements with comments; columns without a remark share their lines."""
    parts = [_table_text(table, catalog) for table in catalog.tables if _is_one_line(table.name)]
    if catalog.glossary:
        parts.append(
            "\n".join(" ".join(f"-- {word}: {meaning}".split()) for word, meaning in catalog.glossary)
        )
    return "\n".join(parts)


def table_name(table: Table, catalog: Catalog) -> str:
    """The table's name as SQL needs it: quoted where necessary, with its schema unless that is the default."""
    name = quoted(table.name)
    return name if table.schema == catalog.default_schema else f"{quoted(table.schema)}.{name}"


def quoted(name: str) -> str:
    """An identifier, in double quotes unless it is plain lower case and no word of the grammar."""
    return name if _PLAIN_NAME.match(name) and not is_reserved(name) else '"' + name.replace('"', '""') + '"'


def is_reserved(name: str) -> bool:
    """True for words that name a table or a column in double quotes only."""
    return name in word_files.words("analyst", "reserved")


def short_type(type: str) -> str:
    """A type by the shortest name that says as much to who writes a query."""
    plain = " ".join(_LENGTH.sub(" ", type).split())
    return _SHORT_TYPES.get(plain, plain)


def table_opening(table: Table, catalog: Catalog) -> str:
    """How a table begins, with the remark on it; its columns follow."""
    return f"CREATE TABLE {table_name(table, catalog)} ( -- {_short(table.comment)}"


def column_text(column: Column, table: Table, catalog: Catalog) -> tuple[str, str]:
    """A column that is linked to nothing as it is written, and the remark that follows it; empty without one."""
    return _column_text(column, table, catalog, link=None)


def _table_text(table: Table, catalog: Catalog) -> str:
    links = [k for k in catalog.links if k.table == table.key]
    single = {k.columns[0]: k for k in links if len(k.columns) == 1}
    columns = [
        _column_text(c, table, catalog, link=single.get(c.name))
        for c in table.columns
        if _is_one_line(c.name)
    ]
    several = [_several_text(k, catalog) for k in links if len(k.columns) > 1]
    key = [f"PRIMARY KEY ({', '.join(map(quoted, table.primary_key))})"] if len(table.primary_key) > 1 else []
    opening = f"CREATE TABLE {table_name(table, catalog)} ("
    return _lines(opening, _short(table.comment), [*columns, *((text, "") for text in (*key, *several))])


def _lines(opening: str, remark: str, items: Sequence[tuple[str, str]]) -> str:
    """Items with their remarks, which end a line."""
    text = f"{opening} -- {remark}\n" if remark else opening
    for number, (item, said) in enumerate(items, 1):
        text += item + ("," if number < len(items) else ")")
        text += f" -- {said}\n" if said else " " if number < len(items) else ""
    return text.rstrip() + "\n" if text.endswith("\n") else text + "\n"


def _column_text(column: Column, table: Table, catalog: Catalog, *, link: Link | None) -> tuple[str, str]:
    item = f"{quoted(column.name)} {short_type(column.type)}"
    if table.primary_key == (column.name,):
        item += " PRIMARY KEY"
    remarks = [_short(column.comment).rstrip(".")]
    if link and link.declared:
        item += f" REFERENCES {_target(link, catalog)}"
    elif link:
        remarks.append(f"joins {_target(link, catalog)}")
    is_key = link is not None or column.name in table.primary_key
    remarks.append(_values_text(column, is_key=is_key))
    return item, "; ".join(filter(None, remarks))


def _values_text(column: Column, *, is_key: bool) -> str:
    values = [v for v in column.values if _is_one_line(v)]
    listed = _listed(values)
    if is_key and values:
        return f"like {_listed(values[:1])}"
    complete = column.values_complete and len(values) == len(column.values) <= MOST_VALUES
    if complete and len(listed) <= LONGEST_LIST:
        return listed
    if values:
        return f"like {_listed(values[:FEW_VALUES])}"
    kind = short_type(column.type)
    told = kind.startswith(_DATED) or (kind in _COUNTED and not is_key)
    return f"{column.lowest} to {column.highest}" if told and column.lowest and column.highest else ""


def _several_text(link: Link, catalog: Catalog) -> str:
    columns = ", ".join(map(quoted, link.columns))
    return f"FOREIGN KEY ({columns}) REFERENCES {_target(link, catalog)}"


def _target(link: Link, catalog: Catalog) -> str:
    table = catalog.table(link.to_table[1], link.to_table[0])
    name = table_name(table, catalog) if table else ".".join(map(quoted, link.to_table))
    return f"{name}({', '.join(map(quoted, link.to_columns))})"


def _is_one_line(text: str) -> bool:
    """False for a name or value with a line's end in it: what follows would stand outside of its comment."""
    return text.splitlines() in ([text], [])


def _listed(values: Iterable[str]) -> str:
    return ", ".join("'" + v.replace("'", "''") + "'" for v in values)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_COMMENT else flat[: LONGEST_COMMENT - 1] + "…"
