"""Starts the parts of a local installation in order, keeps them alive, and takes all of them down again."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn, Protocol, TextIO

from analyst.errors import StartupError
from analyst.local.children import Child, Command, Patience, stop_all
from analyst.local.free_port import check_port, pick_port
from analyst.local.instance import DataFolder, Instance, ensure_key, sole_instance
from analyst.local.model_arrival import ModelArrival
from analyst.local.model_file import OnProgress
from analyst.local.model_keeper import ModelKeeper
from analyst.local.model_status import ModelStatusFile
from analyst.local.private_files import cannot_write
from analyst.local.terminal import Terminal
from analyst.ports import Cancellation

logger = logging.getLogger(__name__)

INTERRUPTED = 130
"""The exit code of a task that did not come to its end, as shells have it."""
_LOOK_SECONDS = 0.1
_NEW_DATABASE_BYTES = 600_000_000
_OLD_DATABASE_BYTES = 50_000_000


class Database(Protocol):
    """The embedded database server; raises StartupError."""

    @property
    def pid(self) -> int | None:
        """Its process, or None when it does not run."""
        ...

    def url(self, database: str = "postgres") -> str:
        """Where it is reached, as superuser."""
        ...

    def start(self) -> None:
        """Return when it takes connections."""
        ...

    def stop(self) -> None:
        """Return when it has ended."""
        ...


FetchModel = Callable[[OnProgress, Callable[[], bool]], Path]
"""Brings the verified model file; gets who hears of the progress and who says that it is not wanted now."""


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What there is to start, in this order; each is optional but the database."""

    database: Database
    prepare: Callable[[str], None]
    """Gets the server's URL and makes databases and schema ready; in this process, in a few seconds."""
    loads: Callable[[Instance], Sequence[Command]] = lambda instance: ()
    """Programs that run to their end, one after the other, before anything serves."""
    services: Callable[[Instance], Sequence[Command]] = lambda instance: ()
    """What serves until the end; stopped in the opposite order."""
    fetch_model: FetchModel | None = None
    """None when the model is not local."""
    model_server: Callable[[Instance, Path], Command] | None = None
    """The command that serves the fetched file."""


@dataclass(frozen=True, kw_only=True)
class Supervision:
    """Where and how the parts run."""

    data: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    """All that the parts get as their environment."""
    port: int = 0
    """Of the page; 0 when it is not started."""
    api_port: int = 0
    """Of the HTTP interface; 0 when it is not started."""
    patience: Patience = field(default_factory=Patience)
    free_space: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free


class _Stopped(Exception):
    """Somebody asked to stop; never leaves this file."""


Task = Callable[[Instance, Cancellation], int]
"""Work to be done once everything is up; its number is the exit code."""


