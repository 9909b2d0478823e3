"""The statements that read a Postgres server's own catalog, one readable file each."""

from __future__ import annotations

from importlib.resources import files


def statement(name: str) -> str:
    """The SQL of the file `name`.sql beside this one."""
    return files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
