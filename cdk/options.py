"""Reading the options: from `cdk.json`, and over them from a file, into one typed Deployment."""

from __future__ import annotations

import dataclasses
import difflib
import json
import types
import typing
from collections.abc import Mapping
from pathlib import Path

from checks import check
from deployment import Deployment, OptionsError

HERE = Path(__file__).resolve().parent
"""Where `cdk.json` stands."""


def read_deployment(in_cdk_json: object, file: object) -> Deployment:
    """The deployment that `cdk.json` describes; a key that the file gives replaces the whole value of that key.

    Raises OptionsError for the first thing that is wrong, naming its key.
    """
    given = dict(_object(in_cdk_json if in_cdk_json is not None else {}, "deployment"))
    folders = dict.fromkeys(("policies", "sources", "rds_bundle", "rds_ca"), HERE)
    if file:
        more = _file(Path(str(file)))
        folders |= {key: Path(str(file)).absolute().parent for key in folders if key in more}
        given.update(more)
    deployment = _placed(typing.cast(Deployment, _build(Deployment, given, "")), folders)
    check(deployment)
    return deployment


def _placed(deployment: Deployment, folders: Mapping[str, Path]) -> Deployment:
    """With whole paths of policies and certificates, which are given from the folder of the file that names them."""
    sources = tuple(
        dataclasses.replace(source, ca=str(folders["sources"] / source.ca)) if source.ca else source
        for source in deployment.sources
    )

    def placed(key: str) -> str:
        file = str(getattr(deployment, key))
        return str(folders[key] / file) if file and "://" not in file else file

    return dataclasses.replace(
        deployment,
        sources=sources,
        policies=placed("policies"),
        rds_bundle=placed("rds_bundle"),
        rds_ca=placed("rds_ca"),
    )


def _file(path: Path) -> Mapping[str, object]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as why:
        raise OptionsError(f"options: the file {path} cannot be read: {_reason(why)}.") from why
    try:
        return _object(json.loads(text, object_pairs_hook=_once), f"options: what is in {path}")
    except json.JSONDecodeError as why:
        raise OptionsError(f"options: {path} is not JSON: {why.msg} in line {why.lineno}.") from why


def _reason(why: OSError | UnicodeDecodeError) -> str:
    if isinstance(why, UnicodeDecodeError):
        return "it is not UTF-8"
    return (why.strerror or str(why)).lower()


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """JSON lets a key stand twice and takes the last one; here that is a mistake somebody should see."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise OptionsError(f"{key}: is given twice.")
        found[key] = value
    return found


def _object(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise OptionsError(f"{what}: must be an object of keys and values, not {_kind(value)}.")
    return value


def _build(cls: type, given: Mapping[str, object], within: str) -> object:
    """An instance of one of the options' classes, every value read as its field's type."""
    hints = typing.get_type_hints(cls)
    fields = {one.name: one for one in dataclasses.fields(cls)}
    for key in given:
        if key not in fields:
            raise OptionsError(_unknown(key, list(fields), within))
    for name, one in fields.items():
        required = one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING
        if required and name not in given:
            raise OptionsError(f"{within}{name}: is missing.")
    return cls(**{key: _value(value, hints[key], within + key) for key, value in given.items()})


def _unknown(key: str, known: list[str], within: str) -> str:
    near = difflib.get_close_matches(key.lower().replace("-", "_"), known, n=1, cutoff=0.5)
    hint = f"did you mean {within}{near[0]}?" if near else f"known are {', '.join(known)}."
    return f"{within}{key}: there is no such option; {hint}"


def _value(value: object, kind: object, key: str) -> object:
    if isinstance(kind, types.GenericAlias):
        if kind.__origin__ is tuple:
            return _list(value, kind.__args__[0], key)
        return _words(value, key)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return _build(kind, _object(value, key), f"{key}.")
    if kind is float and type(value) is int:
        return float(value)
    # True is an int to Python, and to nobody who writes options.
    if type(value) is not kind:
        raise OptionsError(f"{key}: must be {_NAMES[kind]}, not {_kind(value)}.")
    return value


def _list(value: object, kind: object, key: str) -> tuple[object, ...]:
    if not isinstance(value, list | tuple):
        raise OptionsError(f"{key}: must be a list, not {_kind(value)}.")
    return tuple(_value(one, kind, f"{key}[{at}]") for at, one in enumerate(value))


def _words(value: object, key: str) -> dict[str, str]:
    return {name: str(_value(one, str, f"{key}.{name}")) for name, one in _object(value, key).items()}


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return json.dumps(value)
    return "a list" if isinstance(value, list | tuple) else "an object"


_NAMES: Mapping[object, str] = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
}
