"""A server as our child: in a session of its own, gone when we are gone, its log bounded."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analyst.local import bound_child

log = logging.getLogger(__name__)

LOG_BYTES = 5_000_000
LOG_CHECK_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run, and as whom."""

    command: Sequence[str]
    log_file: Path
    """Takes what the program writes to stdout and stderr."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """All that it gets: nothing of our own environment, which may hold secrets."""
    user: tuple[int, int] | None = None
    """User and group number to run as; None for our own."""
    keep_open: tuple[int, ...] = ()
    """Open files that it inherits."""


def spawn(program: Program) -> subprocess.Popen[bytes]:
    """Start the program; on Linux it gets SIGINT when the *thread* that called this ends.

    Raises OSError when its log cannot be written.
    """
    launcher = [sys.executable, "-I", "-S", bound_child.__file__, "--parent", str(os.getpid())]
    if program.user is not None:
        launcher += ["--user", f"{program.user[0]}:{program.user[1]}"]
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW
    output = os.open(program.log_file, flags, 0o600)
    try:
        return subprocess.Popen(
            [*launcher, "--", *program.command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env=dict(program.environment),
            pass_fds=program.keep_open,
        )
    finally:
        os.close(output)


def run(program: Program) -> int:
    """Run the program to its end; its exit code. Whatever stops us stops it."""
    process = spawn(program)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()


class ServerProcess:
    """A running server, kept by a thread of its own that lives as long as the server does."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._error: OSError | None = None
        self._started, self._ended = threading.Event(), threading.Event()
        threading.Thread(target=self._keep, name="server-keeper", daemon=True).start()
        self._started.wait()
        if self._error is not None:
            raise self._error

    @property
    def pid(self) -> int | None:
        """The process, or None once it has ended."""
        return self._process.pid if self._process is not None and not self._ended.is_set() else None

    def stop(self, *, signals: Sequence[tuple[signal.Signals, float]]) -> None:
        """Send each signal in turn, with its seconds to end in; then SIGKILL."""
        for number, seconds in signals:
            if self._process is not None and not self._ended.is_set():
                self._process.send_signal(number)
            if self._ended.wait(seconds):
                return
        if self._process is not None:
            log.warning("the server did not end in time and is killed")
            _signal_group(self._process.pid, signal.SIGKILL)
            self._ended.wait()

    def _keep(self) -> None:
        try:
            self._process = spawn(self._program)
        except OSError as error:
            self._error = error
            self._ended.set()
            return
        finally:
            self._started.set()
        threading.Thread(target=self._await_end, name="server-end", daemon=True).start()
        while not self._ended.wait(LOG_CHECK_SECONDS):
            bound_log(self._program.log_file)

    def _await_end(self) -> None:
        if self._process is not None:
            self._process.wait()
        self._ended.set()


def bound_log(path: Path, *, most_bytes: int = LOG_BYTES) -> None:
    """Empty the log in place when it is too long: its writers append, and so go on at its start."""
    try:
        if path.stat().st_size > most_bytes:
            os.truncate(path, 0)
    except OSError as error:
        log.warning("the server's log cannot be shortened: %s", error.strerror)


def turn_log(path: Path) -> None:
    """Keep the log of the run before under `.1`; the run before that is forgotten."""
    if path.exists():
        path.replace(path.with_name(f"{path.name}.1"))


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)
