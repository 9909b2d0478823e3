"""The databases that may be asked, by name and by key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from analyst.aws.database_login import Logins, wants_iam
from analyst.engines import Address, open_engine
from analyst.engines.roots import verified
from analyst.errors import ConfigurationError, Forbidden, NotFound, WrongUsage
from analyst.ports import Engine
from analyst.source import Source, source_of, source_of_document
from analyst.source_secrets import Login, SourceSecrets, Variable
from analyst.sources_file import Entry, read_entries

if TYPE_CHECKING:
    from analyst.engines.connections import Connections

_LARGEST_FILE = 1_000_000


class SourceTable:
    """Looks sources up and opens their engines."""

    def __init__(
        self,
        sources: Iterable[Source],
        *,
        login: Login | None = None,
        secrets: SourceSecrets | None = None,
        logins: Logins | None = None,
        connections: Callable[[], Connections] | None = None,
        rds_bundle: str = "",
    ) -> None:
        """`login` reads secrets of AWS; `secrets` reads all of them in its place.

        `logins` are those that AWS gives out in place of passwords; `connections` outlive the questions. By the file
        `rds_bundle` databases of RDS are verified that name no authority of their own.
        """
        self._sources = list(sources)
        self._secrets = secrets or SourceSecrets(login=login)
        self._logins = logins or Logins()
        self._connections = connections
        self._rds_bundle = rds_bundle

    @property
    def all(self) -> tuple[Source, ...]:
        """Every source, the one that is asked by default first."""
        return tuple(self._sources)

    def get(self, name: str = "") -> Source:
        """The source of a name or key, the default one for none; raises NotFound naming those that exist."""
        if not self._sources:
            raise NotFound("There is no data source yet. Set ANALYST_SOURCES, or give --url.")
        found = [s for s in self._sources if name in ("", s.name, s.key)]
        if not found:
            raise NotFound(
                f"There is no source {name!r}; there is {', '.join(s.name for s in self._sources)}."
            )
        return found[0]

    def open_to(self, may_ask: Callable[[str], bool]) -> SourceTable:
        """Those that somebody may ask, by their names; raises Forbidden where there are some and none is open."""
        found = [s for s in self._sources if may_ask(s.name)]
        if self._sources and not found:
            raise Forbidden("No source is open to you.")
        return SourceTable(
            found,
            secrets=self._secrets,
            logins=self._logins,
            connections=self._connections,
            rds_bundle=self._rds_bundle,
        )

    def name_of(self, key: str) -> str:
        """The name of a source by its key; the key itself where it is not known any more."""
        return next((s.name for s in self._sources if s.key == key), key)

    def reader_of(self, key: str) -> str:
        """As whom a source is read, by its key; empty where that is not known."""
        return next((s.reader for s in self._sources if s.key == key), "")

    def connection_of(self, key: str) -> str:
        """As whom and how a source is read, without the password; raises NotFound for an unknown one."""
        source = self.get(key)
        login: Mapping[str, str] = self.login_of(source) if source.secret else {}
        return source.connection(user=str(login.get("username") or source.reader))

    def login_of(self, source: Source, *, anew: bool = False) -> Mapping[str, str]:
        """What the source's secret holds; raises ConfigurationError where it cannot be read."""
        return self._secrets.read(source.secret, source=source.name, anew=anew)

    def reuse_of(self, key: str, *, otherwise: int) -> int:
        """How old rows of a source may be that are shown again, in seconds; 0 for never."""
        found = next((s.reuse_seconds for s in self._sources if s.key == key), 0)
        return otherwise if found is None else found

    def engine(self, key: str, *, query_id: str) -> Engine:
        """An engine for one question; raises NotFound for an unknown source, ConfigurationError without its secret.

        A password that is refused is read anew, once, so that one which was changed is picked up.
        """
        return open_engine(self._address(self.get(key)), query_id=query_id, connections=self._connections)

    def _address(self, source: Source) -> str | Address:
        if wants_iam(source.url):
            return self._logins.address(self.url_of(source))
        return (lambda anew: self._url(source, anew=anew)) if source.secret else self.url_of(source)

    def url_of(self, source: Source) -> str:
        """The URL with which a source is connected, but for what its secret holds."""
        return verified(source.url, rds=self._rds_bundle)

    def add(self, source: Source) -> None:
        """One more source; of one that has its key already, the name stays and the connection is the new one."""
        for place, known in enumerate(self._sources):
            if known.key == source.key:
                self._sources[place] = replace(source, name=known.name)
                return
        self._sources.append(source)

    def _url(self, source: Source, *, anew: bool) -> str:
        return verified(source.url_with(self.login_of(source, anew=anew)), rds=self._rds_bundle)


def read_sources(
    text: str,
    *,
    login: Login | None = None,
    anew: Login | None = None,
    variable: Variable | None = None,
    connections: Callable[[], Connections] | None = None,
    rds_bundle: str = "",
) -> SourceTable:
    """The sources of a setting: the path of a TOML file, "name=url name=url", or a JSON list.

    `login` reads a secret of AWS, `anew` past what is kept of it, `variable` one of the environment; `rds_bundle` is
    the file with the authorities of RDS. Raises ConfigurationError.
    """
    found = []
    for entry in entries_of(text):
        if entry.source is None:
            raise ConfigurationError(entry.problem)
        found.append(entry.source)
    secrets = SourceSecrets(login=login, anew=anew, variable=variable)
    return SourceTable(found, secrets=secrets, connections=connections, rds_bundle=rds_bundle)


def entries_of(text: str) -> list[Entry]:
    """Every source of a setting, the default one first, or what is wrong with it.

    Raises ConfigurationError where the setting as a whole cannot be read.
    """
    if _is_path(text):
        return _once_each(_of_file(Path(text.strip()).expanduser()))
    if text.lstrip().startswith("[sources"):
        return _once_each(read_entries(text, file="ANALYST_SOURCES"))
    found = _listed(text) if text.lstrip().startswith("[") else _written(text)
    return [Entry(name=source.name, source=source) for source in found]


def _is_path(text: str) -> bool:
    line = text.strip()
    return line.endswith(".toml") and "\n" not in line and "://" not in line


def _of_file(path: Path) -> list[Entry]:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_FILE)
        text = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"The sources in {path} cannot be read.") from None
    return read_entries(text, file=str(path), folder=path.absolute().parent)


def _once_each(entries: list[Entry]) -> list[Entry]:
    """Catalogs, examples and questions are kept under the key, so two sources of one key would be mixed up."""
    seen: dict[str, str] = {}
    found = []
    for entry in entries:
        key = entry.source.key if entry.source else ""
        first = seen.setdefault(key, entry.name) if key else entry.name
        if first != entry.name:
            problem = f"The sources {first!r} and {entry.name!r} are the same database; keep one of them."
            entry = Entry(name=entry.name, problem=problem)
        found.append(entry)
    return found


def _listed(text: str) -> list[Source]:
    try:
        documents = json.loads(text)
    except ValueError:
        raise ConfigurationError("The list of sources is not JSON.") from None
    if not all(isinstance(document, dict) for document in documents):
        raise ConfigurationError("Each source is a JSON object.")
    return [source_of_document(document) for document in documents]


def _written(text: str) -> list[Source]:
    sources = []
    for entry in text.split():
        name, _, url = entry.partition("=")
        try:
            sources.append(source_of(url, name=name))
        except WrongUsage as error:
            raise ConfigurationError(f"ANALYST_SOURCES, entry {name!r}: {error}") from None
    return sources
