"""One table of `policies.toml`: its keys are taken one by one, and what is wrong is named by its key."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from analyst.errors import ConfigurationError, Refused
from analyst.guard.row_filters import attributes_of
from analyst.policies.naming import parts
from analyst.policy import EVERY, RowFilter

_DIALECTS = ("postgres", "redshift", "athena")
_T = TypeVar("_T")


class Keys:
    """One table of the file; each key is taken once, and what is left over is an error."""

    def __init__(self, data: object, path: str) -> None:
        if not isinstance(data, dict):
            raise wrong(path, "must be a table")
        self.data: dict[str, Any] = data
        self.path = path
        self._left = set(data)

    def nothing_else(self) -> None:
        """Raise ConfigurationError for a key that nobody took."""
        if self._left:
            raise wrong(self._at(min(self._left)), "is not known here")

    def text(self, key: str, default: str) -> str:
        """A short text."""
        value = self._take(key, default)
        if not isinstance(value, str) or not re.fullmatch(r"[\w .:+-]{1,60}", value):
            raise wrong(self._at(key), "must be a short text")
        return value

    def number(
        self, key: str, default: float, *, least: float, most: float = math.inf, whole: bool = False
    ) -> float:
        """A number within bounds."""
        value = self._take(key, default)
        kinds = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
            wanted = "a whole number" if whole else "a number"
            up_to = f" to {most:,.15g}" if math.isfinite(most) else " or more"
            raise wrong(self._at(key), f"must be {wanted}, {least:g}{up_to}")
        return float(value)

    def flag(self, key: str) -> bool:
        """True or false; false where it is left out."""
        value = self._take(key, False)
        if not isinstance(value, bool):
            raise wrong(self._at(key), "must be true or false")
        return value

    def take(self, key: str) -> Any:
        """What stands there, of whatever kind; None where it is left out."""
        return self._take(key, None)

    def listed(self, key: str, make: Callable[[Keys], _T]) -> tuple[_T, ...]:
        """Tables in a row below a key, counted from 1."""
        value = self._take(key, [])
        if not isinstance(value, list):
            raise wrong(self._at(key), f"must be written as [[{self._at(key)}]]")
        return tuple(make(Keys(v, f"{self._at(key)}[{n}]")) for n, v in enumerate(value, start=1))

    def tables(self, key: str, make: Callable[[str, Keys], _T]) -> dict[str, _T]:
        """Named tables below a key."""
        found = Keys(self._take(key, {}), self._at(key)).data
        return {name: make(name, Keys(value, f"{self._at(key)}.{name}")) for name, value in found.items()}

    def names(self, key: str, length: int, *, every: bool = False) -> frozenset[Any]:
        """A list of names of so many parts."""
        value = self._take(key, [])
        if not isinstance(value, list):
            raise wrong(self._at(key), "must be a list")
        return frozenset(self._name(key, name, length, every=every) for name in value)

    def columns(self, key: str) -> frozenset[tuple[str, str, str]]:
        """A table of tables, each with the list of its columns."""
        found: set[tuple[str, str, str]] = set()
        for name, listed in self._mapping(key).items():
            schema, table = self._name(key, name, 2)
            if not isinstance(listed, list) or not listed or not all(isinstance(c, str) for c in listed):
                raise wrong(f"{self._at(key)}.{name}", "must be a list of columns")
            found |= {(schema, table, column) for column in listed}
        return frozenset(found)

    def filters(self, key: str) -> tuple[RowFilter, ...]:
        """A table of tables, each with a condition."""
        found = []
        for name, sql in self._mapping(key).items():
            schema, table = self._name(key, name, 2)
            _check_filter(f'{self._at(key)}."{name}"', sql)
            found.append(RowFilter(schema=schema, table=table, sql=sql))
        return tuple(found)

    def _mapping(self, key: str) -> Mapping[str, Any]:
        return Keys(self._take(key, {}), self._at(key)).data

    def _name(self, key: str, name: object, length: int, *, every: bool = False) -> tuple[str, ...]:
        found = parts(name) if isinstance(name, str) else ()
        if len(found) != length or (EVERY in found and not (every and found[0] != EVERY)):
            shape = "schema.table.column" if length == 3 else "schema.table"
            raise wrong(self._at(key), f"holds {name!r}, which must be written as {shape}")
        return found

    def _take(self, key: str, default: Any) -> Any:
        self._left.discard(key)
        return self.data.get(key, default)

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def _check_filter(path: str, sql: object) -> None:
    """A filter must be one in at least one dialect; with the source's own it is checked at start."""
    if not isinstance(sql, str):
        raise wrong(path, "must be a condition as text")
    reasons = []
    for dialect in _DIALECTS:
        try:
            attributes_of(sql, dialect=dialect)
            return
        except Refused as error:
            reasons.append(str(error))
    raise wrong(path, f"is no row filter: {reasons[0].rstrip('.')}")


def wrong(key: str, what: str) -> ConfigurationError:
    """The error of one key."""
    return ConfigurationError(f"In the policies, {key} {what}.")
