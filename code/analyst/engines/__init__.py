"""The databases that may be asked; a driver is imported only when its scheme is asked for."""

from __future__ import annotations

import importlib
from types import MappingProxyType

from analyst.errors import WrongUsage
from analyst.ports import Engine

ENGINES = MappingProxyType(
    {
        "postgresql": "analyst.engines.postgres:PostgresEngine",
        "postgres": "analyst.engines.postgres:PostgresEngine",
    }
)
"""Which class serves which scheme of a URL, as "module:class"."""


def open_engine(url: str, *, query_id: str = "", application: str = "analyst") -> Engine:
    """The engine for a database's URL; nothing is connected yet.

    The database sees its work under the name "application:query_id". Raises WrongUsage for a scheme that
    no engine serves and for a URL that cannot be read; neither message repeats the URL.
    """
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if scheme not in ENGINES:
        raise WrongUsage(f"No engine serves this database URL; it must begin with {_beginnings()}.")
    module, _, name = ENGINES[scheme].partition(":")
    engine: Engine = getattr(importlib.import_module(module), name)(
        url, query_id=query_id, application=application
    )
    return engine


def _beginnings() -> str:
    return " or ".join(f"{scheme}://" for scheme in ENGINES)
