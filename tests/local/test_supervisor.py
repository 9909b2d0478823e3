"""The supervisor as a real process, with tiny real parts: what it starts, keeps alive and takes down."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from analyst.local.free_port import pick_port
from analyst.local.instance import DataFolder, running_instance
from analyst.local.model_status import ModelState, read_model_status

SCRIPT = Path(__file__).with_name("supervised.py")


class Run:
    """One supervisor process; everything it starts carries a mark in its environment."""

    def __init__(self, data: Path, **wanted: object) -> None:
        self.data = data
        self.folder = DataFolder(data)
        self.mark = uuid.uuid4().hex
        self._shown = data.with_name(f"shown-{self.mark}.txt")
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT), str(data), json.dumps(wanted)],
            env={**os.environ, "SUPERVISED_MARK": self.mark},
            stdout=self._shown.open("w"),
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_until(self, condition: Callable[[], object], seconds: float = 30.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "what was waited for did not come"
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.05)

    def wait_ready(self) -> None:
        self.wait_until(lambda: (found := running_instance(self.folder)) and found.ready)

    def end(self, number: signal.Signals, *, seconds: float = 10.0) -> tuple[int, str, str]:
        self.process.send_signal(number)
        return self.result(seconds=seconds)

    def result(self, *, seconds: float = 30.0) -> tuple[int, str, str]:
        _, err = self.process.communicate(timeout=seconds)
        return self.process.returncode, self.shown(), err

    def shown(self) -> str:
        """What the terminal showed so far."""
        return self._shown.read_text()

    def left(self) -> list[psutil.Process]:
        return [found for found in psutil.process_iter() if self._is_ours(found)]

    def children(self, *, started_with: str = "") -> list[psutil.Process]:
        """The parts whose command line holds that text."""
        found = [process for process in self.left() if process.pid != self.process.pid]
        return [process for process in found if started_with in " ".join(process.cmdline())]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get("SUPERVISED_MARK") == self.mark and (
                process.status() != psutil.STATUS_ZOMBIE
            )
        except (psutil.Error, OSError):
            return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def begin(**wanted: object) -> Run:
        runs.append(Run(tmp_path / "data", **wanted))
        return runs[-1]

    yield begin
    for run in runs:
        for process in run.left():
            process.kill()
        run.process.kill()
        run.process.wait()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def log_of(run: Run, name: str) -> str:
    return (run.folder.logs / f"{name}.log").read_text()


def gone(run: Run, *, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while run.left() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not run.left()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_all_parts_come_up_and_go_down_with_the_signal(
    start: Callable[..., Run], number: signal.Signals
) -> None:
    port, api_port = pick_port(), pick_port()
    run = start(port=port, api_port=api_port, more=["sleep", "sleep"])
    run.wait_ready()
    assert listens(port) and listens(api_port)
    assert len(run.children()) == 5

    code, out, err = run.end(number)

    assert (code, err) == (0, "")
    assert f"http://localhost:{port}" in out and "nothing is left running" in out
    assert run.left() == []
    assert not run.folder.instance.exists()


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A folder that the database's own user may pass, where tests run as root."""
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_nothing_survives_a_killed_supervisor(start: Callable[..., Run], reachable: Path) -> None:
    port = pick_port()
    parts = {"more": ["sleep", "stubborn"], "model": "serves", "postgres": str(reachable)}
    run = start(port=port, api_port=pick_port(), **parts)
    run.wait_ready()
    instance = running_instance(run.folder)
    assert instance is not None and listens(port)
    postmasters = [
        found for found in psutil.Process(run.process.pid).children() if "postgres" in found.name()
    ]
    assert postmasters

    run.process.send_signal(signal.SIGKILL)
    run.process.wait()

    assert gone(run)
    _, alive = psutil.wait_procs(postmasters, timeout=15)
    assert alive == []
    assert running_instance(run.folder) is None


def test_it_starts_again_after_it_was_killed(start: Callable[..., Run]) -> None:
    first = start(more=["sleep"])
    first.wait_ready()
    first.process.kill()
    first.process.wait()

    second = start(more=["sleep"])
    second.wait_ready()

    assert second.end(signal.SIGINT)[0] == 0


def test_ctrl_c_of_the_terminal_reaches_the_supervisor_alone(start: Callable[..., Run]) -> None:
    run = start(more=["sleep"])
    run.wait_ready()
    run.wait_until(lambda: len(run.children()) == 2 and not run.children(started_with="bound_child"))
    groups = {os.getpgid(found.pid) for found in run.children()}
    assert os.getpgid(run.process.pid) not in groups


def test_a_part_that_does_not_stop_is_killed_in_time(start: Callable[..., Run]) -> None:
    run = start(more=["stubborn"], stop_seconds=0.5)
    run.wait_ready()
    run.wait_until(lambda: "deaf" in log_of(run, "stubborn-0"))
    assert run.end(signal.SIGINT)[0] == 0
    assert run.left() == []


def test_a_second_ctrl_c_kills_at_once(start: Callable[..., Run]) -> None:
    run = start(more=["stubborn"], stop_seconds=300.0)
    run.wait_ready()
    run.wait_until(lambda: "deaf" in log_of(run, "stubborn-0"))
    run.process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert run.process.poll() is None
    code, _, _ = run.end(signal.SIGINT)
    assert code == 130
    assert gone(run)


def test_a_second_instance_is_told_where_the_first_one_is(start: Callable[..., Run]) -> None:
    port = pick_port()
    first = start(port=port)
    first.wait_ready()

    code, _, err = start(port=pick_port()).result()

    assert code == 1
    assert err == (
        f"It is already running at http://localhost:{port} (process {first.process.pid}); "
        "use that one, or stop it first.\n"
    )
    assert listens(port)
    assert first.end(signal.SIGINT)[0] == 0


