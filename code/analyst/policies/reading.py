"""`policies.toml` read and checked: one clear error that names the key."""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from analyst.errors import ConfigurationError, Refused
from analyst.guard.row_filters import attributes_of
from analyst.policies.naming import parts
from analyst.policies.roles import Policies, Role, SourceRules
from analyst.policy import EVERY, MOST_ROWS, RowFilter

_DIALECTS = ("postgres", "redshift", "athena")
_T = TypeVar("_T")


def read(given: str | Path) -> Policies:
    """The policies of a file, or of its text; raises ConfigurationError naming the key that is wrong."""
    text = _text(given) if isinstance(given, Path) else given
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"The policies are no valid TOML: {error}.") from None
    top = _Keys(data, "")
    version = top.text("version", _fingerprint(text))
    everyone = top.tables("sources", _everyones)
    roles = top.tables("roles", _role)
    top.nothing_else()
    if not roles:
        raise _wrong("roles", "must hold at least one role")
    return Policies(version=version, roles=roles, everyone=everyone)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"The policies in {path} cannot be read.") from None


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _role(name: str, keys: _Keys) -> Role:
    if not re.fullmatch(r"[\w.-]{1,60}", name):
        raise _wrong(keys.path, "is no name of a role: letters, digits, dot, dash and underscore")
    role = Role(
        name=name,
        row_limit=int(keys.number("row_limit", MOST_ROWS, least=1, most=MOST_ROWS, whole=True)),
        timeout_seconds=keys.number("timeout_seconds", 60.0, least=0.1, most=86_400),
        cost_limit=keys.number("cost_limit", math.inf, least=0.0),
        sources=keys.tables("sources", _rules),
    )
    keys.nothing_else()
    if not role.sources:
        raise _wrong(f"{keys.path}.sources", "must hold at least one source")
    return role if math.isfinite(role.cost_limit or 0) else Role(**{**vars(role), "cost_limit": None})


def _everyones(name: str, keys: _Keys) -> SourceRules:
    """What holds for everyone only takes away."""
    rules = SourceRules(
        hidden=keys.names("hidden", 2), private=keys.names("private", 3), filters=keys.filters("rows")
    )
    keys.nothing_else()
    return rules


def _rules(name: str, keys: _Keys) -> SourceRules:
    if "tables" not in keys.data:
        raise _wrong(f"{keys.path}.tables", 'is missing; ["public.*"] opens every table of that schema')
    rules = SourceRules(
        tables=keys.names("tables", 2, every=True),
        hidden=keys.names("hidden", 2, every=True),
        columns=keys.columns("columns"),
        private=keys.names("private", 3),
        open_values=keys.names("open_values", 3),
        filters=keys.filters("rows"),
    )
    keys.nothing_else()
    _check_open(keys.path, rules)
    return rules


def _check_open(path: str, rules: SourceRules) -> None:
    """A rule on a table that is not open is a wrong spelling of one that is."""
    named = [(*f[:2], "columns") for f in rules.columns] + [
        (f.schema, f.table, "rows") for f in rules.filters
    ]
    named += [(*c[:2], "private") for c in rules.private]
    opened = {(s.lower(), t.lower()) for s, t in rules.tables or ()}
    for schema, table, key in sorted(named):
        if not {(schema.lower(), table.lower()), (schema.lower(), EVERY)} & opened:
            raise _wrong(f"{path}.{key}", f"names {schema}.{table}, which is not among the tables")


class _Keys:
    """One table of the file; each key is taken once, and what is left over is an error."""

    def __init__(self, data: object, path: str) -> None:
        if not isinstance(data, dict):
            raise _wrong(path, "must be a table")
        self.data: dict[str, Any] = data
        self.path = path
        self._left = set(data)

    def nothing_else(self) -> None:
        """Raise ConfigurationError for a key that nobody took."""
        if self._left:
            raise _wrong(self._at(min(self._left)), "is not known here")

    def text(self, key: str, default: str) -> str:
        value = self._take(key, default)
        if not isinstance(value, str) or not re.fullmatch(r"[\w .:+-]{1,60}", value):
            raise _wrong(self._at(key), "must be a short text")
        return value

    def number(
        self, key: str, default: float, *, least: float, most: float = math.inf, whole: bool = False
    ) -> float:
        value = self._take(key, default)
        kinds = (int,) if whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
            wanted = "a whole number" if whole else "a number"
            up_to = f" to {most:,.15g}" if math.isfinite(most) else " or more"
            raise _wrong(self._at(key), f"must be {wanted}, {least:g}{up_to}")
        return float(value)

    def tables(self, key: str, make: Callable[[str, _Keys], _T]) -> dict[str, _T]:
        """Named tables below a key."""
        found = _Keys(self._take(key, {}), self._at(key)).data
        return {name: make(name, _Keys(value, f"{self._at(key)}.{name}")) for name, value in found.items()}

    def names(self, key: str, length: int, *, every: bool = False) -> frozenset[Any]:
        """A list of names of so many parts."""
        value = self._take(key, [])
        if not isinstance(value, list):
            raise _wrong(self._at(key), "must be a list")
        return frozenset(self._name(key, name, length, every=every) for name in value)

    def columns(self, key: str) -> frozenset[tuple[str, str, str]]:
        """A table of tables, each with the list of its columns."""
        found: set[tuple[str, str, str]] = set()
        for name, listed in self._mapping(key).items():
            schema, table = self._name(key, name, 2)
            if not isinstance(listed, list) or not listed or not all(isinstance(c, str) for c in listed):
                raise _wrong(f"{self._at(key)}.{name}", "must be a list of columns")
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
        return _Keys(self._take(key, {}), self._at(key)).data

    def _name(self, key: str, name: object, length: int, *, every: bool = False) -> tuple[str, ...]:
        found = parts(name) if isinstance(name, str) else ()
        if len(found) != length or (EVERY in found and not (every and found[0] != EVERY)):
            shape = "schema.table.column" if length == 3 else "schema.table"
            raise _wrong(self._at(key), f"holds {name!r}, which must be written as {shape}")
        return found

    def _take(self, key: str, default: Any) -> Any:
        self._left.discard(key)
        return self.data.get(key, default)

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def _check_filter(path: str, sql: object) -> None:
    """A filter must be one in at least one dialect; with the source's own it is checked at start."""
    if not isinstance(sql, str):
        raise _wrong(path, "must be a condition as text")
    reasons = []
    for dialect in _DIALECTS:
        try:
            attributes_of(sql, dialect=dialect)
            return
        except Refused as error:
            reasons.append(str(error))
    raise _wrong(path, f"is no row filter: {reasons[0].rstrip('.')}")


def _wrong(key: str, what: str) -> ConfigurationError:
    return ConfigurationError(f"In the policies, {key} {what}.")
