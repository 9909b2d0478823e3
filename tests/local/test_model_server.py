"""The model's server as a process: what it is told, what it refuses, and that it ends with its parent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyst.local.model_server import CACHE_MIB, CONTEXT_TOKENS, cores, parameters

COMMAND = [sys.executable, "-m", "analyst.local.model_server"]


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    (tmp_path / "key").write_text("k" * 43 + "\n")
    (tmp_path / "model.gguf").write_bytes(b"GGUF is what this is not")
    return [
        *("--model", str(tmp_path / "model.gguf"), "--port", "0"),
        *("--key-file", str(tmp_path / "key"), "--parent"),
    ]


def test_it_listens_to_this_machine_with_a_key_and_little_memory() -> None:
    told = parameters(model=Path("/models/own.gguf"), port=18000, key="secret", threads=2)
    assert (told.hostnames, told.port, told.api_keys) == (["127.0.0.1"], 18000, ["secret"])
    assert (told.n_ctx, told.n_parallel, told.cache_ram_mib) == (CONTEXT_TOKENS, 1, CACHE_MIB)
    assert told.cpuparams.n_threads == 2
    assert told.model_alias == {"own"}


def test_a_file_that_is_no_model_ends_it_with_a_line(arguments: list[str]) -> None:
    done = subprocess.run(
        [*COMMAND, *arguments, str(os.getpid())], capture_output=True, text=True, timeout=120
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "k" * 43 not in done.stdout + done.stderr


def test_with_its_parent_gone_it_ends(arguments: list[str]) -> None:
    done = subprocess.run([*COMMAND, *arguments, "1"], capture_output=True, timeout=120)
    assert done.returncode in (0, 1)


def test_it_uses_no_more_cores_than_it_may() -> None:
    assert 1 <= cores() <= (os.cpu_count() or 1)
