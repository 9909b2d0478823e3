"""Which tables are as they were when they were read, so that their values need not be looked at again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyst.catalog import Catalog, Column, Table
from analyst.engines.postgres_session import Session
from analyst.engines.postgres_sql import statement
from analyst.engines.postgres_values import Attribute, Relation, Statistic


def marks(
    opened: Session,
    relations: Sequence[Relation],
    attributes: Mapping[int, Sequence[Attribute]],
    statistics: Mapping[int, Mapping[str, Statistic]],
) -> dict[int, str]:
    """A mark for each relation of which it can be told; read before any value is, so that no change is missed.

    It holds the definition as this role sees it, what ANALYZE found, and how often rows have changed.
    """
    counted = dict(opened.rows(statement("marks")))
    found = {}
    for relation in relations:
        if counted.get(relation.oid) and relation.kind in ("table", "materialized view", "partitioned table"):
            parts = (
                counted[relation.oid],
                relation,
                tuple(attributes.get(relation.oid, ())),
                sorted(statistics.get(relation.oid, {}).items()),
            )
            found[relation.oid] = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
    return found


def unchanged(known: Catalog | None, marked: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], Table]:
    """The known tables whose marks are still the same."""
    tables = known.tables if known else ()
    return {t.key: t for t in tables if t.mark and t.mark == marked.get(t.key)}


def with_values(column: Column, known: Table) -> Column:
    """The column with all that was found in it before."""
    before = known.column(column.name)
    if before is None:
        return column
    return replace(before, comment=column.comment, nullable=column.nullable, type=column.type)
