"""A database that may be asked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

from analyst.engines.roots import is_rds
from analyst.errors import ConfigurationError, WrongUsage

_ENGINES = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "redshift": "redshift",
    "redshift-data": "redshift",
    "athena": "athena",
}
_PORTS = {"postgres": 5432, "redshift": 5439}
_OVER_AWS = ("redshift-data", "athena")
"""Schemes of databases that are asked through AWS's own interface: a name in place of a host, and no password."""
_ATHENA_OPTIONS = (
    *("region", "catalog", "output"),
    *("result_reuse_minutes", "usd_per_tb", "large_gb", "large_partitions"),
)
_SCHEMES = {"postgres": "postgresql", "redshift": "redshift"}
_REUSE = "reuse_seconds"
LONGEST_REUSE = 7 * 86_400
"""Seconds; stored results are not kept much longer."""


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
    reuse_seconds: int | None = None
    """How old rows may be that are shown again for the same query: 0 for never, None for what the setting says."""
    title: str = ""
    """What the page calls it; empty for its name in words."""
    description: str = ""
    """What it holds, in a sentence."""

    @property
    def shown_title(self) -> str:
        """What the page calls it."""
        return self.title or self.name.replace("_", " ").capitalize()

    @property
    def scheme(self) -> str:
        """What the URL begins with, which says by which engine it is asked."""
        return self.url.partition("://")[0].lower()

    @property
    def engine_word(self) -> str:
        """The engine as people write it."""
        return self.engine.capitalize()

    @property
    def reader(self) -> str:
        """The database's user, or the secret that names one; of Athena, which databases are read."""
        parts = urlsplit(self.url)
        asked = dict(parse_qsl(parts.query))
        if self.scheme == "athena":
            return ":".join(filter(None, (asked.get("catalog"), asked.get("databases"))))
        if self.scheme == "redshift-data":
            return asked.get("user") or asked.get("secret", "")
        return unquote(parts.username or "") or self.secret

    def connection(self, *, user: str = "") -> str:
        """All of the URL that decides what is read, which is all but the password; `user` is the secret's."""
        parts = urlsplit(self.url)
        address = parts.netloc.rpartition("@")[2]
        asked = [(name, value) for name, value in parse_qsl(parts.query) if name != "password"]
        return json.dumps([user or unquote(parts.username or ""), address, parts.path, sorted(asked)])

    def url_with(self, login: Mapping[str, str]) -> str:
        """The URL with the "username" and "password" of its secret, the user being the URL's own where it has one.

        Raises ConfigurationError without them.
        """
        parts = urlsplit(self.url)
        user = str(login.get("username") or unquote(parts.username or ""))
        if not user or "password" not in login:
            raise ConfigurationError(f"The secret of the source {self.name!r} has no username and password.")
        address = parts.netloc.rpartition("@")[2]
        named = f"{quote(user, safe='')}:{quote(str(login['password']), safe='')}"
        return f"{self.scheme}://{named}@{address}{self.url.partition('://')[2][len(parts.netloc) :]}"


def source_of(url: str, *, name: str = "") -> Source:
    """The source behind a URL like postgresql://user@host:5432/database; raises WrongUsage."""
    try:
        parts = urlsplit(url)
        # What stands in the place of a host may be a name with capitals, and has no port.
        port = None if parts.scheme in _OVER_AWS else parts.port
    except ValueError:
        raise WrongUsage(
            "This is no database URL. It looks like postgresql://user@host:5432/database."
        ) from None
    engine = _ENGINES.get(parts.scheme)
    database = unquote(parts.path.lstrip("/"))
    over_aws = parts.scheme in _OVER_AWS
    if engine is None or not database or (over_aws and not parts.netloc):
        raise WrongUsage("A database URL looks like postgresql://user@host:5432/database.")
    asked = parse_qs(parts.query)
    address = unquote(parts.netloc) if over_aws else _address(parts.hostname, port or _PORTS[engine], asked)
    key = f"{engine}://{address}/{database}"
    reuse = asked.get(_REUSE)
    if parts.scheme == "redshift" and parts.hostname and port is None:
        # The driver is that of Postgres and would take Postgres's port.
        url = f"redshift://{parts.netloc}:{_PORTS[engine]}{url.partition('://')[2][len(parts.netloc) :]}"
    return Source(
        name=name or key,
        key=key,
        url=_without_reuse(url) if reuse else url,
        engine=engine,
        reuse_seconds=_reuse(reuse[-1]) if reuse else None,
    )


def _address(host: str | None, port: int, asked: Mapping[str, list[str]]) -> str:
    found = (host or asked.get("host", ["local"])[0]).lower()
    return "local" if found.startswith("/") else f"{found}:{asked.get('port', [str(port)])[-1]}"


