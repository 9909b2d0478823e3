"""Reads schemas.txt, and makes one large catalog of it: copies by other names, years and departments, and filler."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, cycle
from pathlib import Path

from analyst.catalog import Catalog, Column, Link, Table
from analyst.links import infer_links

_HERE = Path(__file__).parent
_TYPES = {"int": "integer", "bool": "boolean", "timestamptz": "timestamp with time zone"}
_COLUMN = re.compile(
    r"(?P<name>\w+) (?P<type>\w+)(?P<key>\*)?(?: > (?P<to>\w+\.\w+))?"
    r'(?: \[(?P<values>[^\]]*)\])?(?: "(?P<comment>[^"]*)")?\Z'
)
_VARIANTS = ("stg_{}", "{}_bak", "{}_2019", "{}_2020", "{}_old", "tmp_{}", "{}_archive", "{}_copy1", "raw_{}")
_DEPARTMENTS = ("emea", "apac", "archive", "sandbox", "latam")
_THINGS = ("job", "queue", "cache", "migration", "session", "webhook", "feature_flag", "lookup", "translation",
           "report", "dashboard", "widget", "crawler", "backup", "sensor", "printer", "menu", "poll", "badge",
           "forum", "playlist", "recipe", "meter", "parking", "satellite")  # fmt: skip
_KINDS = ("log", "config", "history", "entry", "param", "run", "detail", "mapping", "stats", "error")
_FIELDS = ("id", "label", "payload", "severity", "attempt", "locale", "sort_order", "checksum", "ref_key", "note",
           "started_at", "finished_at", "host", "level", "amount", "state", "owner", "kind", "total")  # fmt: skip
_PADDING = ("created_at", "created_by", "updated_at", "updated_by", "etl_batch_id", "source_system", "row_hash",
            "is_deleted", "valid_from", "valid_to", "remarks", "ext_ref", "legacy_code", "version_no", "tenant_key",
            "import_file", "sync_state", "reviewed_by", "reviewed_at", "approval_code", "attribute_1", "attribute_2",
            "attribute_3", "attribute_4", "attribute_5", "flag_a", "flag_b", "memo", "text_1", "text_2", "num_1",
            "num_2", "date_1", "date_2", "loaded_on", "partition_key", "change_seq", "op_code")  # fmt: skip
_SECOND = ("_src", "_prev", "_orig")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question and the columns that its answer needs."""

    id: str
    part: str
    """"tuned", or "held" for those that were not looked at while the weights were set."""
    question: str
    needs: frozenset[tuple[str, str, str]]
    """Schema, table and column."""


