"""What the model's server has read is kept once, taken up again, and dropped when it is another model's."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from analyst.local.kept_prompts import MOST_KEPT, KeptPrompts
from analyst.local.model_server import kept_for


class Slots(BaseHTTPRequestHandler):
    """Saves and restores as llama.cpp's server does."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        path = Path(self.server.folder) / body["filename"]  # type: ignore[attr-defined]
        if self.path.endswith("save"):
            path.write_text("kept")
        known = path.exists() and self.headers["authorization"] == "Bearer secret"
        self.send_response(200 if known else 400)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slots)
    server.folder = tmp_path  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_what_was_kept_is_taken_up_again(url: str, tmp_path: Path) -> None:
    kept = KeptPrompts(url, "secret", tmp_path)
    assert not kept.restore("a prompt")
    kept.save("a prompt")
    assert kept.restore("a prompt") and not kept.restore("another prompt")
    assert not KeptPrompts(url, "wrong", tmp_path).restore("a prompt")


def test_only_the_newest_are_kept(url: str, tmp_path: Path) -> None:
    kept = KeptPrompts(url, "secret", tmp_path)
    for number in range(MOST_KEPT + 2):
        kept.save(f"prompt {number}")
        for age, path in enumerate(sorted(tmp_path.glob("*.prompt"), key=lambda p: p.stat().st_mtime)):
            os.utime(path, (age, age))
    assert len(list(tmp_path.glob("*.prompt"))) == MOST_KEPT


def test_a_server_that_is_away_only_means_reading_again(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    kept = KeptPrompts("http://127.0.0.1:1", "secret", tmp_path)
    kept.save("a prompt")
    assert not kept.restore("a prompt")


def test_another_models_prompts_are_dropped(tmp_path: Path) -> None:
    model = tmp_path / "model.gguf"
    model.write_text("one")
    folder = tmp_path / "prompts"
    folder.mkdir(mode=0o700)
    kept_for(folder, model)
    (folder / "a.prompt").write_text("kept")
    kept_for(folder, model)
    assert (folder / "a.prompt").exists()
    model.write_text("another")
    kept_for(folder, model)
    assert not (folder / "a.prompt").exists()
