"""A server on loopback that asks for passwords, and one database on it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from houses import execute

# A folder of tests is not on the path before one of its own tests is collected.
sys.path.append(str(Path(__file__).parents[1] / "cloud"))

from tcp_postgres import TcpPostgres

PASSWORD = "canary-p@ss/word"
SHOP = """
CREATE TABLE orders (id integer PRIMARY KEY, day date, amount numeric(10, 2), status text);
INSERT INTO orders VALUES (1, '2026-01-02', 10.50, 'open'), (2, '2026-02-03', 20.00, 'paid');
GRANT SELECT ON orders TO reader;
CREATE TABLE closed (id integer);
"""


@pytest.fixture(scope="session")
def server() -> Iterator[TcpPostgres]:
    """With the database "shop", its owner "owner" and the role "reader", who may only read."""
    folder = Path(tempfile.mkdtemp(prefix="analyst-sources-"))
    folder.chmod(0o755)  # as root the server runs as somebody else, who has to reach its files
    try:
        with TcpPostgres(folder) as made:
            made.add_role("reader", PASSWORD)
            made.add_role("owner", PASSWORD)
            made.add_database("shop", owner="owner")
            execute(made.url("shop"), SHOP + "ALTER TABLE orders OWNER TO owner")
            yield made
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that holds the password, open to its owner alone."""
    path = tmp_path / "shop.secret"
    path.write_text(PASSWORD + "\n")
    path.chmod(0o600)
    return path
