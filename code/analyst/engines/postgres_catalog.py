"""What a Postgres database holds, read from its own catalog as far as the role may read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from analyst.catalog import Catalog, Column, Link, Table
from analyst.engines.postgres_session import Session
from analyst.engines.postgres_sql import statement
from analyst.engines.postgres_values import NOTHING, Attribute, Looker, Relation, Statistic
from analyst.links import infer_links

_KINDS = {"r": "table", "v": "view", "m": "materialized view", "f": "foreign table", "p": "partitioned table"}
_STATISTICS_SECONDS = 10.0

_Key = tuple[str, int, tuple[str, ...], int, tuple[str, ...]]


def read_catalog(opened: Session, *, source: str) -> Catalog:
    """The catalog, by way of one open session; values that cannot be looked at are left out."""
    relations = _relations(opened)
    attributes = _attributes(opened)
    keys = _keys(opened)
    statistics = _statistics(opened)
    tables = {
        r.oid: _table(Looker(opened, r, statistics.get(r.oid, {})), attributes[r.oid], keys)
        for r in relations
        if r.oid in attributes
    }
    declared = _links(tables, keys)
    every = tuple(tables.values())
    return Catalog(
        source=source,
        dialect="postgres",
        tables=every,
        links=declared + infer_links(every, declared),
        default_schema=_default_schema(every),
    )


def _relations(opened: Session) -> list[Relation]:
    return [
        Relation(oid=oid, schema=schema, name=name, kind=_KINDS[kind], comment=comment, bytes=size, rows=rows)
        for oid, schema, name, kind, comment, size, rows in opened.rows(statement("relations"))
    ]


def _attributes(opened: Session) -> dict[int, list[Attribute]]:
    found: dict[int, list[Attribute]] = defaultdict(list)
    for oid, name, type_, comment, nullable, family, labels, indexed in opened.rows(statement("columns")):
        found[oid].append(
            Attribute(
                name=name,
                type=type_,
                comment=comment,
                nullable=nullable,
                family=family,
                labels=tuple(labels),
                indexed=indexed,
            )
        )
    return dict(found)


def _keys(opened: Session) -> list[_Key]:
    return [
        (kind, oid, tuple(columns), to_oid, tuple(to_columns))
        for kind, oid, columns, to_oid, to_columns in opened.rows(statement("keys"))
    ]


def _statistics(opened: Session) -> dict[int, dict[str, Statistic]]:
    found: dict[int, dict[str, Statistic]] = defaultdict(dict)
    rows = opened.try_rows(statement("statistics"), seconds=_STATISTICS_SECONDS)
    for oid, name, distinct, frequent, lowest, highest in rows or ():
        found[oid][name] = Statistic(
            distinct=distinct, frequent=tuple(frequent or ()), lowest=lowest or "", highest=highest or ""
        )
    return dict(found)


def _table(looker: Looker, attributes: Sequence[Attribute], keys: Sequence[_Key]) -> Table:
    relation = looker.relation
    worth = looker.worth(attributes)
    columns = tuple(
        Column(
            name=a.name,
            type=a.type,
            comment=a.comment,
            nullable=a.nullable,
            values=worth.get(a.name, NOTHING).values,
            values_complete=worth.get(a.name, NOTHING).complete,
            lowest=worth.get(a.name, NOTHING).lowest,
            highest=worth.get(a.name, NOTHING).highest,
        )
        for a in attributes
    )
    return Table(
        schema=relation.schema,
        name=relation.name,
        columns=columns,
        comment=relation.comment,
        primary_key=_primary_key(relation.oid, keys, {a.name for a in attributes}),
        rows=looker.count(),
        kind=relation.kind,
    )


def _primary_key(oid: int, keys: Sequence[_Key], visible: set[str]) -> tuple[str, ...]:
    """The key's columns; none where the role may not read all of them."""
    for kind, of, columns, _, _ in keys:
        if kind == "p" and of == oid and visible.issuperset(columns):
            return columns
    return ()


def _links(tables: Mapping[int, Table], keys: Sequence[_Key]) -> tuple[Link, ...]:
    """Foreign keys whose both ends can be read, each once."""
    links = [
        Link(table=tables[oid].key, columns=columns, to_table=tables[to_oid].key, to_columns=to_columns)
        for kind, oid, columns, to_oid, to_columns in keys
        if kind == "f" and _has(tables, oid, columns) and _has(tables, to_oid, to_columns)
    ]
    return tuple(dict.fromkeys(links))


def _has(tables: Mapping[int, Table], oid: int, columns: Sequence[str]) -> bool:
    return oid in tables and all(tables[oid].column(name) for name in columns)


def _default_schema(tables: Sequence[Table]) -> str:
    """ "public" where it has tables, else the schema with most of them."""
    counts = Counter(t.schema for t in tables)
    if "public" in counts or not counts:
        return "public"
    return min(counts, key=lambda schema: (-counts[schema], schema))
