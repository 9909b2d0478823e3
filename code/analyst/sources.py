"""The databases that may be asked, by name and by key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from analyst.engines import open_engine
from analyst.errors import ConfigurationError, Forbidden, NotFound, WrongUsage
from analyst.ports import Engine
from analyst.source import Source, source_of, source_of_document

Login = Callable[[str], Mapping[str, str]]
"""The "username" and "password" that a secret holds."""


class SourceTable:
    """Looks sources up and opens their engines."""

    def __init__(self, sources: Iterable[Source], *, login: Login | None = None) -> None:
        self._sources = list(sources)
        self._login = login

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
        return SourceTable(found, login=self._login)

    def name_of(self, key: str) -> str:
        """The name of a source by its key; the key itself where it is not known any more."""
        return next((s.name for s in self._sources if s.key == key), key)

    def reader_of(self, key: str) -> str:
        """As whom a source is read, by its key; empty where that is not known."""
        return next((s.reader for s in self._sources if s.key == key), "")

    def engine(self, key: str, *, query_id: str) -> Engine:
        """An engine for one question; raises NotFound for an unknown source."""
        return open_engine(self._url(self.get(key)), query_id=query_id)

    def add(self, source: Source) -> None:
        """One more source; of one that has its key already, the name stays and the connection is the new one."""
        for place, known in enumerate(self._sources):
            if known.key == source.key:
                self._sources[place] = replace(source, name=known.name)
                return
        self._sources.append(source)

    def _url(self, source: Source) -> str:
        if not source.secret:
            return source.url
        if self._login is None:
            raise ConfigurationError(f"Nothing here may read the secret of the source {source.name!r}.")
        return source.url_with(self._login(source.secret))


def read_sources(text: str, *, login: Login | None = None) -> SourceTable:
    """The sources of a setting, "name=url name=url" or a JSON list; raises ConfigurationError."""
    found = _listed(text) if text.lstrip().startswith("[") else _written(text)
    return SourceTable(found, login=login)


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
