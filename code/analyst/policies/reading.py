"""`policies.toml` read and checked: one clear error that names the key."""

from __future__ import annotations

import hashlib
import math
import re
import tomllib
from pathlib import Path

from analyst.errors import ConfigurationError
from analyst.policies.keys import Keys, wrong
from analyst.policies.people import entry
from analyst.policies.roles import Policies, Role, SourceRules
from analyst.policy import EVERY, LARGEST_ROWS, MOST_ROWS


def read(given: str | Path) -> Policies:
    """The policies of a file, or of its text; raises ConfigurationError naming the key that is wrong."""
    text = _text(given) if isinstance(given, Path) else given
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"The policies are no valid TOML: {error}.") from None
    top = Keys(data, "")
    version = top.text("version", _fingerprint(text))
    everyone = top.tables("sources", _everyones)
    roles = top.tables("roles", _role)
    people = top.listed("people", entry)
    top.nothing_else()
    if not roles:
        raise wrong("roles", "must hold at least one role")
    for number, found in enumerate(people, start=1):
        if found.role not in roles:
            raise wrong(f"people[{number}].role", f"names {found.role!r}, which is not among the roles")
    return Policies(version=version, roles=roles, everyone=everyone, people=people)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"The policies in {path} cannot be read.") from None


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _role(name: str, keys: Keys) -> Role:
    if not re.fullmatch(r"[\w.-]{1,60}", name):
        raise wrong(keys.path, "is no name of a role: letters, digits, dot, dash and underscore")
    role = Role(
        name=name,
        row_limit=int(keys.number("row_limit", MOST_ROWS, least=1, most=LARGEST_ROWS, whole=True)),
        timeout_seconds=keys.number("timeout_seconds", 60.0, least=0.1, most=86_400),
        cost_limit=_limit(keys, "cost_limit"),
        monthly_budget=_limit(keys, "monthly_budget"),
        approves=keys.flag("approves"),
        sources=keys.tables("sources", _rules),
    )
    keys.nothing_else()
    if not role.sources:
        raise wrong(f"{keys.path}.sources", "must hold at least one source")
    return role


def _limit(keys: Keys, key: str) -> float | None:
    """A number that may be left out, which is no limit."""
    found = keys.number(key, math.inf, least=0.0)
    return found if math.isfinite(found) else None


def _everyones(name: str, keys: Keys) -> SourceRules:
    """What holds for everyone only takes away."""
    rules = SourceRules(
        hidden=keys.names("hidden", 2), private=keys.names("private", 3), filters=keys.filters("rows")
    )
    keys.nothing_else()
    return rules


def _rules(name: str, keys: Keys) -> SourceRules:
    if "tables" not in keys.data:
        raise wrong(f"{keys.path}.tables", 'is missing; ["public.*"] opens every table of that schema')
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
            raise wrong(f"{path}.{key}", f"names {schema}.{table}, which is not among the tables")
