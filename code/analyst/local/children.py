"""Processes that the product starts, keeps alive and takes down with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from analyst.errors import StartupError

KEEP_LOGS = 3
"""How many earlier logs of each part are kept."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """How one part is started; data, so that it can be shown, tested and exchanged."""

    name: str
    """What people call it: "gateway", "worker-1"; also its log's name."""
    arguments: Sequence[str]
    """The program by its absolute path, and its arguments."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Added to what all parts get."""
    folder: Path | None = None
    """Where it runs."""
    ready: Callable[[], bool] | None = None
    """Asked again and again until it says that the part serves; None: as soon as it runs."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a part gets to come up, to go, and how often it may die."""

    ready_seconds: float = 60.0
    stop_seconds: float = 2.5
    deaths: int = 5
    """That many deaths, none after a long life, are the end."""
    first_pause_seconds: float = 0.5
    """Before the first restart; doubled before each further one."""
    longest_pause_seconds: float = 10.0
    long_life_seconds: float = 60.0
    """Who lived this long starts with a clean record."""


def bound(arguments: Sequence[str], *, number: int = signal.SIGKILL) -> list[str]:
    """The command in a session of its own, so that Ctrl-C passes it by, and gone when this thread is gone.

    Linux watches the thread that started it: start what shall live long from one that lives as long.
    """
    launcher = str(Path(__file__).with_name("bound_child.py"))
    options = ["--parent", str(os.getpid()), "--signal", str(int(number))]
    return [sys.executable, "-I", "-S", launcher, *options, "--", *arguments]


class Child:
    """One part as a process, started anew when it dies."""

    def __init__(
        self,
        command: Command,
        *,
        logs: Path,
        environment: Mapping[str, str],
        patience: Patience | None = None,
    ) -> None:
        self.command = command
        self.log = logs / f"{command.name}.log"
        self._environment = {**environment, **command.environment}
        self._patience = patience or Patience()
        self._process: subprocess.Popen[bytes] | None = None
        self._deaths = 0
        self._started_at = 0.0
        self._restart_at: float | None = None
        self._ready = False

    @property
    def name(self) -> str:
        """What people call it."""
        return self.command.name

    @property
    def pid(self) -> int | None:
        """The process's id, while there is one."""
        return self._process.pid if self._process else None

    @property
    def is_ready(self) -> bool:
        """True once it serves; asks the part itself only until then."""
        if not self._ready and self.is_running:
            self._ready = self.command.ready is None or self.command.ready()
        return self._ready and self.is_running

    @property
    def is_running(self) -> bool:
        """True while its process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        """How its process ended; None while it runs."""
        return self._process.poll() if self._process is not None else None

    def start(self) -> None:
        """Start the process, its log begun anew; raises OSError."""
        if self._deaths == 0:
            rotate(self.log)
        self._ready, self._restart_at = False, None
        self._started_at = time.monotonic()
        with open_private(self.log) as log:
            self._process = subprocess.Popen(
                bound(self.command.arguments),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self._environment),
                cwd=self.command.folder,
            )

    def tend(self) -> str | None:
        """Look after it; what happened, in a few words, when it died or came back.

        Raises StartupError when it has died too often or does not come up.
        """
        if self._restart_at is not None:
            return self._restart() if time.monotonic() >= self._restart_at else None
        if not self.is_running:
            return self._died()
        self._check_up()
        return None

    def _check_up(self) -> None:
        waited = time.monotonic() - self._started_at
        if not self.is_ready and waited > self._patience.ready_seconds and self.is_running:
            raise StartupError(f"The {self.name} did not come up within {waited:.0f} s; {self._see_log()}.")

    def _died(self) -> str:
        lived = time.monotonic() - self._started_at
        self._deaths = 1 if lived > self._patience.long_life_seconds else self._deaths + 1
        if self._deaths >= self._patience.deaths:
            raise StartupError(f"The {self.name} stopped {self._deaths} times in a row; {self._see_log()}.")
        pause = min(
            self._patience.first_pause_seconds * 2 ** (self._deaths - 1), self._patience.longest_pause_seconds
        )
        self._restart_at = time.monotonic() + pause
        return f"The {self.name} stopped{self._how()}; starting it again"

    def _restart(self) -> str:
        self.start()
        return f"The {self.name} runs again"

    def _how(self) -> str:
        code = self._process.returncode if self._process else 0
        if code < 0:
            return f" (signal {-code})"
        return f" (exit code {code})" if code else ""

    def _see_log(self) -> str:
        return f"its log {self.log} says more"

    def ask_to_stop(self) -> None:
        """Send SIGTERM, and start it no more."""
        self._restart_at = None
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the process and everything in its session at once."""
        if self._process is None or self._process.poll() is not None:
            return
        # Its number is ours until it is waited for, so no stranger can be hit.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._signal(signal.SIGKILL)
        self._process.wait()

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)


def stop_all(children: Sequence[Child], *, within_seconds: float) -> None:
    """Ask all to stop at once, wait, and kill what is left."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + within_seconds
    while any(child.is_running for child in children) and time.monotonic() < deadline:
        time.sleep(0.02)
    for child in children:
        child.kill()


def rotate(log: Path) -> None:
    """Put the log of the last run aside and drop the oldest; raises OSError."""
    names = [log, *(log.with_name(f"{log.name}.{number}") for number in range(1, KEEP_LOGS + 1))]
    for older, newer in zip(reversed(names[1:]), reversed(names[:-1]), strict=True):
        if newer.exists():
            newer.replace(older)


def open_private(log: Path) -> BinaryIO:
    """A file to append to that only this user may read; raises OSError."""
    return open(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
