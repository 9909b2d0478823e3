"""The page's container: what its Dockerfile says, and that what it says serves the page."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from containerfile import Instruction, Room, stages
from playwright.sync_api import Browser, expect

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "tests" / "page")]

from stand_in_api import StandIn  # noqa: E402

DOCKERFILE = ROOT / "streamlit" / "Dockerfile"
# As a container without privileges: root, too, is bound by the rights of files.
NO_RIGHTS = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]


def concerns_the_machine(instruction: Instruction) -> bool:
    """True for the one instruction that cannot be followed outside a container."""
    return instruction.word == "RUN" and "useradd" in instruction.rest


def last_stage() -> dict[str, str]:
    """The last stage's instructions; of several alike the last."""
    return {one.word: one.rest for one in stages(DOCKERFILE)[-1]}


def test_the_linter_has_nothing_to_say() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), DOCKERFILE], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_base_is_an_exact_version() -> None:
    text = DOCKERFILE.read_text(encoding="utf-8")
    default = text.partition("ARG PYTHON_IMAGE=")[2].split()[0]
    name, _, tag = default.partition(":")
    assert name == "python" and tag.split("-")[0].count(".") == 2
    assert [stage[0].rest.split()[0] for stage in stages(DOCKERFILE)] == ["${PYTHON_IMAGE}"] * 2


def test_it_runs_without_root_and_writes_in_two_places_only() -> None:
    last = last_stage()
    assert last["USER"] == "10001:10001"
    assert stages(DOCKERFILE)[-1][-1].word == "CMD"
    assert last["VOLUME"] == '["/tmp", "/home/analyst"]'
    assert last["EXPOSE"] == "8080" and "8080/_stcore/health" in last["HEALTHCHECK"]


def test_what_builds_is_not_in_it() -> None:
    last = stages(DOCKERFILE)[-1]
    (machine,) = [one for one in last if concerns_the_machine(one)]
    assert "pip uninstall" in machine.rest and "ensurepip" in machine.rest
    assert [one.rest for one in last if one.word == "COPY"] == [
        "--from=packages /opt/venv /opt/venv",
        "streamlit /srv/page",
        "code/analyst /srv/code/analyst",
    ]
    assert not [one for one in last if "install" in one.rest.split()]


def test_the_build_sees_all_that_it_copies_and_nothing_else() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [one.rest.split()[0] for stage in stages(DOCKERFILE) for one in stage if one.word == "COPY"]
    assert "*" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} == {
        source for source in copied if not source.startswith("--from")
    }


# --- the same instructions, followed


@pytest.fixture(scope="module")
def room() -> Iterator[Room]:
    """The container's files below a folder of our own, built as the Dockerfile says; then read-only."""
    folder = Path(tempfile.mkdtemp(prefix="analyst-image-"))
    room = Room(root=folder / "root", context=context(folder / "context"), tools=tools(folder / "tools"))
    for name in ("tmp", "opt", "srv"):
        (room.root / name).mkdir(parents=True)
    try:
        for instruction in (one for stage in stages(DOCKERFILE) for one in stage):
            if not concerns_the_machine(instruction):
                room.follow(instruction)
        room.environment["TMPDIR"] = f"{room.root}/tmp"
        room.make_read_only(but={"/tmp": f"{room.root}/tmp", "home": room.environment["HOME"]})
        yield room
    finally:
        subprocess.run(["chmod", "-R", "u+w", str(folder)], check=True)
        shutil.rmtree(folder)


def context(folder: Path) -> Path:
    """What .dockerignore lets through."""
    caches = shutil.ignore_patterns("__pycache__", ".mypy_cache", ".ruff_cache", "Dockerfile")
    for part in ("streamlit", "code/analyst"):
        shutil.copytree(ROOT / part, folder / part, ignore=caches)
    (folder / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "page.txt", folder / "requirements")
    return folder


def tools(folder: Path) -> Path:
    """The base image's `python`, with pip."""
    folder.mkdir()
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return folder


@pytest.fixture(scope="module")
def api() -> Iterator[StandIn]:
    """What the page talks to."""
    stand_in = StandIn(speed=40).start()
    yield stand_in
    stand_in.stop()


@pytest.fixture(scope="module")
def served(room: Room, api: StandIn) -> Iterator[str]:
    """The page's address, served by the container's own command."""
    port = free_port()
    environment = {**room.environment, "ANALYST_API_URL": api.url, "ANALYST_API_KEY": api.key}
    # Only the port is another, because this machine may use that one.
    command = [part.replace("8080", str(port)).replace("0.0.0.0", "127.0.0.1") for part in room.command]
    server = subprocess.Popen([*confined(), *command], env=environment, cwd=room.workdir)
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=15)


def confined() -> list[str]:
    """What takes root's privileges away, where we are root."""
    return NO_RIGHTS if os.geteuid() == 0 else []


def free_port() -> int:
    """A port nobody uses."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    """Ask as the load balancer does, until it is served."""
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer:
                assert answer.read() == b"ok"
                return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.1)
    raise AssertionError("the container's command does not serve")


@pytest.mark.slow
@pytest.mark.browser
def test_the_container_serves_the_page_from_a_read_only_tree(
    served: str, room: Room, browser: Browser
) -> None:
    tab = browser.new_page()
    tab.goto(served)
    expect(tab.get_by_text("What would you like to know?")).to_be_visible(timeout=20_000)
    tab.get_by_role("button", name="How many flights did each airline have?").click()
    expect(tab.locator(".js-plotly-plot .bars .point")).to_have_count(16, timeout=20_000)
    expect(tab.get_by_test_id("stDataFrame")).to_be_visible()
    tab.close()


@pytest.mark.slow
def test_nothing_but_home_and_tmp_can_be_written(room: Room) -> None:
    def can_write(folder: str) -> bool:
        command = [*confined(), "touch", f"{room.below(folder)}/probe"]
        return subprocess.run(command, capture_output=True).returncode == 0

    assert [can_write(place) for place in ("/home/analyst", "/tmp")] == [True, True]
    assert [can_write(place) for place in ("/srv", "/srv/page", "/srv/code", "/opt/venv/bin")] == [False] * 4


@pytest.mark.slow
def test_the_image_holds_no_installer_and_its_modules_are_compiled(room: Room) -> None:
    installed = {
        path.name.split("-")[0] for path in room.root.glob("opt/venv/lib/*/site-packages/*.dist-info")
    }
    assert "streamlit" in installed and not installed & {
        "pip",
        "setuptools",
        "wheel",
        "uv",
        "boto3",
        "sqlglot",
    }
    compiled = {path.name.split(".")[0] for path in room.root.glob("srv/page/__pycache__/*.pyc")}
    assert compiled == {path.stem for path in (room.root / "srv/page").glob("*.py")}
