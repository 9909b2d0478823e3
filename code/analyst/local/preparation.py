"""What the databases on this machine need before the first question."""

from __future__ import annotations

from dataclasses import replace

from analyst.local.postgres import EmbeddedPostgres
from analyst.settings import Settings
from analyst.stores.state import State

STATE = "analyst"
SAMPLE = "flights"
SAMPLE_READER = "flights_reader"


def with_local_databases(settings: Settings, postgres: EmbeddedPostgres) -> Settings:
    """The settings with the embedded databases filled in, the sample as the only source where none is named."""
    sample = f"{SAMPLE}={postgres.url(SAMPLE, user=SAMPLE_READER)}"
    return replace(
        settings,
        state_url=settings.state_url or postgres.url(STATE),
        sources=settings.sources or sample,
    )


def prepare(postgres: EmbeddedPostgres) -> None:
    """Make the product's own database ready on a server that runs; raises StartupError or StoreError."""
    postgres.ensure_database(STATE)
    postgres.ensure_database(SAMPLE)
    state = State(postgres.url(STATE))
    try:
        state.rows("CREATE EXTENSION IF NOT EXISTS vector")
        state.migrate()
    finally:
        state.close()
