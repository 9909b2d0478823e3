"""Reads the case files: catalogs.txt, and blocks of SQL before and after a repair."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from analyst.catalog import Catalog, Column, Link, Table

_HERE = Path(__file__).parent
_COLUMN = re.compile(
    r"(?P<name>\w+) (?P<type>[^*>\[]+?)\s*(?P<key>\*)?\s*(?:> (?P<to>[\w.]+))?\s*(?:\[(?P<values>.*)\])?\Z"
)


@dataclass(frozen=True)
class Case:
    """A draft, what becomes of it, and what is said about it."""

    catalog: str
    dialect: str
    before: str
    after: str
    notes: tuple[str, ...]


def cases(name: str) -> list[Case]:
    """Every block of a file: `-- catalog [dialect]`, the SQL, `-- becomes`, the SQL, and `-- note: …` lines."""
    blocks = re.split(r"\n\s*\n", (_HERE / name).read_text(encoding="utf-8").strip())
    return [_case(block) for block in blocks if not block.startswith("#")]


def _case(block: str) -> Case:
    head, _, rest = block.partition("\n")
    catalog, _, dialect = head.removeprefix("-- ").strip().partition(" ")
    lines = rest.split("\n")
    notes = tuple(line.removeprefix("-- note: ") for line in lines if line.startswith("-- note: "))
    text = "\n".join(line for line in lines if not line.startswith("-- note: "))
    before, _, after = text.partition("\n-- becomes\n")
    return Case(catalog, dialect or "postgres", before, after or before, notes)


def catalogs(dialect: str = "postgres", *, folder: Path = _HERE) -> dict[str, Catalog]:
    """The databases of a folder's catalogs.txt, by name."""
    text = (folder / "catalogs.txt").read_text(encoding="utf-8")
    blocks = re.split(r"\n\s*\n", re.sub(r"^#.*\n", "", text, flags=re.M).strip())
    return {b.split("\n")[0].strip(): _catalog(b.split("\n")[1:], dialect) for b in blocks}


def _catalog(lines: list[str], dialect: str) -> Catalog:
    read = [_table(line) for line in lines]
    return Catalog(
        source="cases",
        dialect=dialect,
        tables=tuple(table for table, _ in read),
        links=tuple(link for _, links in read for link in links),
    )


def _table(line: str) -> tuple[Table, list[Link]]:
    name, _, listed = line.partition(": ")
    schema, _, table = name.rpartition(".")
    key = (schema or "public", table)
    found = [m for part in re.split(r", (?=\w+ [a-z])", listed) if (m := _COLUMN.match(part.strip()))]
    columns = tuple(
        Column(name=m["name"], type=m["type"].strip(), values=tuple((m["values"] or "").split()))
        for m in found
    )
    links = [_link(key, m["name"], m["to"]) for m in found if m["to"]]
    primary = tuple(m["name"] for m in found if m["key"])
    return Table(schema=key[0], name=table, columns=columns, primary_key=primary), links


def _link(table: tuple[str, str], column: str, to: str) -> Link:
    *schema, other, key = to.split(".")
    to_table = (schema[0] if schema else "public", other)
    return Link(table=table, columns=(column,), to_table=to_table, to_columns=(key,))


def create(catalog: Catalog) -> str:
    """The statements that make a database of a catalog, empty."""
    schemas = sorted({t.schema for t in catalog.tables} - {"public"})
    made = [f"CREATE SCHEMA {s}" for s in schemas]
    for table in catalog.tables:
        columns = [f'"{c.name}" {c.type}' for c in table.columns]
        columns += [f"PRIMARY KEY ({', '.join(table.primary_key)})"] if table.primary_key else []
        made.append(f"CREATE TABLE {table.schema}.{table.name} ({', '.join(columns)})")
    return ";\n".join(made)
