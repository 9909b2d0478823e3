"""Finds rows that were read for the very same query not long ago, and notes those that may be shown again."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence

from analyst.catalog import Catalog
from analyst.draft import Query
from analyst.errors import StoreError
from analyst.ports import Cancellation, ResultSink, ResultStore, Reusable, ReusableStore
from analyst.result import Cell, ResultColumn
from analyst.reusing.lasting import lasts

logger = logging.getLogger(__name__)


class Recall:
    """Result reuse of all sources; one that has no age set is never touched by it."""

    def __init__(
        self,
        *,
        kept: ReusableStore,
        results: ResultStore,
        seconds_of: Callable[[str], float],
        connection_of: Callable[[str], str],
    ) -> None:
        """`seconds_of` says how old rows of a source may be, 0 for never; `connection_of` as whom it is read."""
        self._kept = kept
        self._results = results
        self._seconds_of = seconds_of
        self._connection_of = connection_of

    def key(self, query: Query, *, source: str, catalog: Catalog) -> str:
        """What two runs must have in common to have the same rows; empty for a query that is always run anew.

        The executed SQL holds the asker's row filters and limit, so people share rows only where they run the same.
        """
        if self._seconds_of(source) <= 0 or not lasts(query, catalog):
            return ""
        parts = json.dumps([source, self._connection_of(source), query.dialect, query.sql])
        return hashlib.sha256(parts.encode()).hexdigest()

    def find(self, key: str, *, source: str) -> Reusable | None:
        """The earlier result; None where there is none, or it cannot be looked up: then the query just runs."""
        try:
            return self._kept.find(key, newer_than_seconds=self._seconds_of(source))
        except StoreError as error:
            logger.warning("no look-up of earlier results: %s", error.code)
            return None

    def copy(self, found: Reusable, sink: ResultSink, *, cancellation: Cancellation) -> None:
        """Write an earlier result to a sink; raises NotFound or StoreError where it is not there as it was."""
        digest = Digest()
        columns, batches = self._results.stream(found.result_id)
        for to in (sink, digest):
            to.columns(columns)
        for batch in batches:
            cancellation.check()
            for to in (sink, digest):
                to.rows(batch)
        if digest.hex != found.digest:
            raise StoreError("The stored result is another one by now.")

    def note(self, key: str, found: Reusable, *, source: str) -> None:
        """Let a result be found by later runs; where that cannot be written down, they just run."""
        try:
            self._kept.keep(key, found, source=source)
        except StoreError as error:
            logger.warning("a result was not noted for reuse: %s", error.code)


class Digest:
    """A `ResultSink` that keeps of a result only its SHA-256, in this order of columns and rows."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    @property
    def hex(self) -> str:
        """In hexadecimal digits."""
        return self._hash.hexdigest()

    def columns(self, columns: Sequence[ResultColumn]) -> None:
        """Called once, before any row."""
        self._add([[column.name, column.kind.value] for column in columns])

    def rows(self, rows: Sequence[Sequence[Cell]]) -> None:
        """The next rows, in batches of any size."""
        for row in rows:
            self._add(list(row))

    def _add(self, value: object) -> None:
        self._hash.update(json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n")