def _without_reuse(url: str) -> str:
    """The URL as the database's own driver takes it."""
    before, _, query = url.partition("?")
    left = [part for part in query.split("&") if not part.startswith(f"{_REUSE}=")]
    return f"{before}?{'&'.join(left)}" if left else before


def _reuse(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text) or int(text) > LONGEST_REUSE:
        raise WrongUsage(f"{_REUSE} is a whole number of seconds, at most {LONGEST_REUSE}.")
    return int(text)


def source_of_document(document: Mapping[str, Any]) -> Source:
    """A source as a configuration describes it: name, engine, and what its engine needs.

    Postgres and Redshift have "address" ("host:port", or the folder of a socket), "database", and "secret", "user",
    "tls", "ca", "options" and "login" with "region", "workgroup" and "cluster"; Redshift with "via" "data-api" has
    "workgroup" or "cluster" and "region". Athena has "workgroup", "database", "databases" and the options of its
    URL. All may have "title", "description" and "reuse_seconds". Raises ConfigurationError naming what is missing.
    """
    name, engine = str(document.get("name") or ""), str(document.get("engine") or "")
    if not name or engine not in _ENGINES.values():
        raise ConfigurationError("Each source needs a name and an engine: postgres, redshift or athena.")
    missing = [key for key in _wanted(document) if not document.get(key)]
    if missing:
        raise ConfigurationError(f"The source {name!r} has no {' and no '.join(missing)}.")
    url, secret = _url_of(document)
    try:
        found = source_of(url, name=name)
        reuse = _reuse(str(document[_REUSE])) if _REUSE in document else None
    except WrongUsage as error:
        raise ConfigurationError(f"The source {name!r}: {error}") from None
    words = {word: str(document.get(word) or "") for word in ("title", "description")}
    return replace(found, secret=secret, reuse_seconds=reuse, **words)


def _wanted(document: Mapping[str, Any]) -> tuple[str, ...]:
    if document["engine"] == "athena":
        return () if _databases(document) else ("database",)
    if document.get("via") == "data-api":
        place = "cluster" if document.get("cluster") else "workgroup"
        return (place, "database")
    return ("address", "database")


def _url_of(document: Mapping[str, Any]) -> tuple[str, str]:
    """The URL, and the secret that its login is read from."""
    if document["engine"] == "athena":
        return _athena(document), ""
    if document.get("via") == "data-api":
        return _data_api(document), ""
    return _served(document), str(document.get("secret") or "")


def _served(document: Mapping[str, Any]) -> str:
    address, query = str(document["address"]), {"sslmode": document.get("tls") or _silent_tls(document)}
    if address.startswith("/"):
        folder, _, port = address.partition(":")
        address, query = "", {"host": folder, **({"port": port} if port else {})}
    elif not re.search(r":\d+$", address):
        address = f"{address}:{_PORTS[document['engine']]}"
    options = {"ca": "sslrootcert", "options": "options", "login": "login", "region": "region"}
    options |= {"workgroup": "workgroup", "cluster": "cluster"}
    query |= {option: str(document[key]) for key, option in options.items() if document.get(key)}
    user = f"{quote(str(document['user']), safe='')}@" if document.get("user") else ""
    database = quote(str(document["database"]), safe="")
    # libpq takes a plus sign for itself.
    return f"{_SCHEMES[document['engine']]}://{user}{address}/{database}?{urlencode(query, quote_via=quote)}"


def _silent_tls(document: Mapping[str, Any]) -> str:
    """Verified where the authorities are known without being named: those of Redshift and of RDS."""
    host = str(document["address"]).rpartition(":")[0] or str(document["address"])
    return "verify-full" if document["engine"] == "redshift" or is_rds(host) else "require"


def _data_api(document: Mapping[str, Any]) -> str:
    cluster = document.get("cluster")
    query = {key: str(document[key]) for key in ("region", "secret", "user") if document.get(key)}
    query |= {"kind": "cluster"} if cluster else {}
    return _over_aws("redshift-data", str(cluster or document["workgroup"]), str(document["database"]), query)


def _athena(document: Mapping[str, Any]) -> str:
    database, *others = _databases(document)
    query = {key: str(document[key]) for key in _ATHENA_OPTIONS if document.get(key) is not None}
    query |= {"databases": ",".join(others)} if others else {}
    return _over_aws("athena", str(document.get("workgroup") or "primary"), database, query)


def _databases(document: Mapping[str, Any]) -> list[str]:
    """The Glue databases that are read, the one that is asked by default first."""
    listed = [document.get("database"), *document.get("databases", ()), *document.get("glue_databases", ())]
    return list(dict.fromkeys(str(name) for name in listed if name))


def _over_aws(scheme: str, place: str, database: str, query: Mapping[str, str]) -> str:
    asked = f"?{urlencode(query, quote_via=quote)}" if query else ""
    return f"{scheme}://{quote(place, safe='')}/{quote(database, safe='')}{asked}"
