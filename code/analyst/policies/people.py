"""Who has which role: the entries `[[people]]`, of which the first that fits somebody says what they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from analyst.identity import Entrance, Principal
from analyst.policies.keys import Keys, wrong

EVERYBODY = "*"
_CLAIM = ":claim."
_IAM = re.compile(
    r"(arn:aws(?:-[a-z]+)*:iam::\d{12}:(?:user|role)/)(?:[\w+=,.@-]+/)*([\w+=,.@-]+)(\*?)", re.ASCII
)
_ASSUMED = re.compile(r"arn:(aws(?:-[a-z]+)*):sts::(\d{12}):assumed-role/([\w+=,.@-]+)/[^/]+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Person:
    """What somebody is here."""

    role: str
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """What row filters know of them as `:user.NAME`."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry: whom it fits, and what they are."""

    role: str
    entrance: Entrance
    name: str = ""
    """A user of the operating system, an IAM principal of which the end may be open (`*`), or `EVERYBODY`."""
    claims: tuple[tuple[str, str], ...] = ()
    """Each of these the issuer must say of them."""
    user: tuple[tuple[str, tuple[str, ...] | str], ...] = field(default=(), repr=False)
    """What is known of them: values, or the name of the claim that holds them."""

    def fits(self, principal: Principal) -> bool:
        """True when the entry is about them."""
        if principal.entrance is not self.entrance:
            return False
        if self.claims:
            return all(value in principal.claim(name) for name, value in self.claims)
        if self.entrance is Entrance.AWS:
            return _same_principal(self.name, as_role(principal.name))
        return self.name in (EVERYBODY, principal.name)

    def person(self, principal: Principal) -> Person:
        """What they are; claims that the issuer does not make leave their attributes out."""
        given = {n: principal.claim(v) if isinstance(v, str) else v for n, v in self.user}
        return Person(role=self.role, attributes={name: values for name, values in given.items() if values})


def as_role(arn: str) -> str:
    """An IAM principal without what changes from one sign-in to the next: an assumed role as the role."""
    found = _ASSUMED.fullmatch(arn)
    if found:
        return f"arn:{found[1]}:iam::{found[2]}:role/{found[3]}"
    return _without_path(arn)


def claims_named(entries: tuple[Entry, ...]) -> frozenset[str]:
    """The claims that entries look at."""
    wanted = {name for entry in entries for name, _ in entry.claims}
    return frozenset(wanted | {v for entry in entries for _, v in entry.user if isinstance(v, str)})


def entry(keys: Keys) -> Entry:
    """One entry of the file; raises ConfigurationError naming the key that is wrong."""
    ways = [way for way in Entrance if way.value in keys.data]
    if len(ways) != 1:
        raise wrong(keys.path, 'must hold one of "os", "aws" and "oidc"')
    entrance = ways[0]
    name, claims = _who(entrance, keys.take(entrance.value), f"{keys.path}.{entrance}")
    if "role" not in keys.data:
        raise wrong(f"{keys.path}.role", "is missing")
    found = Entry(
        role=keys.text("role", ""), entrance=entrance, name=name, claims=claims, user=_user(keys, entrance)
    )
    keys.nothing_else()
    return found


def _who(entrance: Entrance, value: object, path: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    if entrance is Entrance.AWS:
        return _principal(value, path), ()
    if entrance is Entrance.OIDC and value != EVERYBODY:
        return "", _claims(value, path)
    if not isinstance(value, str) or not re.fullmatch(r"[^\s*:/]{1,100}|\*", value):
        raise wrong(path, "must be the name of a user, or * for everybody")
    return value, ()


def _principal(value: object, path: str) -> str:
    """Never everybody: anybody who has an AWS account can prove to be somebody in it."""
    if not isinstance(value, str) or not _IAM.fullmatch(value):
        shape = "arn:aws:iam::ACCOUNT:role/NAME or …:user/NAME, with * at its very end where names begin so"
        raise wrong(path, f"must be written as {shape}")
    return _without_path(value)


def _claims(value: object, path: str) -> tuple[tuple[str, str], ...]:
    texts = isinstance(value, dict) and all(isinstance(v, str) and v for v in value.values())
    if not isinstance(value, dict) or not value or not texts:
        raise wrong(path, 'must be claims and their values, as { groups = "sales" }, or * for everybody')
    return tuple(sorted(value.items()))


def _user(keys: Keys, entrance: Entrance) -> tuple[tuple[str, tuple[str, ...] | str], ...]:
    path = f"{keys.path}.user"
    given = keys.take("user") or {}
    if not isinstance(given, dict):
        raise wrong(path, "must be a table")
    return tuple((n, _values(v, entrance, f"{path}.{n}", name=n)) for n, v in sorted(given.items()))


def _values(value: object, entrance: Entrance, path: str, *, name: str) -> tuple[str, ...] | str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise wrong(path, "is no name: small letters, digits and underscore")
    values = value if isinstance(value, list) else [value]
    texts = tuple(v for v in values if isinstance(v, str) and v)
    if not texts or len(texts) < len(values):
        raise wrong(path, "must be a text or a list of texts")
    if not any(text.startswith(_CLAIM) for text in texts):
        return texts
    if entrance is not Entrance.OIDC or isinstance(value, list) or texts == (_CLAIM,):
        raise wrong(path, f'can be "{_CLAIM}NAME", by itself, for people who come in by oidc')
    return texts[0].removeprefix(_CLAIM)


def _without_path(arn: str) -> str:
    """Names are unique in an account whatever path they have, and assumed roles do not tell theirs."""
    found = _IAM.fullmatch(arn)
    return f"{found[1]}{found[2]}{found[3]}" if found else arn


def _same_principal(wanted: str, name: str) -> bool:
    if wanted.endswith(EVERYBODY):
        return name.startswith(wanted[:-1]) and "/" not in name[len(wanted) - 1 :]
    return name == wanted