@pytest.mark.parametrize(("which", "setting"), [("port", " PORT="), ("api_port", " API_PORT=")])
def test_a_port_in_use_is_named_with_its_holder(start: Callable[..., Run], which: str, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = start(**{which: port})
        code, out, err = run.result()
    assert code == 1
    assert err.count("\n") == 1
    assert f"Port {port} is already in use" in err and setting in err and f"process {os.getpid()}" in err
    assert "Traceback" not in err + out
    assert run.left() == []


def test_a_part_that_dies_comes_back(start: Callable[..., Run]) -> None:
    run = start(port=pick_port(), more=["sleep"])
    run.wait_ready()
    (victim,) = run.children(started_with="serve_forever")
    victim.kill()
    victim.wait(5)
    instance = running_instance(run.folder)
    assert instance is not None
    run.wait_until(lambda: listens(instance.port))
    code, out, _ = run.end(signal.SIGTERM)
    assert code == 0
    assert "The page stopped (signal 9); starting it again" in out


def test_a_database_that_dies_comes_back(start: Callable[..., Run]) -> None:
    run = start(more=["stubborn"])
    run.wait_ready()
    (victim,) = run.children(started_with="import time; time.sleep(600)")
    victim.kill()
    run.wait_until(lambda: "starting it again" in run.shown())
    run.wait_until(lambda: run.children(started_with="import time; time.sleep(600)"))
    assert run.end(signal.SIGINT)[0] == 0
    assert run.left() == []


def test_a_part_that_always_dies_ends_it_with_one_sentence(start: Callable[..., Run]) -> None:
    run = start(more=["dying", "sleep"])
    code, out, err = run.result()
    assert code == 1
    assert err == f"The dying-0 stopped 3 times in a row; its log {run.folder.logs}/dying-0.log says more.\n"
    assert (run.folder.logs / "dying-0.log").read_text() == "no luck\n" * 3
    assert "starting it again" in out
    assert run.left() == []


def test_the_model_arrives_loads_and_is_ready(start: Callable[..., Run]) -> None:
    run = start(model="serves")
    states: list[ModelState] = []

    def ready() -> bool:
        status = read_model_status(run.folder.model_status)
        if status and status.state not in states:
            states.append(status.state)
        return ModelState.READY in states

    run.wait_until(ready)
    assert states == [ModelState.ARRIVING, ModelState.LOADING, ModelState.READY]
    assert run.end(signal.SIGINT)[0] == 0
    assert run.left() == []


@pytest.mark.parametrize(("how", "reason"), [("fails", "no network"), ("dies", "stopped 3 times")])
def test_without_its_model_the_rest_goes_on(start: Callable[..., Run], how: str, reason: str) -> None:
    port = pick_port()
    run = start(model=how, port=port)

    def failed() -> bool:
        status = read_model_status(run.folder.model_status)
        return bool(status and status.state is ModelState.FAILED and reason in status.message)

    run.wait_until(failed)
    run.wait_ready()
    assert listens(port)
    code, out, _ = run.end(signal.SIGINT)
    assert code == 0
    assert reason in out


def test_a_loader_is_shown_and_can_be_interrupted(start: Callable[..., Run]) -> None:
    run = start(load="import time; print('half of it', flush=True); time.sleep(600)")
    run.wait_until(lambda: "half of it" in run.shown())
    assert run.end(signal.SIGINT)[0] == 0
    assert run.left() == []


def test_a_loader_that_fails_ends_it_with_one_sentence(start: Callable[..., Run]) -> None:
    run = start(load="raise SystemExit('no data')")
    code, _, err = run.result()
    assert code == 1
    assert err.startswith("Loading the sample failed") and err.count("\n") == 1
    assert run.left() == []


@pytest.mark.parametrize("model", ["", "serves"])
def test_a_task_gets_its_exit_code_and_leaves_nothing(start: Callable[..., Run], model: str) -> None:
    run = start(task=4, model=model)
    assert run.result()[0] == 4
    assert run.left() == []


def test_a_task_that_needs_a_model_fails_with_what_kept_it(start: Callable[..., Run]) -> None:
    run = start(task=0, model="fails")
    code, _, err = run.result()
    assert code == 1
    assert err == "The model could not be fetched: no network.\n"


def test_too_little_space_is_one_sentence(start: Callable[..., Run]) -> None:
    run = start(free=1_000_000)
    code, _, err = run.result()
    assert code == 1
    assert err.count("\n") == 1 and "ANALYST_DATA" in err and "only 1 MB" in err


def test_keys_and_logs_are_private(start: Callable[..., Run]) -> None:
    run = start(more=["sleep"], model="serves")
    run.wait_ready()
    run.wait_until(run.folder.model_status.exists)
    files = [run.folder.api_key, run.folder.model_key, run.folder.instance, run.folder.model_status]
    files += list(run.folder.logs.iterdir())
    assert {oct(file.stat().st_mode & 0o777) for file in files} == {"0o600"}
    assert {oct(folder.stat().st_mode & 0o777) for folder in (run.data, run.folder.logs)} == {"0o700"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_task_that_was_interrupted_does_not_end_as_done(
    start: Callable[..., Run], number: signal.Signals
) -> None:
    run = start(task=0, task_seconds=30)
    run.wait_ready()
    code, _, err = run.end(number)
    assert (code, err) == (130, "")
    assert run.left() == []


def test_page_and_interface_on_one_port_are_refused_in_one_sentence(start: Callable[..., Run]) -> None:
    port = pick_port()
    code, _, err = start(port=port, api_port=port).result()
    assert code == 1
    assert err.startswith(f"PORT and API_PORT are both {port}") and err.count("\n") == 1
