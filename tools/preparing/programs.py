"""Other programs, and what is said on the terminal about them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class CannotPrepare(Exception):
    """Set-up cannot go on; `str(error)` is one plain sentence for the terminal."""


def say(text: str) -> None:
    """One line on the terminal, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def run(
    command: Sequence[str], *, failure: str, env: Mapping[str, str] | None = None, folder: Path = ROOT
) -> None:
    """Run a program with its output on the terminal, or stop with a sentence."""
    try:
        failed = subprocess.run(command, env=env, cwd=folder).returncode != 0
    except OSError as error:
        raise CannotPrepare(f"{failure} ({command[0]}: {error.strerror}).") from error
    if failed:
        raise CannotPrepare(f"{failure}.")


def succeeds(command: Sequence[str]) -> bool:
    """True when the program runs and says it went well."""
    try:
        return subprocess.run(command, capture_output=True, cwd=tempfile.gettempdir()).returncode == 0
    except OSError:
        return False


def version_of(path: str) -> str:
    """What `path --version` says, or "" when it cannot be run."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
