"""The whole product from a clean copy of the tree, as its user starts it: `make run`, with the real model."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from analyst.local.free_port import pick_port
from analyst.settings import Settings

ROOT = Path(__file__).parents[2]
MODEL_SECONDS = 900
"""The model may have to be fetched first."""


@dataclass
class Product:
    """A running product in a folder of its own."""

    folder: Path
    data: Path
    environment: dict[str, str]
    port: int
    api_port: int
    output: Path
    process: subprocess.Popen[bytes] | None = None
    seconds: list[float] = field(default_factory=list)

    @property
    def page(self) -> str:
        """What a person opens."""
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """`make run`, until the page is up."""
        began = time.monotonic()
        with self.output.open("ab") as out:
            self.process = subprocess.Popen(
                ["make", "run", f"PORT={self.port}", f"API_PORT={self.api_port}"],
                cwd=self.folder,
                env=self.environment,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        while "Ready" not in self.said():
            assert self.process.poll() is None and time.monotonic() - began < 300, self.said()
            time.sleep(0.1)
        self.seconds.append(time.monotonic() - began)

    def stop(self) -> None:
        """Ctrl-C, as a terminal sends it to the whole group."""
        assert self.process is not None
        parts = psutil.Process(self.process.pid).children(recursive=True)
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(timeout=30)
        # make itself leaves at once; what it started takes everything down in order.
        _, left = psutil.wait_procs(parts, timeout=15)
        self.output.write_text("")
        assert left == []

    def said(self) -> str:
        """What is on the terminal."""
        return self.output.read_text() if self.output.exists() else ""

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """One request to the API."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.api_port}{path}", data, method=method)
        request.add_header("x-api-key", (self.data / "api_key").read_text().strip())
        request.add_header("content-type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def answered(self, question: str, *, seconds: float = 300, **fields: Any) -> dict[str, Any]:
        """Ask, wait, and give the document."""
        status, asked = self.call("POST", "/query", {"question": question, **fields})
        assert status == 202, asked
        deadline = time.monotonic() + seconds
        while True:
            document: dict[str, Any] = self.call("GET", f"/query/{asked['query_id']}")[1]
            if document["status"] not in ("queued", "running"):
                return document
            assert time.monotonic() < deadline, document
            time.sleep(0.2)

    def wait_for_model(self) -> None:
        """Until the real model can be asked."""
        deadline = time.monotonic() + MODEL_SECONDS
        while (state := self.call("GET", "/capabilities")[1]["model"])["state"] != "ready":
            assert state["state"] != "failed" and time.monotonic() < deadline, state
            time.sleep(0.5)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """The `analyst` command of this copy."""
        command = [str(self.folder / ".venv" / "bin" / "analyst"), *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=400
        )


def copy_of_the_tree(target: Path) -> None:
    """What a clone would hold, with what is not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)


@pytest.fixture(scope="session")
def product() -> Iterator[Product]:
    """Started from a clean copy with an empty HOME; only the cache of downloads is shared."""
    base = Path(tempfile.mkdtemp(prefix="analyst-whole-"))
    base.chmod(0o755)
    for name in ("clone", "home"):
        (base / name).mkdir()
    copy_of_the_tree(base / "clone")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANALYST_", "XDG_", "VIRTUAL_ENV"))}
    environment = {
        **kept,
        "HOME": str(base / "home"),
        "ANALYST_DATA": str(base / "data"),
        "ANALYST_CACHE": str(Settings.read().cache),
    }
    made = Product(
        folder=base / "clone",
        data=base / "data",
        environment=environment,
        port=pick_port(),
        api_port=pick_port(),
        output=base / "terminal.txt",
    )
    try:
        made.start()
        yield made
    finally:
        if made.process is not None and made.process.poll() is None:
            made.stop()
        shutil.rmtree(base, ignore_errors=True)
