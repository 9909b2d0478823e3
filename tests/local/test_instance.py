"""The data folder, its key, and the lock of whoever runs the instance."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from analyst.errors import StartupError
from analyst.local.instance import DataFolder, Instance, ensure_key, running_instance, sole_instance

ME = Instance(pid=os.getpid(), started_at="2026-01-01T00:00:00+00:00", port=8080, api_port=8081, ready=True)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data").create()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_is_for_its_user_alone(tmp_path: Path) -> None:
    wide = tmp_path / "wide"
    wide.mkdir(mode=0o755)
    assert mode(DataFolder(wide).create().root) == 0o700


def test_a_file_in_the_folders_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StartupError, match="is a file, but a folder is needed"):
        DataFolder(tmp_path / "data").create()


def test_nobody_runs_it_at_first(folder: DataFolder) -> None:
    assert running_instance(folder) is None


def test_it_is_found_while_it_runs_and_not_after(folder: DataFolder) -> None:
    with sole_instance(folder):
        ME.write(folder)
        assert mode(folder.instance) == 0o600
        assert running_instance(folder) == ME
    assert running_instance(folder) is None
    assert not folder.instance.exists()


def test_what_a_killed_one_left_is_not_taken_for_running(folder: DataFolder) -> None:
    ME.write(folder)
    folder.lock.touch()
    assert running_instance(folder) is None
    with sole_instance(folder):
        assert running_instance(folder) is None


def test_a_second_one_is_told_where_the_first_is(folder: DataFolder) -> None:
    with sole_instance(folder):
        ME.write(folder)
        with (
            pytest.raises(StartupError, match=rf"http://localhost:8080 \(process {os.getpid()}\)"),
            sole_instance(folder),
        ):
            pass
        assert running_instance(folder) == ME


def test_readers_never_shut_a_starter_out(folder: DataFolder) -> None:
    folder.lock.touch()
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            running_instance(folder)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    try:
        for _ in range(30):
            with sole_instance(folder):
                pass
    finally:
        stop.set()
        for reader in readers:
            reader.join()


def test_a_dead_process_holds_nothing(folder: DataFolder) -> None:
    code = (
        "import os, sys; from pathlib import Path; from analyst.local.instance import *\n"
        "with sole_instance(DataFolder(Path(sys.argv[1]))): os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code, str(folder.root)]).returncode == 9
    with sole_instance(folder):
        pass


def test_an_unreadable_description_is_nothing(folder: DataFolder) -> None:
    for text in ("", "{", "[]", '{"pid": 1}'):
        folder.instance.write_text(text)
        assert Instance.read(folder) is None


def test_a_later_versions_description_can_be_read(folder: DataFolder) -> None:
    ME.write(folder)
    folder.instance.write_text(folder.instance.read_text().replace("{", '{"news": 1,', 1))
    assert Instance.read(folder) == ME


def test_the_key_is_random_private_and_kept(folder: DataFolder) -> None:
    key = ensure_key(folder.api_key)
    assert len(key) >= 43
    assert mode(folder.api_key) == 0o600
    assert ensure_key(folder.api_key) == key
    assert ensure_key(folder.model_key) != key


def test_a_short_key_is_replaced_and_a_wide_mode_narrowed(folder: DataFolder) -> None:
    folder.api_key.write_text("secret\n")
    folder.api_key.chmod(0o644)
    assert ensure_key(folder.api_key) != "secret"
    assert mode(folder.api_key) == 0o600
