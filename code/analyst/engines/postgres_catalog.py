"""What a Postgres database holds, read from its own catalog as far as the role may read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyst.catalog import Catalog, Column, Link, Table
from analyst.engines.postgres_changes import marks, unchanged, with_values
from analyst.engines.postgres_lookups import MOST_OF_A_COLUMN, Lookups
from analyst.engines.postgres_session import Session
from analyst.engines.postgres_sql import statement
from analyst.engines.postgres_values import NOTHING, Attribute, Looker, Relation, Statistic
from analyst.links import infer_links
from analyst.values.shelves import is_secret

_KINDS = {"r": "table", "v": "view", "m": "materialized view", "f": "foreign table", "p": "partitioned table"}
_STATISTICS_SECONDS = 10.0

_Key = tuple[str, int, tuple[str, ...], int, tuple[str, ...]]


def read_catalog(opened: Session, *, source: str, known: Catalog | None = None) -> Catalog:
    """The catalog, by way of one open session; values that cannot be looked at are left out.

    Values of tables that are as they were in `known` are taken from there.
    """
    relations = _relations(opened)
    attributes = _attributes(opened)
    keys = _keys(opened)
    statistics = _statistics(opened)
    marked = marks(opened, relations, attributes, statistics)
    same = unchanged(known, {(r.schema, r.name): marked.get(r.oid, "") for r in relations})
    tables = {
        r.oid: replace(
            _table(
                Looker(opened, r, statistics.get(r.oid, {})),
                attributes[r.oid],
                keys,
                known=same.get((r.schema, r.name)),
            ),
            mark=marked.get(r.oid, ""),
        )
        for r in relations
        if r.oid in attributes
    }
    declared = _links(tables, keys)
    every = tuple(tables.values())
    links = declared + infer_links(every, declared)
    wanted = _worth_a_lookup(relations, attributes, statistics)
    follows, fiscal_start = _time_words(opened)
    return Catalog(
        source=source,
        dialect="postgres",
        tables=Lookups(opened).filled(every, links, wanted=wanted, known=known, same=frozenset(same)),
        links=links,
        default_schema=_default_schema(every),
        time_follows=follows,
        fiscal_start=fiscal_start,
    )


def _time_words(opened: Session) -> tuple[str, int]:
    """What "last month" is counted from and when fiscal years begin, where the database's owner says it."""
    follows, month = opened.rows(statement("time_words"))[0]
    known = follows if follows in ("today", "data") else ""
    return known, int(month) if month.isdigit() and 1 <= int(month) <= 12 else 0


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
        for kind, oid, columns, to_oid, to_columns, _ in opened.rows(statement("keys"))
    ]


def _statistics(opened: Session) -> dict[int, dict[str, Statistic]]:
    found: dict[int, dict[str, Statistic]] = defaultdict(dict)
    rows = opened.try_rows(statement("statistics"), seconds=_STATISTICS_SECONDS)
    for oid, name, distinct, frequent, lowest, highest in rows or ():
        found[oid][name] = Statistic(
            distinct=distinct, frequent=tuple(frequent or ()), lowest=lowest or "", highest=highest or ""
        )
    return dict(found)


def _worth_a_lookup(
    relations: Sequence[Relation],
    attributes: Mapping[int, Sequence[Attribute]],
    statistics: Mapping[int, Mapping[str, Statistic]],
) -> dict[tuple[str, str], frozenset[str]]:
    """Text columns of which all values may be read, by table; the smallest tables first."""
    small = [r for r in relations if r.small and r.oid in attributes]
    return {
        (r.schema, r.name): frozenset(
            a.name
            for a in attributes[r.oid]
            if a.family == "text"
            and not is_secret(a.name)
            and not _too_many(r, statistics.get(r.oid, {}).get(a.name))
        )
        for r in sorted(small, key=lambda r: r.bytes or 0)
    }


def _too_many(relation: Relation, statistic: Statistic | None) -> bool:
    # An estimate may be wrong by far; only one that leaves no doubt saves the look.
    return statistic is not None and statistic.count(relation.rows) > 2 * MOST_OF_A_COLUMN


def _table(
    looker: Looker, attributes: Sequence[Attribute], keys: Sequence[_Key], *, known: Table | None = None
) -> Table:
    relation = looker.relation
    # What a password's column holds is nobody's to know, least of all a model's.
    worth = looker.worth([a for a in attributes if not is_secret(a.name)]) if known is None else {}
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
    if known is not None:
        columns = tuple(with_values(column, known) for column in columns)
    visible = {a.name for a in attributes}
    return Table(
        schema=relation.schema,
        name=relation.name,
        columns=columns,
        comment=relation.comment,
        primary_key=next(iter(_of_kind("p", relation.oid, keys, visible)), ()),
        unique_keys=_of_kind("u", relation.oid, keys, visible),
        rows=looker.count() if known is None else known.rows,
        kind=relation.kind,
    )


def _of_kind(wanted: str, oid: int, keys: Sequence[_Key], visible: set[str]) -> tuple[tuple[str, ...], ...]:
    """The columns of each key of a kind, each once; without those that the role may not read in whole."""
    found = [columns for kind, of, columns, _, _ in keys if (kind, of) == (wanted, oid)]
    return tuple(dict.fromkeys(columns for columns in found if visible.issuperset(columns)))


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
