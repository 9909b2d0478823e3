"""Catalogs as they were read or edited, in Postgres."""

from __future__ import annotations

import json

from analyst.catalog import Catalog
from analyst.stores.state import State


class Catalogs:
    """`ports.CatalogStore` on the product's own Postgres."""

    def __init__(self, state: State) -> None:
        self._state = state

    def load(self, source: str, *, newer_than_seconds: float | None = None) -> Catalog | None:
        """The stored catalog; None when it was never built or is older, unless a person edited it."""
        row = self._state.row(
            "SELECT catalog FROM catalogs WHERE source = %s AND (%s::float IS NULL"
            " OR (catalog->>'edited')::boolean OR built_at > now() - %s * interval '1 second')",
            (source, newer_than_seconds, newer_than_seconds),
        )
        return Catalog.from_dict(row["catalog"]) if row else None

    def save(self, catalog: Catalog) -> None:
        """Keep a catalog in place of the one before."""
        text = json.dumps(catalog.to_dict()).replace("\\u0000", "")
        self._state.rows(
            "INSERT INTO catalogs (source, catalog) VALUES (%s, %s)"
            " ON CONFLICT (source) DO UPDATE SET catalog = excluded.catalog, built_at = now()",
            (catalog.source, text),
        )
