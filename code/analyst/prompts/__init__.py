"""Prompt files, read once and filled with named variables."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from string import Template

from analyst.errors import ConfigurationError


@lru_cache(maxsize=64)
def text(name: str) -> str:
    """The text of a prompt file, as "sql" or "dialects/postgres"; raises ConfigurationError."""
    try:
        return files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise ConfigurationError(f"There is no prompt file {name}.md.") from None


def fill(name: str, **variables: str) -> str:
    """A prompt with every variable filled; raises ConfigurationError when one is missing."""
    try:
        return Template(text(name)).substitute(variables).strip()
    except KeyError as missing:
        raise ConfigurationError(f"The prompt {name}.md needs the variable {missing}.") from None


def digest() -> str:
    """Twelve hex digits that change with any prompt file, for reports."""
    folder = files(__name__)
    names = sorted(p.name for p in folder.iterdir() if p.name.endswith(".md"))
    dialects = sorted(p.name for p in folder.joinpath("dialects").iterdir())
    parts = [text(n[:-3]) for n in names] + [text(f"dialects/{n[:-3]}") for n in dialects]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
