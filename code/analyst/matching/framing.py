"""Reads questions into frames, in the setting in which they are asked; what was read is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from analyst import periods
from analyst.catalog import Catalog, Link, Table
from analyst.example import Example
from analyst.matching.concepts import Names, names_of
from analyst.matching.frame import Frame
from analyst.matching.marking import Mark, marks, tidy
from analyst.matching.reading import frame_of
from analyst.matching.taught import Lesson, lesson_of
from analyst.matching.tokens import tokens
from analyst.values.kept import Held

_KEPT = 4_000
"""Questions of which the reading is kept, of all settings together."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """What of a catalog a question is read by."""

    tables: Held[Table]
    links: Held[Link]
    dialect: str
    schema: str

    @classmethod
    def of(cls, catalog: Catalog) -> Place:
        """That of a catalog."""
        return cls(
            tables=Held.of(catalog.tables),
            links=Held.of(catalog.links),
            dialect=catalog.dialect,
            schema=catalog.default_schema,
        )

    @property
    def catalog(self) -> Catalog:
        """As much of the catalog as is needed."""
        return Catalog(
            source="",
            dialect=self.dialect,
            tables=self.tables.things,
            links=self.links.things,
            default_schema=self.schema,
        )

    @property
    def names(self) -> Names:
        """What the catalog calls things."""
        return names_of(self.tables)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Where and when a question is read: the same words may mean other days and other things elsewhere."""

    place: Place
    anchor: date
    """The day that time words count from."""
    fiscal_start: int

    @classmethod
    def of(cls, catalog: Catalog, *, today: date, follows: str, fiscal_start: int) -> Setting:
        """That of a catalog on a day; what the catalog says of time words itself goes before the rest."""
        place = Place.of(catalog)
        anchor = _anchor(place, today, catalog.time_follows or follows)
        return cls(place=place, anchor=anchor, fiscal_start=catalog.fiscal_start or fiscal_start)


@lru_cache(maxsize=_KEPT)
def framed(question: str, setting: Setting) -> Frame:
    """A question's parts."""
    text, found = _marked(question, setting)
    names = setting.place.names
    return frame_of(tokens(text, found, names), names)


def framed_beside(question: str, example: Example, setting: Setting) -> Frame:
    """A question's parts, read with what a stored pair tells of names."""
    return _taught(question, example.question, example.sql, setting)


@lru_cache(maxsize=_KEPT)
def _taught(question: str, stored: str, sql: str, setting: Setting) -> Frame:
    text, found = _marked(question, setting)
    names = setting.place.names
    taught = _lesson(stored, sql, setting).applied(text, found, names, setting.place.catalog)
    if taught is found:
        return framed(question, setting)
    return frame_of(tokens(text, taught, names), names)


@lru_cache(maxsize=_KEPT)
def _lesson(stored: str, sql: str, setting: Setting) -> Lesson:
    text, found = _marked(stored, setting)
    return lesson_of(text, found, setting.place.names, sql=sql, catalog=setting.place.catalog)


@lru_cache(maxsize=_KEPT)
def _marked(question: str, setting: Setting) -> tuple[str, tuple[Mark, ...]]:
    text = tidy(question)
    found = marks(text, setting.place.catalog, anchor=setting.anchor, fiscal_start=setting.fiscal_start)
    return text, found


@lru_cache(maxsize=64)
def _anchor(place: Place, today: date, follows: str) -> date:
    return periods.anchor(place.catalog, today=today, follow="data" if follows == "data" else "today").day
