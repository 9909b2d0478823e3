"""A database that may be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from analyst.errors import WrongUsage

_ENGINES = {"postgresql": "postgres", "postgres": "postgres"}
_PORTS = {"postgres": 5432}


@dataclass(frozen=True, kw_only=True)
class Source:
    """Name and connection of a database; the URL may hold a password and is never shown."""

    name: str
    """What people call it; the key itself where it has no name."""
    key: str
    """Engine, host and database: what examples, catalogs and questions are stored under."""
    url: str = field(repr=False)
    engine: str = "postgres"


def source_of(url: str, *, name: str = "") -> Source:
    """The source behind a URL like postgresql://user@host:5432/database; raises WrongUsage."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise WrongUsage(
            "This is no database URL. It looks like postgresql://user@host:5432/database."
        ) from None
    engine = _ENGINES.get(parts.scheme)
    database = unquote(parts.path.lstrip("/"))
    if engine is None or not database:
        raise WrongUsage("A database URL looks like postgresql://user@host:5432/database.")
    asked = parse_qs(parts.query)
    host = (parts.hostname or asked.get("host", ["local"])[0]).lower()
    at = asked.get("port", [str(port or _PORTS[engine])])[-1]
    address = "local" if host.startswith("/") else f"{host}:{at}"
    key = f"{engine}://{address}/{database}"
    return Source(name=name or key, key=key, url=url, engine=engine)
