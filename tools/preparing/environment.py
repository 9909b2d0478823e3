"""Virtual environments that hold exactly what a lock says; instant when they do already."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from preparing import machine, pip_settings
from preparing.programs import ROOT, CannotPrepare, run, say, succeeds

REQUIREMENTS = ROOT / "requirements"
FETCH_FAILED = (
    "The packages could not be installed; check the network (the lines above say more) and try again"
)


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A virtual environment; each purpose it serves names the locks it rests on, the last one holding all."""

    folder: Path
    purposes: Mapping[str, tuple[str, ...]]
    has_product: bool = False
    """True when this project itself is installed in it."""

    @property
    def name(self) -> str:
        """As people know it: ".venv"."""
        return os.path.relpath(self.folder, ROOT)

    @property
    def python(self) -> str:
        """The path of the environment's Python."""
        return str(self.folder / "bin" / "python")

    def program(self, name: str) -> str:
        """The path of a program in it."""
        return str(self.folder / "bin" / name)

    def prepare(self, purpose: str) -> None:
        """Make it hold what the purpose needs."""
        state = self.read_state()
        if self.is_current(state, purpose):
            return
        if not self.works(state):
            self._create()
        self._install(purpose)
        self._write_state(purpose)

    # --- what is there already

    def digest(self, purpose: str) -> str:
        """What the installed packages depend on, as one digest."""
        files = [REQUIREMENTS / f"{lock}.txt" for lock in self.purposes[purpose]]
        if self.has_product:
            files.append(ROOT / "pyproject.toml")
        return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()

    def read_state(self) -> dict[str, str]:
        """What the last complete set-up noted, or nothing."""
        try:
            state = json.loads(self._state_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return state if isinstance(state, dict) else {}

    def note(self, **notes: str) -> None:
        """Add to what the next set-up finds noted; gone when the packages are installed anew."""
        self._state_file.write_text(json.dumps({**self.read_state(), **notes}), encoding="utf-8")

    def is_current(self, state: Mapping[str, str], purpose: str) -> bool:
        """True when nothing has to be done: same locks, same folder, and the environment's Python runs."""
        has_product = not self.has_product or (self.folder / "bin" / "analyst").exists()
        return state.get(purpose) == self.digest(purpose) and has_product and self.works(state)

    def works(self, state: Mapping[str, str]) -> bool:
        """True when a set-up once came to its end there, nothing was moved since, and its Python runs."""
        version = self.version()
        return bool(version) and state.get("python") == version and state.get("root") == str(ROOT)

    def version(self) -> str:
        """The environment's Python version ("3.11.7"), or "" when it cannot be used."""
        code = "import sys; print(*sys.version_info[:3], sep='.') if sys.version_info >= (3, 11) else None"
        try:
            done = subprocess.run([self.python, "-c", code], capture_output=True, text=True)
        except OSError:
            return ""
        return done.stdout.strip() if done.returncode == 0 else ""

    @property
    def _state_file(self) -> Path:
        return self.folder / "prepared.json"

    def _write_state(self, purpose: str) -> None:
        """Note a complete set-up, for every purpose whose locks this one's hold."""
        served = set(self.purposes[purpose])
        state = {"root": str(ROOT), "python": self.version()}
        state |= {name: self.digest(name) for name, locks in self.purposes.items() if served >= set(locks)}
        self._state_file.write_text(json.dumps(state), encoding="utf-8")

    # --- the environment itself

    def _create(self) -> None:
        """Make it anew, with pip in it; on Debian the part that does so may be missing."""
        if self.folder.exists():
            say(f"Environment: {self.name} is incomplete, was moved, or its Python is gone; making it anew")
            shutil.rmtree(self.folder)
        say(f"Environment: creating {self.name} with Python {'.'.join(map(str, sys.version_info[:3]))}")
        if not has_ensurepip() and machine.may_apt() and not has_pip():
            machine.apt_install([f"python3.{sys.version_info.minor}-venv"])
        if has_ensurepip():
            command, installer = ["-m", "venv", str(self.folder)], [self.python, "-m", "pip"]
        elif has_pip():
            command = ["-m", "venv", "--without-pip", str(self.folder)]
            installer = [base_python(), "-m", "pip", "--python", self.python]
        else:
            raise CannotPrepare(
                "This Python cannot create virtual environments because its venv package is missing: "
                "run `sudo apt install python3-venv` (Debian, Ubuntu) and try again."
            )
        run([base_python(), *command], failure=f"The virtual environment {self.name} could not be created")
        lock = str(REQUIREMENTS / "bootstrap.txt")
        options = ["--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "-r", lock]
        run([*installer, "install", *options], failure=FETCH_FAILED, env=pip_environment())

    # --- the packages

    def _install(self, purpose: str) -> None:
        """Make it hold exactly the locked packages, then this project itself where that belongs in it."""
        lock = REQUIREMENTS / f"{self.purposes[purpose][-1]}.txt"
        count = sum(line[:1].isalnum() for line in lock.read_text(encoding="utf-8").splitlines())
        say(f"Packages: up to {count} pinned ones from requirements/{lock.name}")
        if not self._uv("sync", "--require-hashes", str(lock)):
            say("Packages: uv could not install them; trying with pip, which is slower")
            self._pip("install", "--require-hashes", "-r", str(lock))
        if self.has_product:
            self._add("--no-deps", "--no-build-isolation", "--editable", str(ROOT))

    def add_locked(self, lock: str) -> None:
        """Install one more lock beside what is there already."""
        self._add("--require-hashes", "-r", str(REQUIREMENTS / f"{lock}.txt"))

    def _add(self, *arguments: str) -> None:
        if not self._uv("install", *arguments):
            self._pip("install", *arguments)

    def _uv(self, verb: str, *arguments: str) -> bool:
        """Run `uv pip …` on the environment; False when it failed or is not there."""
        command = [self.program("uv"), "pip", verb, "--python", self.python, *arguments]
        if not sys.stderr.isatty():
            command.insert(1, "--quiet")
        try:
            return subprocess.run(command, env=self._uv_environment(), cwd=ROOT).returncode == 0
        except OSError:
            return False

    def _pip(self, *arguments: str) -> None:
        """Run the environment's pip, or stop with a sentence."""
        options = ["--quiet", "--disable-pip-version-check", "--no-input"]
        run([self.python, "-m", "pip", *arguments, *options], failure=FETCH_FAILED, env=pip_environment())

    def _uv_environment(self) -> dict[str, str]:
        """The caller's environment, with pip's settings said in uv's words."""
        command = [self.python, "-m", "pip", "config", "list"]
        listed = subprocess.run(command, capture_output=True, text=True, env=pip_environment())
        translated = pip_settings.translate(pip_settings.parse(listed.stdout))
        return {**translated, **os.environ, "UV_PYTHON_DOWNLOADS": "never"}


def pip_environment() -> dict[str, str]:
    """The caller's environment; a "user" install by configuration would fail inside an environment."""
    return {**os.environ, "PIP_USER": "0"}


def base_python() -> str:
    """The Python that does not live in our environment, which may be thrown away."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def has_ensurepip() -> bool:
    """True when `python -m venv` can put pip into an environment."""
    return succeeds([base_python(), "-c", "import venv, ensurepip; ensurepip.version()"])


def has_pip() -> bool:
    """True when the base Python has a pip that can install into another environment."""
    return succeeds([base_python(), "-m", "pip", "--python", base_python(), "--version"])
