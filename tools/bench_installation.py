"""An installation of the product in a temporary folder: started as `analyst up`, measured, taken away again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from analyst.errors import StartupError
from analyst.local.children import bound
from analyst.local.free_port import pick_port
from analyst.local.instance import DataFolder, Instance, running_instance
from analyst.local.postgres import EmbeddedPostgres
from analyst.local.up import settings_of, supervisor
from analyst.settings import Settings
from analyst.wiring import House

READY_SECONDS = 300.0
STOP_SECONDS = 60.0
MODEL_SECONDS = 900.0


class Place:
    """A temporary data folder and what may run on it, one after the other; all is gone at the end."""

    def __init__(self, wanted: Settings) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="analyst-bench-"))
        self.settings = Settings(
            data=self.root / "data",
            cache=wanted.cache,
            model_file=wanted.model_file,
            model_sha256=wanted.model_sha256,
            port=pick_port(),
            api_port=pick_port(),
        )
        self._postgres = EmbeddedPostgres(DataFolder(self.settings.data).postgres)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        home = self._postgres.home
        shutil.rmtree(self.root, ignore_errors=True)
        # Root keeps the cluster where the server's own user reaches it.
        shutil.rmtree(home, ignore_errors=True)

    def on_databases(self, task: Callable[[Settings], None], *, model_url: str) -> None:
        """Run a task beside nothing but the databases, with the sample loaded; raises what it raises."""
        settings = replace(self.settings, model="openai", model_id="scripted", model_url=model_url)

        def work(instance: Instance, _: object) -> int:
            task(settings_of(settings, DataFolder(settings.data), instance, self._postgres))
            return 0

        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            supervisor(settings, serve=False, sample=True, model=False, terminal=nowhere).run(work)

    def house(self, settings: Settings, instance: Instance) -> House:
        """The parts of a running installation, for this process."""
        found = settings_of(settings, DataFolder(settings.data), instance, self._postgres)
        return House(replace(found, api_port=instance.api_port))


class Running:
    """`analyst up` while its context is open."""

    def __init__(self, place: Place, settings: Settings) -> None:
        self._place = place
        self._settings = settings
        self._lines: list[str] = []
        self._ready_after = 0.0
        self._heard = threading.Event()

    def __enter__(self) -> Self:
        program = str(Path(sys.executable).with_name("analyst"))
        environment = {k: v for k, v in os.environ.items() if not k.startswith("ANALYST_")}
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            bound([program, "up"], number=signal.SIGTERM),
            cwd=self._place.root,
            env={**environment, **self._settings.environment()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            self._await_ready()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.house.close()
        self._stop()

    @property
    def pid(self) -> int:
        """The process that started all others."""
        return self._process.pid

    @property
    def ready_seconds(self) -> float:
        """How long it took to say that it is ready."""
        return self._ready_after

    @property
    def page_url(self) -> str:
        """Where the page is."""
        return f"http://localhost:{self._settings.port}"

    def await_model(self) -> None:
        """Return when the model serves; raises StartupError."""
        deadline = time.monotonic() + MODEL_SECONDS
        while (state := self.house.model_state())["state"] != "ready":
            if state["state"] == "failed" or time.monotonic() > deadline:
                raise StartupError(f"The model did not come up: {state['message'] or 'too slow'}")
            time.sleep(0.2)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.append(line.strip())
            if line.startswith("Ready"):
                self._ready_after = time.monotonic() - self._began
                self._heard.set()
        self._heard.set()

    def _await_ready(self) -> None:
        self._heard.wait(READY_SECONDS)
        instance = running_instance(DataFolder(self._settings.data))
        if not self._ready_after or instance is None:
            raise StartupError(
                f"`analyst up` did not become ready: {self._lines[-1] if self._lines else 'silence'}"
            )
        self.house = self._place.house(self._settings, instance)

    def _stop(self) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def memory_bytes(root: int) -> tuple[int, int]:
    """Memory of a process and all below it as (bytes, processes), shared pages divided among those that share.

    Raises OSError where the machine does not tell.
    """
    sizes = [size for pid in _family(root) if (size := _pss(pid)) is not None]
    return sum(sizes), len(sizes)


def _family(root: int) -> set[int]:
    parents = {int(p.name): _parent(p) for p in Path("/proc").iterdir() if p.name.isdigit()}
    family, new = {root}, {root}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new} - family
        family |= new
    return family


def _parent(process: Path) -> int:
    try:
        # The name in brackets may hold anything, so what follows its last bracket is read.
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except (OSError, ValueError):
        return 0


def _pss(pid: int) -> int | None:
    """Its proportional share, or None when it has just ended; raises PermissionError for somebody else's."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return next((1024 * int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), None)
