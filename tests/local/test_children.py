"""One part as a real process: its log, its environment, its end."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from analyst.errors import StartupError
from analyst.local.children import KEEP_LOGS, Child, Command, Patience, bound, rotate, stop_all


def child_of(code: str, logs: Path, *, patience: Patience | None = None, ready: bool = True) -> Child:
    command = Command(
        name="part",
        arguments=[sys.executable, "-c", code],
        environment={"OWN": "1"},
        ready=None if ready else lambda: False,
    )
    return Child(command, logs=logs, environment={"SHARED": "2"}, patience=patience)


def finish(child: Child) -> None:
    deadline = time.monotonic() + 20
    while child.is_running:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_gets_its_environment_and_nothing_else(tmp_path: Path) -> None:
    child = child_of("import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))", tmp_path)
    child.start()
    finish(child)
    assert child.log.read_text() == "['OWN', 'SHARED']\n"
    assert child.log.stat().st_mode & 0o777 == 0o600


def test_stop_takes_what_it_started_along(tmp_path: Path) -> None:
    code = (
        "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True)\n"
        "time.sleep(600)"
    )
    child = child_of(code, tmp_path)
    child.start()
    while not child.log.read_text():
        time.sleep(0.01)
    grandchild = psutil.Process(int(child.log.read_text()))
    stop_all([child], within_seconds=0.1)
    assert not child.is_running
    _, alive = psutil.wait_procs([grandchild], timeout=10)
    assert [found for found in alive if found.status() != psutil.STATUS_ZOMBIE] == []


def test_one_that_does_not_come_up_is_given_up(tmp_path: Path) -> None:
    child = child_of(
        "import time; time.sleep(600)", tmp_path, patience=Patience(ready_seconds=0.0), ready=False
    )
    child.start()
    time.sleep(0.05)
    try:
        with pytest.raises(StartupError, match="The part did not come up within"):
            child.tend()
    finally:
        child.kill()


def test_it_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, os; from analyst.local.children import bound\n"
        "sleep = 'import time; print(1, flush=True); time.sleep(600)'\n"
        "child = subprocess.Popen(bound([sys.executable, '-c', sleep]), stdout=subprocess.PIPE)\n"
        "child.stdout.readline(); print(child.pid, flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == -9
    deadline = time.monotonic() + 10
    while (
        psutil.pid_exists(int(done.stdout))
        and psutil.Process(int(done.stdout)).status() != psutil.STATUS_ZOMBIE
    ):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_command_is_bound_to_this_process_by_the_launcher() -> None:
    assert bound(["/bin/true"])[-2:] == ["--", "/bin/true"]
    assert subprocess.run(bound(["/bin/sh", "-c", "exit 7"])).returncode == 7


def test_the_logs_of_the_last_runs_are_kept(tmp_path: Path) -> None:
    log = tmp_path / "part.log"
    for run in range(KEEP_LOGS + 3):
        rotate(log)
        log.write_text(str(run))
    kept = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert kept == {"part.log": "5", "part.log.1": "4", "part.log.2": "3", "part.log.3": "2"}
