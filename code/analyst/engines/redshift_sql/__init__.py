"""The statements that read Redshift's own catalog, one readable file each.

Each reads either what only the leader node has or what the compute nodes have: Redshift joins no two of these.
"""

from __future__ import annotations

from importlib.resources import files


def statement(name: str) -> str:
    """The SQL of the file `name`.sql beside this one."""
    return files(__name__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
