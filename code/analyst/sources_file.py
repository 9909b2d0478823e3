"""`sources.toml` read and checked: one clear sentence that names file, source and key, and never a value."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from analyst.errors import ConfigurationError
from analyst.source import LONGEST_REUSE, Source, source_of_document

TLS = ("disable", "prefer", "require", "verify-ca", "verify-full")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}")
_ARN = r"arn:aws[a-z-]*:secretsmanager:[A-Za-z0-9:/_+=.@-]+"
Check = Callable[[Any], bool]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One table of the file: a source, or what is wrong with it."""

    name: str
    source: Source | None = None
    problem: str = ""
    default: bool = False


@dataclass(frozen=True, kw_only=True)
class _Key:
    """What may stand at a key."""

    must: str
    """What it must be, in words."""
    fits: Check


def _text(pattern: str, must: str) -> _Key:
    return _Key(must=must, fits=lambda value: isinstance(value, str) and bool(re.fullmatch(pattern, value)))


def _words(*known: str) -> _Key:
    said = ", ".join(f'"{word}"' for word in known)
    return _Key(
        must=f"must be {'one of ' if len(known) > 1 else ''}{said}", fits=lambda value: value in known
    )


def _number(least: float, most: float, *, whole: bool = True) -> _Key:
    kinds = (int,) if whole else (int, float)

    def fits(value: Any) -> bool:
        return isinstance(value, kinds) and not isinstance(value, bool) and least <= value <= most

    return _Key(must=f"must be a {'whole ' if whole else ''}number, {least:g} to {most:.15g}", fits=fits)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(v, str) and re.fullmatch(r"[^\s,]{1,255}", v) for v in value
    )


_LINE = _text(r"[^\x00-\x1f\x7f]{1,300}", "must be a text of one line")
_AWS_NAME = _text(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}", "must be a name as AWS has it")
_REGION = _text(r"[a-z]{2}(-[a-z]+)+-\d", 'must be a region such as "eu-central-1"')
_SECRET = _text(
    rf"{_ARN}|env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*",
    'must be the ARN of a secret, "env:NAME" or "file:PATH", and never the password itself',
)
_IN_AWS = _text(_ARN, "must be the ARN of a secret in AWS Secrets Manager")
_ADDRESS = _text(
    r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?|\[[0-9A-Fa-f:]+\](:\d{1,5})?|/[^\s:]*(:\d{1,5})?",
    'must be "host:port", or the folder of a socket',
)

_ALL = {
    "engine": _words("postgres", "redshift", "athena"),
    "title": _text(r"[^\x00-\x1f\x7f]{1,80}", "must be a text of one line, at most 80 characters"),
    "description": _LINE,
    "reuse_seconds": _number(0, LONGEST_REUSE),
    "default": _Key(must="must be true or false", fits=lambda value: isinstance(value, bool)),
}
_SERVED = {
    **_ALL,
    "address": _ADDRESS,
    "database": _LINE,
    "user": _LINE,
    "secret": _SECRET,
    "tls": _words(*TLS),
    "ca": _text(r"\S.*", "must be the path of a file with certificates"),
    "login": _words("iam"),
    "region": _REGION,
    "options": _LINE,
}
_KINDS: Mapping[str, Mapping[str, _Key]] = {
    "postgres": _SERVED,
    "redshift": {**_SERVED, "via": _words("data-api"), "workgroup": _AWS_NAME, "cluster": _AWS_NAME},
    "redshift by the Data API": {
        **_ALL,
        "via": _words("data-api"),
        "workgroup": _AWS_NAME,
        "cluster": _AWS_NAME,
        "database": _LINE,
        "region": _REGION,
        "user": _LINE,
        "secret": _IN_AWS,
    },
    "athena": {
        **_ALL,
        "workgroup": _AWS_NAME,
        "database": _text(r"[^\s,/]{1,255}", "must be the name of a Glue database"),
        "databases": _Key(must="must be a list of names of Glue databases", fits=_is_names),
        "region": _REGION,
        "catalog": _LINE,
        "output": _text(r"s3://[a-z0-9][a-z0-9.-]+(/\S*)?", 'must begin with "s3://"'),
        "result_reuse_minutes": _number(0, 10_080),
        "usd_per_tb": _number(0, 1000, whole=False),
        "large_gb": _number(0, 1_000_000, whole=False),
        "large_partitions": _number(0, 100_000_000),
    },
}
"""What each kind of source may have."""
_NEEDED: Mapping[str, tuple[str, ...]] = {
    "postgres": ("address", "database"),
    "redshift": ("address", "database"),
    "redshift by the Data API": ("database",),
    "athena": ("workgroup", "database"),
}


