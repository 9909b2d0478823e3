"""What a source's secret holds, wherever it is kept: AWS Secrets Manager, a variable, a file of one's own."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from analyst.errors import ConfigurationError

Login = Callable[[str], Mapping[str, str]]
"""The "username" and "password" that a secret holds."""
Variable = Callable[[str], str]
"""A variable of the environment by its name; empty where it is not set."""

_VARIABLE, _FILE = "env:", "file:"
_LONGEST = 65_536


class SourceSecrets:
    """Reads the secret of a source; what it holds is in no message and no traceback."""

    def __init__(
        self, *, login: Login | None = None, anew: Login | None = None, variable: Variable | None = None
    ) -> None:
        """`login` reads a secret of AWS, `anew` past whatever is kept of it."""
        self._login, self._anew, self._variable = login, anew or login, variable

    def read(self, secret: str, *, source: str, anew: bool = False) -> Mapping[str, str]:
        """Its "username" and "password", or only the password; raises ConfigurationError naming the source."""
        if secret.startswith(_FILE):
            return _fields(_of_file(Path(secret.removeprefix(_FILE)).expanduser(), source), source)
        if secret.startswith(_VARIABLE):
            return _fields(self._of_variable(secret.removeprefix(_VARIABLE), source), source)
        login = self._anew if anew else self._login
        if login is None:
            raise ConfigurationError(f"Nothing here may read the secret of the source {source!r}.")
        return login(secret)

    def _of_variable(self, name: str, source: str) -> str:
        if self._variable is None:
            raise ConfigurationError(f"Nothing here may read the secret of the source {source!r}.")
        text = self._variable(name)
        if not text:
            raise ConfigurationError(
                f"The variable {name}, which holds the secret of the source {source!r}, is not set."
            )
        return text


def _of_file(path: Path, source: str) -> str:
    """The text of a file that is open to its owner alone."""
    what = f"The file {path}, which holds the secret of the source {source!r},"
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            data = file.read(_LONGEST)
    except OSError:
        raise ConfigurationError(f"{what} cannot be read.") from None
    if not stat.S_ISREG(found.st_mode) or found.st_mode & 0o077:
        raise ConfigurationError(f"{what} is open to others; `chmod 600` it.")
    try:
        text = data.decode("utf-8").strip()
    except UnicodeDecodeError:
        text = ""
    # Raised out here, so that the decoder's error, which holds the bytes, is no part of the traceback.
    if not text:
        raise ConfigurationError(f"{what} holds no text.")
    return text


def _fields(text: str, source: str) -> Mapping[str, str]:
    """Of a password alone, of a URL with user and password, or of JSON as Secrets Manager keeps it."""
    found = _of_url(text) if "://" in text else _of_json(text) if text.startswith("{") else {"password": text}
    if not found.get("password"):
        raise ConfigurationError(f"The secret of the source {source!r} has no password.")
    return found


def _of_url(text: str) -> dict[str, str]:
    try:
        parts = urlsplit(text)
        found = {"username": parts.username, "password": parts.password}
    except ValueError:
        return {}
    return {name: unquote(value) for name, value in found.items() if value}


def _of_json(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: str(found[name]) for name in ("username", "password") if found.get(name)}