class Supervisor:
    """Runs all parts from its main thread: what it starts dies with it, however it ends."""

    def __init__(self, parts: Parts, supervision: Supervision, *, terminal: TextIO = sys.stdout) -> None:
        self._parts = parts
        self._how = supervision
        self._folder = DataFolder(supervision.data)
        self._terminal = Terminal(terminal)
        self._children: list[Child] = []
        self._model: ModelKeeper | None = None
        self._stops = 0
        self._serves = False
        self._database_deaths = 0

    def run(self, task: Task | None = None, *, needs_model: bool = False) -> int:
        """Bring everything up and keep it so until Ctrl-C, SIGTERM or the end of `task`.

        Returns the task's number, 130 where it was stopped before its end, else 0. With `needs_model` the
        task waits for the model, and fails with what kept it from coming.
        Raises StartupError with one sentence, after all is down again, or what the task raised.
        """
        with self._signals():
            try:
                self._folder.create()
                with sole_instance(self._folder):
                    return self._run_alone(task, needs_model=needs_model)
            except _Stopped:
                return 0 if task is None else INTERRUPTED
            except OSError as error:
                raise cannot_write(self._how.data, error) from error

    def _run_alone(self, task: Task | None, *, needs_model: bool) -> int:
        try:
            instance = self._come_up()
            return self._keep() if task is None else self._do(task, instance, needs_model=needs_model)
        finally:
            self._go_down()

    # --- up

    def _come_up(self) -> Instance:
        instance = self._describe()
        self._start_model(instance)
        instance = self._start_database(instance)
        for command in self._parts.loads(instance):
            self._load(command)
        self._start_services(self._parts.services(instance))
        self._serves = True
        instance = replace(instance, ready=True)
        instance.write(self._folder)
        if instance.port:
            self._terminal.say("Ready", f"{instance.page_url}   (Ctrl-C stops everything)")
        return instance

    def _describe(self) -> Instance:
        """Check what can be checked before anything is started, and say who we are."""
        if self._how.port:
            check_port(self._how.port, setting="PORT", example=self._how.port + 10)
        if self._how.api_port:
            check_port(self._how.api_port, setting="API_PORT", example=self._how.api_port + 10)
        if self._how.port and self._how.port == self._how.api_port:
            raise StartupError(
                f"PORT and API_PORT are both {self._how.port}: choose two different ports, for example "
                f"API_PORT={self._how.port + 1}."
            )
        self._check_space()
        ensure_key(self._folder.api_key)
        instance = Instance(
            pid=os.getpid(),
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            port=self._how.port,
            api_port=self._how.api_port,
            model_port=pick_port() if self._parts.fetch_model else 0,
        )
        instance.write(self._folder)
        return instance

    def _check_space(self) -> None:
        needed = _OLD_DATABASE_BYTES if self._folder.postgres.exists() else _NEW_DATABASE_BYTES
        free = self._how.free_space(self._folder.root)
        if free < needed:
            raise StartupError(
                f"The database needs {needed / 1e6:.0f} MB in {self._folder.root} and only "
                f"{free / 1e6:.0f} MB are free there: free some space, or set ANALYST_DATA to a folder on "
                "another disk."
            )

    def _start_model(self, instance: Instance) -> None:
        fetch, serve = self._parts.fetch_model, self._parts.model_server
        self._folder.model_status.unlink(missing_ok=True)
        if fetch is None or serve is None:
            return
        ensure_key(self._folder.model_key)
        self._model = ModelKeeper(
            arrival=ModelArrival(fetch),
            child=lambda path: self._child(serve(instance, path)),
            status=ModelStatusFile(self._folder.model_status),
            terminal=self._terminal,
        )

    def _start_database(self, instance: Instance) -> Instance:
        self._look()
        began = time.monotonic()
        self._terminal.progress("Database", "starting")
        self._parts.database.start()
        self._look()
        url = self._parts.database.url()
        self._parts.prepare(url)
        self._look()
        self._terminal.say("Database", f"ready after {time.monotonic() - began:.1f} s")
        instance = replace(instance, postgres_url=url)
        instance.write(self._folder)
        return instance

    def _load(self, command: Command) -> None:
        """Run a program to its end, showing the last line it wrote."""
        child = self._child(command)
        self._children.append(child)
        child.start()
        while child.is_running:
            if line := _last_line(child.log):
                self._terminal.progress(command.name.capitalize(), line)
            self._wait()
        self._children.remove(child)
        line = _last_line(child.log)
        if child.exit_code:
            raise StartupError(
                f"Loading the {command.name} failed: {line or 'no reason given'} (log: {child.log})"
            )
        self._terminal.say(command.name.capitalize(), line or "loaded")

    def _start_services(self, commands: Sequence[Command]) -> None:
        began = time.monotonic()
        for command in commands:
            self._look()
            child = self._child(command)
            self._children.append(child)
            child.start()
        # Loading the model takes all cores for some seconds: the page first, it can be used without.
        while waiting := [child.name for child in self._children if not child.is_ready]:
            self._terminal.progress("Services", f"waiting for {', '.join(waiting)}")
            self._tend()
            self._wait()
        if commands:
            names = ", ".join(command.name for command in commands)
            self._terminal.say("Services", f"{names} ready after {time.monotonic() - began:.1f} s")

    def _child(self, command: Command) -> Child:
        return Child(
            command, logs=self._folder.logs, environment=self._how.environment, patience=self._how.patience
        )

    # --- while it is up

    def _keep(self) -> NoReturn:
        while True:
            self._tend()
            self._wait()

    def _do(self, task: Task, instance: Instance, *, needs_model: bool) -> int:
        while needs_model and self._model is not None and not self._model.is_ready:
            self._model.raise_if_failed()
            self._tend()
            self._wait()
        errand = _Errand(task, instance)
        try:
            while not errand.is_done:
                self._tend()
                self._wait()
        finally:
            errand.end()
        return errand.result()

    def _tend(self) -> None:
        """Look after every part that serves."""
        for child in self._children:
            if happened := child.tend():
                self._terminal.say(child.name.capitalize(), happened)
        if self._parts.database.pid is None:
            self._revive_database()

    def _revive_database(self) -> None:
        self._database_deaths += 1
        if self._database_deaths >= self._how.patience.deaths:
            raise StartupError(f"The database stopped {self._database_deaths} times; its log says more.")
        self._terminal.say("Database", "It stopped; starting it again")
        self._parts.database.stop()
        self._parts.database.start()

    def _wait(self) -> None:
        self._look()
        time.sleep(_LOOK_SECONDS)

    def _look(self) -> None:
        """Obey a wish to stop, and bring the model one step on."""
        if self._stops:
            raise _Stopped
        if self._model is not None:
            self._model.tend(may_load=self._serves)

    # --- down

    def _go_down(self) -> None:
        if self._stops:
            self._terminal.say("Stopping", "a second Ctrl-C kills what does not stop in time")
        for child in reversed(self._children):
            stop_all([child], within_seconds=self._how.patience.stop_seconds)
        if self._model is not None:
            self._model.stop()
        self._parts.database.stop()
        if self._stops:
            self._terminal.say("Stopped", "nothing is left running")

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        """Turn Ctrl-C, SIGTERM and a closed terminal into a wish that the main loop obeys."""
        wanted = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            wanted.append(signal.SIGHUP)
        before = {number: signal.signal(number, self._on_signal) for number in wanted}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stops += 1
        if self._stops > 1:
            self._kill_everything()

    def _kill_everything(self) -> None:
        """The second wish: no more waiting. The database, told of our death by the kernel, ends by itself."""
        for child in self._children:
            child.kill()
        if self._model is not None:
            self._model.kill()
        os._exit(130)


class _Errand:
    """A task in a thread of its own, so that the main thread can go on looking after the parts."""

    def __init__(self, task: Task, instance: Instance) -> None:
        self._cancellation = Cancellation()
        self._code = 1
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(task, instance), daemon=True)
        self._thread.start()

    def _run(self, task: Task, instance: Instance) -> None:
        try:
            self._code = task(instance, self._cancellation)
        except BaseException as error:  # noqa: BLE001 - raised again in the main thread
            self._error = error

    @property
    def is_done(self) -> bool:
        return not self._thread.is_alive()

    def end(self) -> None:
        """Let a task that still runs stop by itself, for a moment."""
        if not self.is_done:
            self._cancellation.wish()
            self._thread.join(timeout=3.0)

    def result(self) -> int:
        if self._error is not None:
            raise self._error
        return self._code


def _last_line(log: Path) -> str:
    """The last line a program wrote, cut to what a terminal shows."""
    try:
        with log.open("rb") as file:
            file.seek(max(file.seek(0, os.SEEK_END) - 2000, 0))
            lines = file.read().decode("utf-8", errors="replace").replace("\r", "\n").split("\n")
    except OSError:
        return ""
    return next((line.strip()[:100] for line in reversed(lines) if line.strip()), "")
