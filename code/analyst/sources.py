"""The databases that may be asked, by name and by key."""

from __future__ import annotations

from collections.abc import Iterable

from analyst.engines import open_engine
from analyst.errors import ConfigurationError, NotFound, WrongUsage
from analyst.ports import Engine
from analyst.source import Source, source_of


class SourceTable:
    """Looks sources up and opens their engines."""

    def __init__(self, sources: Iterable[Source]) -> None:
        self._sources = list(sources)

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

    def name_of(self, key: str) -> str:
        """The name of a source by its key; the key itself where it is not known any more."""
        return next((s.name for s in self._sources if s.key == key), key)

    def engine(self, key: str, *, query_id: str) -> Engine:
        """An engine for one question; raises NotFound for an unknown source."""
        return open_engine(self.get(key).url, query_id=query_id)

    def add(self, source: Source) -> None:
        """One more source; what has its key already stays as it is."""
        if all(s.key != source.key for s in self._sources):
            self._sources.append(source)


def read_sources(text: str) -> SourceTable:
    """The sources of a setting "name=url name=url"; raises ConfigurationError."""
    sources = []
    for entry in text.split():
        name, _, url = entry.partition("=")
        try:
            sources.append(source_of(url, name=name))
        except WrongUsage as error:
            raise ConfigurationError(f"ANALYST_SOURCES, entry {name!r}: {error}") from None
    return SourceTable(sources)