def asked() -> list[Asked]:
    """Every question of questions.jsonl."""
    lines = (_HERE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [_asked(json.loads(line)) for line in lines]


def _asked(data: dict[str, object]) -> Asked:
    needs = data["needs"]
    assert isinstance(needs, list)
    places = frozenset((str(data["database"]), *str(need).split(".")) for need in needs)
    return Asked(
        id=str(data["id"]),
        part=str(data["part"]),
        question=str(data["question"]),
        needs=places,  # type: ignore[arg-type]
    )


def databases() -> dict[str, Catalog]:
    """The databases of schemas.txt, each in a schema of its name."""
    text = (_HERE / "schemas.txt").read_text(encoding="utf-8")
    parts = re.split(r"^== ", text, flags=re.M)[1:]
    return {name: _database(name, body) for name, _, body in (part.partition("\n") for part in parts)}


def _database(schema: str, body: str) -> Catalog:
    lines = [line for line in body.splitlines() if line.strip()]
    glossary = tuple(tuple(line[2:].split(" = ", 1)) for line in lines if line.startswith(": "))
    lines = [line for line in lines if not line.startswith(": ")]
    read = [_table(schema, head, row) for head, row in zip(lines[::2], lines[1::2], strict=True)]
    tables = tuple(table for table, _ in read)
    declared = tuple(link for _, links in read for link in links)
    return Catalog(
        source=schema,
        dialect="postgres",
        tables=tables,
        links=declared + infer_links(tables, declared),
        glossary=glossary,  # type: ignore[arg-type]
    )


def _table(schema: str, head: str, row: str) -> tuple[Table, list[Link]]:
    found = re.fullmatch(r'(\w+) (\d+)(?: "(.*)")?', head)
    assert found, head
    matches = [(_COLUMN.match(part.strip()), part) for part in row.split(";")]
    assert all(match for match, _ in matches), [part for match, part in matches if not match]
    columns = [match for match, _ in matches if match]
    table = Table(
        schema=schema,
        name=found[1],
        rows=int(found[2]),
        comment=found[3] or "",
        columns=tuple(_column(m) for m in columns),
        primary_key=tuple(m["name"] for m in columns if m["key"]),
    )
    links = [_link(table.key, m["name"], m["to"]) for m in columns if m["to"]]
    return table, links


def _column(match: re.Match[str]) -> Column:
    values = tuple(match["values"].split("|")) if match["values"] else ()
    kind = _TYPES.get(match["type"], match["type"])
    return Column(
        name=match["name"],
        type=kind,
        comment=match["comment"] or "",
        values=values,
        values_complete=bool(values),
    )


def _link(table: tuple[str, str], column: str, to: str) -> Link:
    other, key = to.split(".")
    return Link(table=table, columns=(column,), to_table=(table[0], other), to_columns=(key,))


def merged(catalogs: Sequence[Catalog], *, tables: int = 1000, columns: int = 20_000) -> Catalog:
    """One catalog of all, filled up with renamed copies and unrelated tables in a random but constant order."""
    chance = random.Random(4)
    originals = [table for catalog in catalogs for table in catalog.tables]
    links = [link for catalog in catalogs for link in catalog.links]
    copied, copied_links = _copies(originals, links, tables - len(originals), chance)
    every = originals + copied + list(_unrelated(tables - len(originals) - len(copied), chance))
    chance.shuffle(every)
    return Catalog(
        source="merged",
        dialect="postgres",
        tables=tuple(_padded(every, columns, frozenset(t.key for t in originals))),
        links=tuple(links + copied_links),
        glossary=tuple(entry for catalog in catalogs for entry in catalog.glossary),
    )


def _copies(
    originals: Sequence[Table], links: Sequence[Link], room: int, chance: random.Random
) -> tuple[list[Table], list[Link]]:
    """Whole schemas of other departments for half of the room, single tables under other names for a third."""
    made: list[Table] = []
    made_links: list[Link] = []
    schemas = list(dict.fromkeys(t.schema for t in originals))
    for department, schema in chain.from_iterable(((d, s) for s in schemas) for d in _DEPARTMENTS):
        whole = [t for t in originals if t.schema == schema]
        if len(made) + len(whole) > room // 2:
            break
        name = f"{department}_{schema}"
        made += [replace(t, schema=name, rows=_fewer(t, chance)) for t in whole]
        moved = [k for k in links if k.table[0] == schema == k.to_table[0]]
        made_links += [replace(k, table=(name, k.table[1]), to_table=(name, k.to_table[1])) for k in moved]
    singles = [(t, form) for t in originals for form in _VARIANTS]
    for table, form in chance.sample(singles, min(len(singles), room // 3)):
        name = form.format(table.name)
        made.append(replace(table, name=name, rows=_fewer(table, chance), primary_key=()))
    return made, made_links


def _fewer(table: Table, chance: random.Random) -> int:
    return int((table.rows or 0) * chance.uniform(0.05, 0.95))


def _unrelated(count: int, chance: random.Random) -> Iterator[Table]:
    names = [f"{thing}_{kind}" for thing in _THINGS for kind in _KINDS]
    chance.shuffle(names)
    for number, name in enumerate((names * 4)[:count]):
        fields = dict.fromkeys(["id", *chance.sample(_FIELDS, 8)])
        columns = tuple(
            Column(name=f, type="integer" if f in ("id", "amount", "total") else "text") for f in fields
        )
        schema = ("ops", "app", "infra", "misc")[number // len(names)]
        yield Table(
            schema=schema, name=name, columns=columns, primary_key=("id",), rows=chance.randrange(10**6)
        )


def _padded(tables: Sequence[Table], columns: int, originals: frozenset[tuple[str, str]]) -> Iterator[Table]:
    """The tables with columns of the kind that loading tools add; what was asked about gets four of them."""
    fixed = sum(len(t.columns) + 4 for t in tables if t.key in originals)
    others = [t for t in tables if t.key not in originals]
    room = max(0, columns - fixed - sum(len(t.columns) for t in others))
    shares = cycle([room // max(1, len(others))])
    spare = room % max(1, len(others))
    for table in tables:
        share = 4
        if table.key not in originals:
            share = next(shares) + (spare > 0)
            spare -= 1
        taken = {c.name for c in table.columns}
        names = [n for n in (*_PADDING, *(p + s for s in _SECOND for p in _PADDING)) if n not in taken][
            :share
        ]
        added = tuple(Column(name=n, type=_padding_type(n)) for n in names)
        yield replace(table, columns=table.columns + added)


def _padding_type(name: str) -> str:
    return (
        "timestamp with time zone"
        if name.endswith("_at")
        else "date"
        if name.startswith(("date_", "valid_", "loaded_"))
        else "text"
    )
