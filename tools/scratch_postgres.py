"""A Postgres server of its own that is gone afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analyst.local.postgres import EmbeddedPostgres


@contextmanager
def scratch_postgres() -> Iterator[EmbeddedPostgres]:
    """An empty server in the temporary folder."""
    folder = Path(tempfile.mkdtemp(prefix="analyst-scratch-"))
    folder.chmod(0o755)  # as root the server runs as somebody else, who has to reach its files
    try:
        with EmbeddedPostgres(folder / "postgres", reachable=folder / "reachable") as server:
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)
