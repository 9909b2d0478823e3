"""A database that may be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from analyst.errors import ConfigurationError, WrongUsage

_ENGINES = {"postgresql": "postgres", "postgres": "postgres", "redshift": "redshift", "athena": "athena"}
_PORTS = {"postgres": 5432, "redshift": 5439}
_SCHEMES = {"postgres": "postgresql", "redshift": "redshift"}


@dataclass(frozen=True, kw_only=True)
class Source:
    """Name and connection of a database; the URL may hold a password and is never shown."""

    name: str
    """What people call it; the key itself where it has no name."""
    key: str
    """Engine, host and database: what examples, catalogs and questions are stored under."""
    url: str = field(repr=False)
    engine: str = "postgres"
    secret: str = ""
    """The secret that holds user and password, where the URL has none."""

    @property
    def engine_word(self) -> str:
        """The engine as people write it."""
        return self.engine.capitalize()

    @property
    def reader(self) -> str:
        """The database's user, or the secret that names one."""
        return self.secret or unquote(urlsplit(self.url).username or "")

    def url_with(self, login: Mapping[str, str]) -> str:
        """The URL with the "username" and "password" of its secret; raises ConfigurationError without them."""
        if not {"username", "password"} <= login.keys():
            raise ConfigurationError(f"The secret of the source {self.name!r} has no username and password.")
        user, password = (quote(str(login[part]), safe="") for part in ("username", "password"))
        scheme, _, rest = self.url.partition("://")
        return f"{scheme}://{user}:{password}@{rest}"


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
    if engine not in _PORTS or not database:
        raise WrongUsage("A database URL looks like postgresql://user@host:5432/database.")
    asked = parse_qs(parts.query)
    host = (parts.hostname or asked.get("host", ["local"])[0]).lower()
    at = asked.get("port", [str(port or _PORTS[engine])])[-1]
    address = "local" if host.startswith("/") else f"{host}:{at}"
    key = f"{engine}://{address}/{database}"
    return Source(name=name or key, key=key, url=url, engine=engine)


def source_of_document(document: Mapping[str, Any]) -> Source:
    """A source as a configuration describes it: name, engine, and what its engine needs.

    Postgres and Redshift have "address" ("host:port"), "database", "secret" and "tls"; Athena has "workgroup"
    and "database". Raises ConfigurationError naming what is missing.
    """
    name, engine = str(document.get("name") or ""), str(document.get("engine") or "")
    if not name or engine not in _ENGINES.values():
        raise ConfigurationError("Each source needs a name and an engine: postgres, redshift or athena.")
    wanted = ("database",) if engine == "athena" else ("address", "database")
    missing = [key for key in wanted if not document.get(key)]
    if missing:
        raise ConfigurationError(f"The source {name!r} has no {' and no '.join(missing)}.")
    return _athena(name, document) if engine == "athena" else _served(name, engine, document)


def _served(name: str, engine: str, document: Mapping[str, Any]) -> Source:
    database = quote(str(document["database"]), safe="")
    query = urlencode({"sslmode": document.get("tls") or "require"})
    url = f"{_SCHEMES[engine]}://{document['address']}/{database}?{query}"
    found = source_of(url, name=name)
    return Source(name=name, key=found.key, url=url, engine=engine, secret=str(document.get("secret") or ""))


def _athena(name: str, document: Mapping[str, Any]) -> Source:
    key = f"athena://{document.get('workgroup') or 'primary'}/{document['database']}"
    return Source(name=name, key=key, url=key, engine="athena")
