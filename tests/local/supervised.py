"""A supervisor with stand-in parts, as a process that tests can interrupt and kill.

python supervised.py DATA '{"port": 18080, …}'
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analyst.errors import AnalystError, StartupError
from analyst.local.children import Command, Patience, bound
from analyst.local.commands import answers
from analyst.local.instance import DataFolder, Instance
from analyst.local.model_file import OnProgress
from analyst.local.postgres import EmbeddedPostgres
from analyst.local.supervisor import Database, Parts, Supervision, Supervisor, Task
from analyst.ports import Cancellation

SERVE = """
import http.server, sys
class Yes(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Yes).serve_forever()
"""
SLEEP = "import time; time.sleep(600)"
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
DYING = "import sys; print('no luck', flush=True); sys.exit(3)"


def python(code: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", code, *arguments]


class StandInDatabase:
    """A process that does nothing, in place of a database server."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.poll() is None else None

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://nowhere/{database}"

    def start(self) -> None:
        self._process = subprocess.Popen(bound(python(SLEEP)))

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()


def services(wanted: dict[str, Any]) -> Callable[[Instance], list[Command]]:
    codes = {"sleep": SLEEP, "stubborn": STUBBORN, "dying": DYING}
    kinds: list[str] = wanted.get("more", [])

    def commands(instance: Instance) -> list[Command]:
        serving = [
            Command(name=name, arguments=python(SERVE, str(port)), ready=answers(port, "/"))
            for name, port in (("gateway", instance.api_port), ("page", instance.port))
            if port
        ]
        more = [
            Command(name=f"{kind}-{number}", arguments=python(codes[kind]))
            for number, kind in enumerate(kinds)
        ]
        return [*more, *serving]

    return commands


def fetch_model(how: str, folder: Path) -> Callable[[OnProgress, Callable[[], bool]], Path]:
    def fetch(on_progress: OnProgress, cancelled: Callable[[], bool]) -> Path:
        for done in range(0, 101, 10):
            on_progress(done, 100, "part 1 of 1")
            time.sleep(0.05)
        if how == "fails":
            raise StartupError("The model could not be fetched: no network.")
        return folder / "model.gguf"

    return fetch


def model_command(how: str, instance: Instance) -> Command:
    code = DYING if how == "dies" else SERVE
    return Command(
        name="model",
        arguments=python(code, str(instance.model_port)),
        ready=answers(instance.model_port, "/"),
    )


def task(wanted: dict[str, Any]) -> Task:
    def run(instance: Instance, cancellation: Cancellation) -> int:
        for _ in range(int(wanted.get("task_seconds", 0) * 20)):
            if cancellation.wished:
                break
            time.sleep(0.05)
        return int(wanted["task"])

    return run


def main() -> int:
    data, wanted = Path(sys.argv[1]), json.loads(sys.argv[2])
    folder = DataFolder(data)
    database: Database = StandInDatabase()
    if "postgres" in wanted:
        database = EmbeddedPostgres(folder.postgres, reachable=Path(wanted["postgres"]))
    model = wanted.get("model", "")
    parts = Parts(
        database=database,
        prepare=lambda url: None,
        loads=lambda instance: (
            [Command(name="sample", arguments=python(wanted["load"]))] if "load" in wanted else []
        ),
        services=services(wanted),
        fetch_model=fetch_model(model, data) if model else None,
        model_server=(lambda instance, path: model_command(model, instance)) if model else None,
    )
    supervision = Supervision(
        data=data,
        environment=dict(os.environ),
        port=wanted.get("port", 0),
        api_port=wanted.get("api_port", 0),
        patience=Patience(
            deaths=3,
            first_pause_seconds=0.1,
            ready_seconds=10.0,
            stop_seconds=wanted.get("stop_seconds", 2.5),
        ),
        free_space=(lambda _: wanted["free"]) if "free" in wanted else Supervision(data=data).free_space,
    )
    supervisor = Supervisor(parts, supervision)
    try:
        if "task" not in wanted:
            return supervisor.run()
        return supervisor.run(task(wanted), needs_model=bool(model))
    except AnalystError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


if __name__ == "__main__":
    # As from a terminal, however the tests were started: nohup has SIGHUP ignored, a background shell SIGINT.
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main())
