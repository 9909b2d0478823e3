"""The flights sample's catalog with all its values, as the engine reads it."""

from __future__ import annotations

import pytest

from analyst.catalog import Catalog
from analyst.engines.postgres import PostgresEngine


@pytest.fixture(scope="session")
def flights_catalog(flights: str) -> Catalog:
    """Read once for the whole run."""
    return PostgresEngine(flights).catalog(source="flights")
