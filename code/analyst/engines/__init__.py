"""The databases that may be asked; a driver is imported only when its scheme is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analyst.errors import WrongUsage
from analyst.ports import Engine

if TYPE_CHECKING:
    from analyst.engines.connections import Connections

ENGINES = MappingProxyType(
    {
        "postgresql": "analyst.engines.postgres:PostgresEngine",
        "postgres": "analyst.engines.postgres:PostgresEngine",
        "redshift": "analyst.engines.redshift:RedshiftEngine",
        "redshift-data": "analyst.engines.redshift_data:RedshiftDataEngine",
        "athena": "analyst.engines.athena:AthenaEngine",
    }
)
"""Which class serves which scheme of a URL, as "module:class"."""


KEEPING = frozenset({"postgresql", "postgres", "redshift"})
"""Those that use connections again, where they are given some."""
Address = Callable[[bool], str]
"""Gives a database's URL; True asks for it anew, since its password was refused."""


def open_engine(
    url: str | Address,
    *,
    query_id: str = "",
    application: str = "analyst",
    connections: Callable[[], Connections] | None = None,
) -> Engine:
    """The engine for a database's URL, or for what gives it at every connection; nothing is connected yet.

    The database sees its work under the name "application:query_id". Raises WrongUsage for a scheme that
    no engine serves and for a URL that cannot be read; neither message repeats the URL.
    """
    given = url if isinstance(url, str) else url(False)
    scheme = given.partition("://")[0].lower() if "://" in given else ""
    if scheme not in ENGINES:
        raise WrongUsage(f"No engine serves this database URL; it must begin with {_beginnings()}.")
    module, _, name = ENGINES[scheme].partition(":")
    kept: dict[str, Any] = {"connections": connections()} if connections and scheme in KEEPING else {}
    engine: Engine = getattr(importlib.import_module(module), name)(
        url, query_id=query_id, application=application, **kept
    )
    return engine


def _beginnings() -> str:
    return " or ".join(f"{scheme}://" for scheme in ENGINES)
