"""Catalogs that have grown old are served as they are, while one process reads them anew beside that."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from analyst.catalog import Catalog
from analyst.errors import AnalystError, StoreError
from analyst.ports import CatalogStore, Engine

logger = logging.getLogger(__name__)

STALE_SECONDS = 86_400.0
"""A catalog that is older than this is not served any more before it is read anew."""
LEASE_SECONDS = 60.0
"""For so long nobody else reads a source's catalog, also where that has failed."""


@runtime_checkable
class Renewing(Protocol):
    """An engine that can tell which tables have changed since they were read."""

    def renewed(self, known: Catalog) -> Catalog:
        """The catalog as it is now; tables that have not changed are taken from `known`, with their values."""
        ...


def renewed(engine: Engine, known: Catalog | None, *, source: str) -> Catalog:
    """What a source holds now, read as far as it has changed where the engine can tell; raises a DatabaseError."""
    if known is not None and isinstance(engine, Renewing):
        return engine.renewed(known)
    return engine.catalog(source=source)


class Renewal:
    """Reads catalogs anew, one process a source at a time."""

    def __init__(
        self,
        *,
        catalogs: CatalogStore,
        engine: Callable[[str], Engine],
        lease: Callable[[str, float], bool],
    ) -> None:
        """`lease` gives the right to read a source, by its key, for so many seconds to one who asks for it."""
        self._catalogs = catalogs
        self._engine = engine
        self._lease = lease

    def soon(self, source: str) -> None:
        """Have it read on a thread of its own, unless somebody reads it; raises nothing."""
        if self._may(source):
            threading.Thread(target=self._read_quietly, args=(source,), name="renewal", daemon=True).start()

    def now(self, source: str) -> None:
        """Read it, unless somebody does; raises nothing, since the old one still serves."""
        if self._may(source):
            self._read_quietly(source)

    def _may(self, source: str) -> bool:
        try:
            return self._lease(source, LEASE_SECONDS)
        except StoreError as error:
            logger.warning("whether a catalog is being read could not be seen: %s", error.code)
            return False

    def _read_quietly(self, source: str) -> None:
        try:
            self._read(source)
        except AnalystError as error:
            logger.warning("an old catalog stays in use, since it cannot be read anew: %s", error.code)

    def _read(self, source: str) -> None:
        engine = self._engine(source)
        try:
            found = renewed(engine, self._catalogs.load(source), source=source)
        finally:
            engine.close()
        now = self._catalogs.load(source)
        if now is None or not now.edited:  # a person may have put an edited one in its place meanwhile
            self._catalogs.save(found)
