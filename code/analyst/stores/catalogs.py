"""Catalogs as they were read or edited, in Postgres."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

from analyst.catalog import Catalog
from analyst.stores.state import State

MOST_KEPT = 8
"""Catalogs that a process keeps as they were read."""


class Catalogs:
    """`ports.CatalogStore` on the product's own Postgres."""

    def __init__(self, state: State, *, reader_of: Callable[[str], str] = lambda _: "") -> None:
        """`reader_of` says as whom a source is read now; what another one read of it is not known here."""
        self._state = state
        self._reader_of = reader_of
        self._known: dict[str, tuple[datetime, Catalog]] = {}

    def load(self, source: str, *, newer_than_seconds: float | None = None) -> Catalog | None:
        """The stored catalog; None when it was never built or is older, unless a person edited it."""
        row = self._state.row(
            "SELECT built_at, (%s::float IS NULL OR built_at > now() - %s * interval '1 second') AS fresh"
            " FROM catalogs WHERE source = %s AND reader IN ('', %s)",
            (newer_than_seconds, newer_than_seconds, source, self._reader_of(source)),
        )
        catalog = self._built(source, row["built_at"]) if row else None
        return catalog if row and catalog and (row["fresh"] or catalog.edited) else None

    def _built(self, source: str, built_at: datetime) -> Catalog | None:
        """The catalog of that moment, read once, since a large one and all that is derived from it take their time."""
        known = self._known.get(source)
        if known is not None and known[0] == built_at:
            return known[1]
        row = self._state.row("SELECT built_at, catalog FROM catalogs WHERE source = %s", (source,))
        if row is None:
            return None
        catalog = Catalog.from_dict(row["catalog"])
        kept = dict(list(self._known.items())[1 - MOST_KEPT :])
        self._known = {**kept, source: (row["built_at"], catalog)}
        return catalog

    def lease(self, source: str, seconds: float) -> bool:
        """True for one who asks within so many seconds: who may read a source anew for all others."""
        row = self._state.row(
            "INSERT INTO catalog_leases (source, until) VALUES (%s, now() + %s * interval '1 second')"
            " ON CONFLICT (source) DO UPDATE SET until = excluded.until WHERE catalog_leases.until < now()"
            " RETURNING 1",
            (source, seconds),
        )
        return row is not None

    def save(self, catalog: Catalog) -> None:
        """Keep a catalog in place of the one before."""
        text = json.dumps(catalog.to_dict()).replace("\\u0000", "")
        self._state.rows(
            "INSERT INTO catalogs (source, catalog, reader) VALUES (%s, %s, %s) ON CONFLICT (source)"
            " DO UPDATE SET catalog = excluded.catalog, reader = excluded.reader, built_at = now()",
            (catalog.source, text, self._reader_of(catalog.source)),
        )
