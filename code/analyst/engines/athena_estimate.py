"""An upper bound of what a query reads, before it runs; and which tables need a filter first."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from analyst.draft import Query
from analyst.engines.athena_address import Address
from analyst.engines.athena_calls import Calls, Patience
from analyst.engines.athena_cost import Estimate, TableEstimate
from analyst.engines.athena_filters import Read, TooManyReads, expression, names_only_keys, parsed, reads
from analyst.engines.athena_kept import Kept
from analyst.engines.athena_partitions import Budget, GlueTable, Sizes
from analyst.errors import DatabaseError, Refused

_log = logging.getLogger(__name__)

ESTIMATE_SECONDS = 8.0
"""How long sizes are looked up; what is not found by then is not waited for."""


def estimated(query: Query, *, calls: Calls, address: Address, kept: Kept, patience: Patience) -> Estimate:
    """What a guarded query reads at most. What cannot be looked up makes the estimate incomplete, never an error.

    A bound, not a forecast: all columns of every file in the partitions that the query's own comparisons leave.
    """
    tree = parsed(query.sql)
    nothing = Estimate(tables=(), usd_per_tb=address.usd_per_tb, whole=False)
    if tree is None or address.federated:
        return nothing
    budget = Budget(until=time.monotonic() + ESTIMATE_SECONDS)
    sizes = Sizes(calls=calls, kept=kept, patience=patience, budget=budget)
    try:
        places = reads(tree, schema=address.database, views=lambda s, n: _view(sizes, s, n))
        found = [_table(place, sizes) for place in places]
    except (TooManyReads, RecursionError):
        return nothing
    except DatabaseError as error:
        patience.cancellation.check()
        _log.info("what a query reads cannot be estimated: %s", error.code)
        return nothing
    tables = tuple(t for t in found if t is not None)
    return Estimate(tables=tables, usd_per_tb=address.usd_per_tb, whole=len(tables) == len(found))


def check_filters(estimate: Estimate, address: Address) -> None:
    """Raise Refused where a large partitioned table is read without any filter on its partitions."""
    for table in estimate.tables:
        large = table.bytes > address.large_bytes or table.partitions > address.large_partitions
        if table.own and table.partition_keys and not table.filtered and large:
            raise Refused(_suggestion(table), rule="partitions")


def _suggestion(table: TableEstimate) -> str:
    keys = table.partition_keys
    example = f", for example {keys[0]} = {table.newest}, the newest there is" if table.newest else ""
    named = keys[0] if len(keys) == 1 else f"{', '.join(keys[:-1])} or {keys[-1]}"
    return (
        f"The table {table.schema}.{table.table} is large and is read in parts: "
        f"put a filter on {named}{example}."
    )


def _view(sizes: Sizes, schema: str, name: str) -> str | None:
    table = sizes.table(schema, name)
    return table.view or None if table else None


def _table(place: Read, sizes: Sizes) -> TableEstimate | None:
    """One place's share; None where nothing is known of the table."""
    table = sizes.table(place.schema, place.table)
    if table is None or not (table.location or table.keys):
        return None
    keys = dict(table.keys)
    return _sized(
        place, table, sizes, filtered=any(names_only_keys(condition, keys) for condition in place.conditions)
    )


def _sized(place: Read, table: GlueTable, sizes: Sizes, *, filtered: bool) -> TableEstimate:
    names = tuple(name for name, _ in table.keys)
    projected = _projected(place, table)
    if not table.keys or table.projection:
        size, complete = sizes.bytes([table.location] if projected is None else projected)
        partitions, newest = len(projected or ()), ""
    else:
        where = expression(place.conditions, dict(table.keys))
        found = sizes.partitions(place.schema, place.table, table.keys, where)
        size, complete = sizes.bytes(_places(found.locations, table))
        complete = complete and found.complete
        partitions, newest = len(found.locations), found.newest
    return TableEstimate(
        schema=place.schema,
        table=place.table,
        bytes=size,
        complete=complete,
        partition_keys=names,
        partitions=partitions,
        filtered=filtered,
        newest=newest,
        own=place.own,
    )


def _projected(place: Read, table: GlueTable) -> list[str] | None:
    """Where the partitions lie that Athena works out by itself; None for all of the table."""
    if table.projection is None or not table.keys:
        return None
    now = datetime.now(UTC).replace(tzinfo=None)
    return table.projection.places(table.keys, place.conditions, now=now)


def _places(locations: Sequence[str], table: GlueTable) -> list[str]:
    """Where the partitions lie; one that does not say lies somewhere below the table."""
    return [location or table.location for location in locations]