def read_entries(text: str, *, file: str, folder: PurePath | None = None) -> list[Entry]:
    """Every source of the file, the one that is asked by default first.

    `file` is what messages call it; paths of secrets and certificates are counted from `folder`. Raises
    ConfigurationError where the file as a whole is none; what is wrong with one source stands in its entry.
    """
    tables = _tables(text, file)
    entries = [_entry(name, given, file=file, folder=folder) for name, given in tables.items()]
    chosen = [entry.name for entry in entries if entry.default]
    if len(chosen) > 1:
        raise ConfigurationError(f"In {file}, {' and '.join(chosen)} are both the default; only one can be.")
    return sorted(entries, key=lambda entry: not entry.default)


def _tables(text: str, file: str) -> Mapping[str, Any]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"\(at [^()]*\)$", str(error))
        # The place alone: the rest of the message may repeat what stands there.
        raise ConfigurationError(f"{file} is no valid TOML{f' {place[0]}' if place else ''}.") from None
    if unknown := data.keys() - {"sources"}:
        raise ConfigurationError(
            f"In {file}, {min(unknown)!r} is not known; each source is a table [sources.NAME]."
        )
    tables = data.get("sources")
    if not isinstance(tables, dict) or not tables:
        raise ConfigurationError(f"{file} holds no source; each is a table [sources.NAME].")
    return tables


def _entry(name: str, given: Any, *, file: str, folder: PurePath | None) -> Entry:
    try:
        if not _NAME.fullmatch(name):
            raise _Wrong("has a name with other signs than letters, digits, _ and -, or one of more than 63")
        if not isinstance(given, dict):
            raise _Wrong("is not a table")
        _check(given)
        source = source_of_document({"name": name, **_placed(given, folder)})
    except _Wrong as wrong:
        return Entry(name=name, problem=f"In {file}, the source {name!r} {wrong}.")
    except ConfigurationError as error:
        return Entry(name=name, problem=f"In {file}: {error}")
    return Entry(name=name, source=source, default=given.get("default", False))


class _Wrong(Exception):
    """What a source has or lacks, to be said behind its name."""


def _check(given: Mapping[str, Any]) -> None:
    kind = _kind(given)
    known = _KINDS[kind]
    for key, value in given.items():
        if key not in known:
            raise _Wrong(
                f"has the key {key!r}, which {kind} does not know; it may have {', '.join(sorted(known))}"
            )
        if not known[key].fits(value):
            raise _Wrong(f"has a wrong {key!r}: it {known[key].must}")
    missing = [key for key in _NEEDED[kind] if key not in given]
    if missing:
        raise _Wrong(f"has no {' and no '.join(map(repr, missing))}, which {kind} needs")
    _check_place(given, kind)
    if "address" in known:
        _check_login(given)


def _kind(given: Mapping[str, Any]) -> str:
    engine = given.get("engine")
    if "engine" not in given:
        raise _Wrong("has no 'engine', which must be one of " + ", ".join(f'"{e}"' for e in _engines()))
    if engine not in _engines():
        raise _Wrong(f"has a wrong 'engine': it {_ALL['engine'].must}")
    return "redshift by the Data API" if engine == "redshift" and "via" in given else str(engine)


def _engines() -> tuple[str, ...]:
    return ("postgres", "redshift", "athena")


def _check_place(given: Mapping[str, Any], kind: str) -> None:
    """Redshift's two places, of which there is one."""
    if kind == "redshift by the Data API":
        if ("workgroup" in given) == ("cluster" in given):
            raise _Wrong("needs either 'workgroup' or 'cluster'")
        if "user" in given and ("workgroup" in given or "secret" in given):
            raise _Wrong("has a 'user', which is for a 'cluster' without 'secret'")
    elif kind == "redshift" and {"workgroup", "cluster"} & given.keys() and "login" not in given:
        raise _Wrong("has 'workgroup' or 'cluster', which are for login = \"iam\" and via = \"data-api\"")


def _check_login(given: Mapping[str, Any]) -> None:
    """Whoever is asked has to be told by whom."""
    if "login" in given and "secret" in given:
        raise _Wrong("has 'login' and 'secret'; a login by IAM has no secret")
    if "region" in given and "login" not in given:
        raise _Wrong("has a 'region', which is for login = \"iam\"")
    if "login" in given and given["engine"] == "postgres" and "user" not in given:
        raise _Wrong("has no 'user', which a login by IAM needs")
    if not {"login", "secret", "user"} & given.keys():
        raise _Wrong("has no 'secret', 'user' or 'login', so that nobody knows who asks")
    if str(given["address"]).startswith("/") and {"tls", "ca"} & given.keys():
        raise _Wrong("has 'tls' or 'ca', which a socket on this machine does not have")


def _placed(given: Mapping[str, Any], folder: PurePath | None) -> dict[str, Any]:
    """With TLS verified unless the file says otherwise, and paths counted from the file's folder."""
    found = dict(given)
    if "address" in found:
        found.setdefault("tls", "verify-full")
    if folder is None:
        return found
    if "ca" in found and not found["ca"].startswith("~"):
        found["ca"] = str(folder / found["ca"])
    secret = str(found.get("secret", ""))
    if secret.startswith("file:") and not secret.startswith("file:~"):
        found["secret"] = f"file:{folder / secret.removeprefix('file:')}"
    return found
